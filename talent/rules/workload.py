"""How much an office asks of one person: rest, ways, days and weeks. 条例 Art. 12, 15 (2017-12-01).

The article wants tasks that fit a volunteer's time and strength; the numbers are the office's own.
Lengths are what elapses, days and weeks are those at the place of the shift that is asked for.
Who stands by keeps the time free, so it counts as service as long as it is to come.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because, Minutes
from talent.rules.span import DAY, MINUTE, Span, minutes_by_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from talent.rules.reason import Fact

WEEK_DAYS = 7
LOOK_BACK = timedelta(days=32)  # so far back served shifts matter: the longest row, a week, a rest
_NEAR = timedelta(days=9)  # what can share a week with a shift, whatever the zone


class Overload(StrEnum):
    """Why a shift is too much beside the others of the same person."""

    REST = N_(
        "Between two shifts %(needed)s of rest are asked for. There would be %(left)s between "
        "this one and “%(title)s”, from %(start)s to %(end)s."
    )
    TRAVEL = N_(
        "The way between %(here)s and %(there)s takes %(needed)s. There would be %(left)s between "
        "this shift and “%(title)s”, from %(start)s to %(end)s."
    )
    DAY_MINUTES = N_("On %(day)s it would be %(total)s of service. At most it is %(most)s a day.")
    WEEK_MINUTES = N_(
        "In the week from %(first)s to %(last)s it would be %(total)s of service. "
        "At most it is %(most)s a week."
    )
    DAYS_IN_ROW = N_(
        "It would be %(days)s days of service in a row, from %(first)s to %(last)s. "
        "At most there are %(most)s."
    )
    AHEAD = N_(
        "One person holds at most %(most)s coming shifts, and %(held)s are held already. "
        "There is room again when one of them begins, at %(frees)s."
    )


@dataclass(frozen=True, slots=True)
class Engagement:
    """A shift on which the person has a place. `key` names it, `where` is the name of its place."""

    span: Span
    title: str
    key: int | str = 0
    where: str = ""
    stands_by: bool = False

    def counts(self, now: datetime) -> bool:
        """Who only stood by on a shift that is over did not serve on it."""
        return not self.stands_by or self.span.end > now


@dataclass(frozen=True, slots=True)
class Limits:
    """What an office asks of one person, in minutes, days and shifts. Zero asks for nothing.

    `ways` are the minutes between two places by `pair` of their names; `travel` is for all others.
    """

    rest: int = 0
    day: int = 0
    week: int = 0
    days_in_row: int = 0
    tolerance: int = 0
    travel: int = 0
    ahead: int = 0
    ways: Mapping[frozenset[str], int] = field(default_factory=dict)

    def way(self, here: str, there: str) -> timedelta:
        """How long it takes from one place to the other; nothing within one place."""
        if not here or not there or plain(here) == plain(there):
            return timedelta(0)
        return self.ways.get(pair(here, there), self.travel) * MINUTE


NO_LIMITS = Limits()


@lru_cache(maxsize=4096)
def plain(place: str) -> str:
    """The name of a place as it is compared: without regard to case, width and spaces."""
    return "".join(unicodedata.normalize("NFKC", place).casefold().split())


def pair(here: str, there: str) -> frozenset[str]:
    """Two places whose way is the same in both directions."""
    return frozenset((plain(here), plain(there)))


def same_place(one: Engagement, other: Engagement) -> bool:
    """Whether both are at one place. A place without a name is not known to be the same."""
    return bool(one.where) and plain(one.where) == plain(other.where)


def tolerated(one: Engagement, other: Engagement, limits: Limits) -> bool:
    """An overlap that is only a hand-over: at one place, short, and at the edge of both.

    It is never more than half of the shorter shift, so that a shift within the other, or equal to
    it, is never tolerated, however much an office tolerates: two shifts would run at once.
    """
    common = one.span.common(other.span)
    if common is None:
        return False
    shorter = min(one.span.length, other.span.length)
    short = common.length <= limits.tolerance * MINUTE and 2 * common.length <= shorter
    return short and same_place(one, other)


def joined(one: Engagement, other: Engagement, limits: Limits) -> bool:
    """One stint of service: at one place, the second follows the first without a gap."""
    if not same_place(one, other):
        return False
    touch = one.span.end == other.span.start or other.span.end == one.span.start
    return touch or tolerated(one, other, limits)


def reach(limits: Limits) -> timedelta | None:
    """How long before and after a shift other service can matter to it: what lies beyond does not.

    None where all of it may: a row of days goes on and on, and what is ahead is counted.
    """
    if limits.days_in_row or limits.ahead:
        return None
    ways = max(limits.travel, *limits.ways.values(), 0) * MINUTE
    near = _NEAR if limits.day or limits.week else timedelta(0)
    return max(limits.rest * MINUTE, ways, near)


def refusals(
    new: Engagement, zone: tzinfo, others: Sequence[Engagement], limits: Limits, now: datetime
) -> list[Because]:
    """All that the office's limits have against one more shift, `new`, beside the others."""
    others = [one for one in others if one.counts(now)]
    return (
        gap_refusals(new, others, limits)
        + day_refusals(new, zone, others, limits, now)
        + week_refusals(new, zone, others, limits, now)
        + row_refusals(new, zone, others, limits, now)
        + ahead_refusals(new, others, limits, now)
    )


def gap_refusals(new: Engagement, others: Sequence[Engagement], limits: Limits) -> list[Because]:
    """Rest, and time for the way, between this shift and each other.

    Shifts at one place that touch, or overlap by a tolerated hand-over, are one stint, over any
    number of shifts: within it neither is asked for, the limit of a day is what ends it. Shifts
    that overlap beyond that are refused for overlapping and for nothing else. A gap as long as
    what is asked for is enough.
    """
    rest = limits.rest * MINUTE
    reach = max(rest, limits.travel * MINUTE, *(way * MINUTE for way in limits.ways.values()))
    since, until = new.span.start - reach, new.span.end + reach
    near = [one for one in others if one.span.end > since and one.span.start < until]
    if not (reach and near):
        return []
    stint = _stint(new, near, limits)
    found = []
    for other in sorted(near, key=lambda one: one.span):
        if other in stint or new.span.overlaps(other.span):
            continue
        left, way = new.span.rest_to(other.span), limits.way(new.where, other.where)
        facts: dict[str, Fact] = {
            "left": Minutes(left // MINUTE), "title": other.title,
            "start": other.span.start, "end": other.span.end, "key": other.key,
        }  # fmt: skip
        if left < rest:
            found.append(Because(Overload.REST, {"needed": Minutes(limits.rest), **facts}))
        if left < way:
            ends: dict[str, Fact] = {
                "here": new.where,
                "there": other.where,
                "needed": Minutes(way // MINUTE),
            }
            found.append(Because(Overload.TRAVEL, {**ends, **facts}))
    return found


def day_refusals(
    new: Engagement, zone: tzinfo, others: Sequence[Engagement], limits: Limits, now: datetime
) -> list[Because]:
    """The service of one local day, cut at midnight; what overlaps is counted once."""
    if not limits.day:
        return []

    def over(kept: Sequence[Engagement]) -> list[tuple[date, int]]:
        by_day = _minutes_beside(new, kept, zone)
        return [(day, by_day[day]) for day in _days(new.span, zone) if by_day[day] > limits.day]

    most = Minutes(limits.day)
    key = _gives_way(others, over, now)
    return [
        Because(Overload.DAY_MINUTES, {"day": day, "total": Minutes(total), "most": most, **key})
        for day, total in over(others)
    ]


def week_refusals(
    new: Engagement, zone: tzinfo, others: Sequence[Engagement], limits: Limits, now: datetime
) -> list[Because]:
    """The service of one local week, from Monday to Sunday; what overlaps is counted once."""
    if not limits.week:
        return []

    def over(kept: Sequence[Engagement]) -> list[tuple[date, int]]:
        by_week: dict[date, int] = {}
        for day, minutes in _minutes_beside(new, kept, zone).items():
            by_week[monday(day)] = by_week.get(monday(day), 0) + minutes
        weeks = sorted({monday(day) for day in _days(new.span, zone)})
        return [(week, by_week[week]) for week in weeks if by_week[week] > limits.week]

    key = _gives_way(others, over, now)
    return [
        Because(
            Overload.WEEK_MINUTES,
            {
                "first": week, "last": week + (WEEK_DAYS - 1) * DAY, "total": Minutes(total),
                "most": Minutes(limits.week), **key,
            },
        )
        for week, total in over(others)
    ]  # fmt: skip


def row_refusals(
    new: Engagement, zone: tzinfo, others: Sequence[Engagement], limits: Limits, now: datetime
) -> list[Because]:
    """Days of service one after the other, as far as they would reach with this shift.

    A shift on days that are days of service anyway makes the row no longer and is not refused.
    """
    if not limits.days_in_row:
        return []
    own = _days(new.span, zone)

    def over(kept: Sequence[Engagement]) -> list[tuple[date, date]]:
        served = {day for one in kept for day in _days(one.span, zone)}
        if served.issuperset(own):
            return []
        first, last = own[0], own[-1]
        while first - DAY in served:
            first -= DAY
        while last + DAY in served:
            last += DAY
        return [(first, last)] if (last - first) // DAY + 1 > limits.days_in_row else []

    key = _gives_way(others, over, now)
    return [
        Because(
            Overload.DAYS_IN_ROW,
            {
                "days": (last - first) // DAY + 1, "first": first, "last": last,
                "most": limits.days_in_row, **key,
            },
        )
        for first, last in over(others)
    ]  # fmt: skip


def ahead_refusals(
    new: Engagement, others: Sequence[Engagement], limits: Limits, now: datetime
) -> list[Because]:
    """Shifts that have not begun, so that a few people do not hold all places of a month.

    Who joins a shift that has begun holds nothing ahead by it.
    """
    coming = sorted((one for one in others if one.span.start > now), key=lambda one: one.span)
    if not limits.ahead or new.span.start <= now or len(coming) < limits.ahead:
        return []
    frees = coming[len(coming) - limits.ahead].span.start
    facts: dict[str, Fact] = {"most": limits.ahead, "held": len(coming), "frees": frees}
    return [Because(Overload.AHEAD, facts)]


def monday(day: date) -> date:
    """The first day of its week."""
    return day - day.weekday() * DAY


def _stint(new: Engagement, others: Sequence[Engagement], limits: Limits) -> list[Engagement]:
    """All that hangs together with the shift without a gap."""
    at_hand = [one for one in others if same_place(new, one)]
    found: list[Engagement] = []
    edges = [new]
    while edges:
        edge = edges.pop()
        more = [one for one in at_hand if one not in found and joined(edge, one, limits)]
        found += more
        edges += more
    return found


def _gives_way(
    others: Sequence[Engagement],
    over: Callable[[Sequence[Engagement]], Sequence[object]],
    now: datetime,
) -> dict[str, int | str]:
    """The key of a coming shift that would make room by itself if it were given up, if any."""
    if not over(others):
        return {}
    for one in sorted(others, key=lambda one: one.span):
        if one.span.start > now and not over([each for each in others if each is not one]):
            return {"key": one.key}
    return {}


def _minutes_beside(
    new: Engagement, others: Sequence[Engagement], zone: tzinfo
) -> Mapping[date, int]:
    """The minutes of each day on which there is service around the shift, the shift included."""
    since, until = new.span.start - _NEAR, new.span.end + _NEAR
    near = [one.span for one in others if one.span.end > since and one.span.start < until]
    return _minutes(tuple(sorted([new.span, *near], key=lambda span: span.start)), zone)


@lru_cache(maxsize=1024)  # every position of a shift asks the same
def _minutes(spans: tuple[Span, ...], zone: tzinfo) -> Mapping[date, int]:
    whole: list[Span] = []
    for span in spans:
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    minutes = dict(minutes_by_day(whole, zone))
    return {day: minutes.get(day, 0) for span in whole for day in span.days(zone)}


@lru_cache(maxsize=8192)
def _days(span: Span, zone: tzinfo) -> tuple[date, ...]:
    return tuple(span.days(zone))
