"""Sessions: planning them, their dates, who may join. The session's row is the lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.offices.models import Office, Setting
from talent.offices.service import seen, setting
from talent.people.models import Tie
from talent.rules import training as law
from talent.rules.reason import Because
from talent.training.models import Course, Seat, SeatState, Session
from talent.training.seats import service as seats
from talent.training.seats.service import LIVE, MARKS
from talent.training.service import PAGE, beyond
from talent.training.sessions.models import SessionPart

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

LONGEST_REMINDER = timedelta(days=14)
WHOLE = (joinedload(Session.course), joinedload(Session.office))


@dataclass(slots=True)
class Plan:
    """When and where a session is held, and for how many."""

    starts_at: datetime
    ends_at: datetime
    place: str
    places: int
    teacher: str | None = None


def sessions(
    actor: Actor,
    *,
    course_id: int | None = None,
    coming_at: datetime | None = None,
    after: int = 0,
) -> Sequence[Session]:
    """Sessions of the actor's offices: those to come, the next one first, or all, the last first.

    A page and one more.
    """
    query = select(Session).where(Session.office_id.in_(seen(actor, Permission.SEE_TRAINING)))
    if course_id:
        query = query.where(Session.course_id == course_id)
    if coming_at:
        query = query.where(Session.ends_at > coming_at, Session.cancelled_at.is_(None))
        query = query.order_by(Session.starts_at, Session.id)
    else:
        query = query.order_by(Session.starts_at.desc(), Session.id.desc())
    if after:
        query = query.where(beyond(Session, Session.starts_at, after, falling=coming_at is None))
    return db.session.scalars(query.options(*WHOLE).limit(PAGE + 1)).all()


def visible_session(actor: Actor, permission: Permission, session_id: int) -> Session:
    """The session of an office for which the permission is held, or `NotFound`."""
    mine = Session.office_id.in_(seen(actor, permission))
    return _one(select(Session).where(Session.id == session_id, mine))


def offered(person_id: int, now: datetime, after: int = 0) -> Sequence[Session]:
    """Sessions to come that the person may join: of the offices that know him, and those above."""
    own = select(Seat.session_id).where(Seat.person_id == person_id, Seat.state.in_(LIVE))
    query = (
        select(Session)
        .where(_open_to(person_id), Session.cancelled_at.is_(None), Session.ends_at > now)
        .where(Session.id.not_in(own))
        .order_by(Session.starts_at, Session.id)
        .options(*WHOLE)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(beyond(Session, Session.starts_at, after))
    return db.session.scalars(query).all()


def next_of(
    person_id: int, course_ids: Collection[int], now: datetime, *, seated: bool
) -> dict[int, Session]:
    """Of each course the next session in which the person has a seat, or else could take one."""
    own = select(Seat.session_id).where(Seat.person_id == person_id, Seat.state.in_(MARKS))
    query = (
        select(Session)
        .where(Session.course_id.in_(course_ids), Session.cancelled_at.is_(None))
        .where(Session.starts_at > now)
        .order_by(Session.starts_at.desc(), Session.id.desc())
        .options(*WHOLE)
    )
    if seated:
        query = query.where(Session.id.in_(own))
    else:
        query = query.where(_open_to(person_id), Session.taken < Session.places)
    return {session.course_id: session for session in db.session.scalars(query)}


def offered_session(person_id: int, session_id: int) -> Session:
    """One of these, or one in which the person has a seat, or `NotFound`."""
    own = select(Seat.session_id).where(Seat.person_id == person_id)
    reached = _open_to(person_id) | Session.id.in_(own)
    return _one(select(Session).where(Session.id == session_id, reached))


def parts_of(session: Session) -> Sequence[SessionPart]:
    """The dates of a session, in their order."""
    query = select(SessionPart).where(SessionPart.session_id == session.id)
    return db.session.scalars(query.order_by(SessionPart.starts_at, SessionPart.id)).all()


def refusals_to_mark(session: Session, now: datetime) -> list[Because]:
    """Why attendance cannot be taken yet, or not any more."""
    zone = session.office.zone
    return law.refusals_to_mark(
        first_day=clock.today(zone, session.starts_at),
        cancelled=session.cancelled_at is not None,
        live=True,
        today=clock.today(zone, now),
    )


def begun(session: Session, now: datetime) -> list[SessionPart]:
    """The dates of which one can say who was there: those of today and before."""
    zone = session.office.zone
    today = clock.today(zone, now)
    return [p for p in parts_of(session) if clock.today(zone, p.starts_at) <= today]


def plan_of(session: Session) -> Plan:
    """What is stated of a session now; the times are those of its first date."""
    first = parts_of(session)[0]
    return Plan(first.starts_at, first.ends_at, session.place, session.places, session.teacher)


def plan(course: Course, office: Office, stated: Plan, *, actor: Actor, now: datetime) -> Session:
    """A session of a course, held by an office, on one date at first."""
    session = Session(course_id=course.id, office_id=office.id, taken=0)
    db.session.add(session)
    _write(session, stated)
    db.session.add(
        SessionPart(session_id=session.id, starts_at=stated.starts_at, ends_at=stated.ends_at)
    )
    return _traced(session, actor, now)


def change(session: Session, stated: Plan, *, actor: Actor, now: datetime) -> Session:
    """Those who are signed up stay and are told; there are never fewer places than people.

    The times are those of its first date. Who waits moves up when there are more places.
    """
    session = _changeable(session)
    first, *others = parts_of(session)
    span = law.Part(stated.starts_at, stated.ends_at)
    if span.end > span.start and (
        found := law.refusals_of_part(span, [each.span for each in others])
    ):
        raise Refused(found)
    before = first.starts_at, first.ends_at, session.place
    _write(session, stated)
    first.starts_at, first.ends_at = stated.starts_at, stated.ends_at
    db.session.flush()
    _span(session)
    if (first.starts_at, first.ends_at, session.place) != before and now < session.ends_at:
        _tell(session, MessageKind.SESSION_CHANGED, now)
    seats.promote(session, actor=actor, now=now)
    return _traced(session, actor, now)


def cancel(session: Session, *, actor: Actor, now: datetime) -> None:
    """It does not take place; who was signed up is told and still known."""
    session = _changeable(session)
    if now >= session.starts_at:
        raise Refused([_begun(session)])
    session.cancelled_at = now
    _tell(session, MessageKind.SESSION_CANCELLED, now)
    _traced(session, actor, now, cancelled=True)


def add_part(
    session: Session, starts_at: datetime, ends_at: datetime, *, actor: Actor, now: datetime
) -> SessionPart:
    """The session is held on a further date; who is signed up is told."""
    session = _changeable(session)
    others = [each.span for each in parts_of(session)]
    if found := law.refusals_of_part(law.Part(starts_at, ends_at), others):
        raise Refused(found)
    part = SessionPart(session_id=session.id, starts_at=starts_at, ends_at=ends_at)
    db.session.add(part)
    db.session.flush()
    _span(session)
    _tell(session, MessageKind.SESSION_CHANGED, now)
    _traced(session, actor, now)
    return part


def take_off_part(session: Session, part_id: int, *, actor: Actor, now: datetime) -> None:
    """Not held on this date; it stays when somebody was there, or when it is the only one."""
    session = _changeable(session)
    parts = parts_of(session)
    part = next((each for each in parts if each.id == part_id), None)
    if part is None:
        raise NotFound
    if len(parts) == 1:
        raise Refused([law.Refusal.LAST_PART])
    try:
        with db.session.begin_nested():
            db.session.delete(part)
            db.session.flush()
    except IntegrityError:  # attendance was taken on it
        raise Refused([law.Refusal.PART_USED]) from None
    _span(session)
    _tell(session, MessageKind.SESSION_CHANGED, now)
    _traced(session, actor, now)


def remind(now: datetime) -> int:
    """Tell who has a place, once before each date, as long before as the office says; how many."""
    query = (
        select(SessionPart, Session)
        .join(Session, Session.id == SessionPart.session_id)
        .where(SessionPart.starts_at > now, SessionPart.starts_at <= now + LONGEST_REMINDER)
        .where(Session.cancelled_at.is_(None))
        .options(*WHOLE)
        .order_by(SessionPart.starts_at, SessionPart.id)
    )
    told = 0
    for part, session in db.session.execute(query).all():
        before = setting(
            session.office, Setting.TRAINING_REMINDER, on=clock.today(session.office.zone, now)
        )
        if not before or now < part.starts_at - timedelta(minutes=before):
            continue
        facts = {"starts_at": part.starts_at.isoformat(), "ends_at": part.ends_at.isoformat()}
        for seat in seats.seats_of(session):
            if seat.state is SeatState.TAKEN:
                told += seats.tell(
                    session, seat, MessageKind.SESSION_REMINDER, now,
                    once=f"{seat.id}:{part.id}:{part.starts_at.isoformat()}",
                    facts=facts, useless_after=part.starts_at,
                )  # fmt: skip
    return told


def _open_to(person_id: int) -> ColumnElement[bool]:
    query = select(Office.path).join(Tie, Tie.office_id == Office.id)
    paths = db.session.scalars(query.where(Tie.person_id == person_id))
    return Session.office_id.in_({int(s) for path in paths for s in path.split("/") if s})


def _one(query: Select[Session]) -> Session:
    if (session := db.session.scalars(query.options(*WHOLE)).one_or_none()) is None:
        raise NotFound
    return session


def _write(session: Session, stated: Plan) -> None:
    found = law.refusals_to_plan(
        start=stated.starts_at,
        end=stated.ends_at,
        places=stated.places,
        taken=session.taken,
    )
    if found:
        raise Refused(found)
    for name in Plan.__slots__:
        setattr(session, name, getattr(stated, name))
    db.session.flush()


def _changeable(session: Session) -> Session:
    session = locked(Session, session.id)
    if session.cancelled_at:
        raise Refused([law.Refusal.CANCELLED])
    return session


def _span(session: Session) -> None:
    """The session's own times are from its first date to its last; it is settled after that."""
    parts = parts_of(session)
    session.starts_at = parts[0].starts_at
    session.ends_at = max(part.ends_at for part in parts)
    session.settled_at = None
    db.session.flush()


def _tell(session: Session, kind: MessageKind, now: datetime) -> None:
    """Tell everybody who has a place or waits for one; each change is told once."""
    for seat in (*seats.seats_of(session), *seats.waiting_for(session)):
        if seat.state in {SeatState.TAKEN, SeatState.WAITING}:
            seats.tell(session, seat, kind, now, once=f"{seat.id}:{now.isoformat()}")


def _begun(session: Session) -> Because:
    return Because(law.Refusal.BEGUN, {"start": session.starts_at})


def _traced(session: Session, actor: Actor, now: datetime, **facts: bool) -> Session:
    audit.record(
        Act.COURSE_CHANGED, session, actor=actor, now=now, office_id=session.office_id, **facts
    )
    return session
