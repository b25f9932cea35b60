"""Changes of a series: what becomes of each of its shifts, and where it is divided in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, union

from talent.db import db
from talent.errors import NotFound
from talent.rules import changes, publishing
from talent.rules import series as law
from talent.rules.reason import Because
from talent.rules.series import LeftOut, Scope, Wall
from talent.rules.span import DAY
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.drafting import service as drafting
from talent.shifts.drafting.service import Line, Proposal
from talent.shifts.models import Series, Shift, ShiftState, Signup
from talent.shifts.needs.service import Wanted
from talent.shifts.planning import service as planning
from talent.shifts.projects.service import announcement
from talent.shifts.series.service import needs_of, numbers_of, pattern_of, shifts_of, wall_of
from talent.shifts.substitutes.models import Search

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.batches.models import Batch
    from talent.shifts.needs.service import Numbers

NOBODY = Wanted(0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the shifts of a series shall become; what one of them has of its own stays."""

    wall: Wall
    place: str
    note: str | None
    wanted: Numbers


def propose_change(shift: Shift, scope: Scope, wish: Wish, *, now: datetime) -> Proposal:
    """What would become of the shifts that are meant: who is on them, and what stands against it.

    A shift whose time, place, note or numbers were changed for itself alone keeps its own.
    """
    series, this = shift.series, shift.series_day
    if series is None or this is None:
        raise NotFound
    against = [*law.refusals_of_wall(wish.wall), *planning.refusals_to_ask(wish.wanted)]
    if against:
        return Proposal(against=tuple(against))
    meant = [
        each
        for each in shifts_of(series.id)
        if each.series_day and law.is_meant(scope, each.series_day, this)
    ]
    ids = [each.id for each in meant]
    facts = _Facts(
        batches.live_counts(ids),
        batches.attended_counts(ids),
        _asked_for([n.id for s in meant for n in s.needs]),
    )
    lines: list[Line] = []
    left: list[Because] = []
    for each in sorted(meant, key=lambda one: one.series_day or date.min):
        stays = law.stays(
            each.starts_at,
            now,
            cancelled=each.state is ShiftState.CANCELLED,
            closed=each.state is ShiftState.CLOSED,
        )
        if stays:
            left.append(Because(stays, {"day": each.day}))
        else:
            became = _changed(each, series, wish, facts, now=now)
            if isinstance(became, Because):
                left.append(became)
            elif became:
                lines.append(became)
    return drafting.proposal(lines, left, now=now)


@dataclass(frozen=True, slots=True)
class _Facts:
    live: dict[int, int]
    attended: dict[int, int]
    asked_for: set[int]


def _asked_for(need_ids: list[int]) -> set[int]:
    """Those for which somebody signed up or was looked for."""
    kinds = (Signup, Search)
    queries = [select(kind.need_id).where(kind.need_id.in_(need_ids)) for kind in kinds]
    return set(db.session.scalars(union(*queries)))


def _changed(
    shift: Shift, series: Series, wish: Wish, facts: _Facts, *, now: datetime
) -> Line | Because | None:
    """The shift as it would become, or why it stays; None where nothing would change."""
    day, zone = shift.series_day or shift.day, ZoneInfo(series.zone)
    span = wish.wall.on(day, zone)
    if span is None:
        return Because(LeftOut.SKIPPED, {"day": day})
    line = drafting.line_of(shift)
    before = wall_of(series).on(day, zone)
    numbers, old = {}, numbers_of(series)
    for id_ in {n.position_id for n in shift.needs} | set(wish.wanted):
        own = next((n for n in shift.needs if n.position_id == id_), None)
        has = Wanted(own.places, own.least, own.reserve) if own else NOBODY
        numbers[id_] = law.carried(has, old.get(id_, NOBODY), wish.wanted.get(id_, NOBODY))
    became = replace(
        line,
        span=span if before is None or line.span == before else line.span,
        place=law.carried(line.place, series.place or shift.project.place, wish.place),
        note=law.carried(line.note, series.note, wish.note),
        needs={key: {**line.needs.get(key, {}), **each} for key, each in needs_of(numbers).items()},
    )
    same = _numbers(line.needs) == _numbers(became.needs)
    if same and (became.span, became.place, became.note) == (line.span, line.place, line.note):
        return None
    moved = (became.span, became.place) != (line.span, line.place)
    told = facts.live.get(shift.id, 0) if moved and shift.state is ShiftState.PUBLISHED else 0
    against = _against(shift, became, numbers, facts, now, moved=became.span != line.span)
    return replace(became, told=told, against=tuple(against))


def _numbers(needs: Any) -> dict[str, tuple[int, ...]]:
    return {
        key: (each.get("places", 0), each.get("least", 0), each.get("reserve", 0))
        for key, each in needs.items()
    }


def _against(
    shift: Shift, line: Line, numbers: Numbers, facts: _Facts, now: datetime, *, moved: bool
) -> list[Because]:
    found = []
    for need in shift.needs:
        one = numbers.get(need.position_id, NOBODY)
        if one.places != need.places and (one.places or need.id in facts.asked_for):
            found += changes.refusals_to_resize(one.places, need.taken)
        found += changes.refusals_to_reserve(one.reserve, need.reserved)
    if moved:
        recorded = bool(facts.attended.get(shift.id))
        found += changes.refusals_to_move(line.starts_at, line.ends_at, now, recorded=recorded)
        if shift.state is ShiftState.PUBLISHED and shift.project.risky:
            announced = announcement(shift.project)
            found += publishing.uncovered(announced, line.span, ZoneInfo(shift.zone))
    return found


def change(
    shift: Shift, scope: Scope, wish: Wish, agreed: Proposal, *, actor: Actor, now: datetime
) -> Batch:
    """Change the shifts as agreed; from a later one on, the series is divided in two."""
    series, this = shift.series, shift.series_day
    if series is None or this is None:
        raise NotFound
    series_before = _kept(series)
    parted = scope is Scope.LATER and this > series.first_day
    target = _parted(series, this, actor=actor, now=now) if parted else series
    if scope is not Scope.THIS:
        target.starts, target.ends = wish.wall.starts, wish.wall.ends
        target.ends_later, target.needs = wish.wall.later, needs_of(wish.wanted)
        target.place, target.note = wish.place, wish.note
    project = shift.project
    batch = batches.begin(
        BatchKind.EDIT,
        project.office_id,
        actor=actor,
        now=now,
        **batches.summary(agreed.lines),
        series=series.id,
        series_before=series_before,
        parted=target.id if parted else None,
    )
    changed: dict[str, Any] = {}
    for line in sorted(agreed.lines, key=lambda each: each.shift.id if each.shift else 0):
        if line.shift is None:
            continue
        before = drafting.line_of(line.shift)
        version = line.shift.version
        batches.apply(line.shift, line, actor=actor, now=now)
        changed[str(line.shift.id)] = {
            "starts_at": before.starts_at.isoformat(),
            "ends_at": before.ends_at.isoformat(),
            "place": before.place,
            "note": before.note,
            "needs": dict(before.needs),
            "version": version,
            "stamp": planning.stamp_of(line.shift),
        }
    batch.facts = batch.facts | {"changed": changed}
    return batch


def _kept(series: Series) -> dict[str, Any]:
    return {
        "rule": series.rule,
        "starts": series.starts.isoformat(),
        "ends": series.ends.isoformat(),
        "ends_later": series.ends_later,
        "place": series.place,
        "note": series.note,
        "needs": series.needs,
    }


def _parted(series: Series, day: date, *, actor: Actor, now: datetime) -> Series:
    """The later part as a series of its own, from `day` on; its shifts belong to it."""
    pattern = pattern_of(series)
    later = Series(
        project_id=series.project_id,
        rule=law.rule(replace(pattern, first_day=day)) if pattern.until else series.rule,
        first_day=day,
        starts=series.starts,
        ends=series.ends,
        ends_later=series.ends_later,
        zone=series.zone,
        place=series.place,
        note=series.note,
        needs=series.needs,
        without=[each for each in series.without if each >= day.isoformat()],
        without_holidays=series.without_holidays,
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(later)
    db.session.flush()
    for each in shifts_of(series.id):
        if each.series_day and each.series_day >= day:
            each.series = later
    series.rule = law.rule(replace(pattern, until=day - DAY))
    series.without = [each for each in series.without if each < day.isoformat()]
    db.session.flush()
    return later
