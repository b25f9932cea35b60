"""The forms that choose records and make a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most
from talent.i18n import gettext, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office


class ChoiceForm(Form):
    """Which records; it is sent by GET, and writes nothing."""

    office = SelectField(_l("Office, with all below it"), coerce=int)
    first = DateField(_l("First day"), [Optional()])
    last = DateField(_l("Last day"), [Optional()])
    again = BooleanField(
        _l("Also what was sent already"),
        description=_l("Only if the designated system asks for the same records once more."),
    )

    class Meta(Form.Meta):
        """What only looks needs no token."""

        csrf = False

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]

    def validate_last(self, field: Any) -> None:
        """A period ends after it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            field.errors = [*field.errors, gettext("The period ends before it begins.")]


class SendForm(Form):
    """How the file is made."""

    identity = BooleanField(
        _l("With whole identity numbers"),
        description=_l("Without this, documents are masked. Who made the file, and why, is kept."),
    )
    reason = StringField(
        _l("Why the whole numbers are needed"),
        [Optional(), at_most(300)],
        description=_l("For example: monthly entry according to Order 67 Article 4."),
    )
