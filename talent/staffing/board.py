"""Every office of a tree against its standards, on several days: the facts, then arithmetic."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from talent.offices.models import OfficeKind, Settlement
from talent.rules import outcomes as law
from talent.rules import staffing
from talent.rules.reason import Because
from talent.rules.staffing import Gap, PopulationKind
from talent.rules.standards import Base
from talent.staffing.facts import Populations, Staff, Tree
from talent.staffing.models import OFFICIAL
from talent.staffing.yardsticks import PLAN, Yardsticks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.staffing.facts import FigureRow
    from talent.staffing.yardsticks import Who, Yardstick

MANY = 100  # offices on one page
TOP_LEVELS = 2


@dataclass(frozen=True, slots=True)
class Certified:
    """Holders of a professional certificate among the heads counted (持证率)."""

    holders: int
    heads: int

    @property
    def rate(self) -> Decimal | None:
        """The share of them, unrounded; None for nobody."""
        return Decimal(self.holders) / self.heads if self.heads else None


class Board:
    """The figures of all offices that the actor may see, or of one and those below it."""

    def __init__(
        self,
        actor: Actor,
        days: Sequence[date],
        *,
        measures: Collection[str] | None = (OFFICIAL,),
        under: Office | None = None,
    ) -> None:
        self.days = sorted(set(days))
        self.tree = Tree(actor, under)
        self.yardsticks = Yardsticks(self.tree.offices.values(), measures)
        self.measures = self.yardsticks.measures if measures is None else list(measures)
        used = {PLAN} | {
            by
            for measure in self.measures
            for office in self.tree.offices.values()
            for day in self.days
            if (by := self.yardsticks.on(measure, office, day))
        }
        whos = {who for by in used for who in by.crowds}
        kinds = {PopulationKind.HOUSEHOLDS, PopulationKind.REGISTERED} | {by.kind for by in used}
        self.staff = Staff(self.tree, self.days, whos)
        self.populations = Populations(self.tree, self.days, kinds)
        self._cells: dict[Who, dict[int, list[Office]]] = {}
        self._alone: dict[tuple[int, Yardstick, int], law.Outcome] = {}

    def supposing(
        self, staff: Staff, populations: Populations, yardsticks: Yardsticks | None = None
    ) -> Board:
        """The same days with other facts, for a forecast or a draft."""
        other = copy(self)
        other.tree, other.staff, other.populations = staff.tree, staff, populations
        other.yardsticks = yardsticks or self.yardsticks
        other._cells, other._alone = {}, {}  # noqa: SLF001 - one of its own
        return other

    def yardstick(self, measure: str, office: Office, at: int = -1) -> Yardstick | None:
        """What the office is measured by on one of the days."""
        return self.yardsticks.on(measure, office, self.days[at])

    def outcome(self, office: Office, by: Yardstick, at: int = -1) -> law.Outcome:
        """What the yardstick says of the office on one of the days (the last, if none is told)."""
        at %= len(self.days)
        number = self.number(office, by.who, by, at)
        if not by.alone:
            base = self._base(office, by, at)
            why = self._why(office, by, at) if base is None else []
            if by.terms is None:
                why.append(Because(Gap.NO_STANDARD, {"day": self.days[at]}))
                why += [Because(Gap.NOBODY_LIVES_HERE)] if base == 0 else []
            return law.measured(by.terms, number=number, base=base, mode=by.mode, reasons=why)
        cells = self.cells(office, by, at)
        if cells == [office]:
            return self._one(office, by, at)
        below = [self._one(cell, by, at) for cell in cells]
        why = [] if below else [self._without_cells(by, at)]
        if not below:
            return law.measured(by.terms, number=number, base=None, mode=by.mode, reasons=why)
        return law.rolled_up(below, terms=by.terms, number=number, mode=by.mode)

    def number(self, office: Office, who: Who, by: Yardstick, at: int) -> Decimal:
        """N: how many count, in heads or full-time shares."""
        return self.staff.tallies(who)[office.id].number(at, by.mode)

    def certified(self, office: Office, who: Who, at: int = -1) -> Certified:
        """Who of those counted holds a professional certificate."""
        tally = self.staff.tallies(who)[office.id]
        return Certified(tally.marked[at], tally.heads[at])

    def cells(self, office: Office, by: Yardstick, at: int) -> list[Office]:
        """The offices at or below it that are measured each by itself.

        Homes and schools are not everywhere: where none is known, nothing is asked.
        """
        if by.who not in self._cells:
            self._cells[by.who] = self.tree.cells(by.who)
        found = self._cells[by.who][office.id]
        if by.base is Base.POPULATION and not by.kind.everywhere:
            sizes = self.populations.sizes(by.kind)
            found = [cell for cell in found if sizes[cell.id][at] is not None]
        return found

    def figures(self, office: Office, by: Yardstick, at: int = -1) -> list[FigureRow]:
        """The rows behind the size that it is held against."""
        at %= len(self.days)
        if by.base is not Base.POPULATION:
            return []
        if by.who.limited:
            cells = self.cells(office, by, at)
            return [row for c in cells for row in self.populations.behind(c, by.kind, at)]
        return self.populations.behind(office, by.kind, at)

    @property
    def levels(self) -> int | None:
        """How many levels a page shows unless more is asked for: of few offices, all."""
        return TOP_LEVELS if len(self.tree.offices) > MANY else None

    def depth(self, office: Office) -> int:
        """How many of the offices shown stand above it."""
        return sum(id_ in self.tree.offices for id_ in office.ancestor_ids) - 1

    def warnings(self, office: Office) -> Sequence[Because]:
        """The size of an urban community, in households."""
        if office.kind is not OfficeKind.COMMUNITY or office.settlement is not Settlement.URBAN:
            return ()
        known = self.populations.own(office.id, PopulationKind.HOUSEHOLDS, self.days[-1])
        return staffing.unusual_size(known.number if known else office.households)

    def _one(self, office: Office, by: Yardstick, at: int) -> law.Outcome:
        """An office that is measured by itself."""
        key = (office.id, by, at)
        if key not in self._alone:
            base = self._base(office, by, at)
            self._alone[key] = law.measured(
                by.terms,
                number=self.number(office, by.who, by, at),
                base=base,
                mode=by.mode,
                reasons=self._why(office, by, at) if base is None else (),
            )
        return self._alone[key]

    def _base(self, office: Office, by: Yardstick, at: int) -> Decimal | None:
        """What the office is held against: a population, staff, or offices (itself is one)."""
        if by.base is Base.STAFF and by.staff:
            return self.number(office, by.staff, by, at)
        if by.base is Base.OFFICES:
            return Decimal(len(self.cells(office, by, at)))
        if by.kind is PopulationKind.REGISTERED:
            return None
        size = self.populations.sizes(by.kind)[office.id][at]
        return None if size is None else Decimal(size)

    def _why(self, office: Office, by: Yardstick, at: int) -> list[Because]:
        """Why there is no size: of those below, or of its own."""
        below = self.tree.children[office.id]
        if by.kind is PopulationKind.REGISTERED:
            return [Because(Gap.NOT_REGISTERED)]
        sizes = self.populations.sizes(by.kind)
        unknown = sum(sizes[child.id][at] is None for child in below)
        if unknown and by.kind.everywhere:
            return [Because(Gap.CHILDREN_WITHOUT_POPULATION, {"number": unknown})]
        figures = [
            staffing.Figure(row.kind, row.number, row.as_of, row.source)
            for row in self.populations.of_office(office.id)
        ]
        return staffing.without_population(figures, day=self.days[at], kind=by.kind)

    def _without_cells(self, by: Yardstick, at: int) -> Because:
        if by.base is Base.POPULATION and not by.kind.everywhere:
            return Because(Gap.NO_POPULATION, {"day": self.days[at]})
        return Because(Gap.NOT_FOR_THIS)
