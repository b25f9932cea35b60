"""Series of shifts: 条例 Art. 12 (2017-12-01), announced times; RFC 5545 for the clock on the wall.

A series keeps its time on the wall. A time that the clock skips is put off by what is skipped; one
that comes twice is the first of the two (RFC 5545 3.3.5). What elapses is what is credited.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from talent.rules.reason import N_, Because
from talent.rules.span import DAY, Span
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import tzinfo

T = TypeVar("T")
MOST = 400  # shifts of one series
LONGEST_YEARS = 2
MOST_BETWEEN = 52  # weeks or months from one to the next
LATER_DAYS = 7  # a shift of a series ends within so many days
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rhythm(Word):
    """On which days a series has a shift, seen from its first day."""

    WEEKLY = "weekly", N_("Weekly, on the weekdays below")
    DATE = "date", N_("Monthly, on the date of the first day")
    WEEKDAY = "weekday", N_("Monthly, on the weekday of the first day (the first Monday)")
    LAST = "last", N_("Monthly, on the last weekday of that name (the last Friday)")


class Scope(Word):
    """Which shifts of a series a change is for; those that have begun stay as they were."""

    THIS = "this", N_("This shift alone")
    LATER = "later", N_("This one and all later ones")
    ALL = "all", N_("All that are still to come")


class Unseried(StrEnum):
    """Why a series cannot be planned so."""

    NO_END = N_("Say when the series ends: on a last day, or after a number of times.")
    TWO_ENDS = N_("Give a last day or a number of times, not both.")
    TURNED = N_("The last day, %(until)s, is before the first, %(first)s.")
    TOO_LONG = N_("A series ends within two years, by %(latest)s.")
    TOO_MANY = N_("A series has at most %(most)s shifts.")
    EVERY = N_("Give a number from 1 to %(most)s.")
    NO_WEEKDAY = N_("Choose at least one weekday.")
    NO_DAY = N_("No day is left for a shift.")
    NO_LENGTH = N_("A shift ends after it begins, and within %(days)s days.")


class LeftOut(StrEnum):
    """Why a day of the rule gets no shift."""

    BY_HAND = N_("%(day)s is left out, as was asked.")
    HOLIDAY = N_("%(day)s is left out: %(name)s.")
    NO_DATE = N_("%(month)s has no %(number)s. day, so it is left out.")
    NO_WEEKDAY = N_("%(month)s has no such weekday a %(number)s. time, so it is left out.")
    SKIPPED = N_("On %(day)s the clock skips this time, so it is left out.")


class Stays(StrEnum):
    """Why a shift of the series is not changed with it."""

    BEGUN = N_("%(day)s stays: the shift has begun.")
    CANCELLED = N_("%(day)s stays: the shift was cancelled.")
    CLOSED = N_("%(day)s stays: the list of the shift is closed.")


@dataclass(frozen=True, slots=True)
class Wall:
    """From when to when on the clock on the wall; the end is so many days after the start."""

    starts: time
    ends: time
    later: int = 0

    @property
    def length(self) -> timedelta:
        """What lies between the two on the wall."""
        day = date(2000, 1, 1)
        begin, end = (datetime.combine(day, t) for t in (self.starts, self.ends))
        return end + self.later * DAY - begin

    def on(self, day: date, zone: tzinfo) -> Span | None:
        """The span on that day; None where the clock skips so much that nothing is left."""
        start, end = moment(day, self.starts, zone), moment(day + self.later * DAY, self.ends, zone)
        return Span(start, end) if end > start else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """The rule of a series: from a first day, in a rhythm, to a last day or so many times."""

    first_day: date
    rhythm: Rhythm
    every: int = 1
    weekdays: frozenset[int] = frozenset()  # 0 is Monday; WEEKLY alone asks for them
    until: date | None = None
    count: int | None = None

    @property
    def turn(self) -> int:
        """Which of its name in the month the first day is: the second Monday is 2."""
        return (self.first_day.day - 1) // 7 + 1


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A day of the series and the span of its shift."""

    day: date
    span: Span


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """RFC 5545 3.3.5: a skipped time counts with the offset before, one that comes twice first."""
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def latest_end(first_day: date) -> date:
    """条例 Art. 12, nobody plans for ever: two years on; 29 February becomes 28."""
    year = first_day.year + LONGEST_YEARS
    last = calendar.monthrange(year, first_day.month)[1]
    return date(year, first_day.month, min(first_day.day, last))


def refusals(pattern: Pattern) -> list[Because]:
    """条例 Art. 12, times are announced: a series has an end in sight, and a day on which it is."""
    found = []
    first, until = pattern.first_day, pattern.until
    if not 1 <= pattern.every <= MOST_BETWEEN:
        found.append(Because(Unseried.EVERY, {"most": MOST_BETWEEN}))
    if pattern.rhythm is Rhythm.WEEKLY and not pattern.weekdays:
        found.append(Because(Unseried.NO_WEEKDAY))
    if until is None and pattern.count is None:
        found.append(Because(Unseried.NO_END))
    elif until is not None and pattern.count is not None:
        found.append(Because(Unseried.TWO_ENDS))
    elif until is not None and until < first:
        found.append(Because(Unseried.TURNED, {"until": until, "first": first}))
    elif until is not None and until > latest_end(first):
        found.append(Because(Unseried.TOO_LONG, {"latest": latest_end(first)}))
    elif pattern.count is not None and not 1 <= pattern.count <= MOST:
        found.append(Because(Unseried.TOO_MANY, {"most": MOST}))
    return found


def refusals_of_wall(wall: Wall) -> list[Because]:
    """Order 67 Art. 7: time given is more than nothing; a shift of days is several shifts."""
    if timedelta(0) < wall.length <= LATER_DAYS * DAY:
        return []
    return [Because(Unseried.NO_LENGTH, {"days": LATER_DAYS})]


def refusals_of_days(pattern: Pattern, days: Collection[date]) -> list[Because]:
    """The days that the rule gives are neither too many nor too far away."""
    if len(days) > MOST:
        return [Because(Unseried.TOO_MANY, {"most": MOST})]
    if any(day > latest_end(pattern.first_day) for day in days):
        return [Because(Unseried.TOO_LONG, {"latest": latest_end(pattern.first_day)})]
    return []


def rule(pattern: Pattern) -> str:
    """The rule as RFC 5545 writes it, weeks from Monday."""
    parts = [f"INTERVAL={pattern.every}"]
    name = WEEK[pattern.first_day.weekday()]
    if pattern.rhythm is Rhythm.WEEKLY:
        on = ",".join(WEEK[day] for day in sorted(pattern.weekdays))
        parts = ["FREQ=WEEKLY", *parts, f"BYDAY={on}"]
    elif pattern.rhythm is Rhythm.DATE:
        parts = ["FREQ=MONTHLY", *parts, f"BYMONTHDAY={pattern.first_day.day}"]
    else:
        turn = -1 if pattern.rhythm is Rhythm.LAST else pattern.turn
        parts = ["FREQ=MONTHLY", *parts, f"BYDAY={turn:+d}{name}"]
    if pattern.until is not None:
        parts.append(f"UNTIL={pattern.until:%Y%m%d}T235959")
    elif pattern.count is not None:
        parts.append(f"COUNT={pattern.count}")
    return ";".join([*parts, "WKST=MO"])


def read(text: str, first_day: date) -> Pattern:
    """The pattern again of a rule that `rule` wrote."""
    told = dict(part.split("=", 1) for part in text.split(";"))
    on = told.get("BYDAY", "")
    rhythm, weekdays = Rhythm.DATE, frozenset[int]()
    if told["FREQ"] == "WEEKLY":
        rhythm, weekdays = Rhythm.WEEKLY, frozenset(WEEK.index(name) for name in on.split(","))
    elif on:
        rhythm = Rhythm.LAST if on.startswith("-") else Rhythm.WEEKDAY
    until = told.get("UNTIL")
    return Pattern(
        first_day,
        rhythm,
        int(told["INTERVAL"]),
        weekdays,
        date.fromisoformat(f"{until[:4]}-{until[4:6]}-{until[6:8]}") if until else None,
        int(told["COUNT"]) if "COUNT" in told else None,
    )


def settled(pattern: Pattern, days: Collection[date]) -> Pattern:
    """The same series with a last day instead of a number of times: it can be divided and grown."""
    return replace(pattern, until=max(days), count=None) if pattern.count and days else pattern


def occurrences(
    days: Iterable[date],
    wall: Wall,
    zone: tzinfo,
    *,
    without: Collection[date] = (),
    holidays: Mapping[date, str] | None = None,
) -> tuple[list[Occurrence], list[Because]]:
    """The shifts of these days, in their order, and why the other days get none."""
    kept, left = [], []
    for day in days:
        if day in without:
            left.append(Because(LeftOut.BY_HAND, {"day": day}))
        elif holidays and day in holidays:
            left.append(Because(LeftOut.HOLIDAY, {"day": day, "name": holidays[day]}))
        elif (span := wall.on(day, zone)) is None:
            left.append(Because(LeftOut.SKIPPED, {"day": day}))
        else:
            kept.append(Occurrence(day, span))
    return kept, left


def months_without(pattern: Pattern, last: date) -> list[Because]:
    """Months up to `last` that have no such date, or no fifth such weekday."""
    if pattern.rhythm not in (Rhythm.DATE, Rhythm.WEEKDAY):
        return []
    found, number = [], pattern.first_day.year * 12 + pattern.first_day.month - 1
    while number <= last.year * 12 + last.month - 1:
        year, month = number // 12, number % 12 + 1
        facts = {"month": f"{year}-{month:02d}"}
        weekday, length = calendar.monthrange(year, month)
        if pattern.rhythm is Rhythm.DATE and pattern.first_day.day > length:
            found.append(Because(LeftOut.NO_DATE, facts | {"number": pattern.first_day.day}))
        first = 1 + (pattern.first_day.weekday() - weekday) % 7
        if pattern.rhythm is Rhythm.WEEKDAY and first + (pattern.turn - 1) * 7 > length:
            found.append(Because(LeftOut.NO_WEEKDAY, facts | {"number": pattern.turn}))
        number += pattern.every
    return found


def is_meant(scope: Scope, day: date, this: date) -> bool:
    """Whether the shift that stands for `day` is meant by a change of the one for `this`."""
    return scope is Scope.ALL or day == this or (scope is Scope.LATER and day > this)


def stays(start: datetime, now: datetime, *, cancelled: bool, closed: bool) -> Stays | None:
    """A change is for what is still to come: what has begun or does not take place stays."""
    if cancelled:
        return Stays.CANCELLED
    if closed:
        return Stays.CLOSED
    return Stays.BEGUN if start <= now else None


def carried(own: T, before: T, after: T) -> T:
    """What a shift has itself that differs from its series was decided for it alone, and stays."""
    return after if own == before else own
