"""The one function that makes the figures: a page, a sheet and a PDF print what stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.errors import NotFound
from talent.indicators.counting import RECOUNTED, Count, Fact
from talent.indicators.models import IndicatorTarget, Origin, Quantity
from talent.offices.models import OfficeKind
from talent.rules import indicators as law
from talent.rules.indicators import Known, Measure, Unstated
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.access import Actor
    from talent.indicators.models import Indicator
    from talent.indicators.service import Tree
    from talent.offices.models import Office

_ONE = Decimal(1)
FIRST_YEAR, LAST_YEAR = 2000, 2199
TREND_YEARS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator at one office on one day, as every page and file writes it."""

    indicator: Indicator
    office: Office
    depth: int
    on: date
    measured: law.Measured
    facts: Sequence[tuple[Quantity, Office, Fact]]  # the rows behind the figure
    missing: Sequence[Office]
    asked: int  # communities that the indicator speaks of
    level_source: str = ""

    @property
    def value(self) -> Decimal | None:
        """As it is shown. Whether it meets the target, `met` says, from what was not rounded."""
        return self._shown(self.measured.value, self.indicator.places)

    @property
    def level(self) -> Decimal | None:
        """The target in force."""
        return None if self.measured.level is None else _plain(self.measured.level)

    @property
    def met(self) -> bool | None:
        """Whether the target is met."""
        return self.measured.met

    @property
    def lacking(self) -> Decimal | None:
        """By how much the numerator misses the target, in its unit."""
        places = 0 if self.indicator.numerator.measure is not Measure.AMOUNT else 2
        found = self._shown(self.measured.lacking, places)
        return None if found is None else _plain(found)

    @property
    def numerator(self) -> Decimal | None:
        """Of those that stated."""
        pair = self.measured.known.pair
        return _plain(pair.numerator) if pair else None

    @property
    def denominator(self) -> Decimal | None:
        """Of those that stated; None where the formula has none."""
        pair = self.measured.known.pair
        return _plain(pair.denominator) if pair and self.indicator.denominator else None

    @property
    def as_of(self) -> tuple[date, date] | None:
        """The first and the last day of the figures behind it."""
        days = sorted(fact.as_of for _, _, fact in self.facts if fact.as_of)
        return (days[0], days[-1]) if days else None

    @property
    def source(self) -> str:
        """Where the figures come from."""
        return "; ".join(dict.fromkeys(fact.source for _, _, fact in self.facts if fact.source))

    @property
    def reasons(self) -> list[Because]:
        """Why the value, or whether it meets the target, cannot be said; the missing are named."""
        found = []
        known = self.measured.known
        if not self.asked and known.pair is None:
            return [Because(Unstated.NONE_HERE)]
        if known.pair is None and len(self.missing) == self.asked:
            found.append(Because(Unstated.NOTHING))
        elif self.missing:
            facts = {"missing": len(self.missing), "all": self.asked}
            found.append(Because(Unstated.SOME, facts))
        elif self.measured.value is None:
            found.append(Because(Unstated.ZERO))
        if self.measured.level is None:
            found.append(Because(Unstated.NO_TARGET, {"day": self.on}))
        return found

    @staticmethod
    def _shown(figure: Decimal | None, places: int) -> Decimal | None:
        return None if figure is None else law.shown(figure, places)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report with what it was a year before."""

    line: Line
    before: Line

    @property
    def change(self) -> Decimal | None:
        """The difference of what is shown, so that it adds up on paper."""
        if self.line.value is None or self.before.value is None:
            return None
        return self.line.value - self.before.value


class Reckoning:
    """Indicators over a tree: what is known, rolled up, against the targets of each office."""

    def __init__(
        self, actor: Actor, tree: Tree, indicators: Sequence[Indicator], *, days: Sequence[date]
    ) -> None:
        self.tree = tree
        self.count = Count(actor, tree, days)
        self._known: dict[tuple[int, date], dict[int, Known]] = {}
        ids = [each.id for each in indicators]
        self.targets: dict[int, dict[law.Target, IndicatorTarget]] = {}
        query = select(IndicatorTarget).where(IndicatorTarget.indicator_id.in_(ids))
        for row in db.session.scalars(query.order_by(IndicatorTarget.id)):
            terms = law.Target(row.level, row.valid_from, row.valid_to, row.office_id)
            self.targets.setdefault(row.indicator_id, {})[terms] = row

    def line(self, indicator: Indicator, office: Office, day: date) -> Line:
        """One indicator at one office on a day."""
        known = self.known(indicator, day)[office.id]
        level, source = self._level(indicator, office, day)
        terms = law.Terms(indicator.formula, indicator.better, indicator.numerator.measure)
        asked = [each for each in self.tree.communities_of(office) if _speaks_of(indicator, each)]
        return Line(
            indicator=indicator,
            office=office,
            depth=self.tree.depth(office),
            on=day,
            measured=law.Measured(terms, known, level),
            facts=self._facts(indicator, known, day),
            missing=[self.tree.by_id[int(str(place))] for place in known.missing],
            asked=len(asked),
            level_source=source,
        )

    def known(self, indicator: Indicator, day: date) -> dict[int, Known]:
        """By office, what is known on a day, children before those above them."""
        key = (indicator.id, day)
        if key not in self._known:
            found: dict[int, Known] = {}
            for office in self.tree.upwards():
                below = [found[child.id] for child in self.tree.below(office)]
                found[office.id] = self._known_of(indicator, office, below, day)
            self._known[key] = found
        return self._known[key]

    def _known_of(
        self, indicator: Indicator, office: Office, below: list[Known], day: date
    ) -> Known:
        numerator, denominator = indicator.numerator, indicator.denominator
        top = self.count.facts(numerator, day).get(office.id)
        bottom = self.count.facts(denominator, day).get(office.id) if denominator else None
        number = top.number if top else None
        of = (bottom.number if bottom else None) if denominator else _ONE
        if office.kind is OfficeKind.COMMUNITY:
            if not _speaks_of(indicator, office):
                return law.NOTHING_ASKED
            return law.of_place(office.id, number, of)
        stated = law.of_place(office.id, number, of)
        whole = law.rolled_up(below, stated if stated.pair else law.NOTHING_ASKED)
        if numerator.origin not in RECOUNTED or top is None:
            return whole
        if denominator and denominator.origin in RECOUNTED:
            missing = () if stated.pair else whole.missing or (office.id,)
            return Known(stated.pair, whole.stated or (office.id,), missing)
        if not whole.complete or whole.pair is None:
            return Known(None, whole.stated, whole.missing)
        pair = law.Pair(top.number, whole.pair.denominator)
        return Known(pair, whole.stated, whole=whole.whole)

    def _level(self, indicator: Indicator, office: Office, day: date) -> tuple[Decimal | None, str]:
        """What is to be reached. For indicator 7 the staffing standard says it."""
        if indicator.numerator.origin is Origin.WORKERS:
            return self.count.level(office, day)
        terms = self.targets.get(indicator.id, {})
        scopes = list(reversed(office.ancestor_ids))
        chosen = law.target_on(terms, day=day, scopes=scopes)
        return (chosen.level, terms[chosen].source) if chosen else (None, "")

    def _facts(
        self, indicator: Indicator, known: Known, day: date
    ) -> list[tuple[Quantity, Office, Fact]]:
        """The rows behind a figure: of each place that stated, both quantities."""
        found = []
        for quantity in (indicator.numerator, indicator.denominator):
            facts = self.count.facts(quantity, day) if quantity else {}
            for place in known.stated:
                office = self.tree.by_id[int(str(place))]
                if quantity and (fact := facts.get(office.id)):
                    found.append((quantity, office, fact))
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """A year of an office: every indicator there, and at each office directly below it."""

    office: Office
    year: int
    on: date
    rows: Sequence[Row]
    below: Sequence[tuple[Indicator, Sequence[Line]]]


def yearly(
    actor: Actor, tree: Tree, indicators: Sequence[Indicator], office: Office, *, on: date
) -> Report:
    """The figures of a year up to its last day, or up to today while it is not over."""
    before = a_year_before(on)
    reckoning = Reckoning(actor, tree.under(office), indicators, days=[before, on])
    rows = [
        Row(reckoning.line(each, office, on), reckoning.line(each, office, before))
        for each in indicators
    ]
    below = [
        (each, [reckoning.line(each, child, on) for child in tree.below(office)])
        for each in indicators
        if tree.below(office)
    ]
    return Report(office, on.year, on, rows, below)


def over_offices(
    actor: Actor, tree: Tree, indicator: Indicator, office: Office, *, on: date
) -> list[Line]:
    """One indicator at an office and at each one directly below it."""
    reckoning = Reckoning(actor, tree.under(office), [indicator], days=[on])
    return [reckoning.line(indicator, each, on) for each in (office, *tree.below(office))]


def over_years(
    actor: Actor, tree: Tree, indicator: Indicator, office: Office, *, on: date
) -> list[Line]:
    """One indicator at an office at the end of each of the last years, and on the day."""
    days = [*(date(on.year - back, 12, 31) for back in range(TREND_YEARS - 1, 0, -1)), on]
    reckoning = Reckoning(actor, tree.under(office), [indicator], days=days)
    return [reckoning.line(indicator, office, day) for day in days]


def end_of(year: int, today: date) -> date:
    """The day for which a year is reported: its last one, or today while it is not over."""
    if not FIRST_YEAR <= year <= today.year:
        raise NotFound
    return min(date(year, 12, 31), today)


def a_year_before(day: date) -> date:
    """The end of the year before: what a year is compared with."""
    return date(day.year - 1, 12, 31)


def targets_of(indicator: Indicator) -> Sequence[IndicatorTarget]:
    """Every level that was set, the latest first."""
    query = (
        select(IndicatorTarget)
        .where(IndicatorTarget.indicator_id == indicator.id)
        .options(joinedload(IndicatorTarget.office))
        .order_by(IndicatorTarget.valid_from.desc(), IndicatorTarget.id.desc())
    )
    return db.session.scalars(query).all()


def _speaks_of(indicator: Indicator, office: Office) -> bool:
    return indicator.settlement is None or office.settlement is indicator.settlement


def _plain(number: Decimal) -> Decimal:
    """Without zeros at its end that say nothing: 30.0000 is 30."""
    short = number.normalize()
    return short.quantize(_ONE) if short == short.to_integral_value() else short


def readable_day(text: str) -> date:
    """A day of an address; one that nobody can mean is as if none were given."""
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day
