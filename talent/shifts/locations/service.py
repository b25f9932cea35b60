"""To whom signing in by location is offered, beside the other ways."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.offices.models import Setting
from talent.people import service as people
from talent.rules import attendance as law
from talent.rules.attendance import Visit
from talent.rules.consent import ConsentKind
from talent.rules.signup import SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import ShiftState

if TYPE_CHECKING:
    from datetime import datetime

    from talent.shifts.models import Signup


class Way(StrEnum):
    """What a tap would do."""

    IN = "in"
    OUT = "out"


def has_consented(one: Signup, now: datetime) -> bool:
    """Whether the consent of its own stands (PIPL Art. 29)."""
    return people.has_consented(one.person_id, ConsentKind.LOCATION, now)


def offered(one: Signup | None, now: datetime) -> Way | None:
    """Signing in or out by location, when it is open now, has a point and was agreed to."""
    if one is None or one.state is not SignupState.CONFIRMED:
        return None
    shift, project = one.shift, one.shift.project
    if shift.state is not ShiftState.PUBLISHED or not (project.point and project.radius_m):
        return None
    told = eligibility.settings_for([shift], now)[project.office_id]
    early, late = told[Setting.EARLY_MINUTES], told[Setting.FORGOTTEN_MINUTES]
    early = early if shift.early_minutes is None else shift.early_minutes
    late = late if shift.late_minutes is None else shift.late_minutes
    kept = one.attendance
    visit = Visit(kept.in_at, kept.out_at) if kept else Visit()
    opens, ends, mode = timedelta(minutes=early), timedelta(minutes=late), shift.signed
    way = None
    if not law.refusals_to_sign_in(shift.span, visit, now, opens, mode=mode):
        way = Way.IN
    elif not law.refusals_to_sign_out(shift.span, visit, now, ends, mode=mode):
        way = Way.OUT
    return way if way and has_consented(one, now) else None
