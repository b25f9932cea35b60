"""Times of the week that suit a volunteer: 条例 Art. 15 (2017-12-01), and practice of offices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time


class Weekday(Word):
    """The days of the week, Monday first."""

    MONDAY = "0", N_("Monday")
    TUESDAY = "1", N_("Tuesday")
    WEDNESDAY = "2", N_("Wednesday")
    THURSDAY = "3", N_("Thursday")
    FRIDAY = "4", N_("Friday")
    SATURDAY = "5", N_("Saturday")
    SUNDAY = "6", N_("Sunday")


class Unfree(StrEnum):
    """Why a time of the week cannot be kept so."""

    BACKWARDS = N_("The end must be later than the beginning. The day ends at 23:59.")
    TWICE = N_("This overlaps another time of the same day. Make one of the two.")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when on one day of each week; 0 is Monday."""

    weekday: int
    starts: time
    ends: time

    def overlaps(self, other: Window) -> bool:
        """Whether both share a minute; one that begins where the other ends does not."""
        same = self.weekday == other.weekday
        return same and self.starts < other.ends and other.starts < self.ends


def refusals(windows: Sequence[Window], index: int) -> list[Because]:
    """Art. 15, what suits the volunteer. Why the time at `index` cannot stand."""
    one = windows[index]
    found = [Because(Unfree.BACKWARDS)] if one.ends <= one.starts else []
    if any(one.overlaps(other) for other in windows[:index]):
        found.append(Because(Unfree.TWICE))
    return found
