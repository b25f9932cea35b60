"""The forms of a session and of its further dates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, MomentField, at_most, blank_is_none, given, required
from talent.rules.training import Refusal

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
FILL_IN = _l("Please fill in this field.")

FIELD_OF = {
    Refusal.TURNED: "ends_at",
    Refusal.TOO_FEW: "places",
    Refusal.PARTS_OVERLAP: "starts_at",
}


class SessionForm(Form):
    """One time a course is held. The office is chosen once."""

    office_id = SelectField(_l("Office that holds it"), coerce=int)
    starts_at = MomentField(_l("Begins"), validators=[InputRequired(FILL_IN)])
    ends_at = MomentField(_l("Ends"), validators=[InputRequired(FILL_IN)])
    place = StringField(_l("Place"), validators=[required(), at_most(200)])
    teacher = StringField(
        _l("Teacher"), filters=[blank_is_none], validators=[Optional(), at_most(100)]
    )
    places = IntegerField(
        _l("Places"), validators=[InputRequired(FILL_IN), NumberRange(1, 5000, WHOLE)]
    )


class PartForm(Form):
    """A further date of a session."""

    starts_at = MomentField(_l("Begins"), validators=[given()])
    ends_at = MomentField(_l("Ends"), validators=[given()])
