"""Kinds of staffing standards: 国办发〔2021〕56号, main indicator 7, and what else offices follow.

The 2017 Opinion leaves the standard to cities and counties, so each kind is a formula whose numbers
come in from outside. What comes out for an office on a day is an `Outcome`, whatever the kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date

NONE = Decimal(0)
WHOLE = Decimal(1)
HUNDRED = Decimal(100)
PER_RESIDENTS = Decimal(10_000)


class StandardKind(Word):
    """By which formula a standard says how many there should be."""

    RATIO = "ratio", N_("So many for each so many people or households")
    INVERSE = "inverse", N_("One for each so many, in steps")
    PER_UNIT = "per_unit", N_("So many for each organisation, community or street")
    BAND = "band", N_("By size")
    SHARE = "share", N_("At least so many per cent of the staff")


class Base(Word):
    """What a standard is held against."""

    POPULATION = "population", N_("A population figure")
    OFFICES = "offices", N_("Communities or streets, each of them")
    STAFF = "staff", N_("Staff")


class Malformed(StrEnum):
    """Why numbers do not make a standard."""

    NUMBER = N_("Give a number above zero.")
    PER = N_("Give for how many people or households it is: a number above zero.")
    LEAST = N_("The least number is zero or more.")
    PERCENT = N_("A share is above 0 and at most 100 per cent.")
    NO_BANDS = N_("Give at least one band.")
    TURNED = N_("The band from %(least)s ends at %(below)s, which is not more.")
    TWICE = N_("Two bands begin at %(least)s.")
    FEWER = N_("In the band from %(least)s the most is fewer than the least.")


class Remark(StrEnum):
    """What is said of bands, or of an office measured by them, beside the figures."""

    BOUND = N_("Exactly %(bound)s counts in the band that begins there.")
    OVERLAP = N_(
        "From %(least)s to below %(below)s two bands overlap; the one that begins later holds."
    )
    HOLE = N_("From %(least)s to below %(below)s no band holds.")
    STARTS = N_("Below %(least)s no band holds.")
    ENDS = N_("From %(below)s on no band holds.")
    OVER_MOST = N_("%(number)s are more than the most that the standard allows, %(most)s.")


@dataclass(frozen=True, slots=True)
class Owed:
    """How many are asked for, exact: amount ÷ per, divided only to be shown or to round up."""

    amount: Decimal
    per: Decimal = WHOLE

    def __add__(self, other: Owed) -> Owed:
        if self.per == other.per:
            return Owed(self.amount + other.amount, self.per)
        if other.per == 1:
            return Owed(self.amount + other.amount * self.per, self.per)
        return Owed(self.amount * other.per + other.amount * self.per, self.per * other.per)

    @property
    def required(self) -> Decimal:
        """As a number, unrounded."""
        return self.amount / self.per

    def met_by(self, number: Decimal) -> bool:
        """N × per ≥ amount, without a division. 17.9964 shows as 18.00 and does not meet 18."""
        return number * self.per >= self.amount

    def shortfall(self, number: Decimal) -> int:
        """How many people are missing, rounded up to a head."""
        missing = (self.amount - number * self.per) / self.per
        return max(0, int(missing.to_integral_value(ROUND_CEILING)))

    def surplus(self, number: Decimal) -> int:
        """How many whole people are more than asked for."""
        more = (number * self.per - self.amount) / self.per
        return max(0, int(more.to_integral_value(ROUND_FLOOR)))


@dataclass(frozen=True, slots=True)
class Ratio:
    """`number` for each `per` people or households: T × P ÷ K."""

    number: Decimal
    per: Decimal = PER_RESIDENTS

    kind = StandardKind.RATIO
    pooled = True

    def owed(self, base: Decimal) -> Owed | None:
        """How many so many people ask for; nothing is asked where nobody lives."""
        return Owed(self.number * base, self.per) if base > 0 else None

    def shown(self, number: Decimal, base: Decimal) -> Decimal | None:
        """N × K ÷ P, unrounded."""
        return number * self.per / base if base > 0 else None

    def refusals(self) -> list[Because]:
        """Why these numbers are none."""
        return _above_zero(self.number, self.per)


@dataclass(frozen=True, slots=True)
class Inverse:
    """`step` for each started `per`: ⌈n ÷ k⌉ × s, at least `least`; unstepped: n ÷ k × s."""

    per: Decimal
    step: Decimal = WHOLE
    least: Decimal = NONE
    stepped: bool = True

    kind = StandardKind.INVERSE

    @property
    def pooled(self) -> bool:
        """Whether the sizes of several places may be added before it is asked."""
        return not self.stepped and not self.least

    def owed(self, base: Decimal) -> Owed | None:
        """How many so many people ask for."""
        if self.stepped:
            steps = (base / self.per).to_integral_value(ROUND_CEILING)
            return Owed(max(self.least, steps * self.step))
        if base * self.step < self.least * self.per:
            return Owed(self.least)
        return Owed(base * self.step, self.per)

    def shown(self, number: Decimal, base: Decimal) -> Decimal | None:
        """How many there are for each who counts, unrounded; None without anybody."""
        return base / number if number > 0 else None

    def refusals(self) -> list[Because]:
        """Why these numbers are none."""
        found = _above_zero(self.step, self.per)
        return [*found, Because(Malformed.LEAST)] if self.least < 0 else found


@dataclass(frozen=True, slots=True)
class PerUnit:
    """`number` for each organisation, community or street."""

    number: Decimal

    kind = StandardKind.PER_UNIT
    pooled = True

    def owed(self, base: Decimal) -> Owed | None:
        """How many so many of them ask for."""
        return Owed(self.number * base) if base > 0 else None

    def shown(self, number: Decimal, base: Decimal) -> Decimal | None:
        """How many count for each of them, unrounded."""
        return number / base if base > 0 else None

    def refusals(self) -> list[Because]:
        """Why these numbers are none."""
        return _above_zero(self.number)


@dataclass(frozen=True, slots=True)
class Band:
    """Sizes in [least, below), and how many they ask for; `most` where a source names a range."""

    least: int
    below: int | None
    number: Decimal
    most: Decimal | None = None

    def holds(self, size: Decimal) -> bool:
        """Whether a size is in it: from `least` on, and not `below` itself."""
        return self.least <= size and (self.below is None or size < self.below)


@dataclass(frozen=True, slots=True)
class Bands:
    """So many by size. Where two bands hold, the one that begins later does."""

    bands: tuple[Band, ...]

    kind = StandardKind.BAND
    pooled = False

    def band_of(self, size: Decimal) -> Band | None:
        """The band in which a size falls; None in a hole between bands."""
        found = [band for band in self.bands if band.holds(size)]
        return max(found, key=lambda band: band.least, default=None)

    def owed(self, base: Decimal) -> Owed | None:
        """How many a place of this size asks for."""
        band = self.band_of(base)
        return Owed(band.number) if band else None

    def shown(self, number: Decimal, base: Decimal) -> Decimal | None:
        """How many there are for each who counts, unrounded; None without anybody."""
        return base / number if number > 0 else None

    def refusals(self) -> list[Because]:
        """Why these bands are none."""
        if not self.bands:
            return [Because(Malformed.NO_BANDS)]
        found: list[Because] = []
        seen: set[int] = set()
        for band in self.bands:
            facts: dict[str, int] = {"least": band.least}
            if band.below is not None and band.below <= band.least:
                found.append(Because(Malformed.TURNED, {**facts, "below": band.below}))
            if band.least in seen:
                found.append(Because(Malformed.TWICE, facts))
            if band.number <= 0:
                found.append(Because(Malformed.NUMBER))
            if band.most is not None and band.most < band.number:
                found.append(Because(Malformed.FEWER, facts))
            seen.add(band.least)
        return found

    def remarks(self) -> list[Because]:
        """Where bands meet, overlap or leave a hole: sources often name one bound twice."""
        ordered = sorted(self.bands, key=lambda band: band.least)
        found: list[Because] = []
        if ordered and ordered[0].least > 0:
            found.append(Because(Remark.STARTS, {"least": ordered[0].least}))
        for one, following in pairwise(ordered):
            if one.below == following.least:
                found.append(Because(Remark.BOUND, {"bound": following.least}))
            elif one.below is not None and one.below < following.least:
                found.append(Because(Remark.HOLE, {"least": one.below, "below": following.least}))
            else:
                ends = [band.below for band in (one, following) if band.below is not None]
                facts = {"least": following.least, "below": min(ends) if ends else "∞"}
                found.append(Because(Remark.OVERLAP, facts))
        if ordered and (last := ordered[-1].below) is not None:
            found.append(Because(Remark.ENDS, {"below": last}))
        return found


@dataclass(frozen=True, slots=True)
class Share:
    """At least `percent` of the staff, counted in heads or in full-time shares like the staff."""

    percent: Decimal

    kind = StandardKind.SHARE
    pooled = True

    def owed(self, base: Decimal) -> Owed | None:
        """How many of so many staff; nothing is asked of nobody."""
        return Owed(self.percent * base, HUNDRED) if base > 0 else None

    def shown(self, number: Decimal, base: Decimal) -> Decimal | None:
        """Per cent, unrounded; None, not zero, where there is no staff."""
        return number * HUNDRED / base if base > 0 else None

    def refusals(self) -> list[Because]:
        """Why this is no share."""
        return [] if 0 < self.percent <= HUNDRED else [Because(Malformed.PERCENT)]


Terms: TypeAlias = Ratio | Inverse | PerUnit | Bands | Share


@dataclass(frozen=True, slots=True)
class Standard:
    """What is asked for at `scope` and all below it; None is the whole country.

    `end` is the first day on which it is no longer in force, as with a post.
    """

    terms: Terms
    start: date
    end: date | None = None
    scope: Hashable | None = None


def by_scope(standards: Iterable[Standard], *, day: date) -> dict[Hashable, Standard]:
    """Of each scope the standard that is in force on a day: the one that began last."""
    found: dict[Hashable, Standard] = {}
    for one in standards:
        if one.start <= day and (one.end is None or day < one.end):
            before = found.get(one.scope)
            if before is None or before.start < one.start:
                found[one.scope] = one
    return found


def nearest(found: Mapping[Hashable, Standard], scopes: Sequence[Hashable]) -> Standard | None:
    """The standard of the first scope that has one; the whole country stands behind them all.

    Cities and counties set their own (2017 Opinion). `scopes` is the office and those above it,
    nearest first. All given are of one measure: of several that an office has, each is looked for
    by itself.
    """
    return next((found[scope] for scope in (*scopes, None) if scope in found), None)


def _above_zero(number: Decimal, per: Decimal = WHOLE) -> list[Because]:
    found = [Because(Malformed.NUMBER)] if number <= 0 else []
    return found if per > 0 else [*found, Because(Malformed.PER)]
