"""What is said when somebody is moved: why all the same, and a word to the person."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, required


class MoveForm(Form):
    """Why it is done against the law's lesser reasons, and what the person is told."""

    reason = StringField(_l("Why all the same"))
    note = StringField(
        _l("A word to the person"),
        validators=[Optional(), at_most(200)],
        description=_l("It stands in the message that tells of the move."),
    )


def move_form(*, against: bool) -> MoveForm:
    """The form; where the law has something against it, it asks why all the same."""
    form = MoveForm()
    form.reason.validators = [required(), at_most(300)] if against else [Optional()]
    return form
