"""What a standard says of an office on a day: the same figures for every kind of standard.

Compared is what was not rounded (国办发〔2021〕56号, indicator 7): pages round to two places.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from talent.rules.reason import Because
from talent.rules.staffing import CountMode, Gap
from talent.rules.standards import NONE, Bands, PerUnit, Ratio, Remark, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.rules.standards import Owed, Terms

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One office on one day by one standard. What cannot be stated is None; `reasons` says why."""

    number: Decimal  # who counts: heads, or full-time shares
    base: Decimal | None  # the residents, households, offices or staff it is held against
    terms: Terms | None
    owed: Owed | None
    mode: CountMode = CountMode.HEADCOUNT
    reasons: tuple[Because, ...] = ()
    remarks: tuple[Because, ...] = ()

    @property
    def ratio(self) -> Decimal | None:
        """The figure that is shown for this kind of standard, unrounded. Never compare it.

        Without a standard it is that of the plan: for 10 000 people.
        """
        if self.base is None:
            return None
        return (self.terms or Ratio(NONE)).shown(self.number, self.base)

    @property
    def required(self) -> Decimal | None:
        """The people whom the standard asks for, unrounded."""
        return None if self.owed is None else self.owed.required

    @property
    def met(self) -> bool | None:
        """Decided without a division, from what was not rounded."""
        return None if self.owed is None else self.owed.met_by(self.number)

    @property
    def shortfall(self) -> int | None:
        """How many people are missing."""
        return None if self.owed is None else self.owed.shortfall(self.number)

    @property
    def surplus(self) -> int | None:
        """How many people are more than asked for."""
        return None if self.owed is None else self.owed.surplus(self.number)


def measured(
    terms: Terms | None,
    *,
    number: Decimal,
    base: Decimal | None,
    mode: CountMode = CountMode.HEADCOUNT,
    reasons: Sequence[Because] = (),
) -> Outcome:
    """One place by a standard. `reasons` say why the size, or the standard, is not known."""
    why, remarks, owed = list(reasons), [], None
    if terms is not None and base is not None:
        owed = terms.owed(base)
        if owed is None and not why:
            why.append(_without(terms, base))
        band = terms.band_of(base) if isinstance(terms, Bands) else None
        if band and band.most is not None and number > band.most:
            facts = {"number": plain(number), "most": plain(band.most)}
            remarks.append(Because(Remark.OVER_MOST, facts))
    return Outcome(number, base, terms, owed, mode, tuple(why), tuple(remarks))


def rolled_up(
    below: Sequence[Outcome],
    *,
    terms: Terms | None,
    number: Decimal,
    mode: CountMode = CountMode.HEADCOUNT,
    reasons: Sequence[Because] = (),
) -> Outcome:
    """A place over those below it, which are measured by the same terms: ΣN against the whole.

    A ratio is held against the sum of the sizes, never the average of ratios. Steps and bands ask
    each place below for itself, and their needs are added. One without a size leaves the whole
    without a verdict: half a denominator would flatter. `number` is each person once.
    """
    unknown = sum(one.base is None for one in below)
    why = list(reasons)
    if unknown:
        why.append(Because(Gap.CHILDREN_WITHOUT_POPULATION, {"number": unknown}))
    base = None if unknown else sum((one.base or NONE for one in below), NONE)
    if terms is None or terms.pooled or base is None:
        return measured(terms, number=number, base=base, mode=mode, reasons=why)
    owed: Owed | None = None
    holes = [because for one in below if one.owed is None for because in one.reasons]
    if not holes:
        for one in below:
            owed = one.owed if owed is None or one.owed is None else owed + one.owed
    return Outcome(number, base, terms, owed, mode, (*why, *holes[:1]))


def shown(figure: Decimal) -> Decimal:
    """A figure as pages print it: two places, half up. Never compare what is shown."""
    return figure.quantize(HUNDREDTH, ROUND_HALF_UP)


def plain(number: Decimal) -> Decimal | int:
    """A figure without idle zeros: 18, not 18.0000, and not 1.8E+1."""
    whole = int(number)
    return whole if whole == number else number.normalize()


def _without(terms: Terms, base: Decimal) -> Because:
    """Why nothing is asked of this size."""
    match terms:
        case Bands():
            return Because(Gap.NO_BAND, {"size": plain(base)})
        case Share():
            return Because(Gap.NO_STAFF)
        case PerUnit():
            return Because(Gap.NO_UNIT)
        case _:
            return Because(Gap.NOBODY_LIVES_HERE)
