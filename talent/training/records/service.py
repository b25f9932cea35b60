"""Training records: made from a seat or entered by the office, each with the fields of Art. 8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.files import StoredFile, keep_evidence
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people import service as people
from talent.people.models import Tie
from talent.rules import training as law
from talent.rules.credentials import course_holds_until
from talent.training.models import TrainingRecord
from talent.training.service import PAGE, STANDS, beyond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.reason import Because
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


@dataclass(frozen=True, slots=True)
class Paper:
    """The evidence of outside training: its name and its bytes."""

    name: str
    content: bytes


def from_seat(
    seat: Seat,
    session: Session,
    *,
    minutes: int,
    held_on: date,
    actor: Actor,
    now: datetime,
    anew: bool = False,
) -> TrainingRecord:
    """The record of a seat whose holder came, for as long as he was there.

    A second call gives the same one, with the minutes as they are known now. One that somebody
    withdrew with a reason stays so, unless attendance was taken `anew`.
    """
    query = select(TrainingRecord).where(TrainingRecord.seat_id == seat.id)
    record = db.session.scalars(query).one_or_none()
    if record and record.ended_at is None and record.minutes == minutes:
        return record
    if record and record.ended_why and not anew:
        return record
    if record is None:
        record = _of_session(seat, session, held_on)
        db.session.add(record)
    record.minutes = minutes
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
    paper: Paper | None = None,
    imported: bool = False,
) -> TrainingRecord:
    """Training that somebody else held. With a course it counts wherever that course is asked.

    It counts when a second person has verified it; what the system enters counts at once. What
    was imported from a file of the office has no paper of its own.
    """
    until = learned.valid_until
    if course and until is None:
        until = course_holds_until(learned.held_on, course.valid_months)
    found = law.refusals_to_record(
        held_on=learned.held_on,
        minutes=learned.minutes,
        valid_until=until,
        today=clock.today(office.zone, now),
        has_paper=paper is not None or imported or actor.system,
    )
    if found:
        raise Refused(found)
    file = keep_evidence(paper.name, paper.content, actor=actor, now=now) if paper else None
    record = TrainingRecord(
        person_id=person.id,
        course_id=course.id if course else None,
        office_id=office.id,
        made_at=now,
        account_id=actor.account_id,
        waits=not actor.system,
        file_id=file.id if file else None,
        **{name: getattr(learned, name) for name in Learned.__slots__},
    )
    record.valid_until = until
    db.session.add(record)
    return _traced(record, actor, now)


def refusals_to_verify(record: TrainingRecord, actor: Actor) -> list[Because]:
    """Why the actor cannot verify it: for the page, and for the act itself."""
    return law.refusals_to_verify(
        ended=record.ended_at is not None,
        verified=not record.waits,
        entered_it=record.account_id is not None and record.account_id == actor.account_id,
        own=people.speaks_for(actor, record.person),
    )


def verify(record: TrainingRecord, *, actor: Actor, now: datetime) -> None:
    """A second person has seen its evidence. From now on it counts."""
    record = locked(TrainingRecord, record.id)
    if found := refusals_to_verify(record, actor):
        raise Refused(found)
    record.waits, record.verified_at, record.verified_by = False, now, actor.account_id
    audit.record(Act.TRAINING_VERIFIED, record, actor=actor, now=now, office_id=record.office_id)


def refuse(record: TrainingRecord, *, why: str, actor: Actor, now: datetime) -> None:
    """The second person does not verify it; whose it is, is told why."""
    record = locked(TrainingRecord, record.id)
    if found := refusals_to_verify(record, actor):
        raise Refused(found)
    _end(record, why=why, actor=actor, now=now)
    messages.tell(
        MessageKind.PAPER_REFUSED,
        once=f"training-{record.id}",
        now=now,
        person=record.person,
        office_id=record.office_id,
        facts={
            "what": {"name_zh": record.name, "name_en": None},
            "why": why,
            "path": "/training/mine",
        },
    )


def waiting(actor: Actor, *, after: int = 0) -> Sequence[TrainingRecord]:
    """Outside training for a second person to see, the oldest first; a page and one more."""
    query = (
        select(TrainingRecord)
        .join(TrainingRecord.person)
        .where(TrainingRecord.waits, TrainingRecord.ended_at.is_(None), TrainingRecord.id > after)
        .where(TrainingRecord.office_id.in_(seen(actor, Permission.SEE_TRAINING)))
        .order_by(TrainingRecord.id)
        .options(contains_eager(TrainingRecord.person))
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def outside_record(actor: Actor, permission: Permission, record_id: int) -> TrainingRecord:
    """Outside training that an office of the actor's records, with its file; else `NotFound`."""
    query = (
        select(TrainingRecord)
        .where(TrainingRecord.id == record_id, TrainingRecord.seat_id.is_(None))
        .where(TrainingRecord.office_id.in_(seen(actor, permission)))
        .options(joinedload(TrainingRecord.person), joinedload(TrainingRecord.file))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def paper_of(actor: Actor, record_id: int) -> StoredFile:
    """The evidence, for whose training it is and the offices that know the person."""
    reached = people.visible(actor, Permission.SEE_TRAINING)
    if actor.person_id is not None:
        reached = or_(reached, TrainingRecord.person_id == actor.person_id)
    query = (
        select(StoredFile)
        .join(TrainingRecord, TrainingRecord.file_id == StoredFile.id)
        .join(TrainingRecord.person)
        .where(TrainingRecord.id == record_id, reached)
    )
    if (file := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return file


def recording_offices(person_id: int) -> Sequence[Office]:
    """The offices that know a person: to one of them outside training is handed in."""
    query = select(Office).join(Tie, Tie.office_id == Office.id).where(Tie.person_id == person_id)
    return db.session.scalars(query.where(Office.open).order_by(Office.id)).all()


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
        TrainingRecord.ended_at.is_(None),
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


def _of_session(seat: Seat, session: Session, held_on: date) -> TrainingRecord:
    course = session.course
    return TrainingRecord(
        person_id=seat.person_id,
        course_id=course.id,
        seat_id=seat.id,
        office_id=session.office_id,
        name=course.name_zh,
        content=course.content,
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
