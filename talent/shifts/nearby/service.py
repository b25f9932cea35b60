"""Signing in and out by location: compared once, and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.errors import Refused
from talent.rules import location as law
from talent.rules.attendance import Unattendable
from talent.shifts.attendance import service as attendance
from talent.shifts.attendees import service as attendees
from talent.shifts.locations import service as locations
from talent.shifts.models import AttendanceSource

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.location import Point
    from talent.shifts.models import Shift


def sign(
    shift: Shift,
    here: Point,
    accuracy_m: int,
    *,
    out: bool,
    actor: Actor,
    now: datetime,
    device: str | None = None,
) -> None:
    """Sign in or out where one is. What the device said is forgotten when this returns."""
    own = attendees.own_attendee(shift, actor, now)
    if own is None:
        raise Refused([Unattendable.NO_PLACE])
    refused = law.refusals_to_sign_here(
        shift.project.point,
        shift.project.radius_m,
        here,
        accuracy_m,
        consented=locations.has_consented(own.signup, now),
    )
    if refused:
        raise Refused(refused)
    act = attendance.leave if out else attendance.arrive
    act(own.signup, source=AttendanceSource.PLACE, actor=actor, now=now, device=device)
