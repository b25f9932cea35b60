"""Social workers: their certificate, registrations of three years, continuing education."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.people import service as people
from talent.people.models import Person
from talent.rules import credentials
from talent.rules import social_workers as law
from talent.rules.reason import N_, Because
from talent.rules.social_workers import Grade, Learning, Registration, RegistrationStatus, Terms
from talent.rules.words import Word
from talent.training.credentials.service import named_by, tell_refused
from talent.training.first_kinds import REGISTRATION
from talent.training.models import (
    Credential,
    CredentialKind,
    SocialWorkRegistration,
    TrainingRecord,
)
from talent.training.service import PAGE, REGISTERED, STANDS, VALID, beyond

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
    degree: date | None = None  # in the term, for which hours are credited once
    register_by: date | None = None  # the first time; of who holds a certificate and no term


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
    learning, by = _learning(ids), held_to()
    return [
        _standing(
            p, grades.get(p.id, (None, None)), terms[p.id], learning[p.id], today=today, by=by
        )
        for p in persons
    ]


def held_to() -> Terms:
    """What registrations are held to: the length, window and hours of the kinds, else the law's."""
    query = select(
        CredentialKind.code,
        CredentialKind.grade,
        CredentialKind.months,
        CredentialKind.renew_months,
        CredentialKind.learning_minutes,
    ).where(or_(CredentialKind.code == REGISTRATION, CredentialKind.grade.is_not(None)))
    months, window, minutes = law.REGISTERED_MONTHS, law.WINDOW_MONTHS, {}
    for row in db.session.execute(query.order_by(CredentialKind.id)):
        if row.code == REGISTRATION:
            months, window = row.months or months, row.renew_months or window
        elif row.grade and row.learning_minutes:
            minutes[row.grade] = row.learning_minutes
    return Terms(months, window, minutes)


def missing_minutes(
    registrations: Collection[SocialWorkRegistration], terms: Terms
) -> dict[int, int]:
    """Continuing education that is still missing in each term, by the registration's id."""
    ids = [each.person_id for each in registrations]
    learning, rows = _learning(ids), _terms(ids)
    # A degree may have been written down with an earlier term than the one in which it falls.
    return {
        each.id: law.gap(
            term_of(each),
            learning[each.person_id],
            degrees=_degrees(rows[each.person_id]),
            terms=terms,
        )
        for each in registrations
    }


def terms_on(person_ids: Collection[int], day: date) -> dict[int, Registration]:
    """The term in which each of them is on a day."""
    found = {}
    for person_id, rows in _terms(list(person_ids)).items():
        term = law.current([term_of(row) for row in rows], today=day)
        if term is not None and term.end >= day:
            found[person_id] = term
    return found


def registrations_of(person_id: int) -> Sequence[SocialWorkRegistration]:
    """All terms of one person, the last one first; those too that nobody has verified."""
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
    term = Registration.starting(starts_on, grade, months=held_to().months)
    for other in registrations_of(person.id):
        if other.ended_at:
            continue  # not verified: written down anew
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
        made_at=now,
        verified_at=now if actor.system else None,
    )
    db.session.add(registration)
    db.session.flush()
    audit.record(Act.CREDENTIAL_CHANGED, registration, actor=actor, now=now)
    return registration


def waiting(actor: Actor, *, after: int = 0) -> Sequence[SocialWorkRegistration]:
    """Registrations for a second person to see, the oldest first; a page and one more."""
    query = (
        select(SocialWorkRegistration)
        .join(SocialWorkRegistration.person)
        .where(people.visible(actor, Permission.SEE_TRAINING))
        .where(
            SocialWorkRegistration.verified_at.is_(None),
            SocialWorkRegistration.ended_at.is_(None),
            SocialWorkRegistration.id > after,
        )
        .order_by(SocialWorkRegistration.id)
        .options(contains_eager(SocialWorkRegistration.person))
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def editable_registration(actor: Actor, registration_id: int) -> SocialWorkRegistration:
    """That of a person whom an office knows for which the actor edits training, or `NotFound`."""
    query = (
        select(SocialWorkRegistration)
        .join(SocialWorkRegistration.person)
        .where(SocialWorkRegistration.id == registration_id)
        .where(people.visible(actor, Permission.EDIT_TRAINING))
        .options(contains_eager(SocialWorkRegistration.person))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def refusals_to_verify(registration: SocialWorkRegistration, actor: Actor) -> list[Because]:
    """Why the actor cannot verify it: for the page, and for the act itself."""
    entered_by = registration.account_id
    return credentials.refusals_to_verify(
        ended=registration.ended_at is not None,
        verified=registration.verified_at is not None,
        entered_it=entered_by is not None and entered_by == actor.account_id,
        own=people.speaks_for(actor, registration.person),
    )


def verify(registration: SocialWorkRegistration, *, actor: Actor, now: datetime) -> None:
    """A second person has seen it. From now on it counts."""
    registration = locked(SocialWorkRegistration, registration.id)
    if found := refusals_to_verify(registration, actor):
        raise Refused(found)
    registration.verified_at, registration.verified_by = now, actor.account_id
    audit.record(Act.CREDENTIAL_VERIFIED, registration, actor=actor, now=now)


def refuse(registration: SocialWorkRegistration, *, why: str, actor: Actor, now: datetime) -> None:
    """The second person does not verify it; the person is told why, and it is written anew."""
    registration = locked(SocialWorkRegistration, registration.id)
    if found := refusals_to_verify(registration, actor):
        raise Refused(found)
    registration.ended_at, registration.ended_why = now, why
    audit.record(Act.CREDENTIAL_CHANGED, registration, actor=actor, now=now, refused=True)
    kind = db.session.scalars(
        select(CredentialKind).where(CredentialKind.code == REGISTRATION)
    ).one_or_none()
    named = named_by(kind) if kind else {}
    tell_refused(registration.person, named, f"registration {registration.id}", why, now=now)


def _standing(
    person: Person,
    held: tuple[Grade | None, date | None],
    rows: list[SocialWorkRegistration],
    learning: list[Learning],
    *,
    today: date,
    by: Terms,
) -> SocialWorker:
    grade, passed = held
    by_term = {term_of(row): row for row in rows}
    term, degrees = law.current(by_term, today=today), _degrees(rows)
    return SocialWorker(
        person=person,
        grade=grade,
        term=term,
        number=by_term[term].number if term else None,
        status=law.status(term, today=today, terms=by),
        need=by.need(term.grade) if term else 0,
        done=law.done(term, learning, degrees=degrees) if term else 0,
        gap=law.gap(term, learning, degrees=degrees, terms=by) if term else 0,
        opens=law.window_opens(term, terms=by) if term else None,
        not_renewable=law.why_not_renew(term, learning, today=today, degrees=degrees, terms=by),
        degree=next((d for d in degrees if term and term.start <= d <= term.end), None),
        register_by=law.register_by(passed) if passed and not rows else None,
    )


def term_of(row: SocialWorkRegistration) -> Registration:
    """The term of one row."""
    return Registration(row.grade, row.starts_on, row.ends_on)


def _degrees(rows: Collection[SocialWorkRegistration]) -> list[date]:
    return [row.degree_on for row in rows if row.degree_on]


def _terms(ids: list[int]) -> dict[int, list[SocialWorkRegistration]]:
    query = select(SocialWorkRegistration).where(
        SocialWorkRegistration.person_id.in_(ids), REGISTERED
    )
    found: dict[int, list[SocialWorkRegistration]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.person_id].append(row)
    return found


def _grades(ids: list[int], today: date) -> dict[int, tuple[Grade | None, date | None]]:
    """The highest grade of each, and the day of the certificate by which he may register."""
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
    return {
        id_: (
            credentials.highest_grade(own, day=today),
            min((one.first for one in own if one.grade), default=None),
        )
        for id_, own in held.items()
    }


def _learning(ids: Collection[int]) -> dict[int, list[Learning]]:
    query = select(TrainingRecord.person_id, TrainingRecord.held_on, TrainingRecord.minutes).where(
        TrainingRecord.person_id.in_(ids), TrainingRecord.continuing_education, STANDS
    )
    found: dict[int, list[Learning]] = defaultdict(list)
    for person_id, held_on, minutes in db.session.execute(query):
        found[person_id].append(Learning(held_on, minutes))
    return found
