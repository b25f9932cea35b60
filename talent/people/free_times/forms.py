"""The form of the times that suit: a line for each, and some empty ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, TimeField
from wtforms.validators import Optional

from talent.forms import Form
from talent.i18n import gettext, label, sentence
from talent.rules import free_times as law
from talent.rules.free_times import Weekday, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.people.models import FreeTime

EMPTY_LINES = 3
MOST_LINES = 21


class LineForm(wtforms.Form):
    """One time of the week; without times the line says nothing."""

    weekday = SelectField(_l("Day"), coerce=int, default=0)
    starts = TimeField(_l("From"), validators=[Optional()])
    ends = TimeField(_l("To"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekday.choices = [(int(day.value), label(day)) for day in Weekday]

    @property
    def filled(self) -> bool:
        """Whether anything was typed."""
        return bool(self.starts.raw_data and any(self.starts.raw_data)) or bool(
            self.ends.raw_data and any(self.ends.raw_data)
        )


class FreeTimesForm(Form):
    """The times of the week that suit."""

    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)

    @classmethod
    def of(cls, kept: Sequence[FreeTime]) -> FreeTimesForm:
        """What was given before, and some lines to fill in."""
        form = cls(lines=[{"weekday": t.weekday, "starts": t.starts, "ends": t.ends} for t in kept])
        if not form.is_submitted():
            for _ in range(min(EMPTY_LINES, MOST_LINES - len(kept))):
                form.lines.append_entry()
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """A line that was begun is whole; each problem stands in its own line."""
        fine = super().validate(extra_validators)
        lines = [entry.form for entry in self.lines if entry.form.filled]
        for field in (field for line in lines for field in (line.starts, line.ends)):
            if field.data is None and not field.errors:
                field.errors = [gettext("Give a time, such as 09:00.")]
                fine = False
        for index, line in enumerate(lines if fine else ()):
            if found := law.refusals(self.windows, index):
                line.ends.errors = [sentence(each) for each in found]
                fine = False
        if not fine:  # a list of lines knows only the errors of its own validation
            self.lines.errors = [entry.errors for entry in self.lines if entry.errors]
        return fine

    @property
    def windows(self) -> list[Window]:
        """The lines that were filled in."""
        lines = [entry.form for entry in self.lines if entry.form.filled]
        return [Window(one.weekday.data, one.starts.data, one.ends.data) for one in lines]
