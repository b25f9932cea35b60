"""What training is asked of whom, who has done it, and what would close it.

A requirement of an office holds for its people and for those of all below it; one of an office
below comes on top and takes nothing away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission, Role
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people import service as people
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.renewals.requirements.models import TrainingRequirement
from talent.rules import requirements as law
from talent.rules.reason import N_
from talent.rules.requirements import Period, Whom
from talent.rules.signup import HOLDING
from talent.rules.sources import Sure
from talent.rules.words import Word
from talent.shifts.models import Shift, ShiftState, Signup
from talent.staffing.models import Appointment
from talent.training import service as training
from talent.training.models import SocialWorkRegistration, TrainingRecord
from talent.training.service import PAGE, REGISTERED, STANDS, beyond, overlap, shared
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Subquery

    from talent.access import Actor
    from talent.training.models import Course, Session

ZONE = "Asia/Shanghai"


class Unchangeable(Word):
    """Why a requirement is not changed so."""

    BEGUN = "begun", N_("What has begun is ended on a day, and another one written.")
    PAST = "past", N_("It can end from today on, not on an earlier day.")


class Shown(Word):
    """Which people of a requirement are listed."""

    OPEN = "open", N_("Still open")
    MET = "met", N_("Done")
    ALL = "all", N_("All")


@dataclass(slots=True)
class Asking:
    """What is stated of a requirement."""

    name_zh: str
    whom: Whom
    period: Period
    valid_from: date
    source: str
    name_en: str | None = None
    appointment_kinds: list[str] = field(default_factory=list)
    position_id: int | None = None
    times: int | None = None
    minutes: int | None = None
    months: int | None = None
    course_id: int | None = None
    continuing_education: bool = False
    valid_to: date | None = None
    sure: Sure = Sure.OWN


@dataclass(frozen=True, slots=True)
class Summary:
    """A requirement with how many people it concerns, and of how many something is open."""

    requirement: TrainingRequirement
    concerned: int
    open: int
    in_force: bool

    @property
    def met(self) -> int:
        """Who has done it."""
        return self.concerned - self.open


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and one requirement: what is done, what is open, which sessions would close it."""

    requirement: TrainingRequirement
    person: Person
    standing: law.Standing
    sessions: Sequence[Session]


def asked(requirement: TrainingRequirement) -> law.Asked:
    """The row as the law reads it."""
    return law.Asked(
        requirement.period,
        requirement.times,
        requirement.minutes,
        requirement.months,
        requirement.valid_from,
        requirement.valid_to,
    )


def summaries(actor: Actor, *, day: date, after: int = 0) -> list[Summary]:
    """Requirements of the actor's offices and of those above, the newest first; one more.

    The people counted are those whom the actor's offices know.
    """
    query = (
        select(TrainingRequirement)
        .where(shared(TrainingRequirement.office_id, actor, Permission.SEE_TRAINING))
        .order_by(TrainingRequirement.id.desc())
        .options(*_WHOLE)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(TrainingRequirement.id < after)
    rows = db.session.scalars(query).all()
    counts = _counts(rows, day, people.visible(actor, Permission.SEE_TRAINING))
    return [
        Summary(row, *counts.get(row.id, (0, 0)), law.in_force(asked(row), day=day)) for row in rows
    ]


def visible(actor: Actor, requirement_id: int) -> TrainingRequirement:
    """The requirement, of an office that the actor sees or of one above it; else `NotFound`."""
    return _one(
        requirement_id, shared(TrainingRequirement.office_id, actor, Permission.SEE_TRAINING)
    )


def editable(actor: Actor, requirement_id: int) -> TrainingRequirement:
    """The requirement, if it is one of an office whose training the actor edits."""
    mine = TrainingRequirement.office_id.in_(seen(actor, Permission.EDIT_TRAINING))
    return _one(requirement_id, mine)


def concerned(
    requirement: TrainingRequirement, actor: Actor, *, now: datetime, shown: Shown, after: int = 0
) -> list[Standing]:
    """The people of a requirement whom the actor's offices know, by name; a page and one more."""
    day = clock.today(ZONE, now)
    query, open_ = _measured(requirement, day)
    query = query.where(people.visible(actor, Permission.SEE_TRAINING))
    if shown is not Shown.ALL:
        query = query.where(open_ if shown is Shown.OPEN else ~open_)
    if after:
        query = query.where(beyond(Person, Person.sort_key, after))
    query = query.order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    found = db.session.scalars(query).all()
    return _standings([(requirement, person) for person in found], now=now)


def of_person(person: Person, *, now: datetime) -> list[Standing]:
    """All that is asked of one person today, and how far it is done."""
    day = clock.today(ZONE, now)
    rows = [row for row in _all() if law.in_force(asked(row), day=day)]
    if not rows:
        return []
    mine = [
        select(literal(row.id)).where(exists().where(Person.id == person.id, _belongs(row, day)))
        for row in rows
    ]
    ids = set(db.session.scalars(union_all(*mine)))
    return _standings([(row, person) for row in rows if row.id in ids], now=now)


def add(office: Office, stated: Asking, *, actor: Actor, now: datetime) -> TrainingRequirement:
    """Ask it, for the office and all below."""
    _check(stated)
    row = TrainingRequirement(office_id=office.id)
    for name in Asking.__slots__:
        setattr(row, name, getattr(stated, name))
    db.session.add(row)
    return _traced(row, actor, now)


def change(
    row: TrainingRequirement, stated: Asking, *, actor: Actor, now: datetime
) -> TrainingRequirement:
    """While it has not begun."""
    if row.valid_from <= clock.today(ZONE, now):
        raise Refused([Unchangeable.BEGUN])
    _check(stated)
    for name in Asking.__slots__:
        setattr(row, name, getattr(stated, name))
    return _traced(row, actor, now)


def end(row: TrainingRequirement, on: date, *, actor: Actor, now: datetime) -> None:
    """From this day on it is asked no more."""
    if on < clock.today(ZONE, now):
        raise Refused([Unchangeable.PAST])
    if on <= row.valid_from:
        raise Refused([law.Unasked.TURNED])
    row.valid_to = on
    _traced(row, actor, now)


def begun(row: TrainingRequirement, today: date) -> bool:
    """Whether it holds or has held already."""
    return row.valid_from <= today


def open_people(
    rows: Sequence[TrainingRequirement], *, day: date, under: Office
) -> dict[int, list[law.Standing]]:
    """Of each requirement what would be open on a day, of the people known at or below an office.

    One question for each requirement, and one for all records: for the plan of a year.
    """
    near = exists().where(
        Tie.person_id == Person.id,
        Tie.office_id == Office.id,
        Office.path.startswith(under.path, autoescape=True),
    )
    whom: dict[int, list[int]] = {}
    for row in rows:
        query, open_ = _measured(row, day)
        ids = query.with_only_columns(Person.id).where(open_, near).order_by(Person.id)
        whom[row.id] = list(db.session.scalars(ids))
    everyone = {id_ for ids in whom.values() for id_ in ids}
    learned, terms = _learned(everyone), social_work.terms_on(everyone, day)
    return {
        row.id: [
            law.standing(asked(row), _counting(row, learned[id_]), day=day, term=terms.get(id_))
            for id_ in whom[row.id]
        ]
        for row in rows
    }


def in_year(office: Office, *, first: date, last: date) -> list[TrainingRequirement]:
    """Requirements in force on some day of a year, for people at or below an office."""
    near = or_(
        TrainingRequirement.office_id.in_(office.ancestor_ids),
        Office.path.startswith(office.path, autoescape=True),
    )
    query = (
        select(TrainingRequirement)
        .join(TrainingRequirement.office)
        .where(near, TrainingRequirement.valid_from <= last)
        .where(or_(TrainingRequirement.valid_to.is_(None), TrainingRequirement.valid_to > first))
        .order_by(TrainingRequirement.id)
        .options(*_WHOLE)
    )
    return list(db.session.scalars(query))


_WHOLE = (
    joinedload(TrainingRequirement.office),
    joinedload(TrainingRequirement.course),
    joinedload(TrainingRequirement.position),
)


def _all() -> Sequence[TrainingRequirement]:
    query = select(TrainingRequirement).options(*_WHOLE)
    return db.session.scalars(query.order_by(TrainingRequirement.id)).all()


def _one(requirement_id: int, condition: ColumnElement[bool]) -> TrainingRequirement:
    query = select(TrainingRequirement).where(TrainingRequirement.id == requirement_id, condition)
    if (row := db.session.scalars(query.options(*_WHOLE)).one_or_none()) is None:
        raise NotFound
    return row


def _check(stated: Asking) -> None:
    found = law.refusals_to_ask(
        law.Asked(
            stated.period,
            stated.times,
            stated.minutes,
            stated.months,
            stated.valid_from,
            stated.valid_to,
        ),
        stated.whom,
        kinds=stated.appointment_kinds,
        has_position=stated.position_id is not None,
        source=stated.source,
    )
    if found:
        raise Refused(found)


def _belongs(row: TrainingRequirement, day: date) -> ColumnElement[bool]:
    """The condition on `Person`: it is asked of this person on a day."""
    below = and_(Office.path.startswith(row.office.path, autoescape=True))
    asked_of: ColumnElement[bool]
    if row.whom is Whom.VOLUNTEER:
        asked_of = exists().where(
            Registration.person_id == Person.id,
            Registration.state == RegistrationState.ACTIVE,
            Registration.office_id == Office.id,
            below,
        )
    elif row.whom is Whom.LEADER:
        asked_of = exists().where(
            Account.person_id == Person.id,
            Grant.account_id == Account.id,
            Grant.role == Role.LEADER,
            Grant.ended_at.is_(None),
            Grant.office_id == Office.id,
            below,
        )
    elif row.whom is Whom.STAFF:
        asked_of = exists().where(
            Appointment.person_id == Person.id,
            Appointment.kind.in_(row.appointment_kinds),
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > day),
            Appointment.office_id == Office.id,
            below,
        )
    else:
        asked_of = _serves(row, day)
    if row.period is Period.REGISTRATION:
        return and_(asked_of, _in_term(day))
    return asked_of


def _serves(row: TrainingRequirement, day: date) -> ColumnElement[bool]:
    """Who has a place in the position on a shift of the period, or on one to come."""
    span = law.window(asked(row), day=day)
    since = datetime.combine(span.first, time(), ZoneInfo(ZONE)) if span else None
    return exists().where(
        Signup.person_id == Person.id,
        Signup.state.in_(HOLDING),
        Signup.need.has(position_id=row.position_id),
        Shift.id == Signup.shift_id,
        Shift.state != ShiftState.CANCELLED,
        Shift.ends_at >= since if since else true(),
    )


def _in_term(day: date) -> ColumnElement[bool]:
    return exists().where(
        SocialWorkRegistration.person_id == Person.id,
        REGISTERED,
        SocialWorkRegistration.starts_on <= day,
        SocialWorkRegistration.ends_on >= day,
    )


def _measured(row: TrainingRequirement, day: date) -> tuple[Select[Any], ColumnElement[bool]]:
    """The people of a requirement on a day, and the condition that something is open."""
    sums = _sums(row, day)
    query = select(Person).outerjoin(sums, sums.c.person_id == Person.id).where(_belongs(row, day))
    parts = []
    if row.times:
        parts.append(func.coalesce(sums.c.times, 0) < row.times)
    if row.minutes:
        parts.append(func.coalesce(sums.c.minutes, 0) < row.minutes)
    return query, or_(*parts)


def _sums(row: TrainingRequirement, day: date) -> Subquery:
    query = (
        select(
            TrainingRecord.person_id,
            func.count().label("times"),
            func.sum(TrainingRecord.minutes).label("minutes"),
        )
        .where(STANDS, TrainingRecord.held_on <= day)
        .group_by(TrainingRecord.person_id)
    )
    if row.course_id:
        query = query.where(TrainingRecord.course_id == row.course_id)
    if row.continuing_education:
        query = query.where(TrainingRecord.continuing_education)
    if row.period is Period.REGISTRATION:
        query = query.join(
            SocialWorkRegistration,
            and_(
                SocialWorkRegistration.person_id == TrainingRecord.person_id,
                REGISTERED,
                SocialWorkRegistration.starts_on <= day,
                SocialWorkRegistration.ends_on >= day,
                TrainingRecord.held_on
                >= SocialWorkRegistration.starts_on,  # terms of a person do not overlap
            ),
        )
    elif span := law.window(asked(row), day=day):
        query = query.where(TrainingRecord.held_on.between(span.first, span.last))
    return query.subquery()


def _counts(
    rows: Sequence[TrainingRequirement], day: date, known: ColumnElement[bool]
) -> dict[int, tuple[int, int]]:
    """Of each how many people it concerns and of how many something is open, in one question."""
    parts = []
    for row in rows:
        query, open_ = _measured(row, day)
        inner = query.with_only_columns(Person.id, open_.label("open")).where(known).subquery()
        parts.append(
            select(
                literal(row.id),
                func.count(),
                func.coalesce(func.sum(case((inner.c.open, 1), else_=0)), 0),
            ).select_from(inner)
        )
    if not parts:
        return {}
    return {id_: (n, open_) for id_, n, open_ in db.session.execute(union_all(*parts))}


def _standings(
    pairs: Sequence[tuple[TrainingRequirement, Person]], *, now: datetime
) -> list[Standing]:
    day = clock.today(ZONE, now)
    ids = {person.id for _, person in pairs}
    learned, terms = _learned(ids), social_work.terms_on(ids, day)
    reach = training.reach(ids)
    coming = training.coming(now) if pairs else ()
    found = []
    for row, person in pairs:
        standing = law.standing(
            asked(row), _counting(row, learned[person.id]), day=day, term=terms.get(person.id)
        )
        sessions = _closing(row, standing, coming, reach.get(person.id, set()))
        found.append(Standing(row, person, standing, sessions))
    return found


def _closing(
    row: TrainingRequirement,
    standing: law.Standing,
    coming: Sequence[Session],
    reach: Collection[int],
) -> list[Session]:
    """The next sessions that together leave nothing open, as far as there are any."""
    chosen: list[Session] = []
    minutes = 0
    for session in coming:
        if law.Standing(
            standing.window,
            times_open=max(0, standing.times_open - len(chosen)),
            minutes_open=max(0, standing.minutes_open - minutes),
        ).met:
            break
        last = standing.window.last if standing.window else None
        rolling = row.period is Period.MONTHS
        in_time = rolling or (last is not None and _day(session) <= last)
        free = not any(overlap(session, other) for other in chosen)
        if free and in_time and session.office_id in reach and counts_for(row, session.course):
            chosen.append(session)
            minutes += session.course.minutes
    return chosen


def counts_for(row: TrainingRequirement, course: Course) -> bool:
    """Whether a course counts for a requirement."""
    if row.course_id is not None and row.course_id != course.id:
        return False
    return course.continuing_education or not row.continuing_education


def _day(session: Session) -> date:
    return clock.today(session.office.zone, session.starts_at)


def _learned(person_ids: Collection[int]) -> dict[int, list[TrainingRecord]]:
    query = select(TrainingRecord).where(TrainingRecord.person_id.in_(person_ids), STANDS)
    found: dict[int, list[TrainingRecord]] = defaultdict(list)
    for record in db.session.scalars(query.order_by(TrainingRecord.id)):
        found[record.person_id].append(record)
    return found


def _counting(row: TrainingRequirement, records: Sequence[TrainingRecord]) -> list[law.Attended]:
    return [
        law.Attended(record.held_on, record.minutes)
        for record in records
        if (row.course_id is None or record.course_id == row.course_id)
        and (record.continuing_education or not row.continuing_education)
    ]


def _traced(row: TrainingRequirement, actor: Actor, now: datetime) -> TrainingRequirement:
    db.session.flush()
    audit.record(
        Act.REQUIREMENT_CHANGED,
        row,
        actor=actor,
        now=now,
        office_id=row.office_id,
        name=row.name_zh,
    )
    return row
