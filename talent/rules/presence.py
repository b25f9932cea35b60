"""How many count at each place on each of several days: one pass over posts, not one for each day.

The same people as `staffing.counted` finds for one day (2017 Opinion: distinct people, never
posts; start ≤ day < end), so that a trend of years costs little more than today.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from talent.rules.staffing import CountMode

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date

    Place = Any  # whatever names it, as with a person
    Time = tuple[date, date | None]  # from a day up to another
    Span = tuple[int, int]  # of days, by their number in the list: from the first up to the second

FULL_TIME = 1_000  # shares of full time are kept in thousandths, so that they add up exactly


class Stay(NamedTuple):
    """A person at a place from a day up to another; `share` in thousandths of full time."""

    person: Hashable
    place: Hashable
    start: date
    end: date | None = None
    share: int = FULL_TIME


@dataclass(slots=True)
class Tally:
    """What was counted at one place, on each of the days."""

    heads: list[int]
    shares: list[int]  # thousandths of full time
    marked: list[int]  # heads among those who are marked, say by a certificate

    def number(self, at: int, mode: CountMode) -> Decimal:
        """N on one of the days."""
        if mode is CountMode.HEADCOUNT:
            return Decimal(self.heads[at])
        return Decimal(self.shares[at]) / FULL_TIME


@dataclass(slots=True)
class _Steps:
    """By how much each figure changes from one day to the next."""

    length: int
    heads: list[int] = field(init=False)
    shares: list[int] = field(init=False)
    marked: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.heads, self.shares, self.marked = ([0] * (self.length + 1) for _ in range(3))

    def add(self, span: Span, share: int, marks: Iterable[Span]) -> None:
        first, beyond = span
        self.heads[first] += 1
        self.heads[beyond] -= 1
        self.shares[first] += share
        self.shares[beyond] -= share
        for mark in marks:
            start, end = max(mark[0], first), min(mark[1], beyond)
            if start < end:
                self.marked[start] += 1
                self.marked[end] -= 1

    def tally(self) -> Tally:
        heads, shares, marked = (
            list(accumulate(steps[:-1])) for steps in (self.heads, self.shares, self.marked)
        )
        return Tally(heads, shares, marked)


def presence(
    stays: Iterable[Stay],
    *,
    days: Sequence[date],
    above: Mapping[Place, Sequence[Place]],
    marks: Mapping[Any, Sequence[Time]] | None = None,
) -> dict[Place, Tally]:
    """Each place, and those above it, with what they count on each of the days, in order.

    `above` says at which places a stay counts, itself among them. A person counts once at each,
    with one full time at most. `marks` are the times in which somebody is marked.
    """
    own: dict[Hashable, list[tuple[Place, Span, int]]] = defaultdict(list)
    for person, place, start, end, share in stays:
        span = _span(days, start, end)
        if span[0] < span[1] and place in above:
            own[person].append((place, span, share))
    steps: dict[Place, _Steps] = {
        place: _Steps(len(days)) for places in above.values() for place in places
    }
    for person, found in own.items():
        marked = _marked(days, (marks or {}).get(person, ()))
        if len(found) == 1:
            ((place, span, share),) = found
            for upper in above[place]:
                steps[upper].add(span, share, marked)
        else:
            _add_several(found, above, marked, steps)
    return {place: step.tally() for place, step in steps.items()}


def _add_several(
    found: Sequence[tuple[Place, Span, int]],
    above: Mapping[Place, Sequence[Place]],
    marked: Sequence[Span],
    steps: Mapping[Place, _Steps],
) -> None:
    """Somebody with several posts: from change to change, at each place once."""
    bounds = sorted({bound for _, span, _ in found for bound in span})
    for first, beyond in pairwise(bounds):
        shares: dict[Place, int] = defaultdict(int)
        for place, span, share in found:
            if span[0] <= first and beyond <= span[1]:
                for upper in above[place]:
                    shares[upper] += share
        for upper, share in shares.items():
            steps[upper].add((first, beyond), min(share, FULL_TIME), marked)


def _span(days: Sequence[date], start: date, end: date | None) -> Span:
    return bisect_left(days, start), len(days) if end is None else bisect_left(days, end)


def _marked(days: Sequence[date], times: Sequence[tuple[date, date | None]]) -> Sequence[Span]:
    """The times as spans that do not overlap, so that nobody is marked twice."""
    found: list[Span] = []
    for first, beyond in sorted(_span(days, start, end) for start, end in times):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], beyond))
        elif first < beyond:
            found.append((first, beyond))
    return found


def nobody(days: int) -> Tally:
    """What a place counts at which there never was anybody."""
    return Tally([0] * days, [0] * days, [0] * days)


def merged(times: Iterable[Time]) -> list[Time]:
    """Times that may overlap or touch, as times that do not, in their order."""
    found: list[Time] = []
    for start, end in sorted(times, key=lambda time: time[0]):
        if end is not None and end <= start:
            continue
        if found and (found[-1][1] is None or start <= found[-1][1]):
            before = found[-1][1]
            longer = None if before is None or end is None else max(before, end)
            found[-1] = (found[-1][0], longer)
        else:
            found.append((start, end))
    return found


def common(time: Time, others: Iterable[Time]) -> list[Time]:
    """The parts of a time that lie in one of the others."""
    found: list[Time] = []
    for start, end in others:
        first = max(start, time[0])
        ends = [each for each in (end, time[1]) if each is not None]
        beyond = min(ends) if ends else None
        if beyond is None or first < beyond:
            found.append((first, beyond))
    return found


def within(day: date, times: Iterable[Time]) -> bool:
    """Whether a day lies in one of them: the first day does, the day of the end does not."""
    return any(start <= day and (end is None or day < end) for start, end in times)
