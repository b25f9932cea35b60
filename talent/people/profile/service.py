"""What a person may add to what the law asks for: read, and written anew as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from talent.audit import Act
from talent.clock import today
from talent.db import db
from talent.errors import Refused
from talent.offices.models import Office, OfficeKind, Setting
from talent.offices.service import settings_by_office
from talent.people import service as people
from talent.people.history import service as history
from talent.people.models import SpokenLanguage
from talent.rules import age, languages
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.languages import Fluency, Tongue

SERVED = (OfficeKind.COMMUNITY, OfficeKind.STREET)


class Unprofiled(Word):
    """Why a profile is not kept so."""

    HOME = "home", N_("The main office is one at which the person is registered.")
    NO_PHONE = "no_phone", N_("Give the phone number as well, or leave the contact empty.")
    NO_NAME = "no_name", N_("Give the name as well, or leave the contact empty.")
    NOT_ASKED = "not_asked", N_("This office does not ask for it.")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call in an emergency; for a minor who named nobody the guardian."""

    name: str
    phone: str
    relation: str = ""
    guardian: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What is to be kept, whole."""

    spoken: Sequence[tuple[Tongue, Fluency]] = ()
    areas: Sequence[Office] = field(default_factory=list)
    home: Office | None = None
    emergency: Contact | None = None


def emergency_of(person: Person, day: date) -> Contact | None:
    """Whom to call: who was named, else a minor's guardian."""
    if person.emergency_name and person.emergency_phone:
        relation = person.emergency_relation or ""
        return Contact(person.emergency_name, person.emergency_phone, relation)
    minor = person.birth_date is not None and age.guardian_needed(person.birth_date, day)
    if minor and person.guardian_name and person.guardian_phone:
        relation = person.guardian_relation or ""
        return Contact(person.guardian_name, person.guardian_phone, relation, guardian=True)
    return None


def asked(
    person: Person, setting: Setting, now: datetime, offices: Sequence[Office] | None = None
) -> bool:
    """Whether an office at which the person is registered asks for something one can do without."""
    offices = people.offices_at(person.id) if offices is None else offices
    if not offices:
        return False
    told = settings_by_office(offices, on=today(offices[0].zone, now))
    return any(holding[setting] == "on" for holding in told.values())


def areas_to_choose(person: Person) -> list[Office]:
    """Where one may be willing to serve: every street, the communities around, what was chosen."""
    homes = people.offices_at(person.id)
    near = {office.parent_id or office.id for office in homes}
    query = (
        select(Office)
        .where(Office.open, Office.kind.in_(SERVED))
        .where(
            (Office.kind == OfficeKind.STREET)
            | Office.parent_id.in_(near)
            | Office.id.in_([office.id for office in homes])
        )
    )
    found = {office.id: office for office in [*db.session.scalars(query), *person.areas]}
    return sorted(found.values(), key=lambda office: office.ancestor_ids)


def change(person: Person, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """From now on this holds, and what was kept before is kept in the history."""
    tongues = [tongue for tongue, _ in profile.spoken]
    if found := [b for i in range(len(tongues)) for b in languages.refusals(tongues, i)]:
        raise Refused(found)
    _check(person, profile, now)
    told = {
        "spoken": (
            [f"{row.tongue.value} {row.fluency.value}" for row in person.spoken],
            [f"{tongue.value} {fluency.value}" for tongue, fluency in profile.spoken],
        ),
        "areas": (
            [office.name_zh for office in person.areas],
            [office.name_zh for office in profile.areas],
        ),
        "home_office": (
            person.home.name_zh if person.home else None,
            profile.home.name_zh if profile.home else None,
        ),
        **_emergency(person, profile.emergency),
    }
    if told["spoken"][0] != told["spoken"][1]:
        db.session.execute(delete(SpokenLanguage).where(SpokenLanguage.person_id == person.id))
        db.session.add_all(
            SpokenLanguage(person_id=person.id, tongue=tongue, fluency=fluency)
            for tongue, fluency in profile.spoken
        )
    person.areas = list(profile.areas)
    person.home_office_id = profile.home.id if profile.home else None
    history.keep(Act.PERSON_CHANGED, person, told, actor=actor, now=now)
    person.changed_at = now
    db.session.flush()
    db.session.expire(person, ["spoken", "home"])


def _check(person: Person, profile: Profile, now: datetime) -> None:
    homes = {office.id for office in people.offices_at(person.id)}
    if profile.home and profile.home.id not in homes:
        raise Refused([Unprofiled.HOME])
    contact = profile.emergency
    if contact and not contact.phone:
        raise Refused([Unprofiled.NO_PHONE])
    if contact and not contact.name:
        raise Refused([Unprofiled.NO_NAME])
    kept = person.emergency_phone is not None
    if contact and not kept and not asked(person, Setting.EMERGENCY_CONTACT, now):
        raise Refused([Unprofiled.NOT_ASKED])


def _emergency(person: Person, contact: Contact | None) -> dict[str, tuple[str | None, str | None]]:
    """Write the contact, and tell what changed."""
    fresh = {
        "emergency_name": contact.name if contact else None,
        "emergency_phone": contact.phone if contact else None,
        "emergency_relation": (contact.relation or None) if contact else None,
    }
    told = {name: (getattr(person, name), value) for name, value in fresh.items()}
    for name, value in fresh.items():
        setattr(person, name, value)
    return told
