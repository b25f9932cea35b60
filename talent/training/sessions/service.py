"""Sessions: planning them, taking a place, attendance. The session's row is the lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people.models import Person, Tie
from talent.rules import training as law
from talent.rules.reason import Because
from talent.training.models import Course, Seat, SeatState, Session
from talent.training.records import service as records
from talent.training.service import PAGE, beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

MARKS = (SeatState.TAKEN, SeatState.ATTENDED, SeatState.MISSED)
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
    own = select(Seat.session_id).where(Seat.person_id == person_id, Seat.state.in_(MARKS))
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


def seats_of(session: Session) -> Sequence[Seat]:
    """Who is signed up, in the order of their names."""
    query = (
        select(Seat)
        .join(Seat.person)
        .where(Seat.session_id == session.id, Seat.state.in_(MARKS))
        .order_by(Person.sort_key, Person.id)
        .options(contains_eager(Seat.person))
    )
    return db.session.scalars(query).all()


def own_seats(person_id: int, *, since: datetime) -> Sequence[Seat]:
    """A person's seats in sessions that end after `since`, the last session first."""
    query = (
        select(Seat)
        .join(Seat.session)
        .where(Seat.person_id == person_id, Seat.state.in_(MARKS), Session.ends_at > since)
        .order_by(Session.starts_at.desc(), Seat.id)
        .options(
            contains_eager(Seat.session).joinedload(Session.course),
            contains_eager(Seat.session).joinedload(Session.office),
        )
    )
    return db.session.scalars(query).all()


def refusals_to_take(
    session: Session, seat: Seat | None, *, now: datetime, at_the_door: bool = False
) -> list[Because]:
    """Why this person cannot take a place now: for the page, and for the act itself."""
    return law.refusals_to_take(
        start=session.starts_at,
        end=session.ends_at,
        cancelled=session.cancelled_at is not None,
        free=session.free,
        already=seat is not None and seat.state in MARKS,
        now=now,
        at_the_door=at_the_door,
    )


def plan(course: Course, office: Office, stated: Plan, *, actor: Actor, now: datetime) -> Session:
    """A session of a course, held by an office."""
    session = Session(course_id=course.id, office_id=office.id, taken=0)
    db.session.add(session)
    _write(session, stated)
    return _traced(session, actor, now)


def change(session: Session, stated: Plan, *, actor: Actor, now: datetime) -> Session:
    """Those who are signed up stay and are told; there are never fewer places than people."""
    session = locked(Session, session.id)
    if session.cancelled_at:
        raise Refused([law.Refusal.CANCELLED])
    before = session.starts_at, session.ends_at, session.place
    _write(session, stated)
    if (session.starts_at, session.ends_at, session.place) != before and now < session.ends_at:
        _tell(session, MessageKind.SESSION_CHANGED, now)
    return _traced(session, actor, now)


def cancel(session: Session, *, actor: Actor, now: datetime) -> None:
    """It does not take place; who was signed up is told and still known."""
    session = locked(Session, session.id)
    if session.cancelled_at:
        raise Refused([law.Refusal.CANCELLED])
    if now >= session.starts_at:
        raise Refused([_begun(session)])
    session.cancelled_at = now
    _tell(session, MessageKind.SESSION_CANCELLED, now)
    _traced(session, actor, now, cancelled=True)


def take_seat(
    session: Session, person: Person, *, actor: Actor, now: datetime, at_the_door: bool = False
) -> Seat:
    """Sign a person up. `at_the_door`: the office writes down who came, until the end."""
    session = locked(Session, session.id)
    query = select(Seat).where(Seat.session_id == session.id, Seat.person_id == person.id)
    seat = db.session.scalars(query).one_or_none()
    if found := refusals_to_take(session, seat, now=now, at_the_door=at_the_door):
        raise Refused(found)
    session.taken += 1
    if seat is None:
        seat = Seat(session_id=session.id, person_id=person.id)
        db.session.add(seat)
    seat.state, seat.at = SeatState.TAKEN, now
    db.session.flush()
    audit.record(Act.SIGNED_UP, seat, actor=actor, now=now, office_id=session.office_id)
    return seat


def give_back(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Cancel a sign-up; the place is free again."""
    session = locked(Session, session.id)
    query = select(Seat).where(Seat.session_id == session.id, Seat.person_id == person_id)
    seat = db.session.scalars(query).one_or_none()
    live = seat is not None and seat.state is SeatState.TAKEN
    if found := law.refusals_to_give_back(start=session.starts_at, live=live, now=now):
        raise Refused(found)
    if seat is None:
        raise NotFound
    seat.state, seat.at = SeatState.CANCELLED, now
    session.taken -= 1
    db.session.flush()
    audit.record(Act.SIGNUP_CANCELLED, seat, actor=actor, now=now, office_id=session.office_id)


def seat_in(session: Session, seat_id: int) -> Seat:
    """A seat of this session, or `NotFound`."""
    query = select(Seat).where(Seat.id == seat_id, Seat.session_id == session.id)
    if (seat := db.session.scalars(query.options(joinedload(Seat.person))).one_or_none()) is None:
        raise NotFound
    return seat


def refusals_to_mark(session: Session, now: datetime) -> list[Because]:
    """Why attendance cannot be taken yet, or not any more."""
    zone = session.office.zone
    return law.refusals_to_mark(
        first_day=clock.today(zone, session.starts_at),
        cancelled=session.cancelled_at is not None,
        live=True,
        today=clock.today(zone, now),
    )


def mark(seat: Seat, *, attended: bool, actor: Actor, now: datetime) -> None:
    """Who came has a training record, once; who did not come has none (Order 67 Art. 8)."""
    session = locked(Session, seat.session_id)
    seat = locked(Seat, seat.id)
    if seat.state not in MARKS:
        raise Refused([law.Refusal.NOT_SIGNED_UP])
    if found := refusals_to_mark(session, now):
        raise Refused(found)
    seat.state = SeatState.ATTENDED if attended else SeatState.MISSED
    if attended:
        records.from_seat(seat, session, actor=actor, now=now)
    else:
        records.unseat(seat, actor=actor, now=now)


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


def _tell(session: Session, kind: MessageKind, now: datetime) -> None:
    """Tell everybody who has a seat; each change is told once."""
    facts = {
        "course": {"name_zh": session.course.name_zh, "name_en": session.course.name_en},
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "zone": session.office.zone,
        "where": session.place,
        "path": "/training/mine",
    }
    for seat in seats_of(session):
        if seat.state is SeatState.TAKEN:
            messages.tell(
                kind, once=f"{seat.id}:{now.isoformat()}", now=now, person=seat.person,
                office_id=session.office_id, facts=facts, useless_after=session.ends_at,
            )  # fmt: skip


def _begun(session: Session) -> Because:
    return Because(law.Refusal.BEGUN, {"start": session.starts_at})


def _traced(session: Session, actor: Actor, now: datetime, **facts: bool) -> Session:
    audit.record(
        Act.COURSE_CHANGED, session, actor=actor, now=now, office_id=session.office_id, **facts
    )
    return session
