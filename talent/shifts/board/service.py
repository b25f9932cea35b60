"""The board: which shifts are where and when.

A board shows a region of at most `REGION` shifts (or positions), and goes on by key, so that it
asks the same number of questions and costs the same whether 20 shifts are planned or 2 000.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, exists, func, literal, select, tuple_

from talent.access import Permission
from talent.db import db
from talent.i18n import DEFAULT_ZONE, named
from talent.offices import service as offices
from talent.offices.models import Office
from talent.rules.reason import N_
from talent.rules.span import DAY, first_moment
from talent.rules.words import Word
from talent.shifts.board import cards
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Position, Project, Shift, ShiftState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor
    from talent.shifts.board.cards import Card

REGION = 40
CHOICES = 200
TO_COME = (ShiftState.DRAFT, ShiftState.PUBLISHED)


class View(Word):
    """How much time a board shows."""

    DAY = "day", N_("By day")
    WEEK = "week", N_("By week")
    MONTH = "month", N_("By month")


class Grouping(Word):
    """What stands in one row of a board."""

    PLACE = "place", N_("By place")
    PROJECT = "project", N_("By project")
    POSITION = "position", N_("By position")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of the board. `after` is the last of the region before."""

    on: date
    view: View = View.WEEK
    by: Grouping = Grouping.PLACE
    office_id: int | None = None
    project_id: int | None = None
    category_id: int | None = None
    state: ShiftState | None = None
    short: bool = False
    after: int | None = None

    @property
    def days(self) -> list[date]:
        """The days that are shown: whole weeks from Monday on, but for a single day."""
        if self.view is View.DAY:
            return [self.on]
        first = self.on.replace(day=1) if self.view is View.MONTH else self.on
        last = self.on
        if self.view is View.MONTH:
            last = self.on.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])
        first -= first.weekday() * DAY
        last += (6 - last.weekday()) * DAY
        return [first + number * DAY for number in range((last - first).days + 1)]

    @property
    def narrows(self) -> bool:
        """Whether something is left out."""
        return bool(
            self.office_id or self.project_id or self.category_id or self.state or self.short
        )

    @property
    def query(self) -> dict[str, str]:
        """The same as the words of an address; what is as always is left out."""
        names = {"office_id": "office", "project_id": "project", "category_id": "category"}
        always = Wanted(self.on)
        return {"on": self.on.isoformat()} | {
            names.get(f.name, f.name): "1" if value is True else str(value)
            for f in fields(self)
            if f.name != "on" and (value := getattr(self, f.name)) != getattr(always, f.name)
        }

    def turned(self, steps: int) -> Wanted:
        """The same board so many days, weeks or months later."""
        if self.view is not View.MONTH:
            length = DAY if self.view is View.DAY else 7 * DAY
            return replace(self, on=self.on + steps * length, after=None)
        months = self.on.year * 12 + self.on.month - 1 + steps
        return replace(self, on=self.on.replace(months // 12, months % 12 + 1, 1), after=None)


@dataclass(slots=True)
class Tally:
    """What is planned for one day."""

    shifts: int = 0
    short: int = 0  # shifts with fewer people than the least
    drafts: int = 0
    free: int = 0

    def add(self, row: Row[Any], now: datetime) -> None:
        """Count what begins at one moment; places of the past are not free any more."""
        self.shifts += row.shifts
        if row.state in TO_COME and row.starts_at > now:
            self.short += row.short or 0
            self.free += row.free or 0
        self.drafts += row.shifts if row.state is ShiftState.DRAFT else 0


@dataclass(slots=True)
class Group:
    """One row of the board: a place, a project or a position, and its shifts by day."""

    key: object
    title: str
    project_id: int | None
    days: dict[date, list[Card]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the board, and the last key in it when there is more."""

    groups: list[Group]
    shown: int
    after: int | None


def zone_of(actor: Actor, office_id: int | None) -> str:
    """On whose clock the days of the board begin: the chosen office's, or the first one's."""
    seen = offices.offices_of(actor, Permission.SEE_SHIFTS)
    chosen = [office for office in seen if office.id == office_id]
    return next((office.zone for office in [*chosen, *seen]), DEFAULT_ZONE)


def tallies(actor: Actor, wanted: Wanted, *, zone: str, now: datetime) -> dict[date, Tally]:
    """What is planned on each of the days, in one question that answers once for each moment."""
    lacking = exists().where(Need.shift_id == Shift.id, Need.least > Need.taken)
    free = select(func.sum(Need.places - Need.taken)).where(Need.shift_id == Shift.id)
    query = _narrowed(
        select(
            Shift.starts_at,
            Shift.state,
            func.count().label("shifts"),
            func.sum(case((lacking, 1), else_=0)).label("short"),
            func.sum(func.coalesce(free.correlate(Shift).scalar_subquery(), 0)).label("free"),
        ).join(Shift.project),
        actor,
        wanted,
        zone,
    ).group_by(Shift.starts_at, Shift.state)
    found = {day: Tally() for day in wanted.days}
    for row in db.session.execute(query):
        found[row.starts_at.astimezone(ZoneInfo(zone)).date()].add(row, now)
    return found


def region(actor: Actor, wanted: Wanted, *, zone: str, now: datetime, most: int = REGION) -> Region:
    """The next part of the board, in the order of its rows and of time."""
    rows, after = _listed(actor, wanted, zone, most)
    shifts = _loaded([row.shift_id for row in rows])
    shown = {card.shift.id: card for card in cards.of(list(shifts.values()), actor, now)}
    groups: list[Group] = []
    for row in rows:
        card = shown[row.shift_id]
        if wanted.by is Grouping.POSITION:
            card = card.only(row.key)
        key, title = _title(wanted.by, card)
        if not groups or groups[-1].key != key:
            project = card.shift.project_id if wanted.by is Grouping.PROJECT else None
            groups.append(Group(key, title, project))
        day = card.shift.starts_at.astimezone(ZoneInfo(zone)).date()
        groups[-1].days.setdefault(day, []).append(card)
    return Region(groups, len(rows), after)


def _loaded(shift_ids: Sequence[int]) -> dict[int, Shift]:
    """Shifts with all that is asked about them, in the order of the ids."""
    query = select(Shift).where(Shift.id.in_(shift_ids)).options(*eligibility.WHOLE)
    found = {shift.id: shift for shift in db.session.scalars(query)}
    return {id_: found[id_] for id_ in dict.fromkeys(shift_ids)}


def _listed(
    actor: Actor, wanted: Wanted, zone: str, most: int
) -> tuple[Sequence[Row[Any]], int | None]:
    keys = _keys(wanted.by)
    query = select(*keys[:-1], keys[-1].label("key"), Shift.id.label("shift_id"))
    query = query.join(Shift.project)
    if wanted.by is Grouping.POSITION:
        query = query.join(Shift.needs).join(Need.position)
        if wanted.short:
            query = query.where(Need.least > Need.taken)
    told = _narrowed(query, actor, wanted, zone)
    if wanted.after:
        last = db.session.execute(query.where(keys[-1] == wanted.after)).first()
        if last:
            pairs = zip(keys, last, strict=False)
            told = told.where(tuple_(*keys) > tuple_(*(literal(v, k.type) for k, v in pairs)))
    rows = db.session.execute(told.order_by(*keys).limit(most + 1)).all()
    return rows[:most], rows[most - 1].key if len(rows) > most else None


def _keys(by: Grouping) -> tuple[Any, ...]:
    if by is Grouping.PROJECT:
        return Project.name, Project.id, Shift.starts_at, Shift.id
    if by is Grouping.POSITION:
        return Position.name, Shift.starts_at, Need.id
    return func.coalesce(Shift.place, Project.place), Shift.starts_at, Shift.id


def _title(by: Grouping, card: Card) -> tuple[object, str]:
    if by is Grouping.PROJECT:
        return card.shift.project_id, named(card.shift.project)
    if by is Grouping.POSITION:
        return card.spots[0].need.position.name, named(card.spots[0].need.position)
    return card.shift.where, card.shift.where


def _narrowed(query: Select[Any], actor: Actor, wanted: Wanted, zone: str) -> Select[Any]:
    days, place = wanted.days, ZoneInfo(zone)
    query = query.where(
        _seen(actor),
        Shift.starts_at >= first_moment(days[0], place),
        Shift.starts_at < first_moment(days[-1] + DAY, place),
    )
    if wanted.office_id:
        step = select(Office.path).where(Office.id == wanted.office_id).scalar_subquery()
        below = select(Office.id).where(func.substr(Office.path, 1, func.length(step)) == step)
        query = query.where(Project.office_id.in_(below))
    if wanted.project_id:
        query = query.where(Shift.project_id == wanted.project_id)
    if wanted.category_id:
        query = query.where(Project.category_id == wanted.category_id)
    if wanted.state:
        query = query.where(Shift.state == wanted.state)
    if wanted.short:
        lacking = exists().where(Need.shift_id == Shift.id, Need.least > Need.taken)
        query = query.where(Shift.state.in_(TO_COME), lacking.correlate(Shift))
    return query


def _seen(actor: Actor) -> ColumnElement[bool]:
    return Project.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS))


def projects_on(actor: Actor, wanted: Wanted, zone: str) -> Sequence[Project]:
    """The projects that have shifts on these days, to choose one of them."""
    every = replace(wanted, project_id=None, category_id=None, state=None, short=False)
    shown = _narrowed(select(Shift.project_id).join(Shift.project), actor, every, zone)
    chosen = (Project.id == wanted.project_id) & _seen(actor)
    query = select(Project).where(Project.id.in_(shown) | chosen)
    return db.session.scalars(query.order_by(Project.name, Project.id).limit(CHOICES)).all()


def near(shift: Shift, actor: Actor, now: datetime, *, days: int = 7) -> Sequence[Shift]:
    """Shifts to come around this one that the actor plans, this one among them."""
    around = timedelta(days=days)
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at.between(shift.starts_at - around, shift.starts_at + around),
            Shift.starts_at > now,
        )
        .options(*eligibility.WHOLE)
        .order_by(Shift.starts_at, Shift.id)
        .limit(CHOICES // 2)
    )
    return db.session.scalars(query).all()
