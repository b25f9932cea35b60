"""What a bulk act would do: one line for each shift, with what an office should know before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from talent.db import db
from talent.errors import Refused
from talent.i18n import named
from talent.offices import service as offices
from talent.rules import bulk, publishing
from talent.rules.bulk import Notable, Unbulked
from talent.rules.planning import Unplanned
from talent.rules.reason import Because, packed
from talent.rules.span import MINUTE, Span
from talent.shifts.models import Project, ProjectState, Shift, ShiftState
from talent.shifts.needs.service import needs_as_given
from talent.shifts.planning import service as planned
from talent.shifts.projects.service import announcement, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_OVERLAPS = 3  # named for one shift
OWN = ("early_minutes", "late_minutes")


@dataclass(frozen=True, slots=True)
class Line:
    """One shift as it would be after the act; `shift` is the one that is there already."""

    project: Project
    span: Span
    zone: str
    place: str
    note: str | None = None
    needs: Mapping[str, Any] = field(default_factory=dict)  # as `needs_for` takes them
    own: Mapping[str, Any] = field(default_factory=dict)  # how signing in goes, if its own
    series_day: date | None = None
    shift: Shift | None = None
    told: int = 0  # people who will be told
    warnings: tuple[Because, ...] = ()
    against: tuple[Because, ...] = ()  # why nothing can be done as long as this is so

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return self.span.start

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.span.end

    @property
    def day(self) -> date:
        """The day on which it begins, where it takes place."""
        return self.span.start.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The day on which it ends, where it takes place."""
        return self.span.end.astimezone(ZoneInfo(self.zone)).date()

    @property
    def places(self) -> int:
        """How many people it asks for."""
        return sum(each.get("places", 0) for each in self.needs.values())


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an act would do, what it leaves out, and why it cannot be done at all."""

    lines: tuple[Line, ...] = ()
    left_out: tuple[Because, ...] = ()
    against: tuple[Because, ...] = ()

    @property
    def told(self) -> int:
        """How many messages it causes."""
        return sum(line.told for line in self.lines)

    @property
    def stamp(self) -> str:
        """The mark of all that is shown: what is done has the same one."""
        return stamp(
            [_shown(line) for line in self.lines],
            [packed(each) for each in self.left_out],
        )

    def agreed(self, seen: str) -> Proposal:
        """The proposal, if it is the one that was looked at; else `Refused`."""
        if self.against:
            raise Refused(self.against)
        if seen != self.stamp:
            raise Refused([Unbulked.CHANGED_MEANWHILE])
        return self


def _shown(line: Line) -> str:
    there = line.shift
    shown = [
        line.project.id, line.span.start.isoformat(), line.span.end.isoformat(), line.zone,
        line.place, line.note, line.needs, line.told, [packed(each) for each in line.warnings],
        there and [there.id, there.state, there.version, planned.stamp_of(there)],
    ]  # fmt: skip
    return json.dumps(shown, sort_keys=True, default=str)


def proposal(lines: Sequence[Line], left_out: Iterable[Because] = (), *, now: datetime) -> Proposal:
    """The proposal of these lines, each with what should be known before."""
    against = [each for line in lines for each in line.against]
    against += bulk.refusals_to_do(len(lines))
    if any(line.project.state is ProjectState.CLOSED for line in lines):
        against.append(Because(Unplanned.PROJECT_NOT_OPEN))
    shown = warned(lines, now) if len(lines) <= bulk.MOST else ()
    return Proposal(tuple(shown), tuple(left_out), tuple(against))


def line_of(shift: Shift) -> Line:
    """The shift as it stands."""
    return Line(
        shift.project,
        shift.span,
        shift.zone,
        shift.where,
        shift.note,
        needs_as_given(shift),
        {"mode": shift.mode and shift.mode.value, **{name: getattr(shift, name) for name in OWN}},
        shift.series_day,
        shift,
    )


def warned(lines: Sequence[Line], now: datetime) -> list[Line]:
    """The lines with what an office should know about each, in two questions for all of them."""
    if not lines:
        return []
    around = _around(lines)
    off = offices.days_off(min(line.day for line in lines), max(line.last_day for line in lines))
    announced = {p.id: announcement(p) for p in {line.project for line in lines} if p.risky}
    return [
        replace(
            line,
            warnings=(
                *_overlaps(line, around),
                *_of_the_day(line, off, now),
                *(
                    publishing.uncovered(announced[line.project.id], line.span, ZoneInfo(line.zone))
                    if line.project.id in announced
                    else ()
                ),
            ),
        )
        for line in lines
    ]


def _around(lines: Sequence[Line]) -> list[Any]:
    """Other shifts of these offices, at one of these places or of one of these projects."""
    there = func.coalesce(Shift.place, Project.place)
    mine = [line.shift.id for line in lines if line.shift]
    query = (
        select(
            Shift.project_id, Shift.starts_at, Shift.ends_at, there.label("place"), Project.name,
            Project.name_en, Project.name.label("name_zh"), Project.office_id,
        )
        .join(Shift.project)
        .where(
            Shift.state != ShiftState.CANCELLED,
            Shift.id.not_in(mine),
            Project.office_id.in_({line.project.office_id for line in lines}),
            Shift.ends_at > min(line.span.start for line in lines),
            Shift.starts_at < max(line.span.end for line in lines),
            or_(
                there.in_({line.place for line in lines}),
                Shift.project_id.in_({line.project.id for line in lines}),
            ),
        )
        .order_by(Shift.starts_at, Shift.id)
    )  # fmt: skip
    return list(db.session.execute(query).all())


def _overlaps(line: Line, around: Sequence[Any]) -> list[Because]:
    found = []
    for other in around:
        span = Span(other.starts_at, other.ends_at)
        if other.project_id == line.project.id and span == line.span:
            found.append(Because(Notable.TWICE))
        elif (
            other.place == line.place
            and other.office_id == line.project.office_id
            and span.overlaps(line.span)
        ):
            when = {"start": span.start, "end": span.end}
            found.append(Because(Notable.OVERLAP, {"project": named(other), **when}))
    return found[:MOST_OVERLAPS]


def _of_the_day(line: Line, off: Mapping[date, str], now: datetime) -> list[Because]:
    found = []
    if name := off.get(line.day):
        found.append(Because(Notable.HOLIDAY, {"name": name}))
    if line.span.start <= now:
        found.append(Because(Notable.PAST))
    zone = ZoneInfo(line.zone)
    start, end = (m.astimezone(zone).replace(tzinfo=None) for m in (line.starts_at, line.ends_at))
    if (shown := (end - start) // MINUTE) != line.span.minutes:
        found.append(Because(Notable.CLOCK, {"minutes": line.span.minutes, "shown": shown}))
    if not line.places:
        found.append(Because(Notable.NO_NEED))
    return found


def written(line: Line) -> dict[str, Any]:
    """A line as JSON: a draft that is removed can be planned again."""
    return {
        "project": line.project.id,
        "starts_at": line.starts_at.isoformat(),
        "ends_at": line.ends_at.isoformat(),
        "zone": line.zone,
        "place": line.place,
        "note": line.note,
        "needs": dict(line.needs),
        "own": dict(line.own),
        "series": line.shift.series_id if line.shift else None,
        "series_day": line.series_day.isoformat() if line.series_day else None,
    }


def read(text: Mapping[str, Any], project: Project) -> Line:
    """The line again."""
    day = text["series_day"]
    return Line(
        project,
        Span(*(datetime.fromisoformat(text[edge]) for edge in ("starts_at", "ends_at"))),
        text["zone"],
        text["place"],
        text["note"],
        text["needs"],
        text["own"],
        date.fromisoformat(day) if day else None,
    )
