"""The manager's figures: who counts, against how many people, in each office of the tree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices import service as offices
from talent.offices.models import Office, OfficeKind, Settlement
from talent.people.models import Person
from talent.rules import staffing as law
from talent.rules.staffing import CountMode, PopulationKind
from talent.staffing.models import COMMUNITY_WORKERS, Appointment, Population, Standard
from talent.training import service as training

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.rules.reason import Because

PAGE = 50
COUNTED_OFFICES = frozenset({OfficeKind.DISTRICT, OfficeKind.STREET, OfficeKind.COMMUNITY})
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """By what an office is measured: a standard's terms, or the plan's own where none holds."""

    standard: Standard | None = None
    per_10k: law.Standard | None = None
    kind: PopulationKind = PopulationKind.URBAN_RESIDENT
    mode: CountMode = CountMode.HEADCOUNT
    kinds: frozenset[str] = frozenset(COMMUNITY_WORKERS)
    count_on_leave: bool = True

    @classmethod
    def of(cls, standard: Standard) -> Yardstick:
        """The terms of a standard."""
        return cls(
            standard,
            _lawful(standard),
            standard.population_kind,
            standard.count_mode,
            frozenset(standard.kinds),
            standard.count_on_leave,
        )

    def counts(self, post: Appointment) -> bool:
        """Whether a post in force makes its holder count."""
        return post.kind in self.kinds and (self.count_on_leave or not post.on_leave)


PLAN = Yardstick()


@dataclass(frozen=True, slots=True)
class Line:
    """One office on one day. Figures are as every page and export writes them."""

    office: Office
    depth: int  # below the highest office shown
    measured: law.Staffing
    yardstick: Yardstick
    figures: Sequence[Population]  # the rows that make the denominator
    warnings: Sequence[Because] = ()
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
    def ratio(self) -> Decimal | None:
        """To two places. Whether it is met, `measured` says, from what was not rounded."""
        return _two_places(self.measured.ratio)

    @property
    def target(self) -> Decimal | None:
        """What the standard asks for 10 000 people."""
        return None if self.measured.per_10k is None else self.measured.per_10k.normalize()

    @property
    def required(self) -> Decimal | None:
        """The people whom the standard asks for, unrounded."""
        needed = self.measured.required
        return None if needed is None else needed.normalize()

    @property
    def certificate_rate(self) -> Decimal | None:
        """Holders of a professional certificate among the people counted, in per cent."""
        rate = self.measured.certificate_rate
        return None if rate is None else _two_places(rate * HUNDRED)

    @property
    def residents_per_worker(self) -> Decimal | None:
        """Of the population, for each of the people counted."""
        return _two_places(self.measured.residents_per_worker)

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


def report(actor: Actor, *, on: date) -> list[Line]:
    """Every office of the tree that the actor may see, in its order, on a day."""
    return _Day(actor, on).lines()


def line_of(actor: Actor, office_id: int, *, on: date) -> Line:
    """One office of the report, or `NotFound`."""
    for line in report(actor, on=on):
        if line.office.id == office_id:
            return line
    raise NotFound


def counted_people(
    line: Line, *, on: date, after: str = ""
) -> list[tuple[Person, list[Appointment]]]:
    """A page of the people counted, each once, with the posts for which they count; one more."""
    number, _, key = after.partition(":")
    query = select(Person).where(Person.id.in_(list(line.measured.people)))
    if number.isdecimal():
        same = (Person.sort_key == key) & (Person.id > int(number))
        query = query.where((Person.sort_key > key) | same)
    query = query.order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    people = db.session.scalars(query).all()
    held = (
        in_force(on)
        .join(Appointment.office)
        .where(Office.path.startswith(line.office.path, autoescape=True))
        .where(Office.open, Office.kind != OfficeKind.PARTNER)
        .where(Appointment.person_id.in_([person.id for person in people]))
        .options(contains_eager(Appointment.office))
        .order_by(Appointment.id)
    )
    posts = defaultdict(list)
    for post in db.session.scalars(held):
        if line.yardstick.counts(post):
            posts[post.person_id].append(post)
    return [(person, posts[person.id]) for person in people]


def in_force(on: date) -> Select[Appointment]:
    """Appointments that hold on a day: the first day counts, the day of the end does not."""
    return select(Appointment).where(
        Appointment.starts_on <= on, or_(Appointment.ends_on.is_(None), Appointment.ends_on > on)
    )


class _Day:
    """All facts of one day in a few questions, however many offices there are; then arithmetic."""

    def __init__(self, actor: Actor, on: date) -> None:
        self.on = on
        seen = [o for o in offices.offices_of(actor, Permission.SEE_STAFFING) if o.open]
        self.offices = {o.id: o for o in seen if o.kind in COUNTED_OFFICES}
        self.children: dict[int, list[Office]] = defaultdict(list)
        for office in self.offices.values():
            if office.parent_id in self.offices:
                self.children[office.parent_id or 0].append(office)
        subquery = offices.seen(actor, Permission.SEE_STAFFING)
        home = {o.id: self._home(o) for o in seen if o.kind is not OfficeKind.PARTNER}
        self.posts: dict[int, list[law.Post]] = defaultdict(list)
        at_work = in_force(on).where(Appointment.office_id.in_(subquery))
        for post in db.session.scalars(at_work):
            if office_id := home.get(post.office_id):
                self.posts[office_id].append(_post(post))
        people = at_work.with_only_columns(Appointment.person_id)
        self.certified = training.certificates_on(people, on)
        self.rows: dict[int, list[Population]] = defaultdict(list)
        figures = select(Population).where(Population.office_id.in_(subquery))
        for row in db.session.scalars(figures.order_by(Population.as_of)):
            self.rows[row.office_id].append(row)
        above = {id_ for office in seen for id_ in office.ancestor_ids}
        scopes = or_(Standard.office_id.is_(None), Standard.office_id.in_(above))
        standards = db.session.scalars(select(Standard).where(scopes).order_by(Standard.id)).all()
        self.yardsticks = {_lawful(standard): Yardstick.of(standard) for standard in standards}
        self.measured: dict[tuple[int, Yardstick], law.Staffing] = {}

    def lines(self) -> list[Line]:
        found: dict[int, Line] = {}
        for office in reversed(self.offices.values()):  # in the order of the tree: children first
            below = [found[child.id] for child in self.children[office.id]]
            found[office.id] = self._line(office, below)
        return [found[id_] for id_ in self.offices]

    def _home(self, office: Office) -> int | None:
        """Where its people count: a station has no population, so with the office above it."""
        return next((id_ for id_ in reversed(office.ancestor_ids) if id_ in self.offices), None)

    def _line(self, office: Office, below: list[Line]) -> Line:
        yardstick = self._yardstick(office)
        measured = self._measure(office, yardstick)
        return Line(
            office=office,
            depth=sum(id_ in self.offices for id_ in office.ancestor_ids) - 1,
            # Below stand the shortfalls as those offices show them, each by its own standard.
            measured=replace(measured, children=tuple(line.measured for line in below)),
            yardstick=yardstick,
            figures=self._figures(office, yardstick.kind),
            warnings=self._warnings(office),
            below=below,
        )

    def _yardstick(self, office: Office) -> Yardstick:
        scopes = list(reversed(office.ancestor_ids))
        chosen = law.standard_on(self.yardsticks, day=self.on, scopes=scopes)
        return self.yardsticks[chosen] if chosen else PLAN

    def _measure(self, office: Office, by: Yardstick) -> law.Staffing:
        if (office.id, by) not in self.measured:
            self.measured[office.id, by] = self._fresh_measure(office, by)
        return self.measured[office.id, by]

    def _fresh_measure(self, office: Office, by: Yardstick) -> law.Staffing:
        own = law.counted(
            self.posts[office.id], day=self.on, kinds=by.kinds, count_on_leave=by.count_on_leave
        )
        figures = [_figure(row) for row in self.rows[office.id]]
        if not (children := self.children[office.id]):
            return law.staffing_of(
                own,
                figures=figures,
                standard=by.per_10k,
                day=self.on,
                kind=by.kind,
                mode=by.mode,
                certified=self.certified,
            )
        whole = law.rolled_up(
            [self._measure(child, by) for child in children],
            standard=by.per_10k,
            day=self.on,
            own=own,
            mode=by.mode,
            certified=self.certified,
        )
        if whole.population is None and not law.without_population(
            figures, day=self.on, kind=by.kind
        ):
            return law.staffing_of(
                whole.people,
                figures=figures,
                standard=by.per_10k,
                day=self.on,
                kind=by.kind,
                mode=by.mode,
                certified=self.certified,
            )
        return whole

    def _figures(self, office: Office, kind: PopulationKind) -> list[Population]:
        """The rows behind a population: those of all offices below, or else the office's own."""
        below = [self._figures(child, kind) for child in self.children[office.id]]
        if below and all(below):
            return [row for rows in below for row in rows]
        rows = self.rows[office.id]
        figure = law.figure_on(map(_figure, rows), kind=kind, day=self.on)
        return [row for row in rows if figure and (row.kind, row.as_of) == (kind, figure.as_of)]

    def _warnings(self, office: Office) -> Sequence[Because]:
        """The size of an urban community, in households."""
        if office.kind is not OfficeKind.COMMUNITY or office.settlement is not Settlement.URBAN:
            return ()
        figures = map(_figure, self.rows[office.id])
        known = law.figure_on(figures, kind=PopulationKind.HOUSEHOLDS, day=self.on)
        return law.unusual_size(known.number if known else office.households)


def _post(row: Appointment) -> law.Post:
    return law.Post(
        row.person_id, row.kind, row.starts_on, row.ends_on, row.share, on_leave=row.on_leave
    )


def _figure(row: Population) -> law.Figure:
    return law.Figure(row.kind, row.number, row.as_of, row.source)


def _lawful(row: Standard) -> law.Standard:
    return law.Standard(row.target, row.valid_from, row.valid_to, row.office_id)


def _two_places(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else law.shown(figure)
