"""The form of a way between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from talent.forms import Form, at_most, given, required
from talent.shifts.ways.service import Unway

if TYPE_CHECKING:
    from enum import StrEnum

MOST_MINUTES = 8 * 60
FIELD_OF: dict[StrEnum, str] = dict.fromkeys(Unway, "place_b")


def number(text: str | int | None) -> int | None:
    """The id that a list sends; an empty one is none."""
    return int(text) if text and str(text).isdecimal() else None


class WayForm(Form):
    """Two places and how long the way takes."""

    office_id = SelectField(
        _l("Office"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
        description=_l("It holds for the shifts of this office and of all below it."),
    )
    place_a = StringField(
        _l("One place"),
        validators=[required(), at_most(200)],
        description=_l("As the shifts name it; spaces and capitals do not matter."),
        render_kw={"list": "places"},
    )
    place_b = StringField(
        _l("The other place"),
        validators=[required(), at_most(200)],
        render_kw={"list": "places"},
    )
    minutes = IntegerField(
        _l("Time for the way (minutes)"),
        validators=[
            given(),
            NumberRange(
                min=0,
                max=MOST_MINUTES,
                message=_l("Write a number from %(min)s to %(max)s.", min=0, max=MOST_MINUTES),
            ),
        ],
    )
