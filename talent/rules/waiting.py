"""The waiting list of a shift: practice of the platforms within 条例 Art. 15, 16 (2017-12-01)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.rules import signup

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import datetime

    from talent.rules.reason import Because
    from talent.rules.signup import Candidate, Place


def refusals_to_wait(place: Place, candidate: Candidate, now: datetime) -> list[Because]:
    """As for a place, but a full shift is no reason: that is what the waiting list is for."""
    return [
        because
        for because in signup.refusals(place, candidate, now)
        if because.why != signup.Refusal.FULL
    ]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Who moves up from the waiting list, and why others who stood before them do not."""

    promoted: tuple[Hashable, ...]
    passed_over: tuple[tuple[Hashable, tuple[Because, ...]], ...]


def promotion(
    place: Place,
    waiting: Iterable[tuple[Hashable, Candidate]],
    now: datetime,
) -> Promotion:
    """The first of the waiting, in their order, who may still take a free place.

    The window for signing up does not matter any more, but nobody is moved into a shift that has
    begun, was cancelled or is not published. As many are promoted as there are free places.
    """
    promoted: list[Hashable] = []
    passed_over = []
    if now < place.span.start and not signup.shift_refusals(place):
        for key, candidate in waiting:
            if len(promoted) >= place.free:
                break
            if found := signup.person_refusals(place, candidate):
                passed_over.append((key, tuple(found)))
            else:
                promoted.append(key)
    return Promotion(tuple(promoted), tuple(passed_over))
