"""A span of time divided into shifts: pieces of one length, or from one change to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from talent.rules import bulk
from talent.rules.bulk import Unbulked
from talent.rules.reason import Because
from talent.rules.series import LeftOut
from talent.rules.span import DAY, Span
from talent.rules.span import refusals as refusals_of_span
from talent.shifts.drafting import service as drafting
from talent.shifts.drafting.service import Line, Proposal
from talent.shifts.planning import service as planning
from talent.shifts.series.service import needs_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from talent.shifts.models import Project
    from talent.shifts.needs.service import Numbers


@dataclass(frozen=True, slots=True)
class Cut:
    """How each of the shifts looks."""

    place: str
    note: str | None
    wanted: Numbers


def propose_pieces(
    project: Project,
    cut: Cut,
    *,
    start: datetime,
    end: datetime,
    minutes: int,
    changeover: int = 0,
    even: bool = False,
    now: datetime,
) -> Proposal:
    """Shifts of so many minutes each, one after the other."""
    against = [*planning.refusals_to_ask(cut.wanted), *refusals_of_span(start, end)]
    if not against:
        against = bulk.refusals_to_divide(Span(start, end), minutes, changeover)
    if against:
        return Proposal(against=tuple(against))
    pieces = bulk.divided(Span(start, end), minutes, changeover=changeover, even=even)
    return _proposal(project, cut, pieces, [], now=now)


def propose_changes(
    project: Project, cut: Cut, *, first: date, last: date, times: str, now: datetime
) -> Proposal:
    """Shifts from each time of the list to the next, on each of the days."""
    read, against = bulk.times_of(times)
    against = [*planning.refusals_to_ask(cut.wanted), *against]
    if last < first:
        against.append(Because(Unbulked.TURNED))
    elif last - first > timedelta(days=bulk.MOST):
        against.append(Because(Unbulked.TOO_LONG, {"most": bulk.MOST}))
    if against:
        return Proposal(against=tuple(against))
    zone, made, left = ZoneInfo(project.office.zone), [], []
    walls = bulk.between(read)
    for number in range((last - first).days + 1):
        for after, wall in walls:
            day = first + (number + after) * DAY
            span = wall.on(day, zone)
            if span:
                made.append(span)
            else:
                left.append(Because(LeftOut.SKIPPED, {"day": day}))
    return _proposal(project, cut, made, left, now=now)


def _proposal(
    project: Project, cut: Cut, spans: list[Span], left: list[Because], *, now: datetime
) -> Proposal:
    needs, zone = needs_of(cut.wanted), project.office.zone
    lines = [Line(project, span, zone, cut.place, cut.note, needs) for span in sorted(spans)]
    return drafting.proposal(lines, left, now=now)
