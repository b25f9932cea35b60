"""What a record of service gives reason to look at twice: Order 67 Art. 3 and 7 (2021-02-01).

Records are true and accurate, and time is what was actually given. Nothing here refuses anything:
a doubt says in words what was seen, with its figures, and somebody looks. The thresholds are an
office's own; zero looks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because, Minutes
from talent.rules.span import MINUTE, Span
from talent.rules.words import Word
from talent.rules.workload import pair, plain

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.rules.location import Point
    from talent.rules.reason import Fact

HUNDRED = 100
LEAST_DEVIATION = 10  # minutes: people who all stay equally long make nobody an outlier
DEVICE_WITHIN = timedelta(hours=24)
METRES_A_KM = 1000
HOUR_MINUTES = 60


class DoubtKind(Word):
    """What is noticed."""

    LATE_SIGNUP = "late_signup", N_("Signed up after the end")
    NO_SIGN_IN = "no_sign_in", N_("Hours without a sign-in")
    ONE_CLERK = "one_clerk", N_("Many entered by one person within minutes")
    SAME_TIMES = "same_times", N_("The same times for many people")
    WAY = "way", N_("Too little time for the way")
    OUTLIER = "outlier", N_("Far more time than others")
    DEVICE = "device", N_("One phone signed for several people")


class Seen(StrEnum):
    """What was seen, with its figures."""

    LATE_SIGNUP = N_(
        "The shift ended at %(end)s. The sign-up for it was made at %(made)s, %(late)s later."
    )
    WRITTEN_AFTERWARDS = N_(
        "Nobody signed in during the shift, from %(start)s to %(end)s. "
        "The times were written afterwards, at %(written)s."
    )
    NOT_SIGNED_IN = N_(
        "Signed up for “%(title)s” from %(start)s to %(end)s, and was not signed in there. "
        "These hours were entered for the same time."
    )
    NOT_ON_LIST = N_(
        "“%(title)s” took place from %(start)s to %(end)s. This person is not on its list."
    )
    ONE_CLERK = N_(
        "One person entered the hours of %(people)s people, from %(start)s to %(end)s. "
        "From %(least)s people within %(minutes)s minutes on, somebody looks at it."
    )
    SAME_TIMES = N_(
        "%(people)s people have these very times, from %(start)s to %(end)s, and no sign-in "
        "stands behind them. From %(least)s people on, somebody looks at it."
    )
    WAY = N_(
        "The way between %(here)s and %(there)s takes at least %(needed)s. There were %(left)s "
        "between this service and “%(title)s”, from %(start)s to %(end)s."
    )
    WAY_ELSEWHERE = N_(
        "The way between %(here)s and the place of another service takes at least %(needed)s. "
        "There were %(left)s between the two. Another office recorded the other one, from "
        "%(start)s to %(end)s."
    )
    OVER_PLAN = N_(
        "%(minutes)s are recorded. The shift was planned for %(planned)s, and from %(most)s on "
        "somebody looks at it."
    )
    FAR_ABOVE = N_(
        "%(minutes)s are recorded. %(count)s others of this activity have %(median)s in the "
        "middle, and more than %(most)s is unusual."
    )
    DEVICE = N_(
        "One phone signed in %(people)s people within a day, each with an account of his own. "
        "From %(least)s people on, somebody looks at it."
    )


class Advice(StrEnum):
    """What the office can do about it."""

    LATE_SIGNUP = N_("Ask whoever led the shift whether this person was there, and who saw it.")
    NO_SIGN_IN = N_("Look at the evidence: a signed sheet or a photograph. Ask who led it.")
    ONE_CLERK = N_("Compare with the list on paper from which they were entered.")
    SAME_TIMES = N_("Compare with the signed list: people rarely come and go in one minute.")
    WAY = N_("Ask the volunteer where he was, and put the times or the place right.")
    OUTLIER = N_("Ask whoever led it how long this person stayed, and correct the minutes.")
    DEVICE = N_("Ask the leader whether each of them was there. Families may share a phone.")


class Unsettled(StrEnum):
    """Why a doubt is not settled so."""

    NO_WORDS = N_("Say what you found out.")
    SETTLED = N_("Somebody has settled this already.")
    OWN_HOURS = N_("Nobody settles a doubt about his own hours, or those of a child of his own.")
    SAME_PERSON = N_("Who entered the hours does not settle a doubt about them.")


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on an office looks. Zero: it does not."""

    clerk_people: int = 10
    clerk_minutes: int = 5
    same_people: int = 5
    kmh: int = 60
    plan_percent: int = 150
    deviations: int = 3
    least_records: int = 8
    device_people: int = 3


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Listed:
    """A shift that took place while hours were claimed by hand."""

    span: Span
    title: str
    signed_up: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """Where somebody served, from when to when; `told`: who asks may hear what and where it was."""

    span: Span
    title: str
    place: str
    point: Point | None = None
    told: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours that somebody stated: for whom, and when he did."""

    key: Hashable
    person: Hashable
    at: datetime


def late_signup(made_at: datetime, end: datetime) -> Because | None:
    """Art. 3, true: a sign-up that was made after the shift had ended, that moment not included."""
    if made_at <= end:
        return None
    late = Minutes(max(1, (made_at - end) // MINUTE))
    return Because(Seen.LATE_SIGNUP, {"end": end, "made": made_at, "late": late})


def written_afterwards(shift: Span, written_at: datetime) -> Because | None:
    """Art. 7, actually given: both times were stated when the shift was over."""
    if written_at < shift.end:
        return None
    return Because(
        Seen.WRITTEN_AFTERWARDS,
        {"start": shift.start, "end": shift.end, "written": written_at},
    )


def unattended(claimed: Span, title: str, listed: Iterable[Listed]) -> Because | None:
    """Art. 7: hours by hand for a time at which the person's own shift, or this one, was listed.

    A shift for which one signed up and was not seen comes first; then one of the same name.
    """
    for one in sorted(listed, key=lambda each: (not each.signed_up, each.span)):
        if not one.span.overlaps(claimed):
            continue
        facts: dict[str, Fact] = {
            "title": one.title,
            "start": one.span.start,
            "end": one.span.end,
        }
        if one.signed_up:
            return Because(Seen.NOT_SIGNED_IN, facts)
        if plain(one.title) == plain(title):
            return Because(Seen.NOT_ON_LIST, facts)
    return None


def by_one_clerk(entries: Iterable[Entry], limits: Limits = LIMITS) -> dict[Hashable, Because]:
    """Art. 3: one person's entries for many within minutes, both ends included, by their keys.

    Windows that share an entry are one burst; its people are counted once.
    """
    if not limits.clerk_people:
        return {}
    rows = sorted(entries, key=lambda one: one.at)
    within = timedelta(minutes=limits.clerk_minutes)
    bursts: list[tuple[int, int]] = []
    first = 0
    for last, row in enumerate(rows):
        while row.at - rows[first].at > within:
            first += 1
        if len({one.person for one in rows[first : last + 1]}) < limits.clerk_people:
            continue
        if bursts and bursts[-1][1] >= first:
            bursts[-1] = (bursts[-1][0], last)
        else:
            bursts.append((first, last))
    found: dict[Hashable, Because] = {}
    for begin, end in bursts:
        burst = rows[begin : end + 1]
        because = Because(
            Seen.ONE_CLERK,
            {
                "people": len({one.person for one in burst}),
                "start": burst[0].at,
                "end": burst[-1].at,
                "least": limits.clerk_people,
                "minutes": limits.clerk_minutes,
            },
        )
        found |= {one.key: because for one in burst}
    return found


def same_times(times: Span, people: int, limits: Limits = LIMITS) -> Because | None:
    """Art. 7: so many people with the same start and end to the minute, none of them signed in."""
    if not limits.same_people or people < limits.same_people:
        return None
    return Because(
        Seen.SAME_TIMES,
        {"people": people, "start": times.start, "end": times.end, "least": limits.same_people},
    )


def impossible_way(
    here: Stay,
    others: Iterable[Stay],
    ways: Mapping[frozenset[str], int],
    limits: Limits = LIMITS,
) -> Because | None:
    """Art. 3: two places with less time between them than the way takes; the worst of them.

    The way is what an office wrote down for the two, else the distance at a speed. What nobody
    knows is no reason.
    """
    found = []
    for other in others:
        needed = way_minutes(here, other, ways, limits)
        left = here.span.rest_to(other.span) // MINUTE
        if needed is not None and left < needed:
            found.append((needed - left, other.span, needed, left, other))
    if not found:
        return None
    *_, needed, left, other = max(found, key=lambda one: one[:2])
    facts: dict[str, Fact] = {
        "here": here.place,
        "needed": Minutes(needed),
        "left": Minutes(left),
        "start": other.span.start,
        "end": other.span.end,
    }
    if not other.told:
        return Because(Seen.WAY_ELSEWHERE, facts)
    return Because(Seen.WAY, facts | {"there": other.place, "title": other.title})


def way_minutes(
    here: Stay, there: Stay, ways: Mapping[frozenset[str], int], limits: Limits = LIMITS
) -> int | None:
    """How long the way takes at least, or None when nobody knows."""
    if not here.place or not there.place or plain(here.place) == plain(there.place):
        return None
    known = ways.get(pair(here.place, there.place))
    if known is not None:
        return known
    if not limits.kmh or here.point is None or there.point is None:
        return None
    metres = here.point.metres_to(there.point)
    return metres * HOUR_MINUTES // (limits.kmh * METRES_A_KM)


def outlier(
    minutes: int, planned: int | None, others: Sequence[int], limits: Limits = LIMITS
) -> Because | None:
    """Art. 7: far above the plan, or above the median of the others by so many deviations.

    The deviation is the median of the absolute ones: a few wild records do not move it.
    """
    if planned and limits.plan_percent:
        most = planned * limits.plan_percent // HUNDRED
        if minutes * HUNDRED > planned * limits.plan_percent:
            return Because(
                Seen.OVER_PLAN,
                {
                    "minutes": Minutes(minutes),
                    "planned": Minutes(planned),
                    "most": Minutes(most),
                },
            )
    if not limits.deviations or len(others) < max(1, limits.least_records):
        return None
    middle = median(others)
    deviation = max(median(abs(one - middle) for one in others), LEAST_DEVIATION)
    above = middle + limits.deviations * deviation
    if minutes <= above:
        return None
    return Because(
        Seen.FAR_ABOVE,
        {
            "minutes": Minutes(minutes),
            "count": len(others),
            "median": Minutes(middle),
            "most": Minutes(above),
        },
    )


def by_one_device(people: int, limits: Limits = LIMITS) -> Because | None:
    """Art. 3: a phone of one's own that signed in several people within a day."""
    if not limits.device_people or people < limits.device_people:
        return None
    return Because(Seen.DEVICE, {"people": people, "least": limits.device_people})


def refusals_to_settle(
    *,
    words: str,
    settled: bool,
    settler: Hashable,
    volunteer: Hashable,
    guardian: Hashable,
    entered_by: Hashable,
) -> list[Because]:
    """Art. 3: another pair of eyes says what was found out. All are compared as persons."""
    found = []
    if settled:
        found.append(Because(Unsettled.SETTLED))
    if not words.strip():
        found.append(Because(Unsettled.NO_WORDS))
    if settler in {volunteer, guardian}:
        found.append(Because(Unsettled.OWN_HOURS))
    if settler == entered_by:
        found.append(Because(Unsettled.SAME_PERSON))
    return found
