"""The forms of privacy: a request, its answer, and the reason for taking data out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from talent.forms import Form, at_most, required
from talent.i18n import label
from talent.rules.privacy import Standing, Wish


class AskForm(Form):
    """What is asked of the office."""

    wish = RadioField(_l("What do you ask for?"), default=Wish.CORRECT.value)
    text = TextAreaField(_l("In your words"), validators=[required(), at_most(1000)])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.wish.choices = [(each.value, label(each)) for each in Wish]


class AnswerForm(Form):
    """The office's answer."""

    standing = RadioField(_l("Answer"), default=Standing.DONE.value)
    answer = TextAreaField(_l("What was done, or why not"), validators=[required(), at_most(1000)])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.standing.choices = [(s.value, label(s)) for s in (Standing.DONE, Standing.REFUSED)]


class TakeForm(Form):
    """Why another one's data is taken out."""

    reason = StringField(_l("Reason"), validators=[required(), at_most(300)])
