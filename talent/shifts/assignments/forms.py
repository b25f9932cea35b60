"""What the office says when it takes a place back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.forms import Form, at_most, required


class RemovalForm(Form):
    """Why; the person is told these words."""

    reason = StringField(
        _l("Reason"),
        validators=[required(), at_most(300)],
        description=_l("The person is told these words."),
    )
