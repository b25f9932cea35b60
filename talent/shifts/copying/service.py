"""Shifts copied to other days: of a day, of a week, or all that a project has to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from talent.access import Permission
from talent.offices import service as offices
from talent.rules.reason import N_, Because
from talent.rules.series import LeftOut, Wall
from talent.rules.span import DAY, first_moment
from talent.rules.words import Word
from talent.shifts.batches import service as batches
from talent.shifts.drafting import service as drafting
from talent.shifts.models import Project, Shift, ShiftState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.shifts.drafting.service import Line, Proposal


class Extent(Word):
    """How much is copied."""

    DAY = "day", N_("The shifts of one day")
    WEEK = "week", N_("The shifts of one week, from Monday on")
    PROJECT = "project", N_("All shifts of the project from that day on")


class Uncopied(StrEnum):
    """Why nothing can be copied so."""

    WHICH = N_("Choose the project whose shifts are copied.")


def source(
    extent: Extent, day: date, *, office: Office, project: Project | None, actor: Actor
) -> Sequence[Shift]:
    """The shifts that are copied: those of the office or of the project that are not cancelled."""
    zone = ZoneInfo(office.zone)
    first = day - day.weekday() * DAY if extent is Extent.WEEK else day
    days = {Extent.DAY: 1, Extent.WEEK: 7}.get(extent, 366)
    planned = offices.seen(actor, Permission.PLAN_SHIFTS)
    wanted = [
        Shift.state != ShiftState.CANCELLED,
        Shift.starts_at >= first_moment(first, zone),
        Shift.starts_at < first_moment(first + days * DAY, zone),
        Project.office_id.in_(planned),
        Project.id == project.id if project else Project.office_id == office.id,
    ]
    return batches.shifts_of(*wanted)


def first_day_of(extent: Extent, day: date, shifts: Sequence[Shift]) -> date:
    """The day that is put onto the day which was asked for."""
    if extent is Extent.WEEK:
        return day - day.weekday() * DAY
    return min((each.day for each in shifts), default=day) if extent is Extent.PROJECT else day


def propose(
    extent: Extent, day: date, targets: Iterable[date], shifts: Sequence[Shift], *, now: datetime
) -> Proposal:
    """The same shifts on other days, at the same time on the wall, with the same needs."""
    first, lines, left = first_day_of(extent, day, shifts), [], []
    for asked in sorted(set(targets)):
        target = asked - asked.weekday() * DAY if extent is Extent.WEEK else asked
        for shift in sorted(shifts, key=lambda each: (each.starts_at, each.id)):
            copied = moved(shift, shift.day + (target - first))
            if copied:
                lines.append(copied)
            else:
                left.append(Because(LeftOut.SKIPPED, {"day": shift.day + (target - first)}))
    return drafting.proposal(lines, left, now=now)


def moved(shift: Shift, day: date) -> Line | None:
    """The shift on another day, as a new one."""
    span = wall_of(shift).on(day, ZoneInfo(shift.zone))
    line = drafting.line_of(shift)
    return replace(line, span=span, shift=None, series_day=None) if span else None


def wall_of(shift: Shift) -> Wall:
    """Its times on the wall."""
    zone = ZoneInfo(shift.zone)
    start, end = (moment.astimezone(zone) for moment in (shift.starts_at, shift.ends_at))
    later = (end.date() - start.date()) // timedelta(days=1)
    return Wall(start.time().replace(fold=0), end.time().replace(fold=0), later)
