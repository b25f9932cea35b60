"""The form of training that the office did not run itself, and that of a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.files import FileTrouble
from talent.forms import Form, at_most, chosen_file, required
from talent.rules.training import Refusal

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
FILL_IN = _l("Please fill in this field.")

FIELD_OF = {
    Refusal.IN_FUTURE: "held_on",
    Refusal.NO_TIME: "minutes",
    Refusal.ENDS_BEFORE: "valid_until",
    Refusal.NO_EVIDENCE: "paper",
    FileTrouble.TOO_LARGE: "paper",
    FileTrouble.WRONG_KIND: "paper",
    FileTrouble.EMPTY: "paper",
}


def number(text: Any) -> int | None:
    """The id that a list sends; an empty one is none."""
    return int(text) if str(text or "").isdecimal() else None


class RecordForm(Form):
    """The five fields of Order 67 Art. 8, and how long they count."""

    office_id = SelectField(_l("Office that records it"), coerce=int)
    course_id = SelectField(
        _l("Counts as course"),
        coerce=number,
        validators=[Optional()],
        description=_l("Choose one if it gives the same right as a course of your own."),
    )
    name = StringField(_l("Name of the training"), validators=[required(), at_most(150)])
    content = TextAreaField(_l("Main content"), validators=[required(), at_most(2000)])
    minutes = IntegerField(
        _l("Learning time"), validators=[InputRequired(FILL_IN), NumberRange(1, 60_000, WHOLE)]
    )
    organiser = StringField(_l("Organiser"), validators=[required(), at_most(150)])
    held_on = DateField(_l("Date"), validators=[InputRequired(FILL_IN)])
    valid_until = DateField(
        _l("Valid until"),
        description=_l("Leave it empty if it counts for ever, or as long as the course says."),
        validators=[Optional()],
    )
    continuing_education = BooleanField(_l("Counts as continuing education of social workers"))
    paper = FileField(
        _l("Evidence"),
        description=_l("A scan or photo: PDF, PNG or JPEG, at most 5 MB."),
        validators=[Optional()],
    )

    def given(self) -> tuple[str, bytes] | None:
        """The file's name and bytes, if one was chosen."""
        return chosen_file(self.paper)


class ReasonForm(Form):
    """Why something is taken back."""

    why = TextAreaField(_l("Why"), validators=[required(), at_most(300)])
