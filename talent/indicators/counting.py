"""What is known of each quantity at each office on a day: stated there, or counted here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased

from talent.db import db
from talent.hours.models import RecordState, ServiceRecord
from talent.indicators.models import Origin, Quantity, StatedFigure
from talent.offices.models import Office, OfficeKind
from talent.rules import staffing as staffing_law
from talent.rules.staffing import PopulationKind
from talent.rules.standards import PER_RESIDENTS, Base, Ratio
from talent.rules.teams import SOCIAL_ORGANISATIONS, TeamStanding
from talent.staffing.board import Board
from talent.staffing.models import OFFICIAL, Population
from talent.staffing.yardsticks import PLAN
from talent.teams.models import Team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.indicators.service import Tree
    from talent.staffing.yardsticks import Yardstick

YEAR = relativedelta(years=1)
_KINDS = (PopulationKind.RESIDENT, PopulationKind.URBAN_RESIDENT, PopulationKind.HOUSEHOLDS)
STAFFED = frozenset({Origin.WORKERS, Origin.URBAN_RESIDENTS, Origin.CERTIFIED, Origin.HEADS})
# Counted anew at each office: a person who is known at two of them counts once above both.
RECOUNTED = frozenset({*STAFFED, Origin.ACTIVE})


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its day and source; counted here where it has none."""

    number: Decimal
    as_of: date | None = None
    source: str = ""


@dataclass
class Count:
    """Everything that indicators are made of, in a few questions for any number of offices."""

    actor: Actor
    tree: Tree
    days: Sequence[date]
    _stated: dict[int, list[Any]] | None = None  # of all quantities
    _people: dict[int, list[staffing_law.Figure]] | None = None
    _board: Board | None = None
    _found: dict[tuple[Origin, date], Mapping[int, Fact]] = field(default_factory=dict)
    _sheets: dict[tuple[int, date], Mapping[int, Fact]] = field(default_factory=dict)

    def facts(self, quantity: Quantity, day: date) -> Mapping[int, Fact]:
        """By office, what is known of a quantity on a day; an office that is unknown is absent."""
        if quantity.origin is not Origin.STATED:
            return self.of(quantity.origin, day)
        if (quantity.id, day) not in self._sheets:
            self._sheets[quantity.id, day] = self._of_statements(quantity, day)
        return self._sheets[quantity.id, day]

    def of(self, origin: Origin, day: date) -> Mapping[int, Fact]:
        """By office, what is counted here on a day."""
        if (origin, day) not in self._found:
            self._found[origin, day] = self._counted(origin, day)
        return self._found[origin, day]

    @property
    def until(self) -> date:
        """The last of the days."""
        return max(self.days)

    @property
    def board(self) -> Board:
        """What staffing says of these offices on these days."""
        if self._board is None:
            top = self.tree.offices[0] if self.tree.offices else None
            self._board = Board(self.actor, self.days, under=top if self.tree.one else None)
        return self._board

    def measure(self, office: Office, day: date) -> tuple[Yardstick, int]:
        """By what the workers of an office are counted on a day, and which of the days it is.

        The indicator is for 10,000 urban residents. Where the office is measured by something
        else, workers are counted as the plan counts them.
        """
        at = self.board.days.index(day)
        by = self.board.yardstick(OFFICIAL, office, at)
        alike = by and isinstance(by.terms, Ratio) and by.base is Base.POPULATION
        if by is None or not alike or by.kind is not PopulationKind.URBAN_RESIDENT or by.alone:
            return PLAN, at
        return by, at

    def level(self, office: Office, day: date) -> tuple[Decimal | None, str]:
        """How many workers the staffing standard asks for 10,000 residents, and its source."""
        by, _ = self.measure(office, day)
        if by.standard is None or not isinstance(by.terms, Ratio):
            return None, ""
        return by.terms.number * PER_RESIDENTS / by.terms.per, by.standard.source

    def _counted(self, origin: Origin, day: date) -> Mapping[int, Fact]:
        if origin in STAFFED:
            return self._of_staffing(origin, day)
        ways = {
            Origin.COMMUNITIES: self._communities,
            Origin.HOUSEHOLDS: self._households,
            Origin.RESIDENTS: self._residents,
            Origin.ACTIVE: self._active,
            Origin.ORGANISATIONS: self._organisations,
        }
        return ways[origin](day)

    def _communities(self, _day: date) -> dict[int, Fact]:
        return {each.id: Fact(Decimal(1)) for each in self._of_kind()}

    def _of_kind(self) -> list[Office]:
        return [each for each in self.tree.offices if each.kind is OfficeKind.COMMUNITY]

    def _active(self, day: date) -> dict[int, Fact]:
        active = people_by_office(self.tree, *served(day))
        return {each.id: Fact(Decimal(active.get(each.id, 0))) for each in self.tree.offices}

    def _residents(self, day: date) -> dict[int, Fact]:
        return self._of_population(day, PopulationKind.RESIDENT, PopulationKind.URBAN_RESIDENT)

    def _of_statements(self, quantity: Quantity, day: date) -> dict[int, Fact]:
        if self._stated is None:
            self._stated = defaultdict(list)
            query = (
                select(StatedFigure.quantity_id, StatedFigure.office_id, StatedFigure.number,
                       StatedFigure.as_of, StatedFigure.source)
                .where(StatedFigure.office_id.in_(self.tree.inside))
                .where(StatedFigure.as_of <= self.until)
                .order_by(StatedFigure.as_of, StatedFigure.id)
            )  # fmt: skip
            for row in db.session.execute(query):
                self._stated[row.quantity_id].append(row)
        return {
            row.office_id: Fact(row.number, row.as_of, row.source)
            for row in self._stated.get(quantity.id, ())
            if row.as_of <= day  # the latest is the last one written into it
        }

    def _of_population(self, day: date, *kinds: PopulationKind) -> dict[int, Fact]:
        """Of the first of these kinds that is known at an office."""
        if self._people is None:
            self._people = defaultdict(list)
            query = (
                select(
                    Population.office_id, Population.kind, Population.number, Population.as_of,
                    Population.source,
                )
                .where(Population.office_id.in_(self.tree.inside))
                .where(Population.kind.in_(_KINDS), Population.as_of <= self.until)
                .order_by(Population.as_of, Population.id)
            )  # fmt: skip
            for row in db.session.execute(query):
                figure = staffing_law.Figure(row.kind, row.number, row.as_of, row.source)
                self._people[row.office_id].append(figure)
        found = {}
        for office in self.tree.offices:
            figures = self._people.get(office.id, [])
            known = (staffing_law.figure_on(figures, kind=kind, day=day) for kind in kinds)
            if latest := next((one for one in known if one), None):
                found[office.id] = Fact(Decimal(latest.number), latest.as_of, latest.source)
        return found

    def _households(self, day: date) -> dict[int, Fact]:
        """The population figure, or else what stands in the particulars of the office."""
        particulars = {
            each.id: Fact(Decimal(each.households))
            for each in self._of_kind()
            if each.households is not None
        }
        return particulars | self._of_population(day, PopulationKind.HOUSEHOLDS)

    def _organisations(self, day: date) -> dict[int, Fact]:
        """Those that an authority knows: registered, or on record at the street or community."""
        query = (
            select(Team.office_id, func.count())
            .where(Team.office_id.in_(self.tree.inside), Team.kind.in_(SOCIAL_ORGANISATIONS))
            .where(Team.standing != TeamStanding.NONE)
            .where((Team.standing_since.is_(None)) | (Team.standing_since <= day))
            .where((Team.ended_on.is_(None)) | (Team.ended_on > day))
            .group_by(Team.office_id)
        )
        numbers: dict[int, int] = defaultdict(int)
        for office_id, number in db.session.execute(query):
            if home := self.tree.home.get(office_id):
                numbers[home] += number
        return {each.id: Fact(Decimal(numbers[each.id])) for each in self._of_kind()}

    def _of_staffing(self, origin: Origin, day: date) -> dict[int, Fact]:
        found = {}
        for office in self.tree.offices:
            by, at = self.measure(office, day)
            if origin in {Origin.CERTIFIED, Origin.HEADS}:
                told = self.board.certified(office, by.who, at)
                number = told.holders if origin is Origin.CERTIFIED else told.heads
                found[office.id] = Fact(Decimal(number))
                continue
            outcome = self.board.outcome(office, by, at)
            if origin is Origin.WORKERS:
                found[office.id] = Fact(outcome.number)
            elif outcome.base is not None:
                rows = self.board.figures(office, by, at)
                source = "; ".join(dict.fromkeys(row.source for row in rows))
                newest = max((row.as_of for row in rows), default=None)
                found[office.id] = Fact(outcome.base, newest, source)
        return found


def served(day: date) -> tuple[type[ServiceRecord], Sequence[ColumnElement[bool]]]:
    """Records that count as service in the 12 months up to a day, this day included."""
    return ServiceRecord, (
        ServiceRecord.state == RecordState.APPROVED,
        ServiceRecord.minutes > 0,
        ServiceRecord.day > day - YEAR,
        ServiceRecord.day <= day,
    )


def people_by_office(
    tree: Tree, table: type, where: Sequence[ColumnElement[bool]]
) -> dict[int, int]:
    """How many people have a row, at each office and all below it, each counted once there.

    One question: each row is laid at its office and at every office above it.
    """
    place: type = table
    own = (
        select(place.person_id.label("person_id"), place.office_id.label("office_id"))  # type: ignore[attr-defined]
        .where(place.office_id.in_(tree.inside), *where)  # type: ignore[attr-defined]
        .distinct()
        .cte("own")
    )
    steps = [select(own.c.office_id.label("office_id"), own.c.person_id.label("person_id"))]
    above = aliased(Office)
    query = select(own.c.person_id).join(above, above.id == own.c.office_id)
    for _ in range(max((office.depth for office in tree.offices), default=0)):
        steps.append(query.with_only_columns(above.parent_id, own.c.person_id))
        upper = aliased(Office)
        query = query.join(upper, upper.id == above.parent_id)
        above = upper
    laid = union_all(*steps).subquery()
    counted = select(laid.c.office_id, func.count(laid.c.person_id.distinct()))
    rows = db.session.execute(counted.group_by(laid.c.office_id))
    return {int(office_id): int(number) for office_id, number in rows if office_id is not None}
