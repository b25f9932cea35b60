"""The form of a social worker's registration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, at_most, blank_is_none
from talent.rules.social_workers import Grade
from talent.training.social_work.service import Unregistrable

FIELD_OF = {Unregistrable.OVERLAPS: "starts_on"}


class RegistrationForm(Form):
    """One term, as the authority has registered it."""

    grade = SelectField(
        _l("Grade"), coerce=Grade, validators=[InputRequired(_l("Please choose one."))]
    )
    number = StringField(
        _l("Registration number"), filters=[blank_is_none], validators=[Optional(), at_most(60)]
    )
    starts_on = DateField(
        _l("Registered from"),
        description=_l("It is valid for three years from this day."),
        validators=[InputRequired(_l("Please fill in this field."))],
    )
    degree_on = DateField(
        _l("Degree in social work obtained on"),
        description=_l("Within the three years it counts as 90 hours, once."),
        validators=[Optional()],
    )
