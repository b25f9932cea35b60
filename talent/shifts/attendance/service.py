"""Attendance: signing in and out by the leader's list or the code, and what is written by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules import attendance as law
from talent.rules.attendance import Outcome, SignMode, Terms, Unattendable, Visit
from talent.rules.queue import SignAct, Untaken
from talent.rules.reason import Because
from talent.shifts.assignments import service as assignments
from talent.shifts.attendees import service as attendees
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.places import service as places
from talent.shifts.proposals import service as proposals

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.attendees.service import Attendee


WRITTEN = frozenset({AttendanceSource.HAND, AttendanceSource.SHEET})  # by somebody who knew better


def arrive(
    one: Signup,
    *,
    source: AttendanceSource,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    device: str | None = None,
) -> Attendance:
    """Sign in: now, or at an earlier moment that a device kept. The earliest sign-in holds.

    `device` marks the phone of whoever signs in himself.
    """
    stands = _held(one, now)
    kept, came = one.attendance, at or now
    if kept and kept.in_at and kept.in_at <= came:
        return kept
    if at is None and stands.against_in:
        raise Refused(stands.against_in)
    if at and (refused := _against_kept(one, SignAct.IN, at, stands, now)):
        raise Refused(refused)
    state = kept.state if kept and kept.in_at else AttendanceState.PRESENT
    late = _settles(one, at, now)
    return write(
        one, actor, now, in_at=came, in_source=source, state=state, in_device=device, **late
    )


def leave(
    one: Signup,
    *,
    source: AttendanceSource,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    device: str | None = None,
) -> Attendance:
    """Sign out: now, or at an earlier moment that a device kept. The latest of those holds."""
    stands = _held(one, now)
    kept, went = one.attendance, at or now
    if kept and kept.out_at and (at is None or kept.out_at >= at):
        return kept
    if at is None and stands.against_out:
        raise Refused(stands.against_out)
    if at and (refused := _against_kept(one, SignAct.OUT, at, stands, now)):
        raise Refused(refused)
    late = _settles(one, at, now)
    gone = {"out_at": went, "out_source": source, "out_device": device}
    return write(one, actor, now, state=AttendanceState.LEFT, **gone, **late)


def _against_kept(
    one: Signup, act: SignAct, at: datetime, stands: Attendee, now: datetime
) -> list[Because]:
    """What the law says of a tap that a device kept: asked for its moment, not for now."""
    if stands.against_entry:
        return stands.against_entry
    if at > now:
        return [Because(Unattendable.FUTURE, {"moment": at})]
    kept, shift = one.attendance, one.shift
    source = kept and (kept.in_source if act is SignAct.IN else kept.out_source)
    if source in WRITTEN:
        return [Because(Untaken.BY_HAND)]
    told = attendees.settings_of(shift, now)
    if act is SignAct.IN:
        return law.refusals_to_sign_in(
            shift.span, Visit(), at, attendees.early(shift, told), mode=shift.signed
        )
    visit = Visit(kept.in_at if kept else None)
    return law.refusals_to_sign_out(
        shift.span, visit, at, attendees.late(shift, told), mode=shift.signed
    )


def _settles(one: Signup, at: datetime | None, now: datetime) -> dict[str, datetime]:
    """What devices bring after the end is not final: another one may know an earlier or later."""
    shift = one.shift
    if at is None or now < shift.ends_at:
        return {}
    told = attendees.settings_of(shift, now)
    return {"settles_at": shift.ends_at + attendees.late(shift, told)}


def miss(one: Signup, *, actor: Actor, now: datetime) -> Attendance:
    """Did not come. Signing in afterwards puts it right."""
    stands = _held(one, now)
    if stands.against_absence:
        raise Refused(stands.against_absence)
    return write(one, actor, now, state=AttendanceState.ABSENT)


def depart(
    one: Signup, out_at: datetime, *, source: AttendanceSource, actor: Actor, now: datetime
) -> Attendance:
    """Write the sign-out that was missing. The caller holds the shift and has asked the law."""
    left = AttendanceState.LEFT
    return write(one, actor, now, out_at=out_at, out_source=source, state=left, settles_at=None)


def enter(
    one: Signup,
    *,
    in_at: datetime,
    out_at: datetime | None,
    actor: Actor,
    now: datetime,
    source: AttendanceSource = AttendanceSource.HAND,
) -> Attendance:
    """The leader writes the times by hand: from a sheet of paper, or instead of wrong ones."""
    _held(one, now)
    shift = one.shift
    refused = attendees.against_any(one, shift, now) or law.refusals_to_enter(
        shift.span, in_at, out_at, now
    )
    if refused:
        raise Refused(refused)
    kept, by = one.attendance, source
    if counts := law.by_itself(shift.span, Visit(in_at, out_at), now, shift.signed):
        out_at, by = counts.signed_out, AttendanceSource.AUTOMATIC
    stands = law.outcome(shift.span, Visit(in_at, out_at), now, _patience(shift, now))
    write(
        one,
        actor,
        now,
        in_at=in_at,
        out_at=out_at,
        in_source=kept.in_source if kept and kept.in_at == in_at else source,
        out_source=(kept.out_source if kept and kept.out_at == out_at else by) if out_at else None,
        state=attendees.STATE_OF[stands],
        settles_at=None,
    )
    written = one.attendance
    assert written is not None  # noqa: S101 - just now
    if stands is Outcome.REVIEW:  # what was proposed or said may lie before this sign-in
        if written.said_out_at and written.said_out_at <= in_at:
            written.said_out_at = None
        for name, value in proposals.proposal_for(one, now).items():
            setattr(written, name, value)
    return written


def _patience(shift: Shift, now: datetime) -> Terms:
    """How long a sign-out may be missing: not at all once the list is closed."""
    if shift.state is ShiftState.CLOSED:
        return Terms(forgotten_after=timedelta(0))
    told = attendees.settings_of(shift, now)
    return Terms(forgotten_after=attendees.late(shift, told))


def walk_in(
    shift: Shift, need_id: int, person_id: int, *, actor: Actor, now: datetime, reason: str = ""
) -> Signup:
    """Somebody stands at the door: a free place, and signed in at once where people sign."""
    one = assignments.assign(
        shift, need_id, person_id, actor=actor, now=now, reason=reason, walk_in=True
    )
    if shift.signed is not SignMode.AUTOMATIC:
        arrive(one, source=AttendanceSource.WALK_IN, actor=actor, now=now)
    return one


def _held(one: Signup, now: datetime) -> Attendee:
    """What may be done, under the lock of the shift: a leader and a code may come together."""
    places.held(one.shift_id)
    db.session.refresh(one)
    return attendees.attendee(one, now)


def write(one: Signup, actor: Actor, now: datetime, **fields: Any) -> Attendance:
    """Write these columns, with what stood before and after into the trail."""
    kept = one.attendance
    before = {} if kept is None else _times(kept)
    if kept is None:
        kept = Attendance(signup=one, state=fields["state"])
        db.session.add(kept)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.taken_by, kept.changed_at = actor.account_id, now
    db.session.flush()
    audit.record(
        Act.ATTENDANCE_TAKEN, kept, actor=actor, now=now,
        office_id=one.shift.project.office_id, before=before, after=_times(kept),
    )  # fmt: skip
    return kept


def _times(kept: Attendance) -> dict[str, str | None]:
    return {
        "state": kept.state.value,
        "in": kept.in_at.isoformat() if kept.in_at else None,
        "out": kept.out_at.isoformat() if kept.out_at else None,
    }


def shift_of(token: str) -> Shift:
    """The shift whose code was scanned."""
    query = select(Shift).where(Shift.scan_token == token).options(*eligibility.WHOLE)
    if (shift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return shift
