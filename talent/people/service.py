"""Persons: which ones an actor may see, how they are found, what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import selectinload

from talent import audit, clock
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office, ServiceCategory
from talent.offices.service import seen
from talent.people.models import (
    VERSIONS,
    Consent,
    NameKey,
    Person,
    Registration,
    RegistrationState,
    Skill,
    Tie,
    person_skill,
)
from talent.pinyin import squeezed
from talent.rules import age, consent, identity, trees
from talent.rules.consent import ConsentKind
from talent.seal import blind_index
from talent.sheets.cells import Unusable
from talent.sheets.cells import phone as read_phone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission

PAGE = 50
FOUND_AT_MOST = 20
LIVE = (RegistrationState.APPLIED, RegistrationState.ACTIVE, RegistrationState.PAUSED)
TAIL = 4  # digits of a phone number by which an office finds a person
_BEYOND = "\U0010ffff"  # after every character a key can go on with


def visible(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `Person`: known to an office for which the permission is held."""
    return exists().where(Tie.person_id == Person.id, Tie.office_id.in_(seen(actor, permission)))


def visible_person(actor: Actor, permission: Permission, person_id: int) -> Person:
    """The person, or `NotFound`, the same for one whom only other offices know."""
    query = select(Person).where(Person.id == person_id, visible(actor, permission))
    if (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def merged_into(person_id: int) -> int | None:
    """The file into which this one was emptied, at the end of the line."""
    at, found = person_id, None
    while into := db.session.scalar(select(Person.merged_into_person_id).where(Person.id == at)):
        at = found = into
    return found


def own_person(actor: Actor) -> Person | None:
    """The person whose account acts."""
    return db.session.get(Person, actor.person_id) if actor.person_id else None


def wards_of(person_id: int) -> Sequence[Person]:
    """The children for whom this person speaks."""
    query = select(Person).where(_ward_of(person_id)).order_by(Person.id)
    return db.session.scalars(query.options(selectinload(Person.registrations))).all()


def _ward_of(person_id: int | None) -> ColumnElement[bool]:
    """A child for whom the person speaks: never one who came of age, though no job ran since."""
    grown = age.latest_birth(clock.today(DEFAULT_ZONE), age.GUARDIAN_BELOW_YEARS)
    minor = or_(Person.birth_date.is_(None), Person.birth_date > grown)
    return and_(Person.guardian_id == person_id, minor)


def spoken_for(actor: Actor) -> Select[int]:
    """The ids of oneself and of one's children."""
    own = actor.person_id or 0
    return select(Person.id).where(or_(Person.id == own, _ward_of(own)))


def reachable(actor: Actor, permission: Permission, person_id: int) -> Person:
    """Oneself, a child of one's own, or somebody whom an office of the actor's knows."""
    query = select(Person).where(
        Person.id == person_id,
        or_(Person.id.in_(spoken_for(actor)), visible(actor, permission)),
    )
    if (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def speaks_for(actor: Actor, person: Person) -> bool:
    """Whether it is oneself or a child of one's own."""
    if actor.person_id is None or actor.person_id == person.id:
        return actor.person_id is not None
    born, day = person.birth_date, clock.today(DEFAULT_ZONE)
    return person.guardian_id == actor.person_id and (
        born is None or age.guardian_needed(born, day)
    )


def own_or_ward(actor: Actor, person_id: int) -> Person:
    """Oneself or a child of one's own, or `NotFound`."""
    own = actor.person_id is not None
    query = select(Person).where(Person.id == person_id)
    query = query.where(or_(Person.id == actor.person_id, _ward_of(actor.person_id)))
    if not own or (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def release_grown(today: date, now: datetime) -> list[tuple[Person, Person | None]]:
    """From the day of coming of age on nobody else speaks for a person. Whom, and who did."""
    query = select(Person).where(
        Person.guardian_id.is_not(None),
        Person.birth_date <= age.latest_birth(today, age.GUARDIAN_BELOW_YEARS),
    )
    released = []
    for person in db.session.scalars(query.order_by(Person.id)):
        guardian = db.session.get(Person, person.guardian_id)
        audit.record(Act.PERSON_CHANGED, person, actor=SYSTEM, now=now, guardian=person.guardian_id)
        person.guardian_id = None
        released.append((person, guardian))
    return released


def tie(person: Person, office: Office) -> None:
    """From now on the office knows the person."""
    if db.session.get(Tie, (person.id, office.id)) is None:
        db.session.add(Tie(person_id=person.id, office_id=office.id))


def found(actor: Actor, permission: Permission, q: str) -> Sequence[Person]:
    """The first people whom a few typed signs find, to choose one of them."""
    if not q.strip():
        return []
    named = Person.anonymised_at.is_(None)
    query = select(Person).where(visible(actor, permission), named, matches(q))
    query = query.order_by(Person.sort_key, Person.id).limit(FOUND_AT_MOST)
    return db.session.scalars(query).all()


def matches(q: str) -> ColumnElement[bool]:
    """By the beginning of a name, its pinyin or initials, by number, phone or its last digits."""
    key = squeezed(q)
    typed = identity.normalise(q)
    ways: list[ColumnElement[bool]] = []
    if key:
        begins = (NameKey.text >= key, NameKey.text < key + _BEYOND)
        ways.append(exists().where(NameKey.person_id == Person.id, *begins))
    if typed:
        ways.append((Person.volunteer_no >= typed) & (Person.volunteer_no < typed + _BEYOND))
    if len(typed) == TAIL and typed.isdecimal():
        ways.append(Person.phone_tail_index == blind_index("phone-tail", typed))
    elif len(typed) > TAIL and (number := normal_phone(q)):
        ways.append(Person.phone_index == blind_index("phone", number))
    return or_(*ways) if ways else Person.id < 0


def normal_phone(typed: str) -> str | None:
    """The number as it is kept, or None when it is none."""
    try:
        return read_phone(typed)
    except Unusable:
        return None


def show_identity(person: Person, *, reason: str, actor: Actor, now: datetime) -> str:
    """The whole number of the document. Who looked, when and why is kept (PIPL Art. 51)."""
    audit.record(Act.IDENTITY_SEEN, person, actor=actor, now=now, reason=reason)
    return person.document or ""


def registrations_of(person_id: int) -> Sequence[Registration]:
    """All registrations of a person, with their offices."""
    query = select(Registration).join(Office).where(Registration.person_id == person_id)
    return db.session.scalars(query.order_by(Office.path)).all()


def active_offices(person_id: int) -> Sequence[Office]:
    """The offices at which the person is an active volunteer."""
    query = (
        select(Office)
        .join(Registration)
        .where(Registration.person_id == person_id, Registration.state == RegistrationState.ACTIVE)
    )
    return db.session.scalars(query.order_by(Office.path)).all()


def offices_at(person_id: int) -> list[Office]:
    """The offices at which the person is registered or has applied, in the order of the tree."""
    return offices_of_each([person_id])[person_id]


def offices_of_each(person_ids: Collection[int]) -> dict[int, list[Office]]:
    """The same of several people, in one question."""
    query = (
        select(Registration.person_id, Office)
        .join(Office, Office.id == Registration.office_id)
        .where(Registration.person_id.in_(person_ids), Registration.state.in_(LIVE))
    )
    found: dict[int, list[Office]] = {id_: [] for id_ in person_ids}
    for person_id, office in db.session.execute(query):
        found[person_id].append(office)
    return {id_: sorted(own, key=lambda office: office.ancestor_ids) for id_, own in found.items()}


def offices_of_wards(person_id: int) -> Sequence[Office]:
    """The offices at which a child of this person is an active volunteer, each once."""
    active = (
        select(Registration.office_id)
        .join(Person, Person.id == Registration.person_id)
        .where(_ward_of(person_id), Registration.state == RegistrationState.ACTIVE)
    )
    return db.session.scalars(
        select(Office).where(Office.id.in_(active)).order_by(Office.path)
    ).all()


def age_on(person: Person, day: date) -> int | None:
    """Completed years on a day; None when no birth date is on record."""
    return age.age_on(person.birth_date, day) if person.birth_date else None


def consents_of(person_id: int) -> list[Consent]:
    """Every consent that was ever given, the oldest first."""
    return consents_among([person_id])[person_id]


def consents_among(person_ids: Collection[int]) -> dict[int, list[Consent]]:
    """The same of many people."""
    query = select(Consent).where(Consent.person_id.in_(person_ids)).order_by(Consent.id)
    found: dict[int, list[Consent]] = {id_: [] for id_ in person_ids}
    for consent_ in db.session.scalars(query):
        found[consent_.person_id].append(consent_)
    return found


def lawful(given: Iterable[Consent]) -> list[consent.Consent]:
    """Consents as the law reads them."""
    return [
        consent.Consent(c.kind, c.version, c.given_at, c.by_guardian, c.withdrawn_at) for c in given
    ]


def has_consented(person_id: int, kind: ConsentKind, now: datetime) -> bool:
    """Whether a consent of this kind stands in its present version (PIPL Art. 14)."""
    return not consent.missing([kind], lawful(consents_of(person_id)), VERSIONS, now)


def guardian_consents(person_ids: Collection[int], now: datetime) -> set[int]:
    """The same for many persons at once."""
    query = select(Consent).where(
        Consent.person_id.in_(person_ids), Consent.kind == ConsentKind.GUARDIAN
    )
    of: dict[int, list[Consent]] = {}
    for given in db.session.scalars(query):
        of.setdefault(given.person_id, []).append(given)
    kinds = [ConsentKind.GUARDIAN]
    return {
        i for i, given in of.items() if not consent.missing(kinds, lawful(given), VERSIONS, now)
    }


def chosen_categories(ids: Iterable[int]) -> list[ServiceCategory]:
    """Service categories by their ids; one that does not exist is left out."""
    query = select(ServiceCategory).where(ServiceCategory.id.in_(list(ids)))
    return list(db.session.scalars(query.order_by(ServiceCategory.place, ServiceCategory.id)))


def skills(*, all_: bool = False) -> Sequence[Skill]:
    """The skills that may be asked for and stated, each after the one it stands below.

    All of them: closed ones too.
    """
    rows = db.session.scalars(select(Skill).order_by(Skill.id)).all()
    return [row for row in in_tree(rows) if all_ or row.open]


def in_tree(rows: Sequence[Skill]) -> list[Skill]:
    """Skills in the order of their tree: each branch together, in the order they were made."""
    above = {row.id: row.parent_id for row in rows}
    return sorted(rows, key=lambda row: trees.line(row.id, above)[::-1])


def skill_parents() -> dict[int, int | None]:
    """Below which skill each one stands: whoever has it has that one too."""
    return dict(db.session.execute(select(Skill.id, Skill.parent_id)).all())


def skills_of(person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The skills of people and all that stand above these, by the person's id (条例 Art. 16).

    Who ticked none is not in it. Two questions, however many people.
    """
    query = select(person_skill.c.person_id, person_skill.c.skill_id).where(
        person_skill.c.person_id.in_(person_ids)
    )
    own: dict[int, list[int]] = {}
    for person_id, skill_id in db.session.execute(query):
        own.setdefault(person_id, []).append(skill_id)
    return with_those_above(own)


def with_those_above(own: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    """Skills with all that stand above them, by the person's id; one question if there are any."""
    above = skill_parents() if own else {}
    return {person_id: trees.covered(ids, above) for person_id, ids in own.items()}


def skill_names(named: Callable[[Skill], str]) -> dict[int, str]:
    """What each skill is called with those above it: first aid › with children."""
    rows = {row.id: row for row in db.session.scalars(select(Skill))}
    above = {row.id: row.parent_id for row in rows.values()}
    return {
        id_: " › ".join(named(rows[step]) for step in reversed(trees.line(id_, above)))
        for id_ in rows
    }
