"""Series of shifts: planned from a rule, grown, divided, and changed while people stay on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import select

from talent.db import db, locked
from talent.errors import NotFound
from talent.offices import service as offices
from talent.rules import series as law
from talent.rules.reason import Because
from talent.rules.series import Pattern, Unseried, Wall
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.drafting import service as drafting
from talent.shifts.drafting.service import Line, Proposal
from talent.shifts.models import Project, Series, Shift
from talent.shifts.needs.service import Wanted, as_given
from talent.shifts.planning import service as planning
from talent.shifts.projects.service import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.access import Actor, Permission
    from talent.shifts.batches.models import Batch
    from talent.shifts.needs.service import Numbers


@dataclass(frozen=True, slots=True)
class Outline:
    """What a series shall be."""

    pattern: Pattern
    wall: Wall
    place: str
    note: str | None
    wanted: Numbers
    without: frozenset[date] = frozenset()
    without_holidays: bool = False


def visible_series(actor: Actor, permission: Permission, series_id: int) -> Series:
    """A series of the actor's offices, or `NotFound`."""
    query = (
        select(Series)
        .join(Series.project)
        .where(Series.id == series_id, Project.office_id.in_(offices.seen(actor, permission)))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def pattern_of(series: Series) -> Pattern:
    """The rule of a series."""
    return law.read(series.rule, series.first_day)


def wall_of(series: Series) -> Wall:
    """Its times."""
    return Wall(series.starts, series.ends, series.ends_later)


def numbers_of(series: Series) -> Numbers:
    """How many it asks for."""
    return {int(id_): Wanted(**each) for id_, each in series.needs.items()}


def days_of(pattern: Pattern) -> list[date]:
    """The days that the rule gives, at most one more than a series may have."""
    first = datetime.combine(pattern.first_day, time.min)
    return [
        found.date() for found in islice(rrulestr(law.rule(pattern), dtstart=first), law.MOST + 1)
    ]


def propose(project: Project, outline: Outline, *, now: datetime) -> Proposal:
    """The shifts that the series would have, and each day that it leaves out."""
    against = [
        *law.refusals(outline.pattern),
        *law.refusals_of_wall(outline.wall),
        *planning.refusals_to_ask(outline.wanted),
    ]
    if against:
        return Proposal(against=tuple(against))
    days = days_of(outline.pattern)
    if against := law.refusals_of_days(outline.pattern, days):
        return Proposal(against=tuple(against))
    if not days:
        return Proposal(against=(Because(Unseried.NO_DAY),))
    zone = project.office.zone
    kept, left = law.occurrences(
        days,
        outline.wall,
        ZoneInfo(zone),
        without=outline.without,
        holidays=offices.days_off(days[0], days[-1]) if outline.without_holidays else None,
    )
    blank = Line(
        project, kept[0].span, zone, outline.place, outline.note, needs_of(outline.wanted)
    ) if kept else None  # fmt: skip
    lines = [replace(blank, span=one.span, series_day=one.day) for one in kept] if blank else []
    left = [*law.months_without(outline.pattern, days[-1]), *left]
    return drafting.proposal(lines, left, now=now)


def needs_of(wanted: Numbers) -> dict[str, Any]:
    """Numbers as JSON, without the positions that nobody is asked for."""
    return {str(id_): each for id_, each in as_given(wanted).items() if each["places"]}


def start(
    project: Project, outline: Outline, agreed: Proposal, *, actor: Actor, now: datetime
) -> Batch:
    """Write the series down and plan the shifts that were agreed to, as drafts."""
    pattern = law.settled(outline.pattern, days_of(outline.pattern))
    series = Series(
        project=project,
        rule=law.rule(pattern),
        first_day=pattern.first_day,
        starts=outline.wall.starts,
        ends=outline.wall.ends,
        ends_later=outline.wall.later,
        zone=project.office.zone,
        place=outline.place,
        note=outline.note,
        needs=needs_of(outline.wanted),
        without=sorted(day.isoformat() for day in outline.without),
        without_holidays=outline.without_holidays,
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(series)
    db.session.flush()
    return batches.make(agreed.lines, BatchKind.SERIES, actor=actor, now=now, series=series)


def propose_more(series: Series, until: date, *, now: datetime) -> Proposal:
    """The shifts that are missing up to a last day: those that are there are not made again.

    A day that was left out, cancelled or moved stays so: its shift keeps the day it stands for.
    """
    pattern = replace(pattern_of(series), until=until)
    project = db.session.scalars(
        select(Project).where(Project.id == series.project_id).options(*WHOLE)
    ).one()
    against = law.refusals(pattern)
    days = [] if against else days_of(pattern)
    against = against or law.refusals_of_days(pattern, days)
    if against:
        return Proposal(against=tuple(against))
    there = select(Shift.series_day).where(Shift.series_id == series.id)
    known = set(db.session.scalars(there))
    kept, left = law.occurrences(
        [day for day in days if day not in known],
        wall_of(series),
        ZoneInfo(series.zone),
        without={date.fromisoformat(day) for day in series.without},
        holidays=offices.days_off(series.first_day, until) if series.without_holidays else None,
    )
    lines = [
        Line(
            project, one.span, series.zone, series.place or project.place, series.note,
            series.needs, series_day=one.day,
        )
        for one in kept
        if one.span.start > now
    ]  # fmt: skip
    return drafting.proposal(lines, left, now=now)


def grow(series: Series, until: date, agreed: Proposal, *, actor: Actor, now: datetime) -> Batch:
    """Let the series last until another day."""
    before = series.rule
    series.rule = law.rule(replace(pattern_of(series), until=until))
    made = batches.make(agreed.lines, BatchKind.SERIES, actor=actor, now=now, series=series)
    made.facts = made.facts | {"rule": before}
    return made


def shifts_of(series_id: int) -> Sequence[Shift]:
    """All shifts of a series, by id."""
    return batches.shifts_of(Shift.series_id == series_id)


def hold(series_id: int) -> Series:
    """The series and its shifts, locked: shifts first and in the order of their ids."""
    ids = db.session.scalars(select(Shift.id).where(Shift.series_id == series_id)).all()
    batches.hold_shifts(ids)
    return locked(Series, series_id)
