"""The form of a course."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, required

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")


class CourseForm(Form):
    """What is taught. The office is chosen once."""

    office_id = SelectField(
        _l("Office that runs it"),
        coerce=int,
        description=_l("All offices below it can hold it too."),
    )
    name_zh = StringField(_l("Chinese name"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("English name"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    content = TextAreaField(_l("Main content"), validators=[required(), at_most(2000)])
    minutes = IntegerField(
        _l("Learning time"),
        validators=[InputRequired(_l("Please fill in this field.")), NumberRange(1, 60_000, WHOLE)],
    )
    valid_months = IntegerField(
        _l("Valid for"),
        description=_l("Leave it empty if it counts for ever."),
        validators=[Optional(), NumberRange(1, 600, WHOLE)],
    )
    continuing_education = BooleanField(_l("Counts as continuing education of social workers"))
    open = BooleanField(_l("Open: sessions can be planned"), default=True)
