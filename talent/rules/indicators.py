"""Indicators of a plan: 国办发〔2021〕56号, main indicators 1 to 7, and local ones after them.

An indicator is a numerator over a denominator, both of them stated as they were counted. What is
compared is exact; what is shown is rounded, and never compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import date

NONE = Decimal(0)


class Formula(Word):
    """How a numerator N and a denominator D make the value."""

    SHARE = "share", N_("N ÷ D, in per cent")
    PER_100 = "per_100", N_("N × 100 ÷ D")
    PER_10K = "per_10k", N_("N × 10,000 ÷ D")
    EACH = "each", N_("N ÷ D")
    NUMBER = "number", N_("N alone")

    @property
    def factor(self) -> Decimal:
        """What N is multiplied by before it is divided."""
        return _FACTORS[self]


_FACTORS = {
    Formula.SHARE: Decimal(100),
    Formula.PER_100: Decimal(100),
    Formula.PER_10K: Decimal(10_000),
    Formula.EACH: Decimal(1),
    Formula.NUMBER: Decimal(1),
}


class Better(Word):
    """Which way a value is better. A value equal to its target meets it."""

    MORE = "more", N_("The more the better")
    LESS = "less", N_("The less the better")


class Measure(Word):
    """What kind of figure is stated."""

    COUNT = "count", N_("A whole number")
    AMOUNT = "amount", N_("A number with decimals")
    YES_NO = "yes_no", N_("Yes or no, for each community")


class Unstated(StrEnum):
    """Why a value, or whether it meets its target, cannot be said."""

    NOTHING = N_("Nothing is stated yet.")
    NONE_HERE = N_("There is no community of this kind here.")
    SOME = N_("Not stated for %(missing)s of %(all)s communities.")
    ZERO = N_("There is nothing to divide by: the denominator is zero.")
    NO_TARGET = N_("No target is in force on %(day)s.")


@dataclass(frozen=True, slots=True)
class Target:
    """A level to be reached, set for `scope` and all below it; None is everybody.

    `end` is the first day on which it is no longer in force.
    """

    level: Decimal
    start: date
    end: date | None = None
    scope: Hashable | None = None


def target_on(targets: Iterable[Target], *, day: date, scopes: Sequence[Hashable]) -> Target | None:
    """The target in force on a day: the nearest scope wins, then the one that began last.

    A plan ends and places set their own (18 in most, 25 in one): a target is never a constant.
    `scopes` is the office and those above it, nearest first.
    """
    in_force = [
        target
        for target in targets
        if target.start <= day and (target.end is None or day < target.end)
    ]
    for scope in (*scopes, None):
        if here := [target for target in in_force if target.scope == scope]:
            return max(here, key=lambda target: target.start)
    return None


@dataclass(frozen=True, slots=True)
class Pair:
    """Numerator and denominator of one place, or of several together."""

    numerator: Decimal
    denominator: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a place and all below it: the pair of those that stated, and who did not.

    `whole` says that an upper office stated it itself, for all below.
    """

    pair: Pair | None = None
    stated: tuple[Hashable, ...] = ()
    missing: tuple[Hashable, ...] = ()
    whole: bool = False

    @property
    def complete(self) -> bool:
        """Whether nobody is missing: only then it is said whether a target is met."""
        return self.pair is not None and not self.missing


NOTHING_ASKED = Known()  # of a place that the indicator does not speak of


def of_place(
    place: Hashable, numerator: Decimal | None, denominator: Decimal | None = Decimal(1)
) -> Known:
    """One community: both figures are stated, or it is one that is missing."""
    if numerator is None or denominator is None:
        return Known(missing=(place,))
    return Known(Pair(numerator, denominator), stated=(place,))


def rolled_up(children: Iterable[Known], own: Known = NOTHING_ASKED) -> Known:
    """ΣN over ΣD of those below, never the average of their values; who is missing stays named.

    Where somebody below is missing, what the upper office itself stated stands for all of them;
    where nobody is, the sum does, since it is the finer figure.
    """
    below = list(children)
    missing = tuple(place for child in below for place in child.missing)
    asked = any(child.stated or child.missing for child in below)
    if own.pair is not None and (missing or not asked):
        return Known(own.pair, own.stated, whole=True)
    pairs = [child.pair for child in below if child.pair is not None]
    return Known(
        together(pairs), tuple(place for child in below for place in child.stated), missing
    )


def together(pairs: Sequence[Pair]) -> Pair | None:
    """ΣN and ΣD; None of nothing."""
    if not pairs:
        return None
    return Pair(
        sum((pair.numerator for pair in pairs), NONE),
        sum((pair.denominator for pair in pairs), NONE),
    )


def value(formula: Formula, pair: Pair) -> Decimal | None:
    """N × factor / D, unrounded; None where there is nothing to divide by."""
    if formula is Formula.NUMBER:
        return pair.numerator
    if pair.denominator <= 0:
        return None
    return pair.numerator * formula.factor / pair.denominator


def shown(figure: Decimal, places: int = 2) -> Decimal:
    """A value as it is printed everywhere: half up. Never compare what is shown."""
    return figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def wanted(formula: Formula, pair: Pair, level: Decimal) -> Decimal:
    """The numerator that would meet the level exactly: T × D / factor."""
    if formula is Formula.NUMBER:
        return level
    return level * pair.denominator / formula.factor


def meets(formula: Formula, pair: Pair, level: Decimal, better: Better = Better.MORE) -> bool:
    """N × factor against T × D, without a division: 17.9964 shows as 18.00 and does not meet 18."""
    given, asked = pair.numerator * formula.factor, level * pair.denominator
    if formula is Formula.NUMBER:
        given, asked = pair.numerator, level
    return given >= asked if better is Better.MORE else given <= asked


def lacking(
    formula: Formula,
    pair: Pair,
    level: Decimal,
    better: Better = Better.MORE,
    measure: Measure = Measure.AMOUNT,
) -> Decimal:
    """By how much the numerator misses the level (with `LESS`: exceeds it), in its own unit.

    Of what is counted in whole ones (people, communities) whole ones are missing.
    """
    needed = wanted(formula, pair, level)
    gap = needed - pair.numerator if better is Better.MORE else pair.numerator - needed
    if measure is not Measure.AMOUNT:
        gap = gap.to_integral_value(ROUND_CEILING)
    return max(NONE, gap)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what something is measured."""

    formula: Formula
    better: Better = Better.MORE
    measure: Measure = Measure.AMOUNT  # of the numerator


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator at one office on one day. Every figure comes from these fields."""

    terms: Terms
    known: Known
    level: Decimal | None = None  # of the target in force

    @property
    def value(self) -> Decimal | None:
        """Unrounded; of those that stated, also where some did not."""
        return value(self.terms.formula, self.known.pair) if self.known.pair else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where it cannot be said."""
        if self._compared is None:
            return None
        return meets(self.terms.formula, *self._compared, self.terms.better)

    @property
    def lacking(self) -> Decimal | None:
        """By how much the numerator misses the target; None where it cannot be said."""
        if self._compared is None:
            return None
        return lacking(self.terms.formula, *self._compared, self.terms.better, self.terms.measure)

    @property
    def _compared(self) -> tuple[Pair, Decimal] | None:
        pair = self.known.pair
        if pair is None or self.level is None or self.value is None or self.known.missing:
            return None
        return pair, self.level
