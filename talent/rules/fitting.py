"""Which shifts suit a volunteer best: 条例 Art. 12, 15 (2017-12-01), and practice of offices.

The articles want service that fits a volunteer's time, strength and skill. Points are whole
numbers, so that the same facts always give the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from talent.rules.free_times import Window
    from talent.rules.span import Span

MISSING = 300  # the shift is below its least
EACH_MISSING, MOST_MISSING = 10, 5  # and for each who is missing, up to so many
SOON, SOON_IS = 100, timedelta(days=3)  # and it begins within
TIMES = 240  # it lies wholly in the times that were given
HALF_TIMES = 80  # at least half of it does
CATEGORY = 160  # a kind of service that the person chose
SKILL, MOST_SKILLS = 120, 2  # a skill that is wanted, up to so many
NEAR = (150, 90, 40)  # the same office, one step up in the tree of offices, two steps up
EMPTY = 40  # no place is taken yet; in proportion
END_OF_DAY = time(23, 59)  # stands for midnight


class Fitting(StrEnum):
    """Why a shift suits somebody."""

    ONE_MISSING = N_("One more person is needed.")
    MISSING = N_("%(missing)s more people are needed.")
    TIMES = N_("It fits the times that you gave.")
    HALF_TIMES = N_("Part of it fits the times that you gave.")
    SKILL = N_("Your skill “%(name)s” is wanted.")
    CATEGORY = N_("It is a kind of service that you chose.")
    OWN_OFFICE = N_("It is at your own office.")
    NEARBY = N_("It is near you, in %(office)s.")


@dataclass(frozen=True, slots=True)
class Step:
    """An office on the way down the tree to the one that holds a shift, and what it is called."""

    key: int
    name: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person gave: times of the week, skills, kinds of service, offices, and an area."""

    windows: tuple[Window, ...] = ()
    skills: frozenset[Hashable] = frozenset()
    categories: frozenset[Hashable] = frozenset()
    homes: tuple[tuple[int, ...], ...] = ()  # each office from the root of the tree down
    area: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One position of a shift, as far as it can suit somebody."""

    span: Span
    zone: tzinfo
    places: int
    free: int
    missing: int = 0  # to the least with which the shift can do
    category: Hashable = None
    skills: Mapping[Hashable, str] = field(default_factory=dict)  # that are wanted, with names
    way: tuple[Step, ...] = ()  # from the root of the tree down to its office


@dataclass(frozen=True, slots=True)
class Fit:
    """How well it suits, and the sentences that say why, the weightiest first."""

    score: int
    reasons: tuple[Because, ...] = ()


def fit(wish: Wish, job: Job, now: datetime) -> Fit:
    """条例 Art. 12, 15: service that suits, and first where people are missing."""
    parts = [_needed(job, now), _times(wish, job), *_skills(wish, job)]
    if job.category in wish.categories:
        parts.append((CATEGORY, Because(Fitting.CATEGORY)))
    parts.append(_near(wish, job))
    said = sorted((part for part in parts if part[1]), key=lambda part: -part[0])
    score = sum(points for points, _ in parts)
    return Fit(score, tuple(because for _, because in said if because))


def best_first(fits: Iterable[tuple[Fit, datetime, int]]) -> list[int]:
    """The keys, the best fit first; of equal ones what begins earlier, then the smaller key."""
    return [key for one, start, key in sorted(fits, key=lambda f: (-f[0].score, f[1], f[2]))]


def minutes_within(span: Span, zone: tzinfo, windows: Sequence[Window]) -> tuple[int, int]:
    """Of how many minutes on the wall's clock the shift consists, and how many are in `windows`."""
    start, end = (m.astimezone(zone).replace(tzinfo=None) for m in (span.start, span.end))
    within, day = 0, start.date()
    while day <= end.date():
        for window in windows:
            if window.weekday == day.weekday():
                begins = max(start, datetime.combine(day, window.starts))
                within += max(min(end, _end(day, window)) - begins, timedelta()) // _MINUTE
        day += timedelta(days=1)
    return (end - start) // _MINUTE, within


_Part = tuple[int, Because | None]
_MINUTE = timedelta(minutes=1)


def _end(day: date, window: Window) -> datetime:
    ends = datetime.combine(day, window.ends)
    return ends + _MINUTE if window.ends == END_OF_DAY else ends


def _needed(job: Job, now: datetime) -> _Part:
    empty = EMPTY * job.free // job.places if job.places else 0
    if not job.missing:
        return empty, None
    soon = SOON if job.span.start - now <= SOON_IS else 0
    points = MISSING + EACH_MISSING * min(job.missing, MOST_MISSING) + soon
    if job.missing == 1:
        return points + empty, Because(Fitting.ONE_MISSING)
    return points + empty, Because(Fitting.MISSING, {"missing": job.missing})


def _times(wish: Wish, job: Job) -> _Part:
    whole, within = minutes_within(job.span, job.zone, wish.windows)
    if within and within >= whole:
        return TIMES, Because(Fitting.TIMES)
    if within and 2 * within >= whole:
        return HALF_TIMES, Because(Fitting.HALF_TIMES)
    return 0, None


def _skills(wish: Wish, job: Job) -> list[_Part]:
    names = sorted(name for key, name in job.skills.items() if key in wish.skills)
    return [(SKILL, Because(Fitting.SKILL, {"name": name})) for name in names[:MOST_SKILLS]]


def _near(wish: Wish, job: Job) -> _Part:
    """The nearest of the offices that both have in common, or that the person's area is called."""
    way = [step.key for step in job.way]
    if way and any(list(home) == way for home in wish.homes):
        return NEAR[0], Because(Fitting.OWN_OFFICE)
    area, last = _plain(wish.area), len(way) - 1
    shared = [
        (max(len(home) - 1, last) - at, at) for home in wish.homes for at in _common(home, way)
    ]
    shared += [
        (last - at, at)
        for at, step in enumerate(job.way)
        if area and area in {_plain(name) for name in step.names}
    ]
    up, at = min(shared, default=(len(NEAR), 0))
    if up >= len(NEAR):
        return 0, None
    return NEAR[up], Because(Fitting.NEARBY, {"office": job.way[at].name})


def _common(home: Sequence[int], way: Sequence[int]) -> list[int]:
    """Where on the way down stands the last office that is above both; none: an empty list."""
    found: list[int] = []
    for at, (one, other) in enumerate(zip(home, way, strict=False)):
        if one != other:
            break
        found = [at]
    return found


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
