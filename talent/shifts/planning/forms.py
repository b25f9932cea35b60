"""The form of a shift: its times on the office's clock, its places by position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, MomentField, at_most, blank_is_none, required
from talent.i18n import sentence
from talent.rules import planning
from talent.rules.changes import Unchangeable
from talent.rules.publishing import Unpublishable
from talent.rules.span import Unspanned
from talent.shifts.needs.service import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum
    from typing import Any

    from talent.shifts.models import Position, Shift
    from talent.shifts.needs.service import Numbers

MOST_PLACES = 9999
NUMBERS = {
    "places": _l("Places"),
    "least": _l("At least needed"),
    "reserve": _l("Reserve"),
}
FIELD_OF: dict[StrEnum, str] = {
    Unspanned.END_NOT_AFTER_START: "ends_at",
    Unchangeable.OVER: "ends_at",
    Unpublishable.OVER: "ends_at",
    Unpublishable.NOT_COVERED: "starts_at",
}


class ShiftForm(Form):
    """What every shift has. The places stand in fields of their own, one for each position."""

    seen = HiddenField()
    positions: Sequence[Position]

    @property
    def number_fields(self) -> list[tuple[Position, list[Any]]]:
        """The fields of each position, in their order."""
        return [(p, [self[f"{name}_{p.id}"] for name in NUMBERS]) for p in self.positions]

    def validate(self, extra_validators: Any = None) -> bool:
        """The least of a position stands beside its own field when it is too much."""
        fine = super().validate(extra_validators)
        for position_id, one in self.wanted.items():
            field = self[f"least_{position_id}"]
            if found := planning.refusals_to_need(one.places, one.least):
                field.errors = [*field.errors, *(sentence(each) for each in found)]
        return fine and not self.errors

    @property
    def wanted(self) -> Numbers:
        """How many are wanted, by position."""
        return {
            p.id: Wanted(*(self[f"{name}_{p.id}"].data or 0 for name in NUMBERS))
            for p in self.positions
        }


class CallOffForm(Form):
    """Why a shift does not take place; everybody on it is told these words."""

    reason = StringField(
        _l("Reason"),
        validators=[required(), at_most(300)],
        description=_l("Everybody on the shift is told these words."),
    )


def fields_of_numbers(positions: Sequence[Position]) -> dict[str, Any]:
    """The fields of the numbers of each position, by their names."""
    many = _l("Give a number from 0 to %(most)s.", most=MOST_PLACES)
    return {
        f"{name}_{position.id}": IntegerField(
            said, validators=[Optional(), NumberRange(min=0, max=MOST_PLACES, message=many)]
        )
        for position in positions
        for name, said in NUMBERS.items()
    }


def shift_form(
    positions: Sequence[Position], zone: str, shift: Shift | None = None, **given: Any
) -> ShiftForm:
    """The form for these positions, with times in this zone."""
    needed = InputRequired(message=_l("Give a day and a time."))
    fields: dict[str, Any] = {
        "positions": positions,
        "starts_at": MomentField(_l("Begins at"), zone=zone, validators=[needed]),
        "ends_at": MomentField(_l("Ends at"), zone=zone, validators=[needed]),
        "place": StringField(_l("Place"), validators=[required(), at_most(200)]),
        "note": StringField(
            _l("Note for volunteers"),
            validators=[Optional(), at_most(500)],
            filters=[blank_is_none],
        ),
    }
    fields |= fields_of_numbers(positions)
    kind = type("ShiftForm", (ShiftForm,), fields)
    asked = [(n.position_id, n) for n in shift.needs] if shift else [(p.id, p) for p in positions]
    given |= {f"{name}_{id_}": getattr(each, name) for id_, each in asked for name in NUMBERS}
    form: ShiftForm = kind(obj=shift, data=given)
    return form
