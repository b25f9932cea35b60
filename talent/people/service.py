"""Persons: which ones an actor may see, how they are found, written and told apart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office, ServiceCategory
from talent.offices.service import seen
from talent.people.models import (
    VERSIONS,
    Consent,
    NameKey,
    Person,
    Registration,
    RegistrationState,
    Tie,
    person_category,
)
from talent.pinyin import keys, sort_key, squeezed
from talent.rules import age, consent, identity, names, volunteering
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind, Sex
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.seal import blind_index
from talent.sheets.cells import Unusable
from talent.sheets.cells import phone as read_phone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission

PAGE = 50
FOUND_AT_MOST = 20
TAIL = 4  # digits of a phone number by which an office finds a person
_CHUNK = 400  # documents or numbers asked about at once
_BEYOND = "\U0010ffff"  # after every character a key can go on with


class Known(Word):
    """Why a person is not written."""

    DOCUMENT = "document", N_("This document belongs to a person who is on record already.")


@dataclass(slots=True)
class Particulars:
    """What is stated of a person: the eight fields of Order 67 Art. 5, and a minor's guardian."""

    name: str
    document_kind: DocumentKind
    document: str
    sex: Sex | None = None
    born: date | None = None
    area: str = ""
    phone: str | None = None  # as +8613800138000
    email: str | None = None
    skills: str | None = None
    categories: Sequence[ServiceCategory] = field(default_factory=list)
    guardian_name: str | None = None
    guardian_phone: str | None = None
    guardian_relation: str | None = None

    def read(self) -> None:
        """Write each text one way, and take from the document what it tells."""
        self.name = names.normalise(self.name)
        self.document = identity.normalise(self.document)
        self.email = self.email.strip().lower() if self.email else None
        if self.guardian_name:
            self.guardian_name = names.normalise(self.guardian_name)

    def complete(self) -> None:
        """Birth date and sex stand in the number of a resident card or permit."""
        self.born = self.born or identity.birth_date(self.document_kind, self.document)
        self.sex = self.sex or identity.sex_of(self.document_kind, self.document)

    @property
    def index(self) -> str:
        """The blind index of the document."""
        return document_index(self.document_kind, self.document)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of people, and the key at which the next one begins."""

    people: Sequence[Person]
    after: str | None


def document_index(kind: DocumentKind, number: str) -> str:
    """By which a document is found again; the number is normalised."""
    return blind_index(f"document:{kind.value}", number)


def refusals(stated: Particulars, today: date) -> list[Because]:
    """What the law has against these particulars. `read` first; `complete` happens here."""
    number = identity.refusals(stated.document_kind, stated.document, today)
    found = [*names.refusals(stated.name), *number]
    if not number:
        found += identity.contradictions(
            stated.document_kind, stated.document, born=stated.born, sex=stated.sex
        )
        stated.complete()
    if stated.guardian_name:
        found += names.refusals(stated.guardian_name)
    if stated.born and stated.born > today and not number:
        found.append(Because(age.Minority.NOT_BORN, {"born": stated.born}))
    return found


def missing_fields(stated: Particulars) -> list[Because]:
    """Order 67 Art. 5, of what was stated; a name and a number have refusals of their own."""
    law = volunteering.Registration(
        name=stated.name or "-",
        sex=stated.sex,
        born=stated.born,
        document_number=stated.document or "-",
        area=stated.area,
        contact=stated.phone or stated.email or "",
        skills=stated.skills,
        services=len(stated.categories),
    )
    return volunteering.missing_fields(law)


def visible(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `Person`: known to an office for which the permission is held."""
    return exists().where(Tie.person_id == Person.id, Tie.office_id.in_(seen(actor, permission)))


def visible_person(actor: Actor, permission: Permission, person_id: int) -> Person:
    """The person, or `NotFound`, the same for one whom only other offices know."""
    query = select(Person).where(Person.id == person_id, visible(actor, permission))
    if (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def own_person(actor: Actor) -> Person | None:
    """The person whose account acts."""
    return db.session.get(Person, actor.person_id) if actor.person_id else None


def wards_of(person_id: int) -> Sequence[Person]:
    """The children for whom this person speaks."""
    query = select(Person).where(Person.guardian_id == person_id).order_by(Person.id)
    return db.session.scalars(query.options(selectinload(Person.registrations))).all()


def own_or_ward(actor: Actor, person_id: int) -> Person:
    """Oneself or a child of one's own, or `NotFound`."""
    own = actor.person_id is not None
    query = select(Person).where(Person.id == person_id)
    query = query.where(or_(Person.id == actor.person_id, Person.guardian_id == actor.person_id))
    if not own or (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def tie(person: Person, office: Office) -> None:
    """From now on the office knows the person."""
    if db.session.get(Tie, (person.id, office.id)) is None:
        db.session.add(Tie(person_id=person.id, office_id=office.id))


def by_document(kind: DocumentKind, number: str) -> Person | None:
    """Who is on record with this document, in whatever office."""
    query = select(Person).where(
        Person.document_kind == kind, Person.document_index == document_index(kind, number)
    )
    return db.session.scalars(query).one_or_none()


def listed(
    actor: Actor,
    permission: Permission,
    *,
    q: str = "",
    state: RegistrationState | None = None,
    office_id: int | None = None,
    category_id: int | None = None,
    after: str = "",
) -> Page:
    """People in the order of their pinyin, of the offices that the actor may see."""
    query = select(Person).where(visible(actor, permission))
    if q:
        query = query.where(matches(q))
    if office_id:
        query = query.where(exists().where(Tie.person_id == Person.id, Tie.office_id == office_id))
    if state:
        stands = exists().where(
            Registration.person_id == Person.id,
            Registration.state == state,
            Registration.office_id.in_(seen(actor, permission)),
        )
        here = Registration.office_id == office_id
        query = query.where(stands.where(here) if office_id else stands)
    if category_id:
        query = query.where(
            exists().where(
                person_category.c.person_id == Person.id,
                person_category.c.category_id == category_id,
            )
        )
    return _page(query, after)


def _page(query: Select[Person], after: str) -> Page:
    number, _, key = after.partition(":")
    if number.isdecimal() and len(number) < 19:  # noqa: PLR2004 - no larger number is an id
        query = query.where(tuple_(Person.sort_key, Person.id) > tuple_(key, int(number)))
    query = query.order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    loads = selectinload(Person.registrations).joinedload(Registration.office)
    people = db.session.scalars(query.options(loads)).all()
    last = people[PAGE - 1] if len(people) > PAGE else None
    return Page(people[:PAGE], f"{last.id}:{last.sort_key}" if last else None)


def found(actor: Actor, permission: Permission, q: str) -> Sequence[Person]:
    """The first people whom a few typed signs find, to choose one of them."""
    if not q.strip():
        return []
    query = select(Person).where(visible(actor, permission), matches(q))
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


def add(
    stated: Particulars, office: Office, *, actor: Actor, now: datetime, language: str = "zh"
) -> Person:
    """Write a new person whom the office knows from now on. The caller has asked the law."""
    return add_all([stated], office, actor=actor, now=now, language=language)[0]


def add_all(
    all_stated: Sequence[Particulars],
    office: Office,
    *,
    actor: Actor,
    now: datetime,
    language: str = "zh",
) -> list[Person]:
    """The same for many, in as many questions as for one."""
    if on_record(all_stated):
        raise Refused([Known.DOCUMENT])
    numbers = _free_numbers(len(all_stated))
    added = [
        Person(
            volunteer_no=number,
            language=language,
            entered_by=actor.account_id,
            made_at=now,
            categories=list(stated.categories),
            registrations=[],
            **_columns(stated, now),
        )
        for stated, number in zip(all_stated, numbers, strict=True)
    ]
    db.session.add_all(added)
    try:
        db.session.flush()
    except IntegrityError:  # somebody registered with this document in the same moment
        raise Refused([Known.DOCUMENT]) from None
    _write_keys(added)
    db.session.execute(insert(Tie), [{"person_id": p.id, "office_id": office.id} for p in added])
    for person in added:
        audit.record(Act.PERSON_ADDED, person, actor=actor, now=now, office_id=office.id)
    return added


def on_record(all_stated: Iterable[Particulars]) -> dict[tuple[DocumentKind, str], Person]:
    """Who has one of these documents, by its kind and index."""
    indexes = sorted({stated.index for stated in all_stated})
    found = {}
    for start in range(0, len(indexes), _CHUNK):
        some = indexes[start : start + _CHUNK]
        for person in db.session.scalars(select(Person).where(Person.document_index.in_(some))):
            if person.document_kind and person.document_index:
                found[person.document_kind, person.document_index] = person
    return found


def change(
    person: Person, stated: Particulars, *, actor: Actor, now: datetime, today: date
) -> None:
    """Write changed particulars; the trace names the fields and none of their values."""
    if reasons := refusals(stated, today):
        raise Refused(reasons)
    other = by_document(stated.document_kind, stated.document)
    if other is not None and other.id != person.id:
        raise Refused([Known.DOCUMENT])
    renamed = person.name != stated.name
    _set(person, _columns(stated, now), stated.categories, actor=actor, now=now)
    if renamed:
        db.session.execute(delete(NameKey).where(NameKey.person_id == person.id))
        _write_keys([person])


def change_own(
    person: Person,
    *,
    area: str,
    phone: str | None,
    email: str | None,
    skills: str,
    categories: Sequence[ServiceCategory],
    actor: Actor,
    now: datetime,
) -> None:
    """What a person keeps up to date alone; name and document are the office's to change."""
    if not (phone or email):
        raise Refused([Because(volunteering.Incomplete.CONTACT)])
    values = {"area": area, "email": email, "skills": skills, "changed_at": now}
    _set(person, values | _phone(phone), categories, actor=actor, now=now)


def particulars_of(person: Person) -> Particulars:
    """What is on record of a person."""
    return Particulars(
        name=person.name,
        document_kind=person.document_kind or DocumentKind.RESIDENT_ID,
        document=person.document or "",
        sex=person.sex,
        born=person.birth_date,
        area=person.area or "",
        phone=person.phone,
        email=person.email,
        skills=person.skills,
        categories=person.categories,
        guardian_name=person.guardian_name,
        guardian_phone=person.guardian_phone,
        guardian_relation=person.guardian_relation,
    )


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


def is_active_volunteer(person_id: int, office: Office | None = None) -> bool:
    """Whether the person is an active volunteer anywhere, or of the office or one above it."""
    query = select(Registration.id).where(
        Registration.person_id == person_id, Registration.state == RegistrationState.ACTIVE
    )
    if office:
        query = query.where(Registration.office_id.in_(office.ancestor_ids))
    return db.session.scalar(query.limit(1)) is not None


def age_on(person: Person, day: date) -> int | None:
    """Completed years on a day; None when no birth date is on record."""
    return age.age_on(person.birth_date, day) if person.birth_date else None


def consents_of(person_id: int) -> list[Consent]:
    """Every consent that was ever given, the oldest first."""
    query = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    return list(db.session.scalars(query))


def lawful(given: Iterable[Consent]) -> list[consent.Consent]:
    """Consents as the law reads them."""
    return [
        consent.Consent(c.kind, c.version, c.given_at, c.by_guardian, c.withdrawn_at) for c in given
    ]


def guardian_consented(person_id: int, now: datetime) -> bool:
    """Whether a guardian's consent stands in its present version (PIPL Art. 31)."""
    given = lawful(consents_of(person_id))
    return not consent.missing([ConsentKind.GUARDIAN], given, VERSIONS, now)


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


def _columns(stated: Particulars, now: datetime) -> dict[str, Any]:
    return {
        "name": stated.name,
        "sort_key": sort_key(stated.name),
        "sex": stated.sex,
        "birth_date": stated.born,
        "document_kind": stated.document_kind,
        "document": stated.document,
        "document_index": stated.index,
        **_phone(stated.phone),
        "email": stated.email,
        "area": stated.area,
        "skills": stated.skills,
        "guardian_name": stated.guardian_name,
        "guardian_phone": stated.guardian_phone,
        "guardian_relation": stated.guardian_relation,
        "changed_at": now,
    }


def _phone(number: str | None) -> dict[str, Any]:
    return {
        "phone": number,
        "phone_index": number and blind_index("phone", number),
        "phone_tail_index": number and blind_index("phone-tail", number[-TAIL:]),
    }


def _set(
    person: Person,
    values: dict[str, Any],
    categories: Sequence[ServiceCategory],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    changed = [n for n, v in values.items() if getattr(person, n) != v and n != "changed_at"]
    if {c.id for c in categories} != {c.id for c in person.categories}:
        person.categories = list(categories)
        changed.append("categories")
    if not changed:
        return
    for name, value in values.items():
        setattr(person, name, value)
    fields = sorted(name for name in changed if not name.endswith(("_index", "_key")))
    audit.record(Act.PERSON_CHANGED, person, actor=actor, now=now, fields=fields)


def _write_keys(persons: Sequence[Person]) -> None:
    rows = [{"person_id": each.id, "text": key} for each in persons for key in keys(each.name)]
    if rows:
        db.session.execute(insert(NameKey), rows)


def _free_numbers(count: int) -> list[str]:
    """Volunteer numbers: they say nothing of their holders, and the last digit checks the rest."""
    free: set[str] = set()
    while len(free) < count:
        drawn = [_number() for _ in range(min(count - len(free), _CHUNK))]
        taken = select(Person.volunteer_no).where(Person.volunteer_no.in_(drawn))
        free |= set(drawn) - set(db.session.scalars(taken))
    return list(free)


def _number() -> str:
    digits = f"{secrets.randbelow(10**8):08d}"
    check = sum(int(digit) * weight for weight, digit in enumerate(digits, 2)) % 11 % 10
    return f"V{digits}{check}"
