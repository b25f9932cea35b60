"""What becomes of attendance after the end: what counts by itself, who forgot, who never came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from talent.access import SYSTEM
from talent.db import db
from talent.offices.models import SETTINGS, OfficeRule, Setting
from talent.rules import attendance as law
from talent.rules.attendance import Outcome, SignMode, Terms
from talent.rules.signup import SignupState
from talent.shifts.attendance import service as attendance
from talent.shifts.attendees import service as attendees
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Project,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.places import service as places
from talent.shifts.proposals import service as proposals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from talent.access import Actor

BATCH = 500


def settle(now: datetime) -> int:
    """After the end: what counts by itself, who forgot to sign out, who never came. How many."""
    held = sorted(set(db.session.scalars(_unsettled(now).with_only_columns(Shift.id))))
    shifts = [places.held(id_) for id_ in held]  # a leader may be writing just now
    if not shifts:
        return 0
    settings = eligibility.settings_for(shifts, now)
    query = (
        _unsettled(now)
        .where(Shift.id.in_(held))
        .options(
            joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
            joinedload(Signup.attendance),
        )
    )
    settled = 0
    for one in db.session.scalars(query.execution_options(populate_existing=True)):
        patience = attendees.late(one.shift, settings[one.shift.project.office_id])
        settled += _settle(one, now, Terms(forgotten_after=patience))
    return settled


def complete(shift: Shift, *, actor: Actor, now: datetime) -> None:
    """The list is closed: who did not sign did not come, who did not sign out forgot it."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift.id, Signup.state == SignupState.CONFIRMED)
        .order_by(Signup.id)
        .options(joinedload(Signup.attendance))
        .execution_options(populate_existing=True)
    )
    for one in db.session.scalars(query).all():
        _settle(one, max(now, shift.ends_at), Terms(forgotten_after=timedelta(0)), actor)


def _settle(one: Signup, now: datetime, terms: Terms, actor: Actor = SYSTEM) -> bool:
    visit, span = attendees.visit_of(one.attendance), one.shift.span
    if one.attendance and one.attendance.state is not AttendanceState.PRESENT:
        return False
    if counts := law.by_itself(span, visit, now, one.shift.signed):
        source = AttendanceSource.AUTOMATIC
        came = {} if visit.signed_in else {"in_at": counts.signed_in, "in_source": source}
        left = {"out_at": counts.signed_out, "out_source": source}
        attendance.write(one, actor, now, state=AttendanceState.LEFT, **came, **left)
        return True
    stands = law.outcome(span, visit, now, terms)
    if stands not in {Outcome.REVIEW, Outcome.ABSENT}:
        return False
    asked = proposals.proposal_for(one, now) if stands is Outcome.REVIEW else {}
    attendance.write(one, actor, now, state=attendees.STATE_OF[stands], **asked)
    return True


def _unsettled(now: datetime) -> Select[Signup]:
    """Sign-ups of shifts that are over and on which something is still open, the oldest first."""
    mode = func.coalesce(Shift.mode, Project.mode)
    late = (Shift.ends_at <= now - _shortest_patience()) | Shift.late_minutes.is_not(None)
    return (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .outerjoin(Signup.attendance)
        .where(
            Signup.state == SignupState.CONFIRMED,
            Shift.state == ShiftState.PUBLISHED,
            Shift.ends_at <= now,
            or_(
                Attendance.id.is_(None) & (late | (mode == SignMode.AUTOMATIC)),
                (Attendance.state == AttendanceState.PRESENT) & (late | (mode == SignMode.IN_ONLY)),
            ),
        )
        .order_by(Shift.ends_at, Signup.id)
        .limit(BATCH)
    )


def _shortest_patience() -> timedelta:
    own = select(OfficeRule.value).where(OfficeRule.name == Setting.FORGOTTEN_MINUTES.value)
    told = [SETTINGS[Setting.FORGOTTEN_MINUTES], *db.session.scalars(own)]
    return timedelta(minutes=min(told))
