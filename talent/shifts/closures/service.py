"""Shifts cancelled at once: of a day, a holiday or the rest of a series; everybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent.access import Permission
from talent.db import db
from talent.offices import service as offices
from talent.offices.models import Office
from talent.rules import planning as law
from talent.rules.bulk import Unbulked
from talent.rules.reason import Because
from talent.rules.span import DAY, first_moment
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.drafting import service as drafting
from talent.shifts.models import Project, Shift, ShiftState
from talent.shifts.planning import service as planning

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.shifts.batches.models import Batch
    from talent.shifts.drafting.service import Line, Proposal

LONGEST = timedelta(days=800)  # a series lasts two years


def ids_of(
    office: Office,
    first: date,
    last: date,
    *,
    project: Project | None = None,
    series_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """The shifts of these days, of the office and all below it, or of one project or series."""
    zone = ZoneInfo(office.zone)
    below = Office.path.startswith(office.path, autoescape=True)
    query = (
        select(Shift.id)
        .join(Shift.project)
        .join(Office, Office.id == Project.office_id)
        .where(
            below,
            offices.within(actor, Permission.PLAN_SHIFTS),
            Shift.state.in_((ShiftState.DRAFT, ShiftState.PUBLISHED)),
            Shift.starts_at >= first_moment(first, zone),
            Shift.starts_at < first_moment(last + DAY, zone),
            Shift.ends_at > now,
        )
        .order_by(Shift.id)
    )
    if project:
        query = query.where(Project.id == project.id)
    if series_id:
        query = query.where(Shift.series_id == series_id)
    return list(db.session.scalars(query))


def refusals(first: date, last: date) -> list[Because]:
    """Days that follow one another, and not for ever."""
    if last < first:
        return [Because(Unbulked.TURNED)]
    if last - first > LONGEST:
        return [Because(Unbulked.TOO_LONG, {"most": LONGEST.days})]
    return []


def propose(shifts: Sequence[Shift], *, now: datetime) -> Proposal:
    """What is cancelled, how many are told, and what has been served already and stays."""
    ids = [shift.id for shift in shifts]
    live, attended = batches.live_counts(ids), batches.attended_counts(ids)
    lines: list[Line] = []
    left: list[Because] = []
    for shift in sorted(shifts, key=lambda each: (each.starts_at, each.id)):
        served = law.refusals_to_call_off(shift.ends_at, now, signed_in=attended.get(shift.id, 0))
        if served:
            left += served
        else:
            told = live.get(shift.id, 0) if shift.state is ShiftState.PUBLISHED else 0
            lines.append(replace(drafting.line_of(shift), told=told))
    found = drafting.proposal(lines, left, now=now)
    shown = tuple(replace(line, warnings=()) for line in found.lines)
    return replace(found, lines=shown, against=_without_closed(found))


def _without_closed(found: Proposal) -> tuple[Because, ...]:
    """A shift of a project that is closed may be cancelled all the same."""
    return tuple(b for b in found.against if b.why is not law.Unplanned.PROJECT_NOT_OPEN)


def cancel(agreed: Proposal, *, office: Office, reason: str, actor: Actor, now: datetime) -> Batch:
    """Cancel what was agreed: drafts that nobody saw are removed, everybody else is told."""
    lines = sorted(agreed.lines, key=lambda line: line.shift.id if line.shift else 0)
    cancelled: dict[str, int] = {}
    removed: list[dict[str, Any]] = []
    batch = batches.begin(
        BatchKind.CANCEL, office.id, actor=actor, now=now, **batches.summary(lines), reason=reason
    )
    for line in lines:
        if (shift := line.shift) is None:
            continue
        if shift.state is ShiftState.DRAFT:
            removed.append(drafting.written(line))
        else:
            cancelled[str(shift.id)] = shift.version
        planning.call_off(shift, actor=actor, now=now, reason=reason)
    batch.facts = batch.facts | {"cancelled": cancelled, "removed": removed}
    return batch


def holidays(first: date, last: date) -> list[tuple[str, date, date]]:
    """The public holidays to come: name, first and last day."""
    found = []
    for name, days in groupby(offices.days_off(first, last).items(), key=lambda each: each[1]):
        line = [day for day, _ in days]
        found.append((name, line[0], line[-1]))
    return found
