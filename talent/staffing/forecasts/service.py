"""The forecast: each office against its standard on the last days of the next 24 months."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.service import visible_office
from talent.people.models import Person
from talent.rules import forecast as law
from talent.rules.forecast import Cause, Method, Outlook
from talent.rules.outcomes import plain
from talent.staffing.board import Board
from talent.staffing.facts import THOUSAND, FigureRow
from talent.staffing.forecasts.facts import Ahead
from talent.staffing.models import OFFICIAL, Appointment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.forecast import Change, Expected, Fall
    from talent.rules.outcomes import Outcome
    from talent.rules.staffing import PopulationKind
    from talent.staffing.facts import Post
    from talent.staffing.yardsticks import Who, Yardstick

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Month:
    """One office on one of the days, as each outlook has it; None: no standard is in force."""

    day: date
    told: Mapping[Outlook, Outcome]

    @property
    def likely(self) -> Outcome:
        """What the facts say."""
        return self.told[Outlook.LIKELY]

    @property
    def number(self) -> Decimal | int:
        """Who likely counts."""
        return plain(self.likely.number)

    @property
    def numbers(self) -> tuple[Decimal | int, Decimal | int]:
        """Who counts at worst and at best."""
        said = sorted(each.number for each in self.told.values())
        return plain(said[0]), plain(said[-1])

    @property
    def required(self) -> Decimal | None:
        """How many are likely asked for, unrounded."""
        return self.likely.required

    @property
    def missing(self) -> int | None:
        """How many are likely missing."""
        return self.likely.shortfall

    @property
    def missing_range(self) -> tuple[int, int] | None:
        """How many are missing at best and at worst."""
        return law.spread({key: each.shortfall for key, each in self.told.items()})


@dataclass(frozen=True, slots=True)
class Line:
    """One office over the time."""

    office: Office
    depth: int
    months: Sequence[Month]  # the first is today

    @property
    def today(self) -> Month:
        """What is."""
        return self.months[0]

    def after(self, months: int) -> Month:
        """What is likely after so many months."""
        return self.months[months]

    @property
    def falls(self) -> Fall | None:
        """The month in which it likely falls below, and how many are to hire by then."""
        return law.fall([(month.day, month.missing) for month in self.months])

    @property
    def falls_at_worst(self) -> Fall | None:
        """The month in which it falls below at worst."""
        return law.fall(
            [(month.day, (month.missing_range or (None, None))[1]) for month in self.months]
        )

    @property
    def most(self) -> Fall | None:
        """The month in which most people are likely missing."""
        return law.worst([(month.day, month.missing) for month in self.months])


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody begins or ceases to count."""

    change: Change
    likely: bool  # or only at worst
    person: Person | None  # None: a planned post, which nobody holds yet
    post: Appointment | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How the population of an office, or of those below it, is carried forward."""

    kind: PopulationKind
    methods: Mapping[Method, int]  # by how many offices


@dataclass(slots=True)
class Foresight:
    """The figures of all offices that the actor may see, or of one and those below it, ahead.

    `otherwise` changes the facts before anybody looks ahead: a draft.
    """

    actor: Actor
    today: date
    measure: str = OFFICIAL
    under: Office | None = None
    otherwise: Callable[[Board], Board] | None = None
    known: Foresight | None = None  # the same as things are, whose facts are not asked for again
    days: list[date] = field(init=False)
    base: Board = field(init=False)
    ahead: Ahead = field(init=False)
    boards: dict[Outlook, Board] = field(init=False)
    whys: dict[Outlook, dict[Post, Expected]] = field(init=False)
    measures: dict[int, list[Yardstick]] = field(init=False)  # of each office that has any, by day

    def __post_init__(self) -> None:
        self.days = [self.today, *law.month_ends(self.today)]
        if self.known:
            board = self.known.base
        else:
            board = Board(self.actor, self.days, measures=[self.measure], under=self.under)
        self.base = self.otherwise(board) if self.otherwise else board
        self.ahead = self.known.ahead.supposing(self.base) if self.known else Ahead(self.base)
        self.measures = {}
        for office in self.base.tree.offices.values():
            if first := self.base.yardstick(self.measure, office, 0):
                self.measures[office.id] = [
                    self.base.yardstick(self.measure, office, at) or first
                    for at in range(len(self.days))
                ]
        self.boards, self.whys = {}, {}
        figures = self._figures()
        for outlook in Outlook:
            posts, self.whys[outlook] = self.ahead.posts(outlook)
            tree = self.base.tree
            self.boards[outlook] = self.base.supposing(
                self.base.staff.supposing(posts, tree=tree, held=self.ahead.held(outlook)),
                self.base.populations.supposing(figures[outlook], tree=tree),
            )

    def lines(self) -> list[Line]:
        """Every office that has a standard of the measure, in the order of the tree."""
        found = (self.line(office) for office in self.base.tree.offices.values())
        return [line for line in found if line is not None]

    def line(self, office: Office) -> Line | None:
        """One office; None where nothing measures it today."""
        if office.id not in self.measures:
            return None
        months = [
            Month(
                self.days[at],
                {one: board.outcome(office, by, at) for one, board in self.boards.items()},
            )
            for at, by in enumerate(self.measures[office.id])
        ]
        depth = sum(id_ in self.base.tree.offices for id_ in office.ancestor_ids) - 1
        return Line(office, depth, months)

    def by(self, office: Office) -> Yardstick:
        """What an office is measured by today, or `NotFound`."""
        if office.id not in self.measures:
            raise NotFound
        return self.measures[office.id][0]

    def changes(self, office: Office, outlook: Outlook) -> list[Change]:
        """Who begins or ceases to count at an office, each month, by an outlook."""
        pieces = self._pieces(office, self.by(office).who, outlook)
        return law.changes(pieces, days=self.days, places={office.id})

    def growth(self, office: Office) -> Growth:
        """By which methods the population behind an office is carried forward."""
        by = self.by(office)
        below = {row.office_id for row in self.base.figures(office, by, 0)}
        methods = Counter(
            law.method_of(
                self.ahead.counts(id_, by.kind),
                self.ahead.figures.get((id_, by.kind), ()),
                today=self.today,
            )
            for id_ in sorted(below)
        )
        return Growth(by.kind, methods)

    def _pieces(self, office: Office, who: Who, outlook: Outlook) -> Iterator[law.Piece]:
        board, whys = self.boards[outlook], self.whys[outlook]
        reach = board.tree.reach(who)
        for post in board.staff.posts:
            if post.kind in who.kinds and office.id in reach.get(post.office_id, ()):
                why = whys.get(post)
                for start, end in board.staff.counting(who, post):
                    begins = Cause.PLANNED if post.id < 0 else _begins(post, start)
                    yield law.Piece(
                        post.person_id,
                        office.id,
                        post.id,
                        start,
                        end,
                        int(post.share * THOUSAND),
                        begins,
                        _ends(post, end, why),
                    )

    def _figures(self) -> dict[Outlook, dict[tuple[int, PopulationKind], list[FigureRow]]]:
        """Of each office that grows or shrinks its figures on the days to come, by each outlook."""
        kinds = {by.kind for told in self.measures.values() for by in told}
        found: dict[Outlook, dict[tuple[int, PopulationKind], list[FigureRow]]] = {
            outlook: {} for outlook in Outlook
        }
        for (office_id, kind), rows in self.base.populations.rows.items():
            planned = self.ahead.figures.get((office_id, kind), ())
            known = self.ahead.counts(office_id, kind)
            if kind not in kinds or law.method_of(known, planned, today=self.today) is (
                Method.STEADY
            ):
                continue
            told = law.population(known, planned, days=self.days[1:], today=self.today)
            own = [row for row in rows if row.as_of <= self.today]
            for outlook in Outlook:
                found[outlook][office_id, kind] = own + [
                    FigureRow(office_id, kind, each[outlook], day, "")
                    for day, each in zip(self.days[1:], told, strict=False)
                ]
        return found


def opened(
    actor: Actor, office_id: int, *, today: date, measure: str = OFFICIAL
) -> tuple[Foresight, Line]:
    """One office looked ahead at, or `NotFound`."""
    under = visible_office(actor, Permission.SEE_STAFFING, office_id)
    foresight = Foresight(actor, today, measure, under)
    office = foresight.base.tree.offices.get(office_id)
    line = foresight.line(office) if office else None
    if line is None:
        raise NotFound
    return foresight, line


def events(changes: Mapping[Outlook, Sequence[Change]], at: int) -> list[Event]:
    """Who comes and goes in one of the months, likely or only at worst, with their names."""
    likely = [one for one in changes[Outlook.LIKELY] if one.at == at]
    known = {(one.person, one.post, one.cause) for one in likely}
    found = [(one, True) for one in likely] + [
        (one, False)
        for one in changes[Outlook.LOW]
        if one.at == at and (one.heads < 0 or one.share < 0)
        if (one.person, one.post, one.cause) not in known
    ]
    ids = {one.person for one, _ in found}
    people = {
        person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    ids = {one.post for one, _ in found}
    query = (
        select(Appointment).where(Appointment.id.in_(ids)).options(joinedload(Appointment.office))
    )
    posts = {post.id: post for post in db.session.scalars(query)}
    return [
        Event(one, is_likely, _of(people, one.person), _of(posts, one.post))
        for one, is_likely in sorted(
            found, key=lambda each: (each[0].day, not each[1], str(each[0].person))
        )
    ]


def _of(rows: Mapping[int, Row], key: object) -> Row | None:
    return rows.get(key) if isinstance(key, int) else None


def _begins(post: Post, start: date) -> Cause:
    return Cause.START if start == post.start else Cause.RETURN


def _ends(post: Post, end: date | None, why: Expected | None) -> Cause:
    if end is None or end == post.end:
        return (why.cause if why else None) or Cause.END
    return Cause.LEAVE if post.on_leave and end == post.leave_start else Cause.LAPSE
