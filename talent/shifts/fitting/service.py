"""Shifts for one volunteer: those to take, the best fit first, and those that are still barred."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, or_, select

from talent.db import asked
from talent.i18n import named
from talent.offices.models import Office
from talent.people.free_times.service import times_of
from talent.people.models import (
    Person,
    Registration,
    RegistrationState,
    Skill,
    person_category,
)
from talent.people.service import skills_of
from talent.rules import fitting
from talent.rules.fitting import Fit, Job, Step, Wish
from talent.rules.free_times import Window
from talent.rules.remedies import RemedyKind, remedy
from talent.rules.span import Span
from talent.shifts.browsing import service as browsing
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import (
    Need,
    Position,
    Project,
    ProjectState,
    Requirement,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.outlines import service as outlines
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Row, Select

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.rules.remedies import Remedy
    from talent.shifts.browsing.service import Line
    from talent.shifts.outlines.service import Post, Turn
    from talent.training.models import Session

LOOK_AT = 200  # coming shifts
FIRST = 24  # of those that fit best: so many are shown to the law at first
PAGE = 12


@dataclass(frozen=True, slots=True)
class Suitable:
    """A shift that the reader may take or wait for, and how well it suits him."""

    line: Line
    fit: Fit


@dataclass(frozen=True, slots=True)
class Hurdle:
    """What stands against it, what would make it pass, and where: the next session of a course."""

    because: Because
    remedy: Remedy | None = None
    session: Session | None = None
    seated: bool = False  # the reader has a seat in that session

    @property
    def passes_on(self) -> date | None:
        """The day from which on it stands no longer, as far as that is known."""
        if self.session:
            return self.session.ends_at.astimezone(ZoneInfo(self.session.office.zone)).date()
        if self.remedy is None or self.remedy.kind is not RemedyKind.DATE:
            return None
        when: date | datetime = self.remedy.value  # type: ignore[assignment]
        return when.date() if hasattr(when, "date") else when


@dataclass(frozen=True, slots=True)
class Barred:
    """A shift that the reader may not take yet: its nearest position and all that is against it."""

    shift: Turn
    post: Post
    against: Sequence[Because]
    hurdles: list[Hurdle] = field(default_factory=list)

    @property
    def possible_on(self) -> date | None:
        """The day from which on nothing stands against it, if each reason has its day."""
        days = [hurdle.passes_on for hurdle in self.hurdles]
        known = [day for day in days if day]
        return max(known) if known and len(known) == len(days) else None


@dataclass(frozen=True, slots=True)
class ForMe:
    """A page of what suits, the best first, and what was met on the way that is barred yet.

    `after`: the shift behind which the next page begins; `knows_times`: of the reader.
    """

    suitable: list[Suitable]
    barred: list[Barred]
    after: int | None = None
    knows_times: bool = False


def for_me(actor: Actor, *, now: datetime, after: int | None = None) -> ForMe:
    """What the reader may take by how it suits him, of the next shifts that are offered to him.

    Those that fit best are shown to the law first, and the rest only when these do not fill a
    page. Shifts that he has or has given up are left out.
    """
    if actor.person_id is None:
        return ForMe([], [])
    coming = _coming(actor, now)
    wish = wishes_of([actor.person_id])[actor.person_id]
    fits = _fits(wish, coming, now)
    order = fitting.best_first((fits[row.id], row.starts_at, row.id) for row in coming)
    rows = {row.id: row for row in coming}
    order.sort(key=lambda id_: not rows[id_].free)
    left = order[order.index(after) + 1 :] if after and after in rows else order
    may: list[int] = []
    barred: list[Barred] = []
    for ids in (left[:FIRST], left[FIRST:]):
        if len(may) <= PAGE:
            able, others = _weighed(ids, actor.person_id, now)
            may, barred = may + able, barred + others
    shown = [rows[id_] for id_ in may[:PAGE]]
    lines = zip(shown, browsing.lines_of(shown), strict=True)
    return ForMe(
        [Suitable(line, fits[row.id]) for row, line in lines],
        sorted(barred, key=lambda each: len(each.against)),
        may[PAGE - 1] if len(may) > PAGE else None,
        bool(wish.windows),
    )


def not_yet(actor: Actor, *, now: datetime) -> list[Barred]:
    """All of the next shifts that the reader may not take yet, the nearest first."""
    if actor.person_id is None:
        return []
    _, barred = _weighed([row.id for row in _coming(actor, now)], actor.person_id, now)
    return sorted(barred, key=lambda each: len(each.against))


def _weighed(
    shift_ids: Sequence[int], person_id: int, now: datetime
) -> tuple[list[int], list[Barred]]:
    """Which of them the law lets somebody take or wait for, in their order, and which not."""
    shifts: Any = {shift.id: shift for shift in outlines.some(shift_ids)}
    if not shifts:
        return [], []
    settings = eligibility.settings_for(shifts.values(), now)
    since = min(shift.starts_at for shift in shifts.values())
    facts = eligibility.facts_of([person_id], since=since)[person_id]
    able, barred = [], []
    for id_ in shift_ids:
        shift, least = shifts[id_], None
        told = settings[shift.project.office_id]
        for post in shift.needs:
            found = eligibility.reasons(post, shift, facts, told, now)
            if not found.to_take or not found.to_wait:
                able.append(id_)
                break
            if least is None or len(found.to_wait) < len(least.against):
                least = Barred(shift, post, found.to_wait)
        else:
            if least:
                barred.append(least)
    return able, barred


def hurdles(shown: Sequence[Barred], person_id: int, now: datetime) -> list[Barred]:
    """These shifts with what would make each reason pass."""
    found = [(one, [(b, remedy(b)) for b in one.against]) for one in shown]
    courses = {
        int(way.value)  # type: ignore[arg-type]
        for _, ways in found
        for _, way in ways
        if way and way.kind is RemedyKind.COURSE
    }
    taken = sessions.next_of(person_id, courses, now, seated=True) if courses else {}
    open_ = sessions.next_of(person_id, courses, now, seated=False) if courses else {}
    return [
        replace(one, hurdles=[_hurdle(b, way, taken, open_) for b, way in ways])
        for one, ways in found
    ]


def _hurdle(
    because: Because,
    way: Remedy | None,
    taken: Mapping[int, Session],
    open_: Mapping[int, Session],
) -> Hurdle:
    if way is None or way.kind is not RemedyKind.COURSE:
        return Hurdle(because, way)
    course = int(way.value)  # type: ignore[arg-type]
    return Hurdle(because, way, taken.get(course) or open_.get(course), course in taken)


@lru_cache(maxsize=512)
def _candidates(reach: Actor) -> Select[*tuple[Any, ...]]:
    """Put together once for all readers of the same reach."""
    had = select(Signup.shift_id).where(Signup.person_id == bindparam("reader"))
    keys = (
        select(Shift.id)
        .join(Shift.project)
        .where(
            eligibility.offered(reach),
            Project.state == ProjectState.OPEN,
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > bindparam("now"),
            Shift.id.not_in(had),  # on it, in its line, or given up
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(LOOK_AT)
    )
    short = case((Need.least > Need.taken, Need.least - Need.taken), else_=0)
    return browsing.shown(
        keys,
        Shift.project_id,
        Project.category_id,
        Office.path,
        browsing.summed(short).label("short"),
    )


def _coming(actor: Actor, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    query = _candidates(browsing.reach_of(actor))
    return asked(query, now=now, reader=actor.person_id)


def _fits(wish: Wish, rows: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> dict[int, Fit]:
    """How well each shift suits, all its positions together."""
    ways = {row.path: [int(step) for step in row.path.strip("/").split("/")] for row in rows}
    steps = _steps({id_ for way in ways.values() for id_ in way})
    skills = _skills(wish, rows)
    return {
        row.id: fitting.fit(
            wish,
            Job(
                span=Span(row.starts_at, row.ends_at),
                zone=ZoneInfo(row.zone),
                places=row.places or 0,
                free=row.free or 0,
                missing=row.short or 0,
                category=row.category_id,
                skills=skills.get(row.id, {}),
                way=tuple(steps[id_] for id_ in ways[row.path]),
            ),
            now,
        )
        for row in rows
    }


def _skills(wish: Wish, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, dict[Hashable, str]]:
    """The skills of the reader that some position of the shifts asks for; by the shift's id."""
    if not wish.skills or not rows:
        return {}
    query = (
        select(Need.shift_id, Skill.id, Skill.name_zh, Skill.name_en)
        .join(Position, Position.id == Need.position_id)
        .join(
            Requirement,
            or_(
                (Requirement.need_id == Need.id) & Need.own_requirements,
                (Requirement.position_id == Position.id) & ~Need.own_requirements,
                (Requirement.project_id == Position.project_id) & ~Need.own_requirements,
            ),
        )
        .join(Skill, Skill.id == Requirement.skill_id)
        .where(Need.shift_id.in_([row.id for row in rows]), Skill.id.in_(wish.skills))
    )
    found: dict[int, dict[Hashable, str]] = {}
    for row in asked(query):
        found.setdefault(row.shift_id, {})[row.id] = named(row)
    return found


def wishes_of(person_ids: Collection[int]) -> dict[int, Wish]:
    """What people gave that a shift can suit, in six questions for all of them."""
    wanted = sorted(set(person_ids))
    people = asked(select(Person.id, Person.area).where(Person.id.in_(wanted)))
    chosen = person_category.c
    kinds: dict[int, set[int]] = {id_: set() for id_ in wanted}
    for row in asked(
        select(chosen.person_id, chosen.category_id).where(chosen.person_id.in_(wanted))
    ):
        kinds[row.person_id].add(row.category_id)
    skills = skills_of(wanted)
    homes: dict[int, list[tuple[int, ...]]] = {id_: [] for id_ in wanted}
    of = select(Registration.person_id, Office.path).join(
        Office, Office.id == Registration.office_id
    )
    of = of.where(
        Registration.person_id.in_(wanted), Registration.state == RegistrationState.ACTIVE
    )
    for row in asked(of.order_by(Registration.id)):
        homes[row.person_id].append(tuple(int(step) for step in row.path.strip("/").split("/")))
    windows: dict[int, list[Window]] = {id_: [] for id_ in wanted}
    for each in times_of(*wanted):
        windows[each.person_id].append(Window(each.weekday, each.starts, each.ends))
    return {
        row.id: Wish(
            windows=tuple(windows[row.id]),
            skills=skills.get(row.id, frozenset()),
            categories=frozenset(kinds[row.id]),
            homes=tuple(homes[row.id]),
            area=row.area or "",
        )
        for row in people
    }


def steps_of(shifts: Iterable[Shift]) -> dict[int, Step]:
    """The offices on the ways down the tree to the offices of the shifts, by id."""
    return _steps({id_ for shift in shifts for id_ in shift.project.office.ancestor_ids})


def _steps(office_ids: Collection[int]) -> dict[int, Step]:
    query = select(Office.id, Office.name_zh, Office.name_en).where(Office.id.in_(office_ids))
    return {
        row.id: Step(row.id, named(row), frozenset(filter(None, (row.name_zh, row.name_en))))
        for row in asked(query)
    }


def job_of(shift: Shift, need: Need, steps: Mapping[int, Step]) -> Job:
    """One position of a shift as far as it can suit somebody."""
    return Job(
        span=shift.span,
        zone=ZoneInfo(shift.zone),
        places=need.places,
        free=need.free,
        missing=need.short,
        category=shift.project.category_id,
        skills={each.skill_id: named(each.thing) for each in need.required if each.skill_id},
        way=tuple(steps[id_] for id_ in shift.project.office.ancestor_ids),
    )
