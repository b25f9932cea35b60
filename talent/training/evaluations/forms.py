"""The form with which participants say how a session was."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, at_most, blank_is_none
from talent.i18n import label
from talent.rules.ratings import Step


class EvaluationForm(Form):
    """Five steps and a text."""

    steps = RadioField(
        _l("How was it?"), validators=[InputRequired(_l("Choose one of the five steps."))]
    )
    words = TextAreaField(
        _l("What was good, what should be better?"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(1000)],
        description=_l("Please write nothing by which you or others are known."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps.choices = [(each.value, label(each)) for each in Step]
