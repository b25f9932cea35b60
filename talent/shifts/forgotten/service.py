"""What becomes of a proposed sign-out: confirmed, said to be another, taken over by the leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules import forgotten as law
from talent.rules.attendance import Unattendable
from talent.shifts.attendance import service as attendance
from talent.shifts.models import Attendance, AttendanceSource, Signup
from talent.shifts.places import service as places
from talent.shifts.proposals import service as proposals

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor


def own_signup(actor: Actor, signup_id: int) -> Signup:
    """A sign-up of one's own, or `NotFound`."""
    one = db.session.get(Signup, signup_id)
    if one is None or actor.person_id is None or one.person_id != actor.person_id:
        raise NotFound
    return one


def confirm(one: Signup, *, actor: Actor, now: datetime) -> Attendance:
    """Yes, I left when the colleagues did. A second tap changes nothing."""
    kept = _held(one)
    if kept.out_at and kept.out_source is AttendanceSource.COLLEAGUES:
        return kept
    if kept.proposed_out_at is None or not proposals.is_asked(kept, now):
        raise Refused([Unattendable.NOT_ASKED])
    source = AttendanceSource.COLLEAGUES
    return attendance.depart(one, kept.proposed_out_at, source=source, actor=actor, now=now)


def say(one: Signup, out_at: datetime, *, actor: Actor, now: datetime) -> None:
    """No, I left at another time: the leader sees it, and after him the office."""
    kept = _held(one)
    if kept.in_at is None or not proposals.is_asked(kept, now):
        raise Refused([Unattendable.NOT_ASKED])
    if refused := law.refusals_to_say(kept.in_at, out_at, now):
        raise Refused(refused)
    kept.said_out_at, kept.changed_at = out_at, now
    audit.record(
        Act.ATTENDANCE_TAKEN, kept, actor=actor, now=now,
        office_id=one.shift.project.office_id, said=out_at.isoformat(),
    )  # fmt: skip


def accept(one: Signup, *, actor: Actor, now: datetime) -> Attendance:
    """The leader knows that what the volunteer says is right."""
    kept = _held(one)
    if kept.out_at:
        return kept
    if kept.said_out_at is None or not proposals.is_open(kept, now):
        raise Refused([Unattendable.NOT_ASKED])
    source = AttendanceSource.LEADER
    return attendance.depart(one, kept.said_out_at, source=source, actor=actor, now=now)


def _held(one: Signup) -> Attendance:
    places.held(one.shift_id)
    db.session.refresh(one)
    if one.attendance is None:
        raise Refused([Unattendable.NOT_ASKED])
    db.session.refresh(one.attendance)
    return one.attendance
