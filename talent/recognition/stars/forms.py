"""The form of a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from talent.forms import Form, at_most, required


class WhyForm(Form):
    """Why it is decided so; the volunteer reads it."""

    why = TextAreaField(
        _l("Reason"), [required(), at_most(300)], description=_l("The volunteer reads it.")
    )
