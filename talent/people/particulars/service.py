"""What is stated of a person: read, asked against the law, written and changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from talent import audit
from talent.audit import Act
from talent.backup import numbers
from talent.db import db, wrote_all
from talent.errors import Refused
from talent.people.history import service as history
from talent.people.models import (
    NameKey,
    Person,
    Tie,
    person_category,
    person_skill,
)
from talent.people.service import TAIL
from talent.pinyin import keys, sort_key
from talent.rules import age, identity, names, volunteering
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office, ServiceCategory
    from talent.people.models import Skill
    from talent.rules.identity import DocumentKind, Sex

_CHUNK = 400  # documents or numbers asked about at once


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
    known_skills: Sequence[Skill] | None = None  # of the vocabulary; None: as they are
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
    """Order 67 Art. 5, of what was stated; a name and a number have refusals of their own.

    What a number would tell is not asked for because of a slip in the number.
    """
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
    missing = volunteering.missing_fields(law)
    if stated.document_kind not in identity.TELLING:
        return missing
    told = {volunteering.Incomplete.BORN, volunteering.Incomplete.SEX}
    return [reason for reason in missing if reason.why not in told]


def by_document(kind: DocumentKind, number: str) -> Person | None:
    """Who is on record with this document, in whatever office."""
    query = select(Person).where(
        Person.document_kind == kind, Person.document_index == document_index(kind, number)
    )
    return db.session.scalars(query).one_or_none()


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
    free = _free_numbers(len(all_stated))
    rows = [
        {
            "volunteer_no": number,
            "language": language,
            "entered_by": actor.account_id,
            "made_at": now,
            **_columns(stated, now),
        }
        for stated, number in zip(all_stated, free, strict=True)
    ]
    try:
        with db.session.begin_nested():
            numbers.write(Person, rows)
    except IntegrityError:  # somebody registered with this document in the same moment
        raise Refused([Known.DOCUMENT]) from None
    added = _numbered(free)
    _write_kinds(added, all_stated)
    _write_keys(added)
    numbers.write(Tie, [{"person_id": p.id, "office_id": office.id} for p in added])
    told: dict[str, dict[str, Any]] = {f"person:{person.id}": {} for person in added}
    audit.record_all(Act.PERSON_ADDED, told, actor=actor, now=now, office_id=office.id)
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
    _know(person, stated.known_skills, actor=actor, now=now)
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
    known_skills: Sequence[Skill] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """What a person keeps up to date alone; name and document are the office's to change."""
    if not (phone or email):
        raise Refused([Because(volunteering.Incomplete.CONTACT)])
    _know(person, known_skills, actor=actor, now=now)
    values = {"area": area, "email": email, "skills": skills, "changed_at": now}
    _set(person, values | _phone(phone), categories, actor=actor, now=now)


def _know(person: Person, known: Sequence[Skill] | None, *, actor: Actor, now: datetime) -> None:
    """Tick other skills of the vocabulary; None leaves them as they are."""
    if known is None or {s.id for s in known} == {s.id for s in person.known_skills}:
        return
    told = {"known_skills": (_names(person.known_skills), _names(known))}
    person.known_skills = list(known)
    history.keep(Act.PERSON_CHANGED, person, told, actor=actor, now=now)


def _names(things: Iterable[ServiceCategory | Skill]) -> list[str]:
    return sorted(thing.name_zh for thing in things)


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
    told: dict[str, tuple[Any, Any]] = {
        name: (getattr(person, name), values[name])
        for name in changed
        if not name.endswith(("_index", "_key"))
    }
    if {c.id for c in categories} != {c.id for c in person.categories}:
        told["categories"] = _names(person.categories), _names(categories)
        person.categories = list(categories)
        changed.append("categories")
    if not changed:
        return
    for name, value in values.items():
        setattr(person, name, value)
    history.keep(Act.PERSON_CHANGED, person, told, actor=actor, now=now)


def _numbered(free: Sequence[str]) -> list[Person]:
    """Those who were just written, by their volunteer numbers and in the order of these."""
    found: dict[str, Person] = {}
    for start in range(0, len(free), _CHUNK):
        some = select(Person).where(Person.volunteer_no.in_(free[start : start + _CHUNK]))
        found |= {person.volunteer_no: person for person in db.session.scalars(some)}
    return [found[number] for number in free]


def _write_kinds(added: Sequence[Person], all_stated: Sequence[Particulars]) -> None:
    """The kinds of service and the skills of each."""
    both = list(zip(added, all_stated, strict=True))
    kinds = [
        {"person_id": person.id, "category_id": id_}
        for person, stated in both
        for id_ in sorted({category.id for category in stated.categories})
    ]
    wrote_all(insert(person_category), kinds)
    skills = [
        {"person_id": person.id, "skill_id": id_}
        for person, stated in both
        for id_ in sorted({skill.id for skill in stated.known_skills or ()})
    ]
    wrote_all(insert(person_skill), skills)


def _write_keys(persons: Sequence[Person]) -> None:
    rows = [
        {"person_id": each.id, "text": key, "head": key[0], "sort_key": each.sort_key}
        for each in persons
        for key in keys(each.name)
    ]
    wrote_all(insert(NameKey), rows)


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
