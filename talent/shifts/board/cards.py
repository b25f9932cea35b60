"""A shift on the board: its positions, who is on them, what is short, who breaks a rule now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from talent.access import Permission
from talent.rules.signup import ENGAGED, SignupState
from talent.shifts.board import reading
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import ShiftState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.shifts.models import Need, Shift, Signup

LONGEST_BRIEF = 4  # signs of a name where there is little room: 尉迟恭礼
SOON = timedelta(hours=48)  # what is short so near to the start is urgent
TO_COME = (ShiftState.DRAFT, ShiftState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Chip:
    """A person on a position. `against` breaks a rule now; `passed` was passed over on record."""

    signup: Signup
    against: list[Because] = field(default_factory=list)
    passed: list[Because] = field(default_factory=list)

    @property
    def brief(self) -> str:
        """The name where there is little room: initials; a Han name whole, a longer one begun."""
        name = self.signup.person.name
        if name.isascii():
            return "".join(part[0] for part in name.split())[:3]
        return name.partition("·")[0][:LONGEST_BRIEF]


@dataclass(frozen=True, slots=True)
class Spot:
    """One position of a shift and who is on it, in the order of their names."""

    need: Need
    on: list[Chip]
    standing_by: list[Chip]
    waiting: int = 0

    @property
    def leaderless(self) -> bool:
        """Whether nobody leads who should."""
        return self.need.position.leads and not self.on


@dataclass(frozen=True, slots=True)
class Card:
    """One shift as the office sees it."""

    shift: Shift
    spots: list[Spot]
    soon: bool
    over: bool
    may_plan: bool

    @property
    def to_come(self) -> bool:
        """Whether something can still be done about it."""
        return not self.over and self.shift.state in TO_COME

    @property
    def short(self) -> int:
        """How many people are missing, all positions together."""
        return sum(spot.need.short for spot in self.spots) if self.to_come else 0

    @property
    def leaderless(self) -> bool:
        """Whether a shift that is led has no leader."""
        return self.to_come and any(spot.leaderless for spot in self.spots)

    @property
    def conflicts(self) -> int:
        """How many people on it break a rule."""
        everybody = [chip for spot in self.spots for chip in (*spot.on, *spot.standing_by)]
        return sum(bool(chip.against) for chip in everybody)

    def only(self, need_id: int) -> Card:
        """The same shift with one of its positions."""
        return replace(self, spots=[spot for spot in self.spots if spot.need.id == need_id])


def of(shifts: Sequence[Shift], actor: Actor, now: datetime) -> list[Card]:
    """Shifts as an office sees them, in a number of questions that does not grow with them."""
    turns: Any = shifts  # they name the same things
    people: Any = reading.people_on(turns)
    return carded(shifts, people, actor, now)


def carded(
    shifts: Sequence[Shift], people: Sequence[Signup], actor: Actor, now: datetime
) -> list[Card]:
    """The same of shifts and people that were read already, as objects or as columns."""
    against = _against(shifts, people, now)
    by_need: defaultdict[int, list[Signup]] = defaultdict(list)
    for one in people:
        by_need[one.need_id].append(one)
    cards = []
    for shift in shifts:
        spots = []
        for need in shift.needs:
            held = by_need[need.id]
            chips = [_chip(one, against.get(one.id, [])) for one in held if one.state in ENGAGED]
            by = [chip for chip in chips if chip.signup.state is SignupState.RESERVE]
            on = [chip for chip in chips if chip not in by]
            waiting = sum(one.state is SignupState.WAITING for one in held)
            spots.append(Spot(need, on, by, waiting))
        path = shift.project.office.path
        soon, over = shift.starts_at - now <= SOON, shift.ends_at <= now
        may_plan = actor.may(Permission.PLAN_SHIFTS, path)
        cards.append(Card(shift, spots, soon, over, may_plan))
    return cards


def _against(
    shifts: Sequence[Shift], people: Sequence[Signup], now: datetime
) -> dict[int, list[Because]]:
    """What the law says now against those who have a place, by the sign-up's id."""
    coming = {s.id: s for s in shifts if s.state in TO_COME and s.ends_at > now}
    asked = [one for one in people if one.shift_id in coming and one.state in ENGAGED]
    if not asked:
        return {}
    told = eligibility.settings_for(coming.values(), now)
    since = eligibility.span_of(list(coming.values())).start
    near = eligibility.near(list(coming.values()), told.values())
    facts = eligibility.facts_of([one.person_id for one in asked], since=since, near=near)
    places = {
        need.id: eligibility.place(need, shift, told[shift.project.office_id])
        for shift in coming.values()
        for need in shift.needs
    }
    return {
        one.id: eligibility.standing(
            places[one.need_id], coming[one.shift_id], facts[one.person_id], now
        )
        for one in asked
    }


def _chip(one: Signup, found: list[Because]) -> Chip:
    """What was passed over on record is no conflict any more."""
    codes = set((one.overridden or "").split(","))
    passed = [b for b in found if getattr(b.why, "name", str(b.why)) in codes]
    return Chip(one, [b for b in found if b not in passed], passed)
