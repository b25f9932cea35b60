"""A shift and its positions as columns, for pages that weigh many and for acts that come in a rush.

Named as the objects name the same things, so that the law is asked in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from talent.arrays import any_of
from talent.db import asked, db
from talent.offices.models import Office
from talent.rules.span import Span
from talent.rules.volunteering import refusals_to_record
from talent.shifts.models import (
    Need,
    Position,
    Project,
    ProjectState,
    Requirement,
    Shift,
    ShiftState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from talent.rules.attendance import SignMode
    from talent.rules.reason import Because
    from talent.rules.volunteering import ActivityKind


@dataclass(frozen=True, slots=True)
class Place:
    """An office, by its place in the tree."""

    id: int
    path: str
    zone: str

    @property
    def ancestor_ids(self) -> list[int]:
        """Those above it from the root down, and itself."""
        return [int(step) for step in self.path.strip("/").split("/")]


@dataclass(frozen=True, slots=True)
class About:
    """The project of a shift, as far as the panel and the law ask about it."""

    name_zh: str
    name_en: str | None
    kind: ActivityKind
    state: ProjectState
    category_id: int
    office_id: int
    office: Place
    audience: Place

    @property
    def no_service(self) -> list[Because]:
        """Why no hours come of it, if it is no voluntary service."""
        return refusals_to_record(self.kind)


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift and its positions."""

    id: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    where: str
    state: ShiftState
    cancel_reason: str | None
    signed: SignMode
    early_minutes: int | None
    late_minutes: int | None
    project: About
    needs: Sequence[Post] = ()

    @property
    def span(self) -> Span:
        """From when to when."""
        return Span(self.starts_at, self.ends_at)

    @property
    def day(self) -> date:
        """The day on which it begins, where it takes place."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The day on which it ends, where it takes place."""
        return self.ends_at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Work:
    """What one does on a position."""

    name_zh: str
    name_en: str | None
    leads: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A position on the shift and its places."""

    id: int
    position: Work
    places: int
    taken: int
    least: int
    reserve: int
    reserved: int
    least_years: int
    required: Sequence[Requirement] = ()

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.taken, 0)

    @property
    def short(self) -> int:
        """How many are missing to the least with which the shift can do."""
        return max(self.least - self.taken, 0)


_Audience = aliased(Office)
_TURNS = (
    select(
        Shift.id,
        Shift.starts_at,
        Shift.ends_at,
        Shift.zone,
        Shift.place.label("own_place"),
        Shift.state,
        Shift.cancel_reason,
        Shift.mode,
        Shift.early_minutes,
        Shift.late_minutes,
        Project.place,
        Project.kind,
        Project.mode.label("project_mode"),
        Project.name.label("name_zh"),
        Project.name_en,
        Project.state.label("project_state"),
        Project.minimum_age.label("project_age"),
        Project.category_id,
        Project.id.label("project_id"),
        Office.id.label("office_id"),
        Office.path.label("office_path"),
        Office.zone.label("office_zone"),
        _Audience.id.label("audience_id"),
        _Audience.path.label("audience_path"),
        _Audience.zone.label("audience_zone"),
        Need.id.label("need_id"),
        Need.position_id,
        Need.places,
        Need.taken,
        Need.least,
        Need.reserve,
        Need.reserved,
        Need.minimum_age.label("need_age"),
        Need.own_requirements,
        Position.name.label("post_zh"),
        Position.name_en.label("post_en"),
        Position.minimum_age.label("post_age"),
        Position.leads,
        exists()
        .where(
            or_(
                Requirement.project_id == Project.id,
                Requirement.position_id == Position.id,
                Requirement.need_id == Need.id,
            )
        )
        .label("asks"),
    )
    .join(Project, Project.id == Shift.project_id)
    .join(Office, Office.id == Project.office_id)
    .join(_Audience, _Audience.id == Project.audience_id)
    .outerjoin(Need, Need.shift_id == Shift.id)
    .outerjoin(Position, Position.id == Need.position_id)
    .order_by(Shift.id, Need.id)
)
ONE = _TURNS.where(Shift.id == bindparam("shift"))
_SOME = _TURNS.where(any_of(Shift.id, "shifts"))


def one(shift_id: int, *, gates: bool = True) -> Turn | None:
    """A shift with its positions; what these ask for, their `gates`, is not read for a list."""
    found = turns(asked(ONE, shift=shift_id), gates=gates)
    return found[0] if found else None


def some(shift_ids: Collection[int]) -> list[Turn]:
    """Shifts with their positions, by their ids."""
    return turns(asked(_SOME, shifts=sorted(shift_ids))) if shift_ids else []


def turns(rows: Sequence[Any], *, gates: bool = True) -> list[Turn]:
    """Of rows of `ONE`, in the order of shifts; a position may come again in the next row.

    Where a position asks for something, one more question says for what.
    """
    posts = [row for row in rows if row.need_id]
    required = _required(posts) if gates and any(row.asks for row in posts) else {}
    return [_turn(list(each), required) for _, each in groupby(rows, lambda row: row.id)]


def _turn(rows: Sequence[Any], required: dict[int, list[Requirement]]) -> Turn:
    row, posts = rows[0], {each.need_id: each for each in rows if each.need_id}
    project = About(
        row.name_zh,
        row.name_en,
        row.kind,
        row.project_state,
        row.category_id,
        row.office_id,
        Place(row.office_id, row.office_path, row.office_zone),
        Place(row.audience_id, row.audience_path, row.audience_zone),
    )
    needs = [_post(each, required.get(id_, ())) for id_, each in posts.items()]
    where = row.own_place or row.place
    return Turn(
        row.id, row.starts_at, row.ends_at, row.zone, where, row.state, row.cancel_reason,
        row.mode or row.project_mode, row.early_minutes, row.late_minutes, project, needs,
    )  # fmt: skip


def _post(row: Any, required: Sequence[Requirement]) -> Post:
    """The nearest age that was said counts: the shift's, the position's, the project's."""
    ages = (row.need_age, row.post_age, row.project_age)
    return Post(
        row.need_id,
        Work(row.post_zh, row.post_en, row.leads),
        row.places,
        row.taken,
        row.least,
        row.reserve,
        row.reserved,
        next((years for years in ages if years is not None), 0),
        required,
    )


def _required(rows: Sequence[Any]) -> dict[int, list[Requirement]]:
    """What each position asks for, each thing once; where it has its own, that alone."""
    query = select(Requirement).where(
        or_(
            Requirement.project_id.in_({row.project_id for row in rows}),
            Requirement.position_id.in_({row.position_id for row in rows}),
            Requirement.need_id.in_([row.need_id for row in rows]),
        )
    )
    every = db.session.scalars(query.order_by(Requirement.id)).all()
    found = {}
    for row in rows:
        own = [each for each in every if each.need_id == row.need_id]
        told = [each for each in every if each.project_id == row.project_id]
        told += [each for each in every if each.position_id == row.position_id]
        chosen = own if row.own_requirements else told
        found[row.need_id] = list({(type(e.thing), e.thing.id): e for e in chosen}.values())
    return found
