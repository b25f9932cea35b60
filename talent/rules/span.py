"""Time of service is time actually given, counted in hours: Order 67 Art. 7 (2021-02-01).

A span is measured as it elapses, not as the clock on the wall shows it, and the hours of a day are
those of the local calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Unspanned(StrEnum):
    """Why two moments do not make a span."""

    END_NOT_AFTER_START = N_("The end must be later than the start.")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` until just before `end`. Both are kept in UTC.

    Raises ValueError for a moment without a zone and for an end that is not after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Keep UTC only: Python compares and subtracts equal zones by the clock on the wall."""
        for edge in ("start", "end"):
            moment = getattr(self, edge)
            if moment.utcoffset() is None:
                message = f"{edge} has no zone: {moment}"
                raise ValueError(message)
            object.__setattr__(self, edge, moment.astimezone(UTC))
        if self.end <= self.start:
            message = f"{self.end} is not after {self.start}"
            raise ValueError(message)

    @property
    def length(self) -> timedelta:
        """What elapses between start and end."""
        return self.end - self.start

    @property
    def minutes(self) -> int:
        """Whole minutes that elapse; a started minute is not a minute."""
        return self.length // MINUTE

    def contains(self, moment: datetime) -> bool:
        """The start belongs to the span, the end does not."""
        return self.start <= moment < self.end

    def covers(self, other: Span) -> bool:
        """Every moment of `other` is in this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """They share a moment. Spans that only touch do not."""
        return self.start < other.end and other.start < self.end

    def common(self, other: Span) -> Span | None:
        """The part that both share."""
        if not self.overlaps(other):
            return None
        return Span(max(self.start, other.start), min(self.end, other.end))

    def without(self, other: Span) -> list[Span]:
        """What is left of this span when `other` is taken out: none, one or two pieces."""
        if not self.overlaps(other):
            return [self]
        pieces = []
        if self.start < other.start:
            pieces.append(Span(self.start, other.start))
        if other.end < self.end:
            pieces.append(Span(other.end, self.end))
        return pieces

    def rest_to(self, other: Span) -> timedelta:
        """What lies between the two, whichever is first; zero when they touch or overlap."""
        gap = max(self.start, other.start) - min(self.end, other.end)
        return max(gap, timedelta(0))

    def days(self, zone: tzinfo) -> list[date]:
        """The local days on which the span has a moment."""
        return [day for day, _ in _pieces(self, zone)]

    def by_day(self, zone: tzinfo) -> list[tuple[date, int]]:
        """The minutes of each local day, cut at local midnight. Their sum is `minutes`."""
        return minutes_by_day([self], zone)


def refusals(start: datetime, end: datetime) -> list[Because]:
    """Order 67 Art. 7: time actually given is more than nothing, and it ends after it began.

    An end before the start is never read as "on the next day": that would hide a slip.
    """
    if end.astimezone(UTC) <= start.astimezone(UTC):
        return [Because(Unspanned.END_NOT_AFTER_START)]
    return []


def first_moment(day: date, zone: tzinfo) -> datetime:
    """The moment at which the local day begins, in UTC, also where the clock skips midnight."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def minutes_by_day(spans: Iterable[Span], zone: tzinfo) -> list[tuple[date, int]]:
    """The minutes of each local day over all `spans`, which must not overlap one another.

    Seconds are carried from piece to piece, so the days add up to the whole minutes of all spans.
    Days without a whole minute are left out.
    """
    elapsed = timedelta(0)
    minutes: dict[date, int] = {}
    for span in sorted(spans):
        for day, length in _pieces(span, zone):
            gained = (elapsed + length) // MINUTE - elapsed // MINUTE
            elapsed += length
            minutes[day] = minutes.get(day, 0) + gained
    return [(day, number) for day, number in sorted(minutes.items()) if number]


def _pieces(span: Span, zone: tzinfo) -> list[tuple[date, timedelta]]:
    pieces = []
    day = span.start.astimezone(zone).date()
    since = span.start
    while since < span.end:
        until = min(max(first_moment(day + DAY, zone), since), span.end)
        if until > since:
            pieces.append((day, until - since))
        since = until
        day += DAY
    return pieces
