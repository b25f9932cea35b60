"""What forms of bulk acts share: lists of days, numbers by position, fields in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional, ValidationError

from talent.forms import Form, at_most, blank_is_none, required
from talent.i18n import sentence
from talent.rules import bulk
from talent.shifts.planning.forms import NUMBERS, ShiftForm, fields_of_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from talent.shifts.models import Position
    from talent.shifts.needs.service import Numbers

Kind = TypeVar("Kind", bound=ShiftForm)


class DaysField(StringField):
    """Several days, written one after the other."""

    days: list[date]

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms calls it so
        """Name each word that is no day."""
        self.days, wrong = bulk.days_in(self.data or "")
        if wrong:
            raise ValidationError(" ".join(sentence(each) for each in wrong))


class PlanForm(ShiftForm):
    """What all shifts of a plan have, but for their times."""

    first_shown: ClassVar[tuple[str, ...]] = ()
    last_shown: ClassVar[tuple[str, ...]] = ("place", "note")

    place = StringField(_l("Place"), validators=[required(), at_most(200)])
    note = StringField(
        _l("Note for volunteers"), validators=[Optional(), at_most(500)], filters=[blank_is_none]
    )


def shown_fields(form: Form) -> list[Any]:
    """The fields that stand alone, in their order: those of numbers stand by position."""
    numbers = tuple(f"{name}_" for name in NUMBERS)
    first: tuple[str, ...] = getattr(form, "first_shown", ())
    last: tuple[str, ...] = getattr(form, "last_shown", ())
    shown = [field for field in form if not _stands_apart(field, numbers)]
    return sorted(
        shown,
        key=lambda f: first.index(f.name) - len(first) if f.name in first else f.name in last,
    )


def _stands_apart(field: Any, numbers: tuple[str, ...]) -> bool:
    hidden = getattr(field.widget, "input_type", "") == "hidden"
    return hidden or (field.name.startswith(numbers) and field.name[-1].isdecimal())


def with_numbers(
    kind: type[Kind], positions: Sequence[Position], given: Numbers | None = None, **more: Any
) -> Kind:
    """The form with the numbers of these positions; those that are not given are the position's."""
    whole = type(kind.__name__, (kind,), {"positions": positions} | fields_of_numbers(positions))
    for position in positions:
        one = position if given is None else given.get(position.id)
        more |= {f"{name}_{position.id}": getattr(one, name, 0) for name in NUMBERS}
    form: Kind = whole(data=more)
    return form
