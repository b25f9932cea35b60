"""The changing code at the door: what somebody finds behind it, signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.codes import Door
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.rules import codes
from talent.rules import training as law
from talent.rules.reason import Because
from talent.rules.training import Source
from talent.training.attendance import service as attendance
from talent.training.attendance.models import Presence
from talent.training.models import Session
from talent.training.seats import service as seats
from talent.training.seats.service import MARKS
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.training.models import Seat
    from talent.training.sessions.models import SessionPart


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What somebody finds behind the code: his seat, the date it is about, what he may do."""

    seat: Seat | None
    part: SessionPart | None
    presence: Presence | None
    not_in: list[Because]
    not_out: list[Because]


def signing_session(session_id: int) -> Session:
    """The session behind a code, or `NotFound`."""
    query = select(Session).where(Session.id == session_id).options(
        joinedload(Session.course), joinedload(Session.office)
    )  # fmt: skip
    if (session := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return session


def shown(session: Session, now: datetime) -> str:
    """The code that the trainer's screen shows now."""
    return _door(session).shown(now)


def scanned(session: Session, code: str, person_id: int | None, now: datetime) -> str:
    """What proves later that the code was read now. An expired one is `Refused`."""
    if session.cancelled_at:
        raise Refused([law.Refusal.CANCELLED])
    if (proof := _door(session).scanned(code, now, person_id)) is None:
        raise Refused([law.Unsigned.EXPIRED])
    return proof


def bound(session: Session, proof: str, person_id: int) -> str | None:
    """What a scan left behind, with the name of who holds it; None when it has one."""
    return _door(session).bound(proof, person_id)


def at_the_door(session: Session, person_id: int, proof: str, now: datetime) -> AtTheDoor:
    """What this person may do now, with what the scan left behind."""
    seat = seats.seat_of(session, person_id)
    if seat is None or seat.state not in MARKS:
        why = [Because(law.Unsigned.NOT_SIGNED_UP)]
        return AtTheDoor(None, None, None, why, why)
    parts = sessions.parts_of(session)
    place = law.part_now([part.span for part in parts], now)
    if place is None:
        why = [Because(law.Unsigned.CLOSED, {"minutes": law.EARLY // law.MINUTE})]
        return AtTheDoor(seat, None, None, why, why)
    part = parts[place]
    presence = attendance.presences_of([seat]).get((seat.id, part.id))
    span = presence.span if presence else None
    read_at = _door(session).scanned_at(proof, person_id)
    holds = read_at and codes.holds(read_at, now, used_at=span.came if span else None)
    unread = [] if holds else [Because(law.Unsigned.NEEDED)]
    return AtTheDoor(
        seat,
        part,
        presence,
        law.refusals_to_come(span, part.span, now) or unread,
        law.refusals_to_leave(span, now) or unread,
    )


def come(session: Session, person_id: int, proof: str, *, actor: Actor, now: datetime) -> Presence:
    """Sign in, with a scan of a moment ago."""
    found = _held_at_the_door(session, person_id, proof, now)
    if found.not_in or found.seat is None or found.part is None:
        raise Refused(found.not_in)
    presence = Presence(
        seat_id=found.seat.id, part_id=found.part.id, came_at=now, left_at=None,
        source=Source.CODE, account_id=actor.account_id, made_at=now,
    )  # fmt: skip
    db.session.add(presence)
    attendance.traced(found.seat, session, actor, now, came=True)
    return presence


def leave(session: Session, person_id: int, proof: str, *, actor: Actor, now: datetime) -> None:
    """Sign out, with a scan of a moment ago."""
    found = _held_at_the_door(session, person_id, proof, now)
    if found.not_out or found.seat is None or found.presence is None:
        raise Refused(found.not_out)
    found.presence.left_at = now
    attendance.traced(found.seat, session, actor, now, left=True)
    attendance.settle(found.seat, session, actor=actor, now=now)


def _held_at_the_door(session: Session, person_id: int, proof: str, now: datetime) -> AtTheDoor:
    session = locked(Session, session.id)
    if session.cancelled_at:
        raise Refused([law.Refusal.CANCELLED])
    return at_the_door(session, person_id, proof, now)


def _door(session: Session) -> Door:
    return Door("code at the door of a training session", str(session.id))
