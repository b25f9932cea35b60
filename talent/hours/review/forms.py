"""The forms of a decision on hours."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import NumberRange, Optional

from talent.forms import Form, at_most, required

_DAY_MINUTES = 24 * 60
_ONE_DAY = NumberRange(0, _DAY_MINUTES, _l("Enter whole minutes, from 0 to 1440."))


class RefusalForm(Form):
    """Why a record is not approved."""

    why = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class CorrectionForm(Form):
    """What the record should say, and why."""

    to_minutes = IntegerField(_l("Minutes that count"), validators=[Optional(), _ONE_DAY])
    reason = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class DoubtForm(Form):
    """A volunteer says that a record is wrong."""

    wrong = TextAreaField(_l("What is wrong?"), validators=[required(), at_most(500)])
    wished = IntegerField(
        _l("How many minutes did you serve?"),
        validators=[Optional(), _ONE_DAY],
    )
