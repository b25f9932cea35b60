"""For a sign-out that was forgotten: when the colleagues left, and the volunteer is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from talent.accounts.models import Account
from talent.db import db
from talent.messages.models import MessageKind
from talent.rules import forgotten as law
from talent.shifts.models import Attendance, AttendanceSource, AttendanceState, Shift, Signup
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

NOT_SIGNED = (AttendanceSource.AUTOMATIC, AttendanceSource.COLLEAGUES)


def proposal_for(one: Signup, now: datetime) -> dict[str, Any]:
    """The columns of an attendance whose sign-out is missing; who has an account is asked."""
    kept = one.attendance
    if kept is None or kept.in_at is None:
        return {}
    shift = one.shift
    proposed = law.proposed_sign_out(shift.span, kept.in_at, _colleagues(one))
    if proposed is None or not _reachable(one):
        return {"proposed_out_at": proposed}
    places.tell(
        MessageKind.SIGN_OUT_ASKED,
        one,
        once=str(one.id),
        now=now,
        useless_after=now + law.ANSWER_WITHIN,
        in_at=kept.in_at.isoformat(),
        proposed_at=proposed.isoformat(),
    )
    return {"proposed_out_at": proposed, "asked_at": now}


def is_asked(kept: Attendance | None, now: datetime) -> bool:
    """Whether the volunteer may still answer."""
    if kept is None or kept.state is not AttendanceState.REVIEW:
        return False
    return law.is_asked(kept.asked_at, kept.said_out_at, now)


def is_open(kept: Attendance | None, now: datetime) -> bool:
    """Whether the volunteer or, after him, the leader may still settle it."""
    if kept is None or kept.state is not AttendanceState.REVIEW:
        return False
    return law.is_asked(kept.asked_at, None, now)


def asked_of(person_id: int, now: datetime, *, shift_id: int | None = None) -> Sequence[Signup]:
    """The sign-ups of a person about whose sign-out he is asked."""
    query = (
        select(Signup)
        .join(Signup.attendance)
        .where(
            Signup.person_id == person_id,
            Attendance.state == AttendanceState.REVIEW,
            Attendance.asked_at > now - law.ANSWER_WITHIN,
            Attendance.said_out_at.is_(None),
        )
        .options(joinedload(Signup.attendance), joinedload(Signup.shift).joinedload(Shift.project))
        .order_by(Signup.id)
    )
    if shift_id is not None:
        query = query.where(Signup.shift_id == shift_id)
    return db.session.scalars(query).all()


def _colleagues(one: Signup) -> list[datetime]:
    query = (
        select(Attendance.out_at)
        .join(Attendance.signup)
        .where(
            Signup.shift_id == one.shift_id,
            Attendance.out_at.is_not(None),
            Attendance.out_source.is_(None) | Attendance.out_source.not_in(NOT_SIGNED),
        )
    )
    return [out for out in db.session.scalars(query) if out is not None]


def _reachable(one: Signup) -> bool:
    query = select(exists().where(Account.person_id == one.person_id))
    return bool(db.session.scalar(query))
