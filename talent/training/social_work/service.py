"""Social workers: their certificate, registrations of three years, continuing education."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import Refused
from talent.people import service as people
from talent.people.models import Person
from talent.rules import credentials
from talent.rules import social_workers as law
from talent.rules.reason import N_, Because
from talent.rules.social_workers import Grade, Learning, Registration, RegistrationStatus
from talent.rules.words import Word
from talent.training.models import (
    Credential,
    CredentialKind,
    SocialWorkRegistration,
    TrainingRecord,
)
from talent.training.service import PAGE, STANDS, VALID, beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from talent.access import Actor


class Unregistrable(Word):
    """Why a registration is not written down."""

    OVERLAPS = "overlaps", N_("This person is registered from %(start)s to %(end)s already.")


@dataclass(frozen=True, slots=True)
class SocialWorker:
    """A person's standing as a social worker on a day. Times are minutes."""

    person: Person
    grade: Grade | None  # of the certificate; the registration has one of its own
    term: Registration | None
    number: str | None
    status: RegistrationStatus
    need: int
    done: int
    gap: int
    opens: date | None
    not_renewable: list[Because]


def social_workers(
    actor: Actor, *, today: date, after: int = 0
) -> tuple[list[SocialWorker], int | None]:
    """Who holds a professional certificate or was registered, by name, and the next page's key."""
    certified = exists().where(
        Credential.person_id == Person.id,
        Credential.kind_id == CredentialKind.id,
        CredentialKind.professional,
        VALID,
    )
    registered = exists().where(SocialWorkRegistration.person_id == Person.id)
    query = (
        select(Person)
        .where(people.visible(actor, Permission.SEE_TRAINING), or_(certified, registered))
        .order_by(Person.sort_key, Person.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(beyond(Person, Person.sort_key, after))
    found = db.session.scalars(query).all()
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return standings(found[:PAGE], today=today), more


def standings(persons: Sequence[Person], *, today: date) -> list[SocialWorker]:
    """Where each of these people stands, in three questions for all of them."""
    ids = [person.id for person in persons]
    terms, grades = _terms(ids), _grades(ids, today)
    learning = _learning(ids)
    return [_standing(p, grades.get(p.id), terms[p.id], learning[p.id], today) for p in persons]


def missing_minutes(registration: SocialWorkRegistration) -> int:
    """Continuing education that is still missing in a term."""
    learning = _learning([registration.person_id])[registration.person_id]
    return law.gap(_term(registration), learning, degrees=_degrees([registration]))


def registrations_of(person_id: int) -> Sequence[SocialWorkRegistration]:
    """All terms of one person, the last one first."""
    query = select(SocialWorkRegistration).where(SocialWorkRegistration.person_id == person_id)
    return db.session.scalars(query.order_by(SocialWorkRegistration.starts_on.desc())).all()


def register(
    person: Person,
    *,
    grade: Grade,
    starts_on: date,
    number: str | None,
    degree_on: date | None,
    actor: Actor,
    now: datetime,
) -> SocialWorkRegistration:
    """Write a registration down, as the authority has made it; its last day is the law's."""
    locked(Person, person.id)
    term = Registration.starting(starts_on, grade)
    for other in registrations_of(person.id):
        if other.starts_on <= term.end and term.start <= other.ends_on:
            known = {"start": other.starts_on, "end": other.ends_on}
            raise Refused([Because(Unregistrable.OVERLAPS, known)])
    registration = SocialWorkRegistration(
        person_id=person.id,
        grade=grade,
        number=number,
        starts_on=term.start,
        ends_on=term.end,
        degree_on=degree_on,
        account_id=actor.account_id,
    )
    db.session.add(registration)
    db.session.flush()
    audit.record(Act.CREDENTIAL_CHANGED, registration, actor=actor, now=now)
    return registration


def _standing(
    person: Person,
    grade: Grade | None,
    rows: list[SocialWorkRegistration],
    learning: list[Learning],
    today: date,
) -> SocialWorker:
    by_term = {_term(row): row for row in rows}
    term, degrees = law.current(by_term, today=today), _degrees(rows)
    return SocialWorker(
        person=person,
        grade=grade,
        term=term,
        number=by_term[term].number if term else None,
        status=law.status(term, today=today),
        need=law.need(term.grade) if term else 0,
        done=law.done(term, learning, degrees=degrees) if term else 0,
        gap=law.gap(term, learning, degrees=degrees) if term else 0,
        opens=law.window_opens(term) if term else None,
        not_renewable=law.why_not_renew(term, learning, today=today, degrees=degrees),
    )


def _term(row: SocialWorkRegistration) -> Registration:
    return Registration(row.grade, row.starts_on, row.ends_on)


def _degrees(rows: Collection[SocialWorkRegistration]) -> list[date]:
    return [row.degree_on for row in rows if row.degree_on]


def _terms(ids: list[int]) -> dict[int, list[SocialWorkRegistration]]:
    query = select(SocialWorkRegistration).where(SocialWorkRegistration.person_id.in_(ids))
    found: dict[int, list[SocialWorkRegistration]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.person_id].append(row)
    return found


def _grades(ids: list[int], today: date) -> dict[int, Grade | None]:
    query = (
        select(
            Credential.person_id, Credential.issued_on, CredentialKind.code, CredentialKind.grade
        )
        .join(CredentialKind, CredentialKind.id == Credential.kind_id)
        .where(Credential.person_id.in_(ids), VALID, CredentialKind.professional)
    )
    held: dict[int, list[credentials.Held]] = defaultdict(list)
    for person_id, first, code, grade in db.session.execute(query):
        held[person_id].append(credentials.Held(code, first, grade=grade))
    return {id_: credentials.highest_grade(own, day=today) for id_, own in held.items()}


def _learning(ids: list[int]) -> dict[int, list[Learning]]:
    query = select(TrainingRecord.person_id, TrainingRecord.held_on, TrainingRecord.minutes).where(
        TrainingRecord.person_id.in_(ids), TrainingRecord.continuing_education, STANDS
    )
    found: dict[int, list[Learning]] = defaultdict(list)
    for person_id, held_on, minutes in db.session.execute(query):
        found[person_id].append(Learning(held_on, minutes))
    return found
