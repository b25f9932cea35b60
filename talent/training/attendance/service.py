"""Who was there: by the code, by a tick, from paper; and the record that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from talent import audit, clock
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.rules import training as law
from talent.rules.training import Part, Source
from talent.training.attendance.models import Presence
from talent.training.models import Seat, SeatState, Session
from talent.training.quizzes import service as quizzes
from talent.training.records import service as records
from talent.training.seats import service as seats
from talent.training.seats.service import MARKS
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.training.sessions.models import SessionPart

MOST_SETTLED = 50  # sessions in one run of the job


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was attended, of how much, and why it gives no record."""

    attended: int
    planned: int
    learned: int
    reasons: list[Because]


def mark(seat: Seat, *, attended: bool, actor: Actor, now: datetime) -> None:
    """One tap: there on every date so far, or on none (Order 67 Art. 8)."""
    session, seat = _to_mark(seat, now)
    if attended:
        parts = sessions.begun(session, now)
        _put(seat, [part.id for part in parts], parts, Source.LIST, actor=actor, now=now)
        traced(seat, session, actor, now, came=True)
        settle(seat, session, actor=actor, now=now, anew=True)
    else:
        db.session.execute(delete(Presence).where(Presence.seat_id == seat.id))
        seat.state = SeatState.MISSED
        records.unseat(seat, actor=actor, now=now)
        traced(seat, session, actor, now, came=False)


def keep_list(
    session: Session,
    there: Collection[tuple[int, int]],
    *,
    shown: Collection[tuple[int, int]] = (),
    source: Source,
    actor: Actor,
    now: datetime,
) -> int:
    """The whole list at once: `there` are pairs of a seat and a date; how many changed.

    What the code took stays as it was taken. Who is on none of the dates was not there. `shown`
    are those who were there already when the list was opened: only from them is a tick taken off,
    and who signed in at the door since then stays.
    """
    session = locked(Session, session.id)
    if found := sessions.refusals_to_mark(session, now):
        raise Refused(found)
    parts = sessions.begun(session, now)
    known = seats.seats_of(session)
    had = presences_of(known)
    changed = 0
    for seat in known:
        held = {part_id for seat_id, part_id in had if seat_id == seat.id}
        wanted = {part.id for part in parts if (seat.id, part.id) in there}
        wanted |= {part_id for part_id in held if (seat.id, part_id) not in shown}
        unsaid = not wanted and seat.state is SeatState.TAKEN
        if wanted == held and not unsaid:
            continue
        changed += 1
        _put(seat, wanted, parts, source, actor=actor, now=now)
        traced(seat, session, actor, now, came=bool(wanted), source=source.value)
        if wanted:
            settle(seat, session, actor=actor, now=now, anew=True)
        elif all(part.ends_at <= now for part in sessions.parts_of(session)):
            seat.state = SeatState.MISSED
            records.unseat(seat, actor=actor, now=now)
    db.session.flush()
    return changed


def set_times(
    seat: Seat,
    part: SessionPart,
    times: tuple[datetime, datetime] | None,
    *,
    source: Source,
    actor: Actor,
    now: datetime,
) -> None:
    """When somebody really came and went on a date; None: he was not there on it."""
    session, seat = _to_mark(seat, now)
    if part.session_id != session.id:
        raise NotFound
    if times and (found := law.refusals_of_times(*times, part.span, now)):
        raise Refused(found)
    held = presences_of([seat]).get((seat.id, part.id))
    if held and times is None:
        db.session.delete(held)
    elif times:
        presence = held or Presence(seat_id=seat.id, part_id=part.id)
        presence.came_at, presence.left_at = times
        presence.source, presence.made_at = source, now
        presence.account_id = actor.account_id
        db.session.add(presence)
    db.session.flush()
    traced(seat, session, actor, now, came=times is not None, source=source.value)
    settle(seat, session, actor=actor, now=now, anew=True)


def settle(
    seat: Seat, session: Session, *, actor: Actor, now: datetime, anew: bool = False
) -> Outcome:
    """Give the record that was earned, or take it back: once every date is told, or all are over.

    The caller holds the session's row. Before that the seat stays as it is. A record that somebody
    withdrew comes back only when the office takes attendance `anew`.
    """
    parts = sessions.parts_of(session)
    held = presences_of([seat])
    mine = [held.get((seat.id, part.id)) for part in parts]
    found = _outcome(seat, session, parts, mine)
    told = all(each and each.left_at for each in mine)
    if not any(mine) or not (told or now >= session.ends_at):
        return found
    lacks = {each.why for each in found.reasons}
    seat.state = SeatState.PARTLY if lacks - {law.Uncounted.NO_QUIZ} else SeatState.ATTENDED
    if lacks:
        records.unseat(seat, actor=actor, now=now)
    else:
        last = max(part.starts_at for part in parts)
        held_on = clock.today(session.office.zone, last)
        records.from_seat(
            seat, session, minutes=found.learned, held_on=held_on, actor=actor, now=now, anew=anew
        )
    db.session.flush()
    return found


def outcome(
    seat: Seat,
    session: Session,
    parts: Sequence[SessionPart],
    held: Mapping[tuple[int, int], Presence],
) -> Outcome:
    """How the seat stands now, for a page that shows the parts and when its holder was there."""
    return _outcome(seat, session, parts, [held.get((seat.id, part.id)) for part in parts])


def _outcome(
    seat: Seat, session: Session, parts: Sequence[SessionPart], mine: Sequence[Presence | None]
) -> Outcome:
    course = session.course
    spans: list[Part] = [part.span for part in parts]
    stays = [each.span if each else None for each in mine]
    reasons = law.refusals_to_count(
        spans,
        stays,
        signing=course.signing,
        least_share=course.least_share,
        quiz_lacks=quizzes.lacks(session, seat.person_id),
    )
    attended = sum(map(law.attended, spans, stays, [course.signing] * len(spans)))
    planned = sum(span.minutes for span in spans)
    learned = law.learned(course.minutes, attended, planned)
    return Outcome(attended, planned, learned, reasons)


def settle_over(now: datetime) -> int:
    """Records of those who signed in by the code, once a session is over; how many sessions."""
    query = (
        select(Session.id)
        .where(Session.ends_at <= now, Session.settled_at.is_(None))
        .where(Session.cancelled_at.is_(None))
        .order_by(Session.ends_at, Session.id)
        .limit(MOST_SETTLED)
    )
    found = db.session.scalars(query).all()
    for session_id in found:
        session = locked(Session, session_id)
        known = seats.seats_of(session)
        there = {seat_id for seat_id, _ in presences_of(known)}
        for seat in known:
            if seat.id in there and seat.state is not SeatState.MISSED:
                settle(seat, session, actor=SYSTEM, now=now)
        session.settled_at = now
    return len(found)


def settle_person(course_id: int, person_id: int, *, actor: Actor, now: datetime) -> None:
    """After a quiz: what was attended of its course gives its record now."""
    query = (
        select(Seat.id, Seat.session_id)
        .join(Seat.session)
        .where(Seat.person_id == person_id, Session.course_id == course_id)
        .where(Seat.state == SeatState.ATTENDED, Session.cancelled_at.is_(None))
        .order_by(Seat.session_id)
    )
    for seat_id, session_id in db.session.execute(query).all():
        session = locked(Session, session_id)
        settle(locked(Seat, seat_id), session, actor=actor, now=now)


def presences_of(seats_: Iterable[Seat]) -> Mapping[tuple[int, int], Presence]:
    """Who was there when, by seat and date."""
    query = select(Presence).where(Presence.seat_id.in_([seat.id for seat in seats_]))
    return {(one.seat_id, one.part_id): one for one in db.session.scalars(query)}


def sources_of(seat_ids: Iterable[int]) -> dict[int, set[Source]]:
    """How it is known of each seat that its holder was there."""
    query = select(Presence.seat_id, Presence.source).where(Presence.seat_id.in_(list(seat_ids)))
    found: dict[int, set[Source]] = {}
    for seat_id, source in db.session.execute(query):
        found.setdefault(seat_id, set()).add(source)
    return found


def _to_mark(seat: Seat, now: datetime) -> tuple[Session, Seat]:
    session = locked(Session, seat.session_id)
    seat = locked(Seat, seat.id)
    if seat.state not in MARKS:
        raise Refused([law.Refusal.NOT_SIGNED_UP])
    if found := sessions.refusals_to_mark(session, now):
        raise Refused(found)
    return session, seat


def _put(
    seat: Seat,
    wanted: Collection[int],
    parts: Iterable[SessionPart],
    source: Source,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """There on the wanted dates from beginning to end, and on no other; what is known stays."""
    held = {part_id: one for (_, part_id), one in presences_of([seat]).items()}
    for part in parts:
        if part.id in wanted and part.id not in held:
            held[part.id] = Presence(
                seat_id=seat.id, part_id=part.id, came_at=part.starts_at, left_at=part.ends_at,
                source=source, account_id=actor.account_id, made_at=now,
            )  # fmt: skip
            db.session.add(held[part.id])
        elif part.id in held and part.id not in wanted:
            db.session.delete(held[part.id])
    db.session.flush()


def traced(seat: Seat, session: Session, actor: Actor, now: datetime, **facts: bool | str) -> None:
    """Leave a trace of what is now known of a seat."""
    db.session.flush()
    audit.record(
        Act.ATTENDANCE_TAKEN, seat, actor=actor, now=now, office_id=session.office_id, **facts
    )
