"""Star levels of volunteers: Order 67 Art. 10 (2021-02-01); thresholds by practice, not by law.

An award rests on time and quality. Here is the condition of time; where an office rates quality as
well, it decides beside it.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from talent.rules.hours import HOUR_MINUTES
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Sequence

STAR_HOURS = (100, 300, 600, 1000, 1500)


class Unstarred(StrEnum):
    """Why these are no thresholds of the star levels."""

    NONE = N_("Name at least one threshold.")
    NOT_POSITIVE = N_("A threshold is more than 0 hours.")
    NOT_RISING = N_("Each threshold must be higher than the one before.")


def star_level(minutes: int, thresholds: Sequence[int] = STAR_HOURS) -> int:
    """Art. 10: how many thresholds, in hours, are reached; exactly a threshold reaches it."""
    return sum(minutes >= hours * HOUR_MINUTES for hours in thresholds)


def minutes_to_next_star(minutes: int, thresholds: Sequence[int] = STAR_HOURS) -> int | None:
    """What is missing to the next threshold; None when all are reached."""
    ahead = [hours * HOUR_MINUTES - minutes for hours in thresholds]
    return min((missing for missing in ahead if missing > 0), default=None)


def refusals_to_thresholds(thresholds: Sequence[int]) -> list[Because]:
    """Art. 10: an office may set its own levels, each higher than the one before."""
    if not thresholds:
        return [Because(Unstarred.NONE)]
    found = []
    if min(thresholds) <= 0:
        found.append(Because(Unstarred.NOT_POSITIVE))
    if any(later <= former for former, later in pairwise(thresholds)):
        found.append(Because(Unstarred.NOT_RISING))
    return found
