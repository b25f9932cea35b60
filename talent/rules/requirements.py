"""How much training is asked of whom, and whether it is done: 志愿服务条例 Art. 16 (2017-12-01).

The national plan names no number of hours for everybody: what is asked is data of an office, with
the day from which it holds and its source. Order 67 Art. 8 (2021-02-01) tells what a record is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.social_workers import months_later
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from talent.rules.social_workers import Registration

ONE_DAY = timedelta(days=1)
MOST_MONTHS = 120


class Whom(Word):
    """Of whom it is asked, at the office and at all below it."""

    VOLUNTEER = "volunteer", N_("Registered volunteers")
    LEADER = "leader", N_("Shift leaders")
    STAFF = "staff", N_("Staff, by kind of appointment")
    POSITION = "position", N_("Who serves in a position")


class Period(Word):
    """In which time it has to be done."""

    YEAR = "year", N_("In each calendar year")
    MONTHS = "months", N_("Within the last months")
    REGISTRATION = "registration", N_("In each term of registration as a social worker")


class Unasked(StrEnum):
    """Why a requirement is not written down so."""

    NOTHING = N_("Say how many times or how many hours.")
    NO_MONTHS = N_("Say within how many months.")
    NO_KINDS = N_("Choose at least one kind of appointment.")
    NO_POSITION = N_("Choose the position.")
    TURNED = N_("It would end before it begins.")
    NO_SOURCE = N_("Say where it is written.")


@dataclass(frozen=True, slots=True)
class Asked:
    """So many times, or minutes, or both, in a period. `months` is that of a period of months."""

    period: Period
    times: int | None = None
    minutes: int | None = None
    months: int | None = None
    valid_from: date = date.min
    valid_to: date | None = None  # the first day on which it no longer holds


@dataclass(frozen=True, slots=True)
class Attended:
    """One training record that stands: its day and its minutes."""

    on: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Window:
    """From the first to the last day, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a person is with one requirement on a day. `window` is None where none runs."""

    window: Window | None
    times: int = 0
    minutes: int = 0
    times_open: int = 0
    minutes_open: int = 0

    @property
    def met(self) -> bool:
        """Whether nothing is open. What has no window is asked of nobody."""
        return not self.times_open and not self.minutes_open


def in_force(asked: Asked, *, day: date) -> bool:
    """From the first day on, up to but without the last."""
    return asked.valid_from <= day and (asked.valid_to is None or day < asked.valid_to)


def window(asked: Asked, *, day: date, term: Registration | None = None) -> Window | None:
    """The period in which a day lies.

    A calendar year is whole. Within n months: from the day after the same day n months before, or
    after that month's last day, to the day itself. A term of registration is the person's own, and
    who is in none on that day is asked nothing.
    """
    if asked.period is Period.YEAR:
        return Window(date(day.year, 1, 1), date(day.year, 12, 31))
    if asked.period is Period.MONTHS:
        return Window(months_later(day, -(asked.months or 1)) + ONE_DAY, day)
    if term is None or not term.start <= day <= term.end:
        return None
    return Window(term.start, term.end)


def standing(
    asked: Asked, attended: Iterable[Attended], *, day: date, term: Registration | None = None
) -> Standing:
    """What is done and what is open on a day. Each record is one time, also two on one day.

    What is still to come after `day` does not count. Whoever came late is asked the whole.
    """
    span = window(asked, day=day, term=term)
    if span is None:
        return Standing(None)
    own = [one for one in attended if span.first <= one.on <= min(span.last, day)]
    times, minutes = len(own), sum(one.minutes for one in own)
    return Standing(
        span,
        times,
        minutes,
        max(0, (asked.times or 0) - times),
        max(0, (asked.minutes or 0) - minutes),
    )


def closes(open_: Standing, minutes: int, sessions: int = 1) -> bool:
    """Whether so many more sessions of so many minutes each would leave nothing open."""
    return open_.times_open <= sessions and open_.minutes_open <= minutes * sessions


def sessions_needed(open_: Standing, minutes: int) -> int:
    """How many sessions of so many minutes would leave nothing open."""
    by_time = -(-open_.minutes_open // max(minutes, 1))
    return max(open_.times_open, by_time)


def refusals_to_ask(
    asked: Asked, whom: Whom, *, kinds: Iterable[str], has_position: bool, source: str
) -> list[Because]:
    """Why a requirement is not written down so; an empty list means it is."""
    found = []
    if not asked.times and not asked.minutes:
        found.append(Because(Unasked.NOTHING))
    if asked.period is Period.MONTHS and not asked.months:
        found.append(Because(Unasked.NO_MONTHS))
    if whom is Whom.STAFF and not list(kinds):
        found.append(Because(Unasked.NO_KINDS))
    if whom is Whom.POSITION and not has_position:
        found.append(Because(Unasked.NO_POSITION))
    if asked.valid_to is not None and asked.valid_to <= asked.valid_from:
        found.append(Because(Unasked.TURNED))
    return found if source.strip() else [*found, Because(Unasked.NO_SOURCE)]


@dataclass(frozen=True, slots=True)
class Cover:
    """Places that people need against places that are planned: what is covered, and what is open.

    Places beyond the need cover nothing else.
    """

    needed: int
    places: int

    @property
    def covered(self) -> int:
        """Those who have a place to go to."""
        return min(self.needed, self.places)

    @property
    def open(self) -> int:
        """Those who have none."""
        return max(0, self.needed - self.places)


@dataclass(frozen=True, slots=True)
class Demand:
    """What people need in a year: places in courses, or minutes of learning in any of them.

    `courses` are those that serve it; the first demands are served first.
    """

    key: str
    needed: int
    courses: frozenset[int]
    in_minutes: bool = False


def allocated(
    demands: Iterable[Demand], places: Mapping[int, int], lengths: Mapping[int, int]
) -> dict[str, Cover]:
    """Each planned place is counted for one demand only: those for the fewest courses go first.

    `places` and `lengths` (minutes) are by course. A demand in minutes uses whole places; who
    sits on them, the plan does not say, so the same person may need several.
    """
    left = dict(places)
    found = {}
    order = sorted(demands, key=lambda one: (one.in_minutes, len(one.courses), one.key))
    for demand in order:
        got = 0
        for course in sorted(demand.courses & left.keys()):
            unit = max(lengths.get(course, 0), 0) if demand.in_minutes else 1
            if not unit:
                continue
            taken = min(left[course], -(-max(0, demand.needed - got) // unit))
            left[course] -= taken
            got += taken * unit
        found[demand.key] = Cover(demand.needed, got)
    return found
