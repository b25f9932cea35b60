"""Why an office is short by so many: what changed between two days, in parts that add up exactly.

The shortfall is need less number (国办发〔2021〕56号, indicator 7); each part is how much one cause
added to it. What is left is the rounding to whole people, and a surplus, which is no shortfall.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.rules.outcomes import Outcome

    People = Mapping[Any, Decimal]  # whatever names them

NONE = Decimal(0)
PLACES = Decimal("0.0001")


class Cause(Word):
    """Why more or fewer are missing."""

    ENDED = "ended", N_("Appointments that ended")
    MOVED_AWAY = "moved_away", N_("Moved to another office")
    LEAVE = "leave", N_("On long leave")
    OTHER_POST = "other_post", N_("Holds only a post that does not count")
    LAPSED = "lapsed", N_("No longer holds what the standard asks for")
    BEGAN = "began", N_("Appointments that began")
    MOVED_HERE = "moved_here", N_("Came from another office")
    BACK = "back", N_("Back from long leave")
    COUNTING_POST = "counting_post", N_("Has got a post that counts")
    HOLDS = "holds", N_("Now holds what the standard asks for")
    SHARE = "share", N_("Another share of full time")
    COUNTED = "counted", N_("The standard counts others than before")
    STANDARD = "standard", N_("Another number in the standard")
    GROWTH = "growth", N_("What it is held against grew or shrank")
    ROUNDING = "rounding", N_("Rounded to whole people; a surplus is no shortfall")


@dataclass(frozen=True, slots=True)
class Part:
    """How much one cause added to the shortfall, and by whom. Below zero it took from it."""

    cause: Cause
    amount: Decimal
    people: tuple[Any, ...] = ()


def explained(
    then: Outcome, between: Outcome, now: Outcome, *, people: Mapping[Cause, People]
) -> list[Part]:
    """The parts of `now.shortfall - then.shortfall`; none where either cannot be stated.

    `between` is the present measured by the earlier standard. `people` is who counts more or less
    by the earlier standard now than then, by cause: their sum is the difference of the numbers.
    """
    if then.shortfall is None or now.shortfall is None or between.required is None:
        return []
    if then.required is None or now.required is None:
        return []
    amounts: dict[Cause, Decimal] = {
        cause: -sum(changes.values(), NONE) for cause, changes in people.items()
    }
    amounts[Cause.GROWTH] = between.required - then.required
    amounts[Cause.STANDARD] = now.required - between.required
    amounts[Cause.COUNTED] = between.number - now.number
    # As they are shown they add up: what a division leaves behind goes into the rounding.
    shown = {cause: amount.quantize(PLACES, ROUND_HALF_UP) for cause, amount in amounts.items()}
    left = now.shortfall - then.shortfall - sum(shown.values(), NONE)
    shown[Cause.ROUNDING] = left
    return [
        Part(cause, shown[cause].normalize(), tuple(people.get(cause, ())))
        for cause in Cause
        if shown.get(cause) or people.get(cause)
    ]
