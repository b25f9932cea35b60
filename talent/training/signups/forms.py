"""The form by which the office signs somebody up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.forms import Form, at_most, required


class SeatForm(Form):
    """Whom the office signs up."""

    person = StringField(
        _l("Volunteer number, phone or name"), validators=[required(), at_most(60)]
    )
