"""Stars, medals and evaluations: Order 67 Art. 9 to 11 (2021-02-01); thresholds by practice.

A star rests on time and quality. The order names no threshold and no period: an office sets them
as a scheme, and what is written here says what follows from one. Training is no service (Art. 8)
and never counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from talent.rules.hours import HOUR_MINUTES
from talent.rules.reason import N_, Because, Minutes
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

MOST_STEPS = 5
MOST_LEVELS = 12
_DAY = timedelta(days=1)
_SHOWN = Decimal("0.01")


class StarPeriod(Word):
    """Which hours a scheme adds up."""

    LIFETIME = "lifetime", N_("All hours ever")
    YEAR = "year", N_("The hours of a calendar year")
    ROLLING = "rolling", N_("The hours of the last twelve months")


class LevelKind(Word):
    """What a level gives."""

    STAR = "star", N_("Star")
    MEDAL = "medal", N_("Medal")


class Way(Word):
    """How a level is given."""

    APPLICATION = "application", N_("On application")
    AUTOMATIC = "automatic", N_("By itself")


class Quality(Word):
    """What is asked for beside the hours."""

    NONE = "none", N_("Only the hours")
    EVALUATIONS = "evaluations", N_("The office's evaluations of the service")
    RATINGS = "ratings", N_("Ratings of the service by those it was for")


class Source(Word):
    """How sure it is that a place has this scheme."""

    PRIMARY = "primary", N_("Read in the original text")
    QUOTED = "quoted", N_("Quoted by an official page or reprint")
    SECONDARY = "secondary", N_("From one secondary source: check it before use")
    OWN = "own", N_("Set by the office itself")


class Rank(Word):
    """Art. 9: whose award it is decides what has to be shown for it."""

    OWN = "own", N_("By this office itself")
    COUNTY = "county", N_("By a county or a level above it")
    OTHER = "other", N_("By another unit")


class Step(Word):
    """The quality of a service, in five steps (Art. 10, in the words of 好差评)."""

    EXCELLENT = "5", N_("Very good")
    GOOD = "4", N_("Good")
    FAIR = "3", N_("As expected")
    POOR = "2", N_("Poor")
    BAD = "1", N_("Very poor")


class Unstarred(StrEnum):
    """Why these are no levels of a scheme."""

    NONE = N_("Name at least one threshold.")
    TOO_MANY = N_("A scheme has %(most)s levels at most.")
    NOT_POSITIVE = N_("A threshold is more than 0 hours.")
    NOT_RISING = N_("Each threshold must be higher than the one before.")
    UNNAMED = N_("Each level has a Chinese name.")
    AVERAGE = N_("The least average is between 1 and 5.")
    COUNT = N_("With a condition of quality, at least one evaluation or rating is needed.")
    ENDS_EARLY = N_("The last day is before the first day.")


class Unawarded(StrEnum):
    """What is missing to a level, or why it is not given."""

    HOURS = N_("%(missing)s are missing to %(threshold)s hours.")
    FEW_EVALUATIONS = N_("%(found)s of at least %(least)s evaluations by the office are there.")
    LOW_EVALUATIONS = N_(
        "The average of the office's evaluations is %(average)s of at least %(least)s."
    )
    FEW_RATINGS = N_("%(found)s of at least %(least)s ratings are there.")
    LOW_RATINGS = N_("The average of the ratings is %(average)s of at least %(least)s.")
    NOT_ACTIVE = N_("Only an active volunteer of an office under this scheme can be given a level.")
    HELD = N_("This level was given already.")
    APPLIED = N_("You have applied. The office will answer.")
    AUTOMATIC = N_("This level is given by itself soon after it is reached.")
    NO_DECIDER = N_("No office above decides on this level. Please ask your office.")
    OWN = N_("Nobody decides on a star or an award of his own or of a child of his own.")
    NOT_HERE = N_("Another office decides on this level.")
    DECIDED = N_("This was decided already.")
    NO_REASON = N_("Say why.")


class Unevaluated(StrEnum):
    """Why a service is not evaluated so."""

    STEP = N_("Choose one of the five steps.")
    OWN = N_("Nobody evaluates a service of his own or of a child of his own.")
    FUTURE = N_("The service is on %(day)s, which has not come yet.")


class Unproved(StrEnum):
    """Why an award is not recorded, or not in force."""

    FUTURE = N_("The day %(day)s has not come yet.")
    EVIDENCE = N_("An award by another unit needs a file as evidence.")
    NOT_OWN = N_("An award by this office itself names the office that keeps it as the unit.")
    OWN = N_("Nobody records or verifies an award of his own or of a child of his own.")
    SAME_PERSON = N_("An award is verified by someone other than who recorded it.")
    VERIFIED = N_("This award needs no verification, or has it already.")


@dataclass(frozen=True, slots=True)
class Period:
    """The days whose hours count, both included; a lifetime has neither a first nor a last.

    `key` is the same for all days of one lifetime or calendar year; a rolling period is its own.
    """

    key: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Merit:
    """What a person brought in one period: recognised minutes, and the steps that were given."""

    minutes: int
    steps: int = 0  # their sum
    count: int = 0

    @property
    def average(self) -> Decimal | None:
        """Cut down to hundredths, so that what shows as 4.50 is at least that."""
        if not self.count:
            return None
        return (Decimal(self.steps) / self.count).quantize(_SHOWN, ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Condition:
    """Art. 10, quality of service: the least average of at least so many."""

    quality: Quality = Quality.NONE
    least_average: Decimal = Decimal(0)
    least_count: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """A level as it was typed."""

    hours: int
    name_zh: str


def period(kind: StarPeriod, day: date) -> Period:
    """The period of a scheme in which a day lies; a rolling one ends on it."""
    if kind is StarPeriod.LIFETIME:
        return Period("all")
    if kind is StarPeriod.YEAR:
        return Period(str(day.year), date(day.year, 1, 1), date(day.year, 12, 31))
    return Period(day.isoformat(), twelve_months_to(day), day)


def open_days(kind: StarPeriod, today: date) -> list[date]:
    """The days whose periods are open: something can still be given for them, today's first.

    The hours of December are approved in January (Art. 11), so the year before stays open. The
    scheme that counts is the one that held on that day.
    """
    return [today, date(today.year - 1, 12, 31)] if kind is StarPeriod.YEAR else [today]


def twelve_months_to(last: date) -> date:
    """The first day of the twelve months that end on a day, that included.

    It is the day after the same day of the year before. For 29 February that is the day after
    28 February, so 1 March: of two readings the one that leaves no day out.
    """
    try:
        before = last.replace(year=last.year - 1)
    except ValueError:
        before = date(last.year - 1, 2, 28)
    return before + _DAY


def is_new_period(candidate: Period, given_last: date | None) -> bool:
    """Whether none of its days was counted for the award before: hours are not used twice."""
    if given_last is None:
        return True
    return candidate.first is not None and candidate.first > given_last


def star_level(minutes: int, thresholds: Sequence[int]) -> int:
    """Art. 10: how many thresholds, in hours, are reached; exactly a threshold is enough (达到)."""
    return sum(minutes >= hours * HOUR_MINUTES for hours in thresholds)


def missing(hours: int, merit: Merit, condition: Condition) -> list[Because]:
    """Art. 10, time and quality: what is missing to a level; an empty list means it is reached.

    Minutes are compared as they are, and the average without rounding.
    """
    found = []
    if not star_level(merit.minutes, [hours]):
        short = Minutes(hours * HOUR_MINUTES - merit.minutes)
        found.append(Because(Unawarded.HOURS, {"missing": short, "threshold": hours}))
    return found + _missing_quality(merit, condition)


def _missing_quality(merit: Merit, condition: Condition) -> list[Because]:
    if condition.quality is Quality.NONE:
        return []
    by_office = condition.quality is Quality.EVALUATIONS
    if merit.count < condition.least_count or not merit.count:
        few = Unawarded.FEW_EVALUATIONS if by_office else Unawarded.FEW_RATINGS
        least = max(condition.least_count, 1)
        return [Because(few, {"found": merit.count, "least": least})]
    if merit.steps < condition.least_average * merit.count:
        low = Unawarded.LOW_EVALUATIONS if by_office else Unawarded.LOW_RATINGS
        average = merit.average or Decimal(0)
        return [Because(low, {"average": average, "least": condition.least_average})]
    return []


def refusals_to_apply(
    hours: int,
    merit: Merit,
    condition: Condition,
    *,
    way: Way,
    active: bool,
    held: bool,
    applied: bool,
    decided_by: Hashable | None,
) -> list[Because]:
    """Why a volunteer cannot apply for a level now; an empty list means he can."""
    if held:
        return [Because(Unawarded.HELD)]
    if applied:
        return [Because(Unawarded.APPLIED)]
    found = [] if active else [Because(Unawarded.NOT_ACTIVE)]
    found += missing(hours, merit, condition)
    if way is Way.AUTOMATIC:
        found.append(Because(Unawarded.AUTOMATIC))
    elif decided_by is None:
        found.append(Because(Unawarded.NO_DECIDER))
    return found


def refusals_to_decide(
    *, decider: Hashable | None, volunteer: Hashable, guardian: Hashable | None = None
) -> list[Because]:
    """Art. 3, truthfully: nobody decides on what is his own, or his child's."""
    own = decider is not None and decider in {volunteer, guardian}
    return [Because(Unawarded.OWN)] if own else []


def deciding(
    line: Sequence[tuple[int, str]], *, levels_up: int, kind: str | None = None
) -> int | None:
    """Which office decides: the nearest of a kind, or the one so many levels above.

    `line` holds the offices from the root down to the volunteer's own, each with its kind. Above
    the root the root decides; where no office of the kind is above, nobody does.
    """
    if not line:
        return None
    if kind is not None:
        return next((number for number, found in reversed(line) if found == kind), None)
    return line[max(len(line) - 1 - levels_up, 0)][0]


def is_doubtful(minutes: int, hours: int, kept_at: int | None) -> bool:
    """Whether a correction took away hours on which an award rests, so that the office looks again.

    `kept_at` are the minutes at which the office looked and let it stand.
    """
    least = hours * HOUR_MINUTES if kept_at is None else min(kept_at, hours * HOUR_MINUTES)
    return minutes < least


def refusals_to_levels(
    levels: Sequence[Level], condition: Condition, *, first: date, last: date | None
) -> list[Because]:
    """Art. 10: an office sets its own levels, each higher than the one before."""
    found = []
    if not levels:
        found.append(Because(Unstarred.NONE))
    if len(levels) > MOST_LEVELS:
        found.append(Because(Unstarred.TOO_MANY, {"most": MOST_LEVELS}))
    if any(level.hours <= 0 for level in levels):
        found.append(Because(Unstarred.NOT_POSITIVE))
    if any(later.hours <= former.hours for former, later in pairwise(levels)):
        found.append(Because(Unstarred.NOT_RISING))
    if any(not level.name_zh.strip() for level in levels):
        found.append(Because(Unstarred.UNNAMED))
    if condition.quality is not Quality.NONE:
        if not 1 <= condition.least_average <= MOST_STEPS:
            found.append(Because(Unstarred.AVERAGE))
        if condition.least_count < 1:
            found.append(Because(Unstarred.COUNT))
    if last is not None and last < first:
        found.append(Because(Unstarred.ENDS_EARLY))
    return found


def refusals_to_evaluate(
    step: int,
    *,
    day: date,
    today: date,
    evaluator: Hashable | None,
    volunteer: Hashable,
    guardian: Hashable | None = None,
) -> list[Because]:
    """Art. 10 and 11: the quality of a service that is over, by somebody else."""
    found = []
    if not 1 <= step <= MOST_STEPS:
        found.append(Because(Unevaluated.STEP))
    if day > today:
        found.append(Because(Unevaluated.FUTURE, {"day": day}))
    if evaluator is not None and evaluator in {volunteer, guardian}:
        found.append(Because(Unevaluated.OWN))
    return found


def refusals_to_record(
    rank: Rank,
    *,
    day: date,
    today: date,
    by_office: bool,
    evidence: bool,
    recorder: Hashable | None,
    volunteer: Hashable,
    guardian: Hashable | None = None,
) -> list[Because]:
    """Art. 9: the office's own awards promptly, all others on evidence.

    `by_office`: whether the unit that was written is the office that keeps the award.
    """
    found = []
    if day > today:
        found.append(Because(Unproved.FUTURE, {"day": day}))
    if rank is not Rank.OWN and not evidence:
        found.append(Because(Unproved.EVIDENCE))
    if rank is Rank.OWN and not by_office:
        found.append(Because(Unproved.NOT_OWN))
    if recorder is not None and recorder in {volunteer, guardian}:
        found.append(Because(Unproved.OWN))
    return found


def needs_verification(rank: Rank) -> bool:
    """Art. 9: awards of neither this office nor a county are verified before they count."""
    return rank is Rank.OTHER


def refusals_to_verify(
    rank: Rank,
    *,
    verified: bool,
    account: Hashable,
    recorded_by: Hashable,
    verifier: Hashable | None,
    volunteer: Hashable,
    guardian: Hashable | None = None,
) -> list[Because]:
    """Art. 9: a second account verifies, and never the person who holds the award."""
    if verified or not needs_verification(rank):
        return [Because(Unproved.VERIFIED)]
    found = []
    if account == recorded_by:
        found.append(Because(Unproved.SAME_PERSON))
    if verifier is not None and verifier in {volunteer, guardian}:
        found.append(Because(Unproved.OWN))
    return found
