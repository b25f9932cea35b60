"""The form of what a person may add: a line for each language, boxes for areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, StringField, TelField
from wtforms.validators import Optional

from talent.forms import Boxes, Form, at_most
from talent.i18n import gettext, label, named, sentence
from talent.people.forms import a_phone
from talent.people.profile.service import Contact, Profile, Unprofiled
from talent.rules import languages as law
from talent.rules.languages import Fluency, Tongue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office
    from talent.people.models import Person

EMPTY_LINES = 2
MOST_LINES = 12
FIELDS = {
    Unprofiled.HOME: "home",
    Unprofiled.NO_PHONE: "emergency_phone",
    Unprofiled.NO_NAME: "emergency_name",
    Unprofiled.NOT_ASKED: "emergency_name",
}


class LanguageLine(wtforms.Form):
    """One language; without a choice the line says nothing."""

    tongue = SelectField(_l("Language"), default="")
    fluency = SelectField(_l("How well"), default=Fluency.EVERYDAY.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(each.value, label(each)) for each in Tongue]
        self.tongue.choices = [("", gettext("None")), *told]
        self.fluency.choices = [(each.value, label(each)) for each in Fluency]


class ProfileForm(Form):
    """Languages, areas, the main office and a contact for emergencies."""

    lines = FieldList(FormField(LanguageLine), max_entries=MOST_LINES)
    areas = Boxes(_l("Where you are willing to serve"), coerce=int)
    home = SelectField(
        _l("Main office"),
        coerce=int,
        description=_l("Which of your offices looks after you first."),
    )
    emergency_name = StringField(_l("Name of the contact"), [Optional(), at_most(50)])
    emergency_phone = TelField(_l("Phone of the contact"), [Optional(), a_phone])
    emergency_relation = StringField(
        _l("Relation"), [Optional(), at_most(20)], description=_l("For example daughter or friend.")
    )

    def __init__(self, *args: Any, places: Sequence[Office], homes: Sequence[Office],
                 contact: bool, **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.places = {office.id: office for office in places}
        self.homes = {office.id: office for office in homes}
        self.areas.choices = [(office.id, named(office)) for office in places]
        none = [(0, gettext("None chosen"))]
        self.home.choices = [*none, *((office.id, named(office)) for office in homes)]
        if len(homes) < 2:  # noqa: PLR2004 - with one office there is nothing to choose
            del self.home
        if not contact:
            del self.emergency_name, self.emergency_phone, self.emergency_relation

    @classmethod
    def of(cls, person: Person, **more: Any) -> ProfileForm:
        """What is on record, and some lines to fill in."""
        form = cls(
            lines=[
                {"tongue": row.tongue.value, "fluency": row.fluency.value} for row in person.spoken
            ],
            areas=[office.id for office in person.areas],
            home=person.home_office_id or 0,
            emergency_name=person.emergency_name,
            emergency_phone=person.emergency_phone,
            emergency_relation=person.emergency_relation,
            **more,
        )
        if not form.is_submitted():
            for _ in range(min(EMPTY_LINES, MOST_LINES - len(person.spoken))):
                form.lines.append_entry()
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """A language stands once in the list; the problem stands in its own line."""
        fine = super().validate(extra_validators)
        filled = self._filled
        tongues = [Tongue.of(line.tongue.data) for line in filled]
        for index, line in enumerate(filled if fine and all(tongues) else ()):
            if found := law.refusals([t for t in tongues if t], index):
                line.tongue.errors = [sentence(each) for each in found]
                fine = False
        if not fine:  # a list of lines knows only the errors of its own validation
            self.lines.errors = [entry.errors for entry in self.lines if entry.errors]
        return fine

    @property
    def _filled(self) -> list[Any]:
        return [entry.form for entry in self.lines if entry.form.tongue.data]

    def profile_of(self, person: Person) -> Profile:
        """The fields, as the service takes them; what the form does not show stays."""
        spoken = [(Tongue(one.tongue.data), Fluency(one.fluency.data)) for one in self._filled]
        home = self.homes.get(self.home.data) if "home" in self else person.home
        return Profile(
            spoken=spoken,
            areas=[self.places[id_] for id_ in self.areas.data or []],
            home=home,
            emergency=self._contact if "emergency_name" in self else _kept(person),
        )

    @property
    def _contact(self) -> Contact | None:
        name, phone = self.emergency_name.data or "", self.emergency_phone.data or ""
        relation = self.emergency_relation.data or ""
        return Contact(name, phone, relation) if name or phone or relation else None


def _kept(person: Person) -> Contact | None:
    if not person.emergency_name:
        return None
    relation = person.emergency_relation or ""
    return Contact(person.emergency_name, person.emergency_phone or "", relation)
