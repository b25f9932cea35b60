"""The form with which a volunteer registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import NumberRange

from talent.forms import Form
from talent.i18n import named
from talent.people.forms import FIELDS as PERSON_FIELDS
from talent.people.forms import PersonForm
from talent.people.registrations.service import NoStep
from talent.rules.consent import ConsentKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

FIELDS: dict[StrEnum, str] = {
    **PERSON_FIELDS,
    NoStep.CLOSED: "office",
    NoStep.PRESENT: "office",
}


class OfficeForm(Form):
    """At which office; for one who is on record already that is all."""

    office = SelectField(
        _l("Community or street at which you register"),
        coerce=int,
        validators=[NumberRange(min=1, message=_l("Please choose one."))],
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = [(office.id, named(office)) for office in offices]
        if len(there) > 1:  # nobody registers at the first of the list by oversight
            there.insert(0, (0, _l("Please choose one.")))
        self.office.choices = there


class RegisterForm(PersonForm, OfficeForm):
    """The eight fields, the office, and the consents that the age asks for."""

    privacy = BooleanField(_l("I have read the privacy notice and agree to it."))
    guardian = BooleanField(_l("I am the guardian and agree to the registration."))
    child = BooleanField(
        _l("I am the guardian and agree to the notice on the data of children under 14.")
    )

    @property
    def consents(self) -> set[ConsentKind]:
        """What was agreed to."""
        boxes = {
            ConsentKind.PRIVACY: self.privacy,
            ConsentKind.GUARDIAN: self.guardian,
            ConsentKind.CHILD: self.child,
        }
        return {kind for kind, box in boxes.items() if box.data}
