"""The forms of a decision on hours."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, required
from talent.hours.models import Verdict

_DAY_MINUTES = 24 * 60
_ONE_DAY = NumberRange(0, _DAY_MINUTES, _l("Enter whole minutes, from 0 to 1440."))


class RefusalForm(Form):
    """Why a record is not approved."""

    why = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class CorrectionForm(Form):
    """What the record should say, and why."""

    to_minutes = IntegerField(_l("Minutes that count"), validators=[Optional(), _ONE_DAY])
    reason = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class SettlingForm(Form):
    """What a doubt turned out to be."""

    verdict = RadioField(
        _l("What did you find out?"),
        choices=[SelectChoice(one.value, _l(one.label)) for one in Verdict],
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    finding = TextAreaField(
        _l("How do you know?"),
        description=_l("Whom you asked, what you looked at. It stays with the record."),
        validators=[required(), at_most(500)],
    )


class SettlingStandingForm(SettlingForm):
    """The same for a record that is approved already: if it is wrong, what counts instead."""

    to_minutes = IntegerField(
        _l("If it is wrong: minutes that count"),
        description=_l("Nothing, if it is taken back."),
        validators=[Optional(), _ONE_DAY],
    )
