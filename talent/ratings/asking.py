"""Asking the volunteers who were there, once, in the evening after the service."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.orm import contains_eager

from talent.db import db
from talent.messages.models import Message, MessageKind, Stopped
from talent.messages.service import tell
from talent.people.models import Person
from talent.ratings.models import Rating
from talent.rules import ratings as law
from talent.shifts.models import Attendance, AttendanceState, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LOOKS_BACK = timedelta(days=2)
BATCH = 500
KIND = MessageKind.RATING_ASKED


def ask(now: datetime) -> int:
    """Put the questions of the last days into the outbox, due in the evening. How many."""
    asked = after = 0
    while batch := _to_ask(now, after):
        for one in batch:
            asked += _ask(one, now)
        after = batch[-1].id
    return asked


def _ask(one: Signup, now: datetime) -> bool:
    shift = one.shift
    due_at = law.ask_at(shift.ends_at, ZoneInfo(shift.zone))
    message = tell(
        KIND,
        once=str(one.id),
        now=now,
        person=one.person,
        office_id=shift.project.office_id,
        due_at=due_at,
        useless_after=shift.ends_at + law.ASKED_WITHIN,
        facts={
            "project": {"name_zh": shift.project.name, "name_en": shift.project.name_en},
            "starts_at": shift.starts_at.isoformat(),
            "path": f"/ratings/shifts/{shift.id}/mine",
        },
    )
    return message is not None


def _to_ask(now: datetime, after: int) -> Sequence[Signup]:
    """Who came, can be reached, wants to be asked, was not asked and has not rated."""
    once = literal(f"{KIND}:") + cast(Signup.id, String)
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Signup.person)
        .join(Attendance, Attendance.signup_id == Signup.id)
        .where(
            Signup.id > after,
            Shift.ends_at <= now,
            Shift.ends_at > now - LOOKS_BACK,
            Attendance.in_at.is_not(None),
            Attendance.state != AttendanceState.ABSENT,
            Person.email.is_not(None),
            ~exists().where(Message.once == once),
            ~exists().where(Stopped.person_id == Signup.person_id, Stopped.kind == KIND),
            ~exists().where(
                Rating.person_id == Signup.person_id, Rating.shift_id == Signup.shift_id
            ),
        )
        .options(
            contains_eager(Signup.shift).joinedload(Shift.project), contains_eager(Signup.person)
        )
        .order_by(Signup.id)
        .limit(BATCH)
    )
    return db.session.scalars(query).all()
