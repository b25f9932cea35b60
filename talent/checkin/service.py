"""Who has a place today: what a kiosk shows and what a leader finds behind a person's code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from talent import clock
from talent.db import db
from talent.people.models import Person
from talent.rules.attendance import SignMode
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement


def shifts_today(*conditions: ColumnElement[bool], now: datetime) -> list[Shift]:
    """Published shifts that begin today where they take place, or still run."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > now - timedelta(days=2),
            Shift.starts_at < now + timedelta(days=1),
            *conditions,
        )
        .options(contains_eager(Shift.project).joinedload(Project.office))
        .order_by(Shift.starts_at, Shift.id)
    )
    return [shift for shift in db.session.scalars(query) if _is_today(shift, now)]


def acts_of(shift: Shift) -> tuple[str, ...]:
    """What is tapped on a shift: in and out, in only, or nothing."""
    return {SignMode.AUTOMATIC: (), SignMode.IN_ONLY: ("in",)}.get(shift.signed, ("in", "out"))


def _is_today(shift: Shift, now: datetime) -> bool:
    return shift.day == clock.today(shift.zone, now) or shift.starts_at <= now < shift.ends_at


def seats(*conditions: ColumnElement[bool], shifts: list[Shift]) -> list[Signup]:
    """Who has a place on one of the shifts, by name."""
    query = (
        select(Signup)
        .join(Signup.person)
        .where(
            Signup.shift_id.in_([shift.id for shift in shifts]),
            Signup.state == SignupState.CONFIRMED,
            *conditions,
        )
        .options(
            contains_eager(Signup.person),
            joinedload(Signup.need).joinedload(Need.position),
            joinedload(Signup.attendance),
        )
        .order_by(Person.sort_key, Person.id)
    )
    return list(db.session.scalars(query))
