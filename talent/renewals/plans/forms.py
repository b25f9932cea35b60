"""The forms of a training plan."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none
from talent.renewals.plans.service import Unplanned

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
FILL_IN = _l("Please fill in this field.")
MONTHS = range(1, 13)
FIELD_OF = {Unplanned.THERE: "year", Unplanned.CLOSED: "course_id"}


class PlanForm(Form):
    """For which office and year."""

    office_id = SelectField(
        _l("Office"), coerce=int, description=_l("The plan is for it and all offices below it.")
    )
    year = IntegerField(
        _l("Year"), validators=[InputRequired(FILL_IN), NumberRange(2000, 2199, WHOLE)]
    )
    note = TextAreaField(
        _l("Note"), filters=[blank_is_none], validators=[Optional(), at_most(1000)]
    )


class LineForm(Form):
    """So many sessions of a course in a month."""

    course_id = SelectField(_l("Course"), coerce=int)
    month = SelectField(_l("Month"), coerce=int)
    sessions = IntegerField(
        _l("Sessions"), validators=[InputRequired(FILL_IN), NumberRange(1, 200, WHOLE)]
    )
    places = IntegerField(
        _l("Places in each"), validators=[InputRequired(FILL_IN), NumberRange(1, 5000, WHOLE)]
    )
    hours = IntegerField(
        _l("Hours set aside for all of them"),
        description=_l("Teaching, getting ready, the way."),
        validators=[InputRequired(FILL_IN), NumberRange(0, 10_000, WHOLE)],
    )
    note = StringField(_l("Note"), filters=[blank_is_none], validators=[Optional(), at_most(300)])
