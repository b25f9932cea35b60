"""What a social worker still has to learn in a term, and which sessions would close the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent import clock
from talent.db import db
from talent.i18n import DEFAULT_ZONE
from talent.rules import social_workers as law
from talent.rules.social_workers import Learning
from talent.training import service as training
from talent.training.models import Seat, SeatState, TrainingRecord
from talent.training.service import STANDS
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.people.models import Person
    from talent.training.models import Session
    from talent.training.social_work.service import SocialWorker

LIVE = (SeatState.TAKEN, SeatState.ATTENDED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A session within the term; `closes`: one of the first that together close the gap."""

    session: Session
    closes: bool
    seated: bool


@dataclass(frozen=True, slots=True)
class Continuing:
    """One person's continuing education in the term of today."""

    worker: SocialWorker
    records: Sequence[TrainingRecord]  # of the term, the latest first
    offers: Sequence[Offer]
    left_open: int  # minutes that even all these sessions would leave
    days_left: int = 0  # until the term ends, its last day included


def continuing(person: Person, *, now: datetime) -> Continuing:
    """Needed, done, open, and the sessions on offer until the term ends."""
    today = clock.today(DEFAULT_ZONE, now)
    (worker,) = social_work.standings([person], today=today)
    if worker.term is None:
        return Continuing(worker, (), (), 0)
    term = worker.term
    query = (
        select(TrainingRecord)
        .where(TrainingRecord.person_id == person.id, STANDS)
        .where(TrainingRecord.continuing_education)
        .where(TrainingRecord.held_on.between(term.start, term.end))
        .order_by(TrainingRecord.held_on.desc(), TrainingRecord.id.desc())
    )
    records = db.session.scalars(query).all()
    offers = _offers(person, worker, now) if today <= term.end else []
    closed = sum(o.session.course.minutes for o in offers if o.closes)
    return Continuing(
        worker, records, offers, max(0, worker.gap - closed), (term.end - today).days + 1
    )


def _offers(person: Person, worker: SocialWorker, now: datetime) -> list[Offer]:
    known = training.reach([person.id]).get(person.id, set())
    seats = select(Seat.session_id).where(Seat.person_id == person.id, Seat.state.in_(LIVE))
    seated = set(db.session.scalars(seats))
    within = [
        session
        for session in training.coming(now, continuing=True, also=seated)
        if session.office_id in known and worker.term and _day(session) <= worker.term.end
    ]
    own = sum(s.course.minutes for s in within if s.id in seated)
    free = [s for s in within if s.id in seated]
    for session in within:
        if not any(training.overlap(session, other) for other in free):
            free.append(session)
    lessons = [(s, Learning(_day(s), s.course.minutes)) for s in free if s.id not in seated]
    first = law.closing(worker.gap - own, [lesson for _, lesson in lessons])
    chosen, left = set(), list(first)
    for session, lesson in lessons:
        if lesson in left:
            left.remove(lesson)
            chosen.add(session.id)
    return [Offer(s, s.id in chosen or s.id in seated, s.id in seated) for s in within]


def _day(session: Session) -> date:
    return clock.today(session.office.zone, session.starts_at)
