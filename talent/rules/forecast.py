"""The next 24 months of staffing: known ends, retirements, probation, plans, growth.

The 2017 Opinion has a place plan its staff by those who live there; how it looks ahead is the
office's own. What is not known makes a range: `LOW` is the worst that the facts allow, `HIGH` the
best, `LIKELY` what they say. With no events it is today's figure, month after month.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from talent.rules.presence import FULL_TIME
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from talent.rules.retirement import Retirement

MONTHS = 24
YEAR = 12  # months
ONE_DAY = timedelta(days=1)
APART = timedelta(days=180)  # a trend over less is the noise of two counts


class Outlook(Word):
    """How the uncertain turns out."""

    LOW = "low", N_("At worst")
    LIKELY = "likely", N_("Likely")
    HIGH = "high", N_("At best")


class Certainty(Word):
    """How sure it is that a planned post is filled in time."""

    CERTAIN = "certain", N_("Certain")
    LIKELY = "likely", N_("Likely")
    POSSIBLE = "possible", N_("Possible")

    def counts(self, outlook: Outlook) -> bool:
        """Certain ones always count, likely ones not at worst, possible ones only at best."""
        return (
            outlook is Outlook.HIGH
            or self is self.CERTAIN
            or (self is self.LIKELY and outlook is Outlook.LIKELY)
        )


class Cause(Word):
    """Why somebody begins or ceases to count."""

    END = "end", N_("The appointment ends")
    RETIREMENT = "retirement", N_("Reaches the age of retirement")
    PAST_AGE = "past_age", N_("Is past the age of retirement")
    PROBATION = "probation", N_("The probation ends")
    LAPSE = "lapse", N_("A credential or registration lapses")
    LEAVE = "leave", N_("Long leave begins")
    RETURN = "return", N_("Comes back from long leave")
    START = "start", N_("An appointment begins")
    PLANNED = "planned", N_("A planned post is filled")


class Method(Word):
    """How a population is carried forward."""

    STEADY = "steady", N_("Unchanged since the last figure")
    TREND = "trend", N_("From today on at the pace between the last two figures")
    PLANNED = "planned", N_("In a straight line to the planned figure")


class Expected(NamedTuple):
    """The first day on which a post is no longer held, and why; None: no end is expected."""

    end: date | None = None
    cause: Cause | None = None


class Count(NamedTuple):
    """A population on a day, known or planned."""

    day: date
    number: int


class Piece(NamedTuple):
    """A time in which somebody counts at a place, and why it begins and ends."""

    person: Hashable
    place: Hashable
    post: Hashable
    start: date
    end: date | None
    share: int  # thousandths of full time
    begins: Cause = Cause.START
    ends: Cause = Cause.END


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody counts from a day on, or no longer, or with another share."""

    at: int  # by the number of the day in the list on which it is first seen
    day: date
    person: Hashable
    post: Hashable
    cause: Cause
    heads: int  # 1, -1, or 0 where only the share changes
    share: int  # thousandths of full time


@dataclass(frozen=True, slots=True)
class Fall:
    """The first month in which people are missing, and how many to hire until then."""

    month: date
    missing: int
    already: bool = False  # they are missing today


def month_ends(today: date, months: int = MONTHS) -> list[date]:
    """The last days of the months to come: the first is this month's, unless that is today."""
    found: list[date] = []
    year, month = today.year, today.month
    while len(found) < months:
        year, month = (year + 1, 1) if month == YEAR else (year, month + 1)
        if (last := date(year, month, 1) - ONE_DAY) > today:
            found.append(last)
    return found


def months_on(today: date, months: int) -> date:
    """The same day so many months later, or that month's last day if it has no such day."""
    year, month = divmod(today.year * YEAR + today.month - 1 + months, YEAR)
    for day in (today.day, 30, 29):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, 28)


def expected_end(
    outlook: Outlook,
    *,
    today: date,
    start: date,
    end: date | None = None,
    probation_until: date | None = None,
    retirement: Retirement | None = None,
) -> Expected:
    """When a post ends, as far as is known: the first of its ends.

    A known end is certain. At worst nobody stays after probation, and people go as early as they
    may, after their notice and never today; at best they stay as long as they may. Who is past
    the age and still there, or was appointed past it, is expected to stay, except at worst.
    """
    found = [Expected(end, Cause.END)] if end else []
    worst = outlook is Outlook.LOW
    if worst and probation_until and probation_until >= today:
        found.append(Expected(probation_until + ONE_DAY, Cause.PROBATION))
    if retirement:
        soonest = max(months_on(today, retirement.notice), today + ONE_DAY)
        if retirement.usual <= max(today, start):
            if worst:
                found.append(Expected(max(soonest, start), Cause.PAST_AGE))
        elif worst:
            early = min(retirement.usual, max(retirement.earliest, soonest))
            found.append(Expected(early, Cause.RETIREMENT))
        elif outlook is Outlook.LIKELY:
            found.append(Expected(retirement.usual, Cause.RETIREMENT))
        else:
            found.append(Expected(retirement.latest, Cause.RETIREMENT))
    return min(found, key=lambda one: one.end or date.max, default=Expected())


def last_two(figures: Iterable[Count], *, today: date) -> tuple[Count, Count] | None:
    """The last figure, and the one before it that a trend is drawn from: half a year at least."""
    known = sorted(figure for figure in figures if figure.day <= today)
    if not known:
        return None
    last = known[-1]
    before = [figure for figure in known if last.day - figure.day >= APART]
    return (before[-1], last) if before else None


def carried(
    method: Method,
    figures: Iterable[Count],
    planned: Iterable[Count] = (),
    *,
    day: date,
    today: date,
) -> int | None:
    """The population on a day to come by one method; None where the method has nothing to go by.

    All of them begin with today's figure, the last that is known.
    """
    known = sorted(figure for figure in figures if figure.day <= today)
    if not known:
        return None
    now = Count(today, known[-1].number)
    if method is Method.STEADY or day <= today:
        return now.number
    if method is Method.TREND:
        two = last_two(known, today=today)
        return _by_trend(*two, ahead=(day - today).days) if two else None
    ahead = sorted(figure for figure in planned if figure.day > today)
    return _by_plan([now, *ahead], day) if ahead else None


def _by_trend(first: Count, last: Count, *, ahead: int) -> int:
    grown = Decimal(last.number - first.number) * ahead / (last.day - first.day).days
    return max(0, last.number + _whole(grown))


def _by_plan(steps: Sequence[Count], day: date) -> int:
    for one, following in pairwise(steps):
        if day <= following.day:
            part = Decimal(following.number - one.number) * (day - one.day).days
            return one.number + _whole(part / (following.day - one.day).days)
    return steps[-1].number


def population(
    figures: Iterable[Count], planned: Iterable[Count] = (), *, days: Sequence[date], today: date
) -> list[dict[Outlook, int]]:
    """How many people live there on days to come: at worst the most, at best the fewest.

    Likely is the plan, else the trend, else what is known; the range is what the three say. An
    empty list where nothing is known.
    """
    known = sorted(figure for figure in figures if figure.day <= today)
    if not known:
        return []
    now = Count(today, known[-1].number)
    two = last_two(known, today=today)
    ahead = sorted(figure for figure in planned if figure.day > today)
    found = []
    for day in days:
        said = [_by_plan([now, *ahead], day)] if ahead and day > today else []
        if two and day > today:
            said.append(_by_trend(*two, ahead=(day - today).days))
        said.append(now.number)
        found.append({Outlook.LOW: max(said), Outlook.LIKELY: said[0], Outlook.HIGH: min(said)})
    return found


def method_of(figures: Iterable[Count], planned: Iterable[Count], *, today: date) -> Method:
    """Which method the likely figure stands on."""
    if any(figure.day > today for figure in planned):
        return Method.PLANNED
    return Method.TREND if last_two(figures, today=today) else Method.STEADY


def changes(
    pieces: Iterable[Piece], *, days: Sequence[date], places: Collection[Hashable]
) -> list[Change]:
    """Who begins or ceases to count at some places from one of the days to the next, and why.

    Each person once, with one full time at most: who loses one of two posts still counts. What
    begins and ends between two days is not seen.
    """
    own: dict[Hashable, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.place in places:
            own[piece.person].append(piece)
    first, last = days[0], days[-1]
    found: list[Change] = []
    for person, held in own.items():
        if any(
            (first < piece.start <= last) or (piece.end is not None and first < piece.end <= last)
            for piece in held
        ):
            found.extend(_changes_of(person, held, days))
    return sorted(found, key=lambda one: (one.day, str(one.person)))


def _changes_of(person: Hashable, held: Sequence[Piece], days: Sequence[date]) -> Iterator[Change]:
    before = [piece for piece in held if _holds(piece, days[0])]
    for at, day in enumerate(days[1:], start=1):
        now = [piece for piece in held if _holds(piece, day)]
        heads = bool(now) - bool(before)
        share = _share(now) - _share(before)
        if heads or share:
            yield _change(person, before, now, at=at, heads=heads, share=share)
        before = now


def _change(
    person: Hashable,
    before: Sequence[Piece],
    now: Sequence[Piece],
    *,
    at: int,
    heads: int,
    share: int,
) -> Change:
    """The change by the piece that made it: the last to end, or the first to begin."""
    if heads < 0 or (not heads and share < 0):
        gone = [piece for piece in before if piece not in now] or list(before)
        piece = max(gone, key=lambda one: one.end or date.max)
        day, cause = piece.end or piece.start, piece.ends
    else:
        come = [piece for piece in now if piece not in before] or list(now)
        piece = min(come, key=lambda one: one.start)
        day, cause = piece.start, piece.begins
    return Change(at, day, person, piece.post, cause, heads, share)


def fall(missing: Sequence[tuple[date, int | None]]) -> Fall | None:
    """The first month with people missing, of (day, how many) from today on; None for none.

    Who is short today has fallen already: then it says how many are missing today.
    """
    for at, (day, number) in enumerate(missing):
        if number:
            return Fall(day, number, already=at == 0)
    return None


def worst(missing: Iterable[tuple[date, int | None]]) -> Fall | None:
    """The month in which most people are missing: the first of several."""
    found = [(day, number) for day, number in missing if number]
    if not found:
        return None
    day, number = max(found, key=lambda one: (one[1], -one[0].toordinal()))
    return Fall(day, number)


def spread(told: Mapping[Outlook, int | None]) -> tuple[int, int] | None:
    """The fewest and the most of what the outlooks say; None if one of them says nothing."""
    numbers = [number for number in told.values() if number is not None]
    return (min(numbers), max(numbers)) if numbers and len(numbers) == len(told) else None


def _holds(piece: Piece, day: date) -> bool:
    return piece.start <= day and (piece.end is None or day < piece.end)


def _share(pieces: Iterable[Piece]) -> int:
    return min(FULL_TIME, sum(piece.share for piece in pieces))


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))
