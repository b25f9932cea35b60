"""Staffing of communities: 国办发〔2021〕56号, main indicator 7; the 2017 Opinion on who counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
    from datetime import date

    People = Mapping[Hashable, Decimal]  # each person once, with his share of full time

WHOLE = Decimal(1)
NONE = Decimal(0)
USUAL_HOUSEHOLDS = (1_000, 3_000)


class CountMode(Word):
    """Heads for official reports, full-time equivalents for the office's own planning."""

    HEADCOUNT = "headcount", N_("Heads")
    FTE = "fte", N_("Full-time equivalents")


class PopulationKind(Word):
    """What a population figure counts. Only the first is the official denominator.

    The first four are known for every community; the others where there is such a home or school.
    """

    URBAN_RESIDENT = "urban_resident", N_("Urban residents")
    RESIDENT = "resident", N_("Residents")
    REGISTERED = "registered", N_("Registered population")
    HOUSEHOLDS = "households", N_("Households")
    HOME_RESIDENTS = "home_residents", N_("Residents of homes for the elderly")
    SCHOOLS = "schools", N_("Schools")
    STUDENTS = "students", N_("Students")
    CASES = "cases", N_("Open cases")
    FAMILIES = "families", N_("Families cared for")
    CHILDREN_IN_CARE = "children_in_care", N_("Children in foster care")

    @property
    def everywhere(self) -> bool:
        """Whether every community has such a figure, so that a missing one is a gap."""
        return self in {self.URBAN_RESIDENT, self.RESIDENT, self.REGISTERED, self.HOUSEHOLDS}


class Gap(StrEnum):
    """Why a ratio, or whether it meets the standard, cannot be stated."""

    NO_POPULATION = N_("No population figure of the kind needed is known for %(day)s.")
    ONLY_LATER = N_("The first population figure is of %(as_of)s, after %(day)s.")
    NOT_REGISTERED = N_(
        "A staffing ratio is computed from those who live in a place, not from its registered"
        " population."
    )
    ONLY_REGISTERED = N_(
        "Only the registered population is known for %(day)s. The official ratio needs the urban"
        " residents, those who live there."
    )
    NOBODY_LIVES_HERE = N_("The number of residents is zero.")
    NO_STANDARD = N_("No staffing standard is in force on %(day)s.")
    CHILDREN_WITHOUT_POPULATION = N_(
        "%(number)s offices below have no population figure, so no common ratio is stated."
    )
    NO_BAND = N_("No band of the standard holds for %(size)s.")
    NO_STAFF = N_("Nobody is counted of whom a share could be stated.")
    NO_UNIT = N_("There is none here of what the standard counts by.")
    NOT_FOR_THIS = N_("This standard is not for offices of this kind.")


class Size(StrEnum):
    """What is said of a community that is smaller or larger than usual."""

    SMALL = N_("%(households)s households are fewer than the usual %(least)s.")
    LARGE = N_("%(households)s households are more than the usual %(most)s.")


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment of one person. `end` is the first day on which it is no longer held.

    Who is on leave is so from `leave_start` until the day before `leave_end`; without them, from
    the first day of the post and with no end.
    """

    person: Hashable
    kind: str
    start: date
    end: date | None = None
    share: Decimal = WHOLE
    on_leave: bool = False
    leave_start: date | None = None
    leave_end: date | None = None

    def held_on(self, day: date) -> bool:
        """As-of: the first day counts, the day of the end does not."""
        return self.start <= day and (self.end is None or day < self.end)

    def on_leave_on(self, day: date) -> bool:
        """Whether its holder is on long leave that day."""
        return (
            self.on_leave
            and (self.leave_start is None or self.leave_start <= day)
            and (self.leave_end is None or day < self.leave_end)
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A population figure as published."""

    kind: PopulationKind
    number: int
    as_of: date
    source: str = ""


def counted(
    posts: Iterable[Post], *, day: date, kinds: Collection[str], count_on_leave: bool = True
) -> dict[Hashable, Decimal]:
    """Who counts on a day: people, never posts (many a secretary is the director too).

    A post counts from `start` until the day before `end`, if its kind counts. Shares of one
    person add up to one full time at most.
    """
    people: dict[Hashable, Decimal] = {}
    for post in posts:
        if post.kind not in kinds or (post.on_leave_on(day) and not count_on_leave):
            continue
        if post.held_on(day):
            people[post.person] = min(WHOLE, people.get(post.person, NONE) + post.share)
    return people


def together(groups: Iterable[People]) -> dict[Hashable, Decimal]:
    """People of several offices, each once, so that a roll-up equals a recount."""
    people: dict[Hashable, Decimal] = {}
    for group in groups:
        for person, share in group.items():
            people[person] = min(WHOLE, people.get(person, NONE) + share)
    return people


def figure_on(figures: Iterable[Figure], *, kind: PopulationKind, day: date) -> Figure | None:
    """The latest figure of a kind that is not after the day; of two, the one given last."""
    known = [figure for figure in figures if figure.kind is kind and figure.as_of <= day]
    return max(reversed(known), key=lambda figure: figure.as_of, default=None)


def without_population(
    figures: Sequence[Figure],
    *,
    day: date,
    kind: PopulationKind = PopulationKind.URBAN_RESIDENT,
) -> list[Because]:
    """Why a ratio has no denominator; empty when it has one.

    Officially (每万城镇常住人口) urban residents, those who live there; a standard may name all
    residents or households. Registered population (户籍) never takes their place.
    """
    if kind is PopulationKind.REGISTERED:
        return [Because(Gap.NOT_REGISTERED)]
    figure = figure_on(figures, kind=kind, day=day)
    if figure:
        return [] if figure.number > 0 else [Because(Gap.NOBODY_LIVES_HERE)]
    if figure_on(figures, kind=PopulationKind.REGISTERED, day=day):
        return [Because(Gap.ONLY_REGISTERED, {"day": day})]
    later = [one.as_of for one in figures if one.kind is kind]
    if later:
        return [Because(Gap.ONLY_LATER, {"as_of": min(later), "day": day})]
    return [Because(Gap.NO_POPULATION, {"day": day})]


def certificate_rate(people: People, certified: Collection[Hashable]) -> Decimal | None:
    """持证率: heads with a professional certificate among the heads counted; None for nobody."""
    if not people:
        return None
    return Decimal(sum(person in certified for person in people)) / len(people)


def unusual_size(households: int | None) -> list[Because]:
    """城市居民委员会组织法 Art. 3 (2026-01-01): a committee for 1 000 to 3 000 households.

    "Usually": other sizes are allowed where needed, so this warns and never refuses.
    """
    least, most = USUAL_HOUSEHOLDS
    if households is None or least <= households <= most:
        return []
    if households < least:
        return [Because(Size.SMALL, {"households": households, "least": least})]
    return [Because(Size.LARGE, {"households": households, "most": most})]
