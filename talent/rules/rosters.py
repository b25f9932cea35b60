"""Who could serve where: proposals that keep every rule, and what one proposal is worth.

条例 Art. 15 and 16 (2017-12-01): tasks fit the volunteer's time, ability and strength. What is
sought, in this order: the least that each shift needs, more places, times and service that suit,
and an even load. The weights say so in whole numbers; nothing here computes with fractions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import signup
from talent.rules.reason import N_, Because
from talent.rules.signup import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.rules.signup import Candidate, Place
    from talent.rules.workload import Engagement

NEEDED = 100_000  # a place that the shift cannot do without
WELCOME = 1_000  # a further place
MOST_LIKED = 100  # what suits a person best
UNEVEN = 20  # for each shift that a person has already: the second costs 20, the third 40
MOST_UNEVEN = 800  # so that an empty place is never better than a busy person
MOST_DAYS = 62
SECONDS = (5, 10, 20, 60)  # that may be asked for


class Unproposable(StrEnum):
    """Why no proposal is computed."""

    TURNED = N_("The last day is before the first.")
    TOO_LONG = N_("A proposal is for %(most)s days at most.")
    PAST = N_("The last day has passed. Only shifts to come are planned.")
    NOT_READY = N_("This proposal is “%(state)s”. Only a finished one can be taken.")
    NOBODY = N_("Choose at least one place.")


@dataclass(frozen=True, slots=True)
class Seat:
    """The free places of one position of one shift: `missing` of them to the least it needs."""

    key: int
    shift: int
    place: Place
    engagement: Engagement
    free: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person who may be proposed. `likes`: how well each seat suits, 0 to MOST_LIKED.

    `open_to` are the shifts that are offered to this person and on which he is not yet; `load`
    is the number of shifts that he has in these days already.
    """

    key: int
    candidate: Candidate
    open_to: frozenset[int]
    likes: Mapping[int, int] = field(default_factory=dict)
    load: int = 0

    def liked(self, seat: Seat) -> int:
        """How well the seat suits."""
        return min(self.likes.get(seat.key, 0), MOST_LIKED)


@dataclass(frozen=True, slots=True, order=True)
class Proposed:
    """A person on a seat, both by their keys."""

    seat: int
    volunteer: int


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A seat that stays open, and how many people each reason keeps from it, the most first."""

    seat: int
    open: int
    missing: int
    why: tuple[tuple[Because, int], ...]


def suited(seat: Seat, volunteer: Volunteer) -> bool:
    """What does not depend on the rest of the roster: offered, registered, of age, qualified."""
    return seat.shift in volunteer.open_to and not standing_refusals(seat, volunteer)


def standing_refusals(seat: Seat, volunteer: Volunteer) -> list[Because]:
    """条例 Art. 15, 16: what keeps the person from this seat on any roster."""
    found = signup.shift_refusals(seat.place)
    found += [] if seat.shift in volunteer.open_to else _not_offered()
    return (
        found
        + signup.age_refusals(seat.place, volunteer.candidate)
        + signup.gate_refusals(seat.place, volunteer.candidate)
    )


def seat_cost(times: int) -> int:
    """What it costs to give one more shift to somebody who has so many."""
    return min(UNEVEN * times, MOST_UNEVEN)


def worth(
    proposal: Iterable[Proposed], seats: Sequence[Seat], volunteers: Sequence[Volunteer]
) -> int:
    """The value of a proposal: larger is better. The same for whoever made it."""
    by_seat = {seat.key: seat for seat in seats}
    by_key = {volunteer.key: volunteer for volunteer in volunteers}
    filled: Counter[int] = Counter()
    load = {volunteer.key: volunteer.load for volunteer in volunteers}
    total = 0
    for one in sorted(proposal):
        seat, volunteer = by_seat[one.seat], by_key[one.volunteer]
        total += NEEDED if filled[seat.key] < seat.missing else WELCOME
        total += volunteer.liked(seat) - seat_cost(load[volunteer.key])
        filled[seat.key] += 1
        load[volunteer.key] += 1
    return total


class Roster:
    """A proposal as it grows: who has what so far, and whether one more is lawful."""

    def __init__(
        self, seats: Sequence[Seat], volunteers: Sequence[Volunteer], now: datetime
    ) -> None:
        """An empty one."""
        self.seats = {seat.key: seat for seat in seats}
        self.volunteers = {volunteer.key: volunteer for volunteer in volunteers}
        self.now = now
        self.proposed: list[Proposed] = []
        self._engaged = {v.key: v.candidate.engagements for v in volunteers}
        self._shifts: dict[int, set[int]] = {v.key: set() for v in volunteers}
        self._filled: Counter[int] = Counter()
        self._load = {v.key: v.load for v in volunteers}

    def open_places(self, seat: Seat) -> int:
        """Places that nobody is proposed for."""
        return seat.free - self._filled[seat.key]

    def missing(self, seat: Seat) -> int:
        """Places that are still needed to the least."""
        return max(seat.missing - self._filled[seat.key], 0)

    def load(self, volunteer: Volunteer) -> int:
        """Shifts that the person would have so far."""
        return self._load[volunteer.key]

    def refusals(self, seat: Seat, volunteer: Volunteer) -> list[Because]:
        """All that the law has against it on this roster, as for any other place."""
        return standing_refusals(seat, volunteer) or self.clashes(seat, volunteer)

    def clashes(self, seat: Seat, volunteer: Volunteer) -> list[Because]:
        """What stands against it on this roster alone, for somebody whom the seat suits."""
        if seat.shift in self._shifts[volunteer.key]:
            return _already()
        return signup.time_refusals(seat.place, self._engaged[volunteer.key], self.now)

    def add(self, seat: Seat, volunteer: Volunteer) -> bool:
        """Propose the person, whom the seat suits, if there is room and the law allows it."""
        if self.open_places(seat) < 1 or self.clashes(seat, volunteer):
            return False
        self.proposed.append(Proposed(seat.key, volunteer.key))
        self._engaged[volunteer.key] += (seat.engagement,)
        self._shifts[volunteer.key].add(seat.shift)
        self._filled[seat.key] += 1
        self._load[volunteer.key] += 1
        return True

    def fill(self, fits: Mapping[int, Sequence[Volunteer]]) -> None:
        """Fill what is open: first what is needed, the scarcest first, each by who suits best."""
        order = sorted(self.seats.values(), key=lambda seat: (len(fits[seat.key]), seat.key))
        for needed in (True, False):
            for seat in order:
                wanted = self.missing(seat) if needed else self.open_places(seat)
                if wanted:
                    self._fill(seat, fits[seat.key], wanted)

    def _fill(self, seat: Seat, people: Sequence[Volunteer], wanted: int) -> None:
        best = sorted(people, key=lambda v: (seat_cost(self.load(v)) - v.liked(seat), v.key))
        for volunteer in best:
            if wanted and self.add(seat, volunteer):
                wanted -= 1


def who_suits(seats: Sequence[Seat], volunteers: Sequence[Volunteer]) -> dict[int, list[Volunteer]]:
    """For each seat the people for whom nothing stands against it that no roster could change."""
    return {seat.key: [v for v in volunteers if suited(seat, v)] for seat in seats}


def greedy(
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    now: datetime,
    fits: Mapping[int, Sequence[Volunteer]] | None = None,
) -> list[Proposed]:
    """A lawful proposal in one pass, without looking back. `fits` is what `who_suits` says."""
    roster = Roster(seats, volunteers, now)
    roster.fill(who_suits(seats, volunteers) if fits is None else fits)
    return sorted(roster.proposed)


def lawful(
    wished: Iterable[Proposed],
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    now: datetime,
    fits: Mapping[int, Sequence[Volunteer]] | None = None,
) -> list[Proposed]:
    """As much of a wish as the law allows; what then is open is filled as by `greedy`."""
    roster = Roster(seats, volunteers, now)
    fits = who_suits(seats, volunteers) if fits is None else fits
    for one in sorted(wished, key=lambda one: roster.seats[one.seat].place.span):
        seat, volunteer = roster.seats[one.seat], roster.volunteers[one.volunteer]
        if suited(seat, volunteer):
            roster.add(seat, volunteer)
    roster.fill(fits)
    return sorted(roster.proposed)


def unfilled(
    proposal: Iterable[Proposed],
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    now: datetime,
) -> list[Unfilled]:
    """Every seat with open places, and why nobody else can have them.

    Reasons are counted by their first sentence a person, so that the numbers add up to the people.
    """
    roster = Roster(seats, volunteers, now)
    for one in proposal:
        roster.add(roster.seats[one.seat], roster.volunteers[one.volunteer])
    found = []
    for seat in seats:
        if not (open_ := roster.open_places(seat)):
            continue
        counted: dict[str, tuple[Because, int]] = {}
        for volunteer in volunteers:
            if against := roster.refusals(seat, volunteer):
                kind = str(against[0].why)
                first, times = counted.get(kind, (against[0], 0))
                counted[kind] = first, times + 1
        why = sorted(counted.values(), key=lambda each: (-each[1], str(each[0].why)))
        found.append(Unfilled(seat.key, open_, roster.missing(seat), tuple(why)))
    return found


def _not_offered() -> list[Because]:
    return [Because(Refusal.NOT_ACTIVE)]


def _already() -> list[Because]:
    return [Because(Refusal.ALREADY)]


def refusals_to_ask(first: date, last: date, today: date) -> list[Because]:
    """A range of days that has an end and is not over."""
    if last < first:
        return [Because(Unproposable.TURNED)]
    found = [Because(Unproposable.PAST)] if last < today else []
    if (last - first).days + 1 > MOST_DAYS:
        found.append(Because(Unproposable.TOO_LONG, {"most": MOST_DAYS}))
    return found
