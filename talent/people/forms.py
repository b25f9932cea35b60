"""What is asked of a person: the eight fields of Order 67 Art. 5, and a minor's guardian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Email, Optional, ValidationError

from talent.forms import Boxes, Form, at_most, blank_is_none, required
from talent.i18n import label, named, sentence
from talent.offices.service import categories
from talent.people.particulars.service import Known, Particulars
from talent.people.service import chosen_categories, normal_phone, skill_names, skills
from talent.rules.age import Minority
from talent.rules.consent import ConsentKind, Unconsented
from talent.rules.identity import DocumentKind, Sex, Unidentified
from talent.rules.names import Unnamed
from talent.rules.volunteering import Incomplete
from talent.sheets.cells import CellTrouble

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office
    from talent.people.models import Person

# Beside which field a reason stands.
FIELDS: dict[StrEnum, str] = {
    **dict.fromkeys(Unidentified, "document"),
    **dict.fromkeys(Unnamed, "name"),
    Unidentified.OTHER_BIRTH_DATE: "born",
    Unidentified.OTHER_SEX: "sex",
    Known.DOCUMENT: "document",
    Incomplete.SEX: "sex",
    Incomplete.BORN: "born",
    Incomplete.AREA: "area",
    Incomplete.CONTACT: "phone",
    Incomplete.SERVICES: "categories",
    Minority.NOT_BORN: "born",
    Minority.GUARDIAN_UNNAMED: "guardian_name",
    Minority.GUARDIAN_CONSENT: "guardian",
    Minority.STRICT_NOTICE: "child",
    Unconsented.PRIVACY: "privacy",
}


def a_phone(_form: Form, field: Field) -> None:
    """The validator of a phone number; the field then holds it as it is kept."""
    if field.data:
        if (number := normal_phone(field.data)) is None:
            raise ValidationError(sentence(CellTrouble.NO_PHONE) % {"text": field.data})
        field.data = number


class ContactForm(Form):
    """What a person keeps up to date alone."""

    area = StringField(
        _l("Area of residence"),
        [required(), at_most(100)],
        description=_l("The community or the street is enough."),
        render_kw={"autocomplete": "address-level3"},
    )
    phone = TelField(
        _l("Phone"),
        [Optional(), a_phone],
        description=_l("A phone number or a mail address is needed."),
        render_kw={"autocomplete": "tel"},
    )
    email = EmailField(
        _l("Mail address"),
        [Optional(), at_most(254), Email(message=_l("This is not a mail address."))],
        filters=[blank_is_none],
        render_kw={"autocomplete": "email"},
    )
    skills = TextAreaField(
        _l("Other skills"),
        [Optional(), at_most(500)],
        description=_l("For example first aid, sign language, repairs. Leave it empty for none."),
        render_kw={"rows": 2},
    )
    known_skills = Boxes(_l("Skills that shifts ask for"), coerce=int)
    categories = Boxes(_l("Kinds of service you like to do"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories.choices = [(c.id, named(c)) for c in categories()]
        self.offered = {s.id: s for s in [*skills(), *kwargs.get("has", ())]}
        names = skill_names(named)
        self.known_skills.choices = [(id_, names[id_]) for id_ in self.offered]

    @property
    def contact(self) -> dict[str, Any]:
        """The fields, as the service takes them."""
        return {
            "area": self.area.data,
            "phone": self.phone.data or None,
            "email": self.email.data and self.email.data.lower(),
            "skills": self.skills.data or "",
            "known_skills": [self.offered[id_] for id_ in self.known_skills.data or []],
            "categories": chosen_categories(self.categories.data or []),
        }


class PersonForm(ContactForm):
    """The eight fields, and a minor's guardian."""

    name = StringField(_l("Name"), [required(), at_most(50)], render_kw={"autocomplete": "name"})
    document_kind = SelectField(_l("Kind of document"))
    document = StringField(
        _l("Number of the document"),
        [required(), at_most(60)],
        description=_l("It is encrypted, and shown with most of its digits hidden."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    sex = RadioField(_l("Sex"), [Optional()], filters=[blank_is_none])
    born = DateField(
        _l("Birth date"),
        [Optional()],
        description=_l("A resident identity card tells both; fill them in for other documents."),
        render_kw={"autocomplete": "bday"},
    )
    guardian_name = StringField(_l("Name of the guardian"), [Optional(), at_most(50)])
    guardian_phone = TelField(_l("Phone of the guardian"), [Optional(), a_phone])
    guardian_relation = StringField(
        _l("Relation"), [Optional(), at_most(20)], description=_l("For example mother or father.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document_kind.choices = [(kind.value, label(kind)) for kind in DocumentKind]
        self.sex.choices = [(sex.value, label(sex)) for sex in Sex]

    @property
    def stated(self) -> Particulars:
        """The fields, as the service takes them, each text written one way."""
        stated = Particulars(
            name=self.name.data,
            document_kind=DocumentKind.of(self.document_kind.data) or DocumentKind.OTHER,
            document=self.document.data,
            sex=Sex.of(self.sex.data),
            born=self.born.data,
            guardian_name=self.guardian_name.data or None,
            guardian_phone=self.guardian_phone.data or None,
            guardian_relation=self.guardian_relation.data or None,
            **self.contact,
        )
        stated.read()
        return stated

    @classmethod
    def of(cls, person: Person, **more: Any) -> PersonForm:
        """The form with what is on record, for a page that changes it."""
        return cls(
            name=person.name,
            document_kind=person.document_kind,
            sex=person.sex,
            born=person.birth_date,
            guardian_name=person.guardian_name,
            guardian_phone=person.guardian_phone,
            guardian_relation=person.guardian_relation,
            **contact_of(person),
            **more,
        )


class PaperForm(PersonForm):
    """An office writes down a person: it holds the signed consent."""

    paper = BooleanField(
        _l("The signed consent to the privacy notice is with the office."), [required()]
    )
    guardian = BooleanField(_l("The signed consent of the guardian is with the office."))
    child = BooleanField(_l("The guardian has signed the notice on the data of children under 14."))
    evidence = FileField(
        _l("The signed sheet"), description=_l("PDF, PNG or JPEG, at most 5 MB. Not needed.")
    )

    @property
    def consents(self) -> set[ConsentKind]:
        """What was signed."""
        signed = {ConsentKind.PRIVACY: self.paper, ConsentKind.GUARDIAN: self.guardian}
        signed[ConsentKind.CHILD] = self.child
        return {kind for kind, box in signed.items() if box.data}


class NewPersonForm(PaperForm):
    """The same, with the office at which the person becomes a volunteer."""

    office = SelectField(_l("Office"), coerce=int)

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]


class EditPersonForm(PaperForm):
    """Changes by the office; a consent signed since then may come with them.

    The number on record is not sent to the browser: an empty field leaves it as it is.
    """

    document = StringField(
        _l("New number of the document"),
        [Optional(), at_most(60)],
        description=_l("Leave it empty to keep the number on record."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    paper = BooleanField(_l("The signed consent to the privacy notice is with the office."))

    def stated_of(self, person: Person) -> Particulars:
        """The fields, with the number on record where no new one was typed."""
        if not self.document.data:
            self.document.data = person.document or ""
        stated = self.stated
        self.document.data = self.document.raw_data[0] if self.document.raw_data else ""
        return stated


class ReasonForm(Form):
    """Why: for acts that must be explained."""

    reason = StringField(_l("Reason"), [required(), at_most(300)])


def contact_of(person: Person) -> dict[str, Any]:
    """What is on record, by the names of the form's fields."""
    return {
        "area": person.area,
        "phone": person.phone,
        "email": person.email,
        "skills": person.skills,
        "has": person.known_skills,
        "known_skills": [skill.id for skill in person.known_skills],
        "categories": [category.id for category in person.categories],
    }
