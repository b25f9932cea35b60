"""The work calendar: holidays, days worked to make up for them, filled and corrected by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import holidays
from sqlalchemy import select

from talent.access import Permission
from talent.audit import Act, record
from talent.db import db
from talent.errors import NotAllowed, NotFound
from talent.offices.models import CalendarDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from talent.access import Actor

FIRST_YEAR, LAST_YEAR = 2000, 2099
MADE_UP = "调休上班"


@dataclass(frozen=True, slots=True)
class Filled:
    """How many days were added, and the years whose make-up days nobody knows yet."""

    added: int
    without_make_up_days: tuple[int, ...]


def may_edit(actor: Actor) -> bool:
    """Whether the actor speaks for a whole tree: calendar and categories are the same for all."""
    return any(path.count("/") <= 2 for path in actor.paths(Permission.EDIT_RULES))  # noqa: PLR2004


def must_edit(actor: Actor) -> None:
    """Refuse everybody else."""
    if not may_edit(actor):
        raise NotAllowed


def days_of(year: int) -> Sequence[CalendarDay]:
    """The days of a year that differ from Monday to Friday, and named days at weekends."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return db.session.scalars(select(CalendarDay).where(within).order_by(CalendarDay.day)).all()


def day_named(text: str) -> CalendarDay | None:
    """The row of a day that is written like 2026-10-01."""
    try:
        return db.session.get(CalendarDay, date.fromisoformat(text))
    except ValueError:
        return None


def set_day(day: date, *, works: bool, name: str, actor: Actor, now: datetime) -> None:
    """Say that a day is off, or worked."""
    must_edit(actor)
    row = db.session.get(CalendarDay, day)
    if row is None:
        row = CalendarDay(day=day)
        db.session.add(row)
    row.works, row.name = works, name
    record(Act.CALENDAR_CHANGED, f"day:{day}", actor=actor, now=now, works=works, name=name)


def remove_day(day: date, *, actor: Actor, now: datetime) -> None:
    """Let the day be what its weekday says."""
    must_edit(actor)
    row = db.session.get(CalendarDay, day)
    if row is None:
        raise NotFound
    db.session.delete(row)
    record(Act.CALENDAR_CHANGED, f"day:{day}", actor=actor, now=now, removed=row.name)


def seed_calendar(years: Iterable[int], *, actor: Actor, now: datetime) -> Filled:
    """Add the public days of these years that are not there yet; what was edited stays.

    A holiday at a weekend is added too, for its name; it changes no working day. The days that
    make up are announced each autumn for the year after: until then there are none to add.
    """
    added, unknown = 0, []
    for year in years:
        known = {row.day for row in days_of(year)}
        found = _public_days(year)
        if not any(row.works for row in found):
            unknown.append(year)
        new = [row for row in found if row.day not in known]
        db.session.add_all(new)
        added += len(new)
    filled = Filled(added, tuple(unknown))
    if added:
        record(Act.CALENDAR_CHANGED, "calendar", actor=actor, now=now, added=added)
    return filled


def _public_days(year: int) -> list[CalendarDay]:
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = [CalendarDay(day=day, works=False, name=name[:50]) for day, name in china.items()]
    worked = sorted(day for day in china.weekend_workdays if day.year == year)
    return off + [CalendarDay(day=day, works=True, name=MADE_UP) for day in worked]
