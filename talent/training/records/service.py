"""Training records: made from a seat or entered by the office, each with the fields of Art. 8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.rules import training as law
from talent.rules.credentials import course_holds_until
from talent.training.models import TrainingRecord
from talent.training.service import PAGE, STANDS, beyond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.people.models import Person
    from talent.training.models import Course, Seat, Session


@dataclass(slots=True)
class Learned:
    """What is stated of training that another organiser held (Order 67 Art. 8)."""

    name: str
    content: str
    minutes: int
    organiser: str
    held_on: date
    valid_until: date | None = None
    continuing_education: bool = False


def from_seat(seat: Seat, session: Session, *, actor: Actor, now: datetime) -> TrainingRecord:
    """The record of a seat whose holder came. A second call gives the same one."""
    query = select(TrainingRecord).where(TrainingRecord.seat_id == seat.id)
    record = db.session.scalars(query).one_or_none()
    if record and record.ended_at is None:
        return record
    if record is None:
        record = _of_session(seat, session)
        db.session.add(record)
    record.ended_at, record.ended_why = None, None
    record.made_at, record.account_id = now, actor.account_id
    return _traced(record, actor, now)


def unseat(seat: Seat, *, actor: Actor, now: datetime) -> None:
    """The holder was not there after all: the record, if there is one, is taken back."""
    query = select(TrainingRecord).where(TrainingRecord.seat_id == seat.id, STANDS)
    if record := db.session.scalars(query).one_or_none():
        _end(record, why=None, actor=actor, now=now)


def enter(
    person: Person,
    office: Office,
    learned: Learned,
    *,
    course: Course | None,
    actor: Actor,
    now: datetime,
) -> TrainingRecord:
    """Training that somebody else held. With a course it counts wherever that course is asked."""
    until = learned.valid_until
    if course and until is None:
        until = course_holds_until(learned.held_on, course.valid_months)
    found = law.refusals_to_record(
        held_on=learned.held_on,
        minutes=learned.minutes,
        valid_until=until,
        today=clock.today(office.zone, now),
    )
    if found:
        raise Refused(found)
    record = TrainingRecord(
        person_id=person.id,
        course_id=course.id if course else None,
        office_id=office.id,
        made_at=now,
        account_id=actor.account_id,
        **{name: getattr(learned, name) for name in Learned.__slots__},
    )
    record.valid_until = until
    db.session.add(record)
    return _traced(record, actor, now)


def withdraw(record: TrainingRecord, *, why: str, actor: Actor, now: datetime) -> None:
    """It was entered by mistake: it stays on record, and counts no more."""
    record = locked(TrainingRecord, record.id)
    if record.ended_at is None:
        _end(record, why=why, actor=actor, now=now)


def editable_record(actor: Actor, record_id: int) -> TrainingRecord:
    """A record that stands, of an office whose training the actor edits, or `NotFound`."""
    query = select(TrainingRecord).where(
        TrainingRecord.id == record_id,
        TrainingRecord.office_id.in_(seen(actor, Permission.EDIT_TRAINING)),
        STANDS,
    )
    found = db.session.scalars(query.options(joinedload(TrainingRecord.person))).one_or_none()
    if found is None:
        raise NotFound
    return found


def records_of(person_id: int, *, after: int = 0) -> Sequence[TrainingRecord]:
    """What a person has learned, whoever recorded it, the latest first; a page and one more."""
    query = select(TrainingRecord).where(TrainingRecord.person_id == person_id)
    if after:
        query = query.where(beyond(TrainingRecord, TrainingRecord.held_on, after, falling=True))
    query = query.order_by(TrainingRecord.held_on.desc(), TrainingRecord.id.desc())
    return db.session.scalars(query.limit(PAGE + 1)).all()


def learning_minutes(person_id: int) -> int:
    """The whole learning time of a person. It is never counted as service (Order 67 Art. 8)."""
    query = select(func.coalesce(func.sum(TrainingRecord.minutes), 0))
    query = query.where(TrainingRecord.person_id == person_id, STANDS)
    return int(db.session.scalar(query) or 0)


def _of_session(seat: Seat, session: Session) -> TrainingRecord:
    course = session.course
    held_on = clock.today(session.office.zone, session.starts_at)
    return TrainingRecord(
        person_id=seat.person_id,
        course_id=course.id,
        seat_id=seat.id,
        office_id=session.office_id,
        name=course.name_zh,
        content=course.content,
        minutes=course.minutes,
        organiser=session.office.name_zh,
        held_on=held_on,
        valid_until=course_holds_until(held_on, course.valid_months),
        continuing_education=course.continuing_education,
    )


def _end(record: TrainingRecord, *, why: str | None, actor: Actor, now: datetime) -> None:
    record.ended_at, record.ended_why = now, why
    _traced(record, actor, now, withdrawn=True)


def _traced(record: TrainingRecord, actor: Actor, now: datetime, **facts: bool) -> TrainingRecord:
    db.session.flush()
    audit.record(
        Act.TRAINING_RECORDED, record, actor=actor, now=now, office_id=record.office_id, **facts
    )
    return record
