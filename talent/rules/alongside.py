"""Volunteers beside staff: how many of either a service has, for those whom it serves.

条例 Art. 15 (2017-12-01) wants tasks that fit; how many people one worker or one volunteer can
look after is for each place and each service to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Sequence
    from datetime import date

MINUTES_OF_HOUR = 60


class TooFew(StrEnum):
    """Why a shift has too few people for those whom it serves."""

    WORKERS = N_(
        "For %(served)s people served there should be %(needed)s community workers, one for each "
        "%(each)s. There are %(there)s."
    )
    VOLUNTEERS = N_(
        "For %(served)s people served there should be %(needed)s volunteers, one for each "
        "%(each)s. There are %(there)s."
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """An appointment: of whom, at which place of the tree, from when to (but without) when."""

    person: Hashable
    path: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Who has a confirmed place on a shift: workers on the one side, volunteers on the other."""

    workers: frozenset[Hashable] = frozenset()
    volunteers: frozenset[Hashable] = frozenset()

    @property
    def volunteers_each(self) -> Decimal | None:
        """Volunteers for each worker, unrounded; None without a worker."""
        if not self.workers:
            return None
        return Decimal(len(self.volunteers)) / len(self.workers)


def sides(confirmed: Iterable[Hashable], duties: Iterable[Duty], *, path: str, day: date) -> Sides:
    """Both sides of a shift of the office at `path` on a day.

    A worker is who holds an appointment on that day in the office's own line of the tree: at it,
    above it or below it. Who is appointed elsewhere serves here in his own time, as a volunteer.
    """
    people = frozenset(confirmed)
    at_work = frozenset(
        duty.person
        for duty in duties
        if duty.start <= day
        and (duty.end is None or day < duty.end)
        and (duty.path.startswith(path) or path.startswith(duty.path))
    )
    return Sides(people & at_work, people - at_work)


def needed(served: int, each: int) -> int:
    """One for each `each` people served, and one more for what is left. Zero asks for none."""
    return -(-served // each) if each > 0 else 0


def too_few(
    served: int | None, found: Sides, *, for_worker: int, for_volunteer: int
) -> list[Because]:
    """What a shift lacks; nothing is lacking where nobody said how many are served.

    `for_worker` and `for_volunteer` are the most people for one of them; zero asks for nothing.
    """
    if not served:
        return []
    reasons = []
    for why, there, each in (
        (TooFew.WORKERS, len(found.workers), for_worker),
        (TooFew.VOLUNTEERS, len(found.volunteers), for_volunteer),
    ):
        if there < (asked := needed(served, each)):
            facts = {"served": served, "needed": asked, "each": each, "there": there}
            reasons.append(Because(why, facts))
    return reasons


@dataclass(frozen=True, slots=True)
class Volunteering:
    """Volunteers of an office and all below it, beside the people who live there.

    `residents` is None where no figure is known, and `missing` names the communities without one.
    """

    registered: int
    active: int
    minutes: int
    covered: int  # communities with service of their own
    communities: int
    residents: int | None
    missing: Sequence[Hashable] = ()

    @property
    def registered_per_100(self) -> Decimal | None:
        """Registered volunteers for each 100 residents, unrounded."""
        return self._of_residents(Decimal(self.registered * 100))

    @property
    def active_share(self) -> Decimal | None:
        """Of each 100 registered volunteers, how many served."""
        return Decimal(self.active * 100) / self.registered if self.registered else None

    @property
    def hours_per_resident(self) -> Decimal | None:
        """Hours of service for each resident, unrounded."""
        return self._of_residents(Decimal(self.minutes) / MINUTES_OF_HOUR)

    @property
    def coverage(self) -> Decimal | None:
        """Of each 100 communities, how many have service of their own."""
        return Decimal(self.covered * 100) / self.communities if self.communities else None

    def _of_residents(self, number: Decimal) -> Decimal | None:
        return number / self.residents if self.residents else None


def covered(communities: Collection[Hashable], served: Collection[Hashable]) -> int:
    """Communities among those that held service of their own."""
    return len(set(communities) & set(served))
