"""The sheet of a month: a field for each worker and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import IntegerField

from talent.forms import Form
from talent.i18n import named, sentence
from talent.indicators.counts.service import MOST, Uncounted
from talent.sheets.cells import narrow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wtforms import Field

    from talent.indicators.counts.service import Grid


class CountField(IntegerField):
    """How many cases one worker has; empty is "not counted", and zero is a count."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = narrow(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not typed.isdecimal() or int(typed) > MOST:
            raise ValueError(sentence(Uncounted.RANGE))
        self.data = int(typed)


class SheetForm(Form):
    """All workers of an office in a month."""

    def numbers(self, grid: Grid) -> dict[tuple[int, int], int | None]:
        """What was typed, by person and kind."""
        return {
            (person.id, kind.id): self[cell(person.id, kind.id)].data
            for person in grid.people
            for kind in grid.kinds
        }


def sheet_form(grid: Grid, filled: Mapping[tuple[int, int], int]) -> SheetForm:
    """A field for each worker and kind, filled with what is written already."""
    fields: dict[str, Field] = {}
    for person in grid.people:
        for kind in grid.kinds:
            fields[cell(person.id, kind.id)] = CountField(
                f"{person.name}, {named(kind)}",
                default=filled.get((person.id, kind.id)),
                render_kw={"inputmode": "numeric", "autocomplete": "off"},
            )
    form: SheetForm = type("MonthForm", (SheetForm,), fields)()
    return form


def cell(person_id: int, kind_id: int) -> str:
    """The name of a field of the sheet."""
    return f"count_{person_id}_{kind_id}"
