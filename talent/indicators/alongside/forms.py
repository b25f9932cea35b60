"""The form of how many people a service serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, given, required
from talent.indicators.alongside.service import MOST, NewServed, Unserved

if TYPE_CHECKING:
    from enum import StrEnum

FIELDS: dict[StrEnum, str] = {Unserved.RANGE: "number", Unserved.TWICE: "valid_from"}
_ONE = _l("Give a whole number from 1 to 10,000.")


class ServedForm(Form):
    """So many people on one shift, and how many of them one worker or volunteer looks after."""

    number = IntegerField(
        _l("People served on one shift"),
        [
            InputRequired(message=_l("Give a whole number.")),
            NumberRange(0, MOST, message=_l("Give a whole number from 0 to 1,000,000.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    for_worker = IntegerField(
        _l("Most people for one community worker"),
        [Optional(), NumberRange(1, 10_000, message=_ONE)],
        description=_l("Empty: as the rules of the office have it."),
        render_kw={"inputmode": "numeric"},
    )
    for_volunteer = IntegerField(
        _l("Most people for one volunteer"),
        [Optional(), NumberRange(1, 10_000, message=_ONE)],
        description=_l("Empty: as the rules of the office have it."),
        render_kw={"inputmode": "numeric"},
    )
    valid_from = DateField(_l("First day"), [given()])
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("Where the figure is from, for example the list of those who eat here."),
    )

    @property
    def stated(self) -> NewServed:
        """The fields, as the service takes them."""
        return NewServed(
            self.number.data,
            self.for_worker.data,
            self.for_volunteer.data,
            self.valid_from.data,
            self.source.data or "",
        )
