"""Places in a session: taken, waited for, given back. The session's row is the lock."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit, clock
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people.models import Person
from talent.rules import training as law
from talent.training import service as training
from talent.training.courses import service as courses
from talent.training.models import Seat, SeatState, Session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from talent.access import Actor
    from talent.rules.reason import Because

# Who holds a place, or held it until the session.
MARKS = (SeatState.TAKEN, SeatState.ATTENDED, SeatState.PARTLY, SeatState.MISSED)
LIVE = (*MARKS, SeatState.WAITING)


def seats_of(session: Session) -> Sequence[Seat]:
    """Who has a place, in the order of their names."""
    query = (
        select(Seat)
        .join(Seat.person)
        .where(Seat.session_id == session.id, Seat.state.in_(MARKS))
        .order_by(Person.sort_key, Person.id)
        .options(contains_eager(Seat.person))
    )
    return db.session.scalars(query).all()


def waiting_for(session: Session) -> Sequence[Seat]:
    """Who waits for a place, in the order in which they move up."""
    query = (
        select(Seat)
        .where(Seat.session_id == session.id, Seat.state == SeatState.WAITING)
        .order_by(Seat.at, Seat.id)
        .options(joinedload(Seat.person))
    )
    return db.session.scalars(query).all()


def own_seats(person_id: int, *, since: datetime) -> Sequence[Seat]:
    """A person's places, held or waited for, in sessions that end after `since`, the last first."""
    query = (
        select(Seat)
        .join(Seat.session)
        .where(Seat.person_id == person_id, Seat.state.in_(LIVE), Session.ends_at > since)
        .order_by(Session.starts_at.desc(), Seat.id)
        .options(
            contains_eager(Seat.session).joinedload(Session.course),
            contains_eager(Seat.session).joinedload(Session.office),
        )
    )
    return db.session.scalars(query).all()


def seat_in(session: Session, seat_id: int) -> Seat:
    """A seat of this session, or `NotFound`."""
    query = select(Seat).where(Seat.id == seat_id, Seat.session_id == session.id)
    if (seat := db.session.scalars(query.options(joinedload(Seat.person))).one_or_none()) is None:
        raise NotFound
    return seat


def seat_of(session: Session, person_id: int) -> Seat | None:
    """The person's seat in this session, whatever became of it."""
    query = select(Seat).where(Seat.session_id == session.id, Seat.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def lines_of(seats: Iterable[Seat]) -> dict[int, int]:
    """The place of each in its waiting list, from 1 on; one question for all."""
    waiting = {seat.session_id for seat in seats if seat.state is SeatState.WAITING}
    query = (
        select(Seat.session_id, Seat.id)
        .where(Seat.session_id.in_(waiting), Seat.state == SeatState.WAITING)
        .order_by(Seat.at, Seat.id)
    )
    places: dict[int, int] = {}
    before: Counter[int] = Counter()
    for session_id, seat_id in db.session.execute(query) if waiting else ():
        before[session_id] += 1
        places[seat_id] = before[session_id]
    return places


def unprepared(
    sessions: Collection[Session], person_ids: Collection[int]
) -> dict[tuple[int, int], list[Because]]:
    """What each person lacks for each session, by both ids; three questions for all."""
    gates = courses.gates_of({session.course_id for session in sessions})
    if not gates:
        return {}
    held = training.held_by(person_ids)
    return {
        (session.id, person_id): law.unprepared(
            gates.get(session.course_id, ()),
            held.get(person_id, ()),
            clock.today(session.office.zone, session.starts_at),
        )
        for session in sessions
        for person_id in person_ids
    }


def refusals_to_take(
    session: Session,
    seat: Seat | None,
    *,
    now: datetime,
    lacking: Sequence[Because] = (),
    at_the_door: bool = False,
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
        unprepared=lacking,
    )


def refusals_to_wait(
    session: Session, seat: Seat | None, *, now: datetime, lacking: Sequence[Because] = ()
) -> list[Because]:
    """Why this person cannot wait for a place."""
    found = refusals_to_take(session, seat, now=now, lacking=lacking)
    waits = seat is not None and seat.state is SeatState.WAITING
    return law.refusals_to_wait(found, free=session.free, waiting=waits)


def take_seat(
    session: Session, person: Person, *, actor: Actor, now: datetime, at_the_door: bool = False
) -> Seat:
    """Sign a person up. `at_the_door`: the office writes down who came, until the end."""
    session = locked(Session, session.id)
    seat = seat_of(session, person.id)
    lacking = unprepared([session], [person.id]).get((session.id, person.id), [])
    if found := refusals_to_take(session, seat, now=now, lacking=lacking, at_the_door=at_the_door):
        raise Refused(found)
    session.taken += 1
    return _put(session, seat, person, SeatState.TAKEN, actor=actor, now=now)


def wait(session: Session, person: Person, *, actor: Actor, now: datetime) -> Seat:
    """Stand in line for a place that becomes free."""
    session = locked(Session, session.id)
    seat = seat_of(session, person.id)
    lacking = unprepared([session], [person.id]).get((session.id, person.id), [])
    if found := refusals_to_wait(session, seat, now=now, lacking=lacking):
        raise Refused(found)
    return _put(session, seat, person, SeatState.WAITING, actor=actor, now=now)


def _put(
    session: Session,
    seat: Seat | None,
    person: Person,
    state: SeatState,
    *,
    actor: Actor,
    now: datetime,
) -> Seat:
    if seat is None:
        seat = Seat(session_id=session.id, person_id=person.id)
        db.session.add(seat)
    seat.state, seat.at = state, now
    db.session.flush()
    audit.record(
        Act.SIGNED_UP, seat, actor=actor, now=now, office_id=session.office_id, state=state.value
    )
    return seat


def give_back(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Cancel a sign-up, or stop waiting; a place that becomes free goes to the first in line."""
    session = locked(Session, session.id)
    seat = seat_of(session, person_id)
    held = seat is not None and seat.state is SeatState.TAKEN
    live = held or (seat is not None and seat.state is SeatState.WAITING)
    if found := law.refusals_to_give_back(start=session.starts_at, live=live, now=now):
        raise Refused(found)
    if seat is None:
        raise NotFound
    seat.state, seat.at = SeatState.CANCELLED, now
    if held:
        session.taken -= 1
    db.session.flush()
    audit.record(Act.SIGNUP_CANCELLED, seat, actor=actor, now=now, office_id=session.office_id)
    promote(session, actor=actor, now=now)


def promote(session: Session, *, actor: Actor, now: datetime) -> int:
    """Free places go to those who waited longest and may still come; they are told. How many.

    The caller holds the session's row.
    """
    if session.cancelled_at or now >= session.starts_at or not session.free:
        return 0
    line = waiting_for(session)
    lacking = unprepared([session], [seat.person_id for seat in line]) if line else {}
    moved = 0
    for seat in line:
        if not session.free:
            break
        if lacking.get((session.id, seat.person_id)):
            continue
        seat.state, seat.at = SeatState.TAKEN, now
        session.taken += 1
        moved += 1
        db.session.flush()
        audit.record(Act.PROMOTED, seat, actor=actor, now=now, office_id=session.office_id)
        tell(session, seat, MessageKind.SESSION_PROMOTED, now, once=f"{seat.id}:{now.isoformat()}")
    return moved


def tell(
    session: Session,
    seat: Seat,
    kind: MessageKind,
    now: datetime,
    *,
    once: str,
    **more: Any,
) -> bool:
    """Tell somebody with a seat about the session; whether it is the first time."""
    said: dict[str, Any] = {"useless_after": session.ends_at, **more}
    facts = facts_of(session) | said.pop("facts", {})
    told = messages.tell(
        kind, once=once, now=now, person=seat.person, office_id=session.office_id, facts=facts,
        **said,
    )  # fmt: skip
    return told is not None


def facts_of(session: Session) -> Mapping[str, Any]:
    """What a message says of a session."""
    return {
        "course": {"name_zh": session.course.name_zh, "name_en": session.course.name_en},
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "zone": session.office.zone,
        "where": session.place,
        "path": f"/training/mine/sessions/{session.id}",
    }
