"""Finding somebody who steps in: practice of the platforms within 条例 Art. 15, 16 (2017-12-01).

One after the other is asked, the most fitting, rested, least asked first, so that nobody is pressed
and no place is promised twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from talent.rules import quiet as hours
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import tzinfo

    from talent.rules.quiet import QuietHours

NEAR = timedelta(hours=2)  # so close to the start several are asked at once
AT_ONCE_NEAR = 3  # for each place that is missing
LEAST_TO_ANSWER = timedelta(minutes=10)
PATIENCE = 4  # a person has at most one part in so many of the time that is left
REMEMBERED = timedelta(days=90)  # calls of so long count when the least asked is looked for
SERVED = 300  # points: served on the project before; it outweighs any one thing that suits
MOST_REST = timedelta(hours=12)  # whoever had so much rest is as rested as anybody


class SearchEnd(Word):
    """How a search came to its end."""

    FILLED = "filled", N_("The place is filled")
    NOBODY = "nobody", N_("Nobody is left to ask")
    BEGUN = "begun", N_("The shift has begun")
    CALLED_OFF = "called_off", N_("The shift does not take place")
    STOPPED = "stopped", N_("Stopped by the office")


class CallState(Word):
    """How somebody answered who was asked to step in."""

    ASKED = "asked", N_("Asked, no answer yet")
    ACCEPTED = "accepted", N_("Comes")
    DECLINED = "declined", N_("Cannot come")
    LAPSED = "lapsed", N_("Did not answer in time")
    STOPPED = "stopped", N_("No longer needed")


class Turn(IntEnum):
    """In which round somebody is asked."""

    RESERVE = 1  # stands by for this very shift
    WAITING = 2  # waits for a place on it
    OTHERS = 3


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who passes every rule, as far as the order is concerned."""

    key: int
    turn: Turn = Turn.OTHERS
    queued_at: datetime | None = None  # of the reserve and of those who wait
    fit: int = 0
    rest: timedelta = MOST_REST
    calls: int = 0  # within the last 90 days


def fit(suits: int, *, served: bool) -> int:
    """How well somebody fits: the points by which the shift suits him, more if he knows it."""
    return suits + (SERVED if served else 0)


def order(able: Iterable[Able]) -> list[Hashable]:
    """Who is asked first: reserve, waiting list, then by fit, rest in hours, calls, and number."""
    return [one.key for one in sorted(able, key=_place)]


def at_once(missing: int, start: datetime, now: datetime) -> int:
    """How many may be asked at the same time: one for each missing place, three near the start."""
    near = start - now <= NEAR
    return max(missing, 0) * (AT_ONCE_NEAR if near else 1)


def answer_by(
    now: datetime, start: datetime, length: timedelta, zone: tzinfo, quiet: QuietHours
) -> datetime:
    """Until when an answer is waited for, in UTC.

    The time begins when the message may be heard and stands still in quiet hours. It is a quarter
    of what is left to the start at most, ten minutes at least, and never goes beyond the start.
    """
    start = start.astimezone(UTC)
    heard = hours.deferred(now, zone, quiet, before=start)
    given = max(min(length, (start - heard) / PATIENCE), LEAST_TO_ANSWER)
    until = heard + given
    before = hours.last_allowed(until, zone, quiet)
    if before != until and before > heard:
        later = hours.next_allowed(until, zone, quiet) + (until - before)
        until = later if later < start else until
    return min(until, start)


def ended(
    *,
    taken: int,
    goal: int,
    free: int,
    takes_place: bool,
    start: datetime,
    now: datetime,
) -> SearchEnd | None:
    """Whether a search is over: the shift is off, has begun, or has the places it looked for."""
    if not takes_place:
        return SearchEnd.CALLED_OFF
    if now >= start:
        return SearchEnd.BEGUN
    return SearchEnd.FILLED if taken >= goal or not free else None


def _place(one: Able) -> tuple[int, datetime, int, int, int, int]:
    queued = one.queued_at if one.turn is not Turn.OTHERS and one.queued_at else None
    rested = min(one.rest, MOST_REST) // timedelta(hours=1)
    return (
        one.turn,
        queued or datetime.min.replace(tzinfo=UTC),
        -one.fit,
        -rested,
        one.calls,
        one.key,
    )
