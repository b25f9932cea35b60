"""Bulk acts on shifts: done as they were shown, on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.rules.attendance import SignMode
from talent.rules.signup import LIVE
from talent.shifts.batches.models import Batch, BatchKind
from talent.shifts.drafting.service import OWN, Line
from talent.shifts.models import (
    Attendance,
    Need,
    Position,
    Project,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.needs.service import Wanted, needs_for
from talent.shifts.planning import service as planned
from talent.shifts.projects.service import WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.models import Series


def hold(project_ids: Iterable[int]) -> list[Project]:
    """The projects, locked in the order of their ids: two acts at one time see one another."""
    query = select(Project).where(Project.id.in_(sorted(set(project_ids)))).order_by(Project.id)
    alone = query.with_for_update(of=Project).execution_options(populate_existing=True)
    db.session.execute(alone.with_only_columns(Project.id)).all()
    return list(db.session.scalars(query.options(*WHOLE)).all())


def hold_shifts(ids: Iterable[int]) -> Sequence[Shift]:
    """The shifts with their places as they are now, locked in the order of their ids."""
    query = select(Shift.id).where(Shift.id.in_(sorted(set(ids)))).order_by(Shift.id)
    db.session.execute(query.with_for_update()).all()
    return shifts_of(Shift.id.in_(set(ids)))


def shifts_of(*wanted: Any) -> Sequence[Shift]:
    """Shifts by id, with all that a line asks about them, in a constant number of questions."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(*wanted)
        .options(
            joinedload(Shift.project).joinedload(Project.office),
            joinedload(Shift.project).selectinload(Project.requirements),
            joinedload(Shift.project)
            .selectinload(Project.positions)
            .selectinload(Position.requirements),
            selectinload(Shift.needs).selectinload(Need.requirements),
            selectinload(Shift.needs).joinedload(Need.position),
        )
        .order_by(Shift.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def live_counts(ids: Collection[int]) -> dict[int, int]:
    """How many are on each shift or wait for it."""
    query = select(Signup.shift_id, func.count()).where(
        Signup.shift_id.in_(ids), Signup.state.in_(LIVE)
    )
    return dict(db.session.execute(query.group_by(Signup.shift_id)).all())


def attended_counts(ids: Collection[int]) -> dict[int, int]:
    """How many have signed in on each shift."""
    query = (
        select(Signup.shift_id, func.count())
        .join(Attendance, Attendance.signup_id == Signup.id)
        .where(Signup.shift_id.in_(ids), Attendance.in_at.is_not(None))
        .group_by(Signup.shift_id)
    )
    return dict(db.session.execute(query).all())


def begin(kind: BatchKind, office_id: int, *, actor: Actor, now: datetime, **facts: Any) -> Batch:
    """Put a bulk act on record."""
    batch = Batch(
        office_id=office_id, kind=kind, facts=facts, made_by=actor.account_id, made_at=now
    )
    db.session.add(batch)
    db.session.flush()
    audit.record(
        Act.BATCH_DONE, batch, actor=actor, now=now, office_id=office_id, kind=kind.value,
        count=facts.get("count"),
    )  # fmt: skip
    return batch


def summary(lines: Sequence[Line]) -> dict[str, Any]:
    """What is remembered of an act, to be shown in the list of acts."""
    return {
        "count": len(lines),
        "first": min(line.day for line in lines).isoformat(),
        "last": max(line.day for line in lines).isoformat(),
        "projects": sorted({line.project.id for line in lines}),
    }


def make(
    lines: Sequence[Line],
    kind: BatchKind,
    *,
    actor: Actor,
    now: datetime,
    series: Series | None = None,
) -> Batch:
    """Plan these shifts as drafts, and put it on record."""
    more = {"series": series.id} if series else {}
    batch = begin(kind, lines[0].project.office_id, actor=actor, now=now, **summary(lines), **more)
    made = [plan(line, now=now, batch_id=batch.id, series=series) for line in lines]
    db.session.flush()
    batch.facts = batch.facts | {"made": {str(shift.id): planned.stamp_of(shift) for shift in made}}
    return batch


def plan(
    line: Line, *, now: datetime, batch_id: int | None = None, series: Series | None = None
) -> Shift:
    """The shift of a line, as a draft."""
    shift = Shift(
        project=line.project,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        zone=line.zone,
        place=line.place,
        note=line.note,
        state=ShiftState.DRAFT,
        mode=SignMode.of(line.own.get("mode")),
        batch_id=batch_id,
        series=series,
        series_day=line.series_day if series else None,
        made_at=now,
        **{name: line.own.get(name) for name in OWN},
    )
    shift.needs = needs_for(line.project, line.needs)
    db.session.add(shift)
    return shift


def apply(shift: Shift, line: Line, *, actor: Actor, now: datetime) -> None:
    """Give the shift what the line says. Who is on it stays and is told, as of any change."""
    planned.change(
        shift,
        actor=actor,
        now=now,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        place=line.place,
        note=line.note,
        wanted={
            int(id_): Wanted(each["places"], each.get("least", 0), each.get("reserve", 0))
            for id_, each in line.needs.items()
        },
    )
