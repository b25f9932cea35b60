"""The manager's figures: who counts, against what, in each office of the tree."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.service import visible_office
from talent.people.models import Person
from talent.rules import outcomes as law
from talent.rules.staffing import CountMode
from talent.staffing.board import Board
from talent.staffing.models import OFFICIAL, Appointment, Standard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.reason import Because
    from talent.staffing.board import Certified
    from talent.staffing.facts import FigureRow
    from talent.staffing.yardsticks import Yardstick

PAGE = 50
HUNDRED = Decimal(100)
TREND_YEARS = 3
QUARTER, YEAR = 3, 12  # months


@dataclass(frozen=True, slots=True)
class Point:
    """One day of a trend, as pages write it."""

    day: date
    ratio: Decimal | None
    target: Decimal | None
    number: Decimal
    shortfall: int | None
    certificate_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """One office on one day. Figures are as every page and export writes them."""

    office: Office
    depth: int  # below the highest office shown
    measured: law.Outcome
    yardstick: Yardstick
    certified: Certified
    figures: Sequence[FigureRow]  # the rows that make the denominator
    warnings: Sequence[Because] = ()
    trend: Sequence[Point] = ()
    below: Sequence[Line] = field(default=(), repr=False)

    @property
    def standard(self) -> Standard | None:
        """The standard in force."""
        return self.yardstick.standard

    @property
    def number(self) -> Decimal | int:
        """The people counted, or their full-time equivalents."""
        number = self.measured.number
        return int(number) if self.measured.mode is CountMode.HEADCOUNT else number.normalize()

    @property
    def population(self) -> Decimal | int | None:
        """What they are held against: residents, households, offices, staff."""
        return None if self.measured.base is None else law.plain(self.measured.base)

    @property
    def ratio(self) -> Decimal | None:
        """To two places. Whether it is met, `measured` says, from what was not rounded."""
        return _two_places(self.measured.ratio)

    @property
    def target(self) -> Decimal | None:
        """The number of the standard; bands have one for each size."""
        return (
            None
            if self.standard is None or self.standard.target is None
            else (self.standard.target.normalize())
        )

    @property
    def required(self) -> Decimal | int | None:
        """The people whom the standard asks for, unrounded."""
        return None if self.measured.required is None else law.plain(self.measured.required)

    @property
    def shortfall_of_children(self) -> int | None:
        """The sum of the offices' own shortfalls: one's surplus does not fill another's gap."""
        if not self.below:
            return None
        return sum(each.measured.shortfall or 0 for each in self.below)

    @property
    def certificate_rate(self) -> Decimal | None:
        """Holders of a professional certificate among the people counted, in per cent."""
        rate = self.certified.rate
        return None if rate is None else _two_places(rate * HUNDRED)

    @property
    def residents_per_worker(self) -> Decimal | None:
        """Of the population, for each of the people counted."""
        base, number = self.measured.base, self.measured.number
        return _two_places(base / number) if base is not None and number > 0 else None

    @property
    def as_of(self) -> str:
        """The day of the population figure, or the first and the last day of several."""
        days = sorted({figure.as_of for figure in self.figures})
        ends = days[:1] + days[-1:] if len(days) > 1 else days
        return " – ".join(day.isoformat() for day in ends)

    @property
    def source(self) -> str:
        """Where the population figures come from."""
        return "; ".join(dict.fromkeys(figure.source for figure in self.figures))


@dataclass(frozen=True, slots=True)
class Counted:
    """One of the people counted, and why."""

    person: Person
    posts: Sequence[Appointment]
    share: Decimal  # of full time, one at most
    certified: bool


def report(
    actor: Actor,
    *,
    on: date,
    measure: str = OFFICIAL,
    under: Office | None = None,
    step: int | None = None,
    levels: int | None = None,
) -> list[Line]:
    """Every office of the tree that the actor may see, in its order, on a day, by one measure.

    `step`: with the trend of three years, a point each so many months; `levels`: only the highest
    so many. An office that has no standard of the measure is left out.
    """
    days = [on] if step is None else trend_days(on, step)
    return lines(Board(actor, days, measures=[measure], under=under), measure, levels=levels)


def lines(board: Board, measure: str, *, levels: int | None = None) -> list[Line]:
    """The report that a board holds, on its last day; trends only of the levels shown."""
    found: dict[int, Line] = {}
    for office in board.tree.upwards():
        if (by := board.yardstick(measure, office)) is not None:
            depth = board.depth(office)
            if levels is not None and depth > levels:
                continue  # neither shown nor directly below one that is
            below = [found[c.id] for c in board.tree.children[office.id] if c.id in found]
            trend = levels is None or depth < levels
            found[office.id] = _line(board, measure, office, by, below, trend=trend)
    shown = (found[id_] for id_ in board.tree.offices if id_ in found)
    return [line for line in shown if levels is None or line.depth < levels]


def opened(
    actor: Actor, office_id: int, *, on: date, measure: str = OFFICIAL, step: int | None = None
) -> tuple[Board, Line]:
    """One office with those directly below it, and the facts behind its line, or `NotFound`."""
    under = visible_office(actor, Permission.SEE_STAFFING, office_id)
    days = [on] if step is None else trend_days(on, step)
    board = Board(actor, days, measures=[measure], under=under)
    for line in lines(board, measure, levels=2):
        if line.office.id == office_id:
            return board, line
    raise NotFound


def trend_days(on: date, step: int) -> list[date]:
    """The same day of each so many months, three years back up to the day itself."""
    months = range(TREND_YEARS * YEAR, 0, -step)
    return [*(_months_before(on, back) for back in months), on]


def counted_people(board: Board, line: Line, *, after: str = "") -> list[Counted]:
    """A page of the people counted, each once, with the posts for which they count; one more."""
    counting = board.staff.counting_at(line.office.id, line.yardstick.who)
    number, _, key = after.partition(":")
    query = select(Person).where(Person.id.in_(list(counting)))
    if number.isdecimal():
        same = (Person.sort_key == key) & (Person.id > int(number))
        query = query.where((Person.sort_key > key) | same)
    query = query.order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    people = db.session.scalars(query).all()
    ids = {post.id for person in people for post in counting[person.id]}
    held = (
        select(Appointment)
        .join(Appointment.office)
        .where(Appointment.id.in_(ids))
        .options(contains_eager(Appointment.office))
        .order_by(Appointment.id)
    )
    posts = defaultdict(list)
    for post in db.session.scalars(held):
        posts[post.person_id].append(post)
    return [
        Counted(
            person,
            posts[person.id],
            min(Decimal(1), sum((post.share for post in posts[person.id]), Decimal(0))).normalize(),
            certified=board.staff.certified_on(person.id, board.days[-1]),
        )
        for person in people
    ]


def in_force(on: date) -> Select[Appointment]:
    """Appointments that hold on a day: the first day counts, the day of the end does not."""
    return select(Appointment).where(
        Appointment.starts_on <= on, or_(Appointment.ends_on.is_(None), Appointment.ends_on > on)
    )


def _line(
    board: Board,
    measure: str,
    office: Office,
    by: Yardstick,
    below: list[Line],
    *,
    trend: bool,
) -> Line:
    return Line(
        office=office,
        depth=board.depth(office),
        measured=board.outcome(office, by),
        yardstick=by,
        certified=board.certified(office, by.who),
        figures=board.figures(office, by),
        warnings=board.warnings(office),
        trend=_trend(board, measure, office) if trend else (),
        below=below,
    )


def _trend(board: Board, measure: str, office: Office) -> list[Point]:
    if len(board.days) == 1:
        return []
    found = []
    for at, day in enumerate(board.days):
        if (by := board.yardstick(measure, office, at)) is None:
            continue
        outcome = board.outcome(office, by, at)
        rate = board.certified(office, by.who, at).rate
        found.append(
            Point(
                day,
                _two_places(outcome.ratio),
                by.standard.target.normalize() if by.standard and by.standard.target else None,
                outcome.number,
                outcome.shortfall,
                None if rate is None else _two_places(rate * HUNDRED),
            )
        )
    return found


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * YEAR + day.month - 1 - months, YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _two_places(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else law.shown(figure)
