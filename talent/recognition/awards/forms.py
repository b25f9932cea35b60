"""The form of an award, with the fields of Order 67 Art. 9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from talent.files import FileTrouble
from talent.forms import Form, at_most, chosen_file, given, required
from talent.i18n import label, named
from talent.rules.stars import Rank, Unproved

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

FIELD_OF: dict[StrEnum, str] = {
    Unproved.FUTURE: "awarded_on",
    Unproved.EVIDENCE: "paper",
    Unproved.NOT_OWN: "unit",
    **dict.fromkeys(FileTrouble, "paper"),
}


class AwardForm(Form):
    """Name, date, awarding unit, and what shows that it is so."""

    name = StringField(_l("Name of the award"), [required(), at_most(150)])
    awarded_on = DateField(_l("Date"), [given()])
    unit = StringField(_l("Awarding unit"), [required(), at_most(150)])
    rank = RadioField(
        _l("Who gave it"),
        [required()],
        description=_l(
            "An award by a county or above counts on its evidence; one by another unit when a "
            "second person has verified it."
        ),
    )
    office = SelectField(_l("Kept by"), coerce=int)
    paper = FileField(
        _l("Evidence"),
        validators=[Optional()],
        description=_l("A scan or photo: PDF, PNG or JPEG, at most 5 MB."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rank.choices = [(each.value, label(each)) for each in Rank]
        self.office.choices = [(each.id, named(each)) for each in offices]

    def evidence(self) -> tuple[str, bytes] | None:
        """The file's name and bytes, if one was chosen."""
        return chosen_file(self.paper)


class WithdrawalForm(Form):
    """Why an award counts no more."""

    why = TextAreaField(_l("Reason"), [required(), at_most(300)])
