"""The forms of ratings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from talent.forms import Form, at_most, blank_is_none, required
from talent.i18n import label
from talent.rules.ratings import Step, Unrated


class RatingForm(Form):
    """Five steps and a text."""

    steps = RadioField(_l("How was it?"), validate_choice=False)  # the law says which
    text = TextAreaField(
        _l("What was good, what should be better?"),
        validators=[Optional(), at_most(500)],
        filters=[blank_is_none],
        description=_l(
            "Only the office reads this. Please write no names and no telephone numbers."
        ),
    )

    fields = {Unrated.STEP: "steps"}  # noqa: RUF012 - not a field of the form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps.choices = [(step.value, label(step)) for step in Step]

    def validate_steps(self, field: Any) -> None:
        """One of the five."""
        if Step.of(field.data) is None:
            raise ValidationError(label(Unrated.STEP))


class GuestForm(RatingForm):
    """The same with a trap: a field that nobody sees, and that machines fill in."""

    website = StringField(_l("Leave this empty"))


class AnswerForm(Form):
    """What the office did."""

    done = TextAreaField(
        _l("What was done?"),
        validators=[required(), at_most(1000)],
        description=_l("Whoever gave the rating reads this."),
    )
