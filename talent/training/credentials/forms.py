"""The form of a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from talent.files import FileTrouble
from talent.forms import Boxes, Form, at_most, blank_is_none, chosen_file
from talent.rules.credentials import CheckResult, Unverifiable

if TYPE_CHECKING:
    from enum import StrEnum

FILL_IN = _l("Please fill in this field.")
FIELD_OF: dict[StrEnum, str] = {
    Unverifiable.IN_FUTURE: "issued_on",
    Unverifiable.TURNED: "valid_until",
    Unverifiable.NO_LAST_DAY: "valid_until",
    Unverifiable.NO_NUMBER: "number",
    Unverifiable.NUMBER: "number",
    Unverifiable.IDENTITY: "number",
    Unverifiable.NO_EVIDENCE: "paper",
    Unverifiable.NO_RESULT: "result",
    Unverifiable.NO_CLASS: "classes",
    FileTrouble.TOO_LARGE: "paper",
    FileTrouble.WRONG_KIND: "paper",
    FileTrouble.EMPTY: "paper",
}


class CredentialForm(Form):
    """What the paper says."""

    kind_id = SelectField(
        _l("Kind"), coerce=int, validators=[InputRequired(_l("Please choose one."))]
    )
    number = StringField(
        _l("Credential number"), filters=[blank_is_none], validators=[Optional(), at_most(60)]
    )
    issuer = StringField(
        _l("Issuing authority"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    issued_on = DateField(_l("Issued on"), validators=[InputRequired(FILL_IN)])
    valid_until = DateField(
        _l("Valid until"),
        description=_l("Its last day. Leave it empty if it does not lapse."),
        validators=[Optional()],
    )
    classes = Boxes(_l("Classes"))
    result = RadioField(
        _l("Result of the check"),
        coerce=CheckResult.of,
        validators=[Optional()],
    )
    paper = FileField(
        _l("Evidence"),
        description=_l("A scan or photo: PDF, PNG or JPEG, at most 5 MB."),
        validators=[Optional()],
    )

    def given(self) -> tuple[str, bytes] | None:
        """The file's name and bytes, if one was chosen."""
        return chosen_file(self.paper)
