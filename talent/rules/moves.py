"""From surplus to shortfall with the fewest moves: those who may move, near offices first.

No law asks for it; the 2017 Opinion has places staff communities by those who live there. Elected
members stay where they were elected (城市居民委员会组织法 Art. 8), so who may move is said from
outside. Weights, spare and missing are thousandths of a person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

# Beyond so many choices, or so many who may move, a proposal is good but not proved the shortest.
STATES = 60_000
DEEPEST = 300


class Mover(NamedTuple):
    """Somebody who may move, and what is moved with him."""

    person: Hashable
    place: Hashable
    weight: int


class Place(NamedTuple):
    """An office: what it can spare and what it lacks, at most one of them; near are its like."""

    place: Hashable
    near: Hashable
    spare: int = 0
    lacks: int = 0


class Move(NamedTuple):
    """Somebody goes from one office to another."""

    person: Hashable
    source: Hashable
    target: Hashable
    near: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """The moves, what is missing after them, and whether nothing shorter does as much."""

    moves: list[Move] = field(default_factory=list)
    missing: dict[Hashable, int] = field(default_factory=dict)
    proved: bool = True

    @property
    def score(self) -> tuple[int, int, int]:
        """What is missing, then how many move, then how many of them move far."""
        far = sum(not move.near for move in self.moves)
        return sum(self.missing.values()), len(self.moves), far


def proposal(places: Iterable[Place], movers: Iterable[Mover]) -> Proposal:
    """Who moves where, so that least is missing, by the fewest moves, to near offices first.

    Nobody falls short by giving: an office gives no more than it can spare.
    """
    known = {place.place: place for place in places}
    givers = {key: place for key, place in known.items() if place.spare > 0}
    takers = {key: place for key, place in known.items() if place.lacks > 0}
    usable = [
        mover
        for mover in movers
        if mover.place in givers and 0 < mover.weight <= givers[mover.place].spare
    ]
    if not usable or not takers:
        return Proposal([], {key: place.lacks for key, place in takers.items()})
    weights = {mover.weight for mover in usable}
    if len(weights) == 1:
        return _of_one_weight(givers, takers, usable, weights.pop())
    return _of_several_weights(givers, takers, usable)


def _of_one_weight(
    givers: Mapping[Hashable, Place],
    takers: Mapping[Hashable, Place],
    movers: Sequence[Mover],
    weight: int,
) -> Proposal:
    """All weigh the same: each office lacks whole ones and a rest, and the fullest fill first.

    Within one size of what is filled, those with givers near by come first; no other choice
    moves fewer people or more of them near.
    """
    ready: dict[Hashable, list[Mover]] = defaultdict(list)
    for mover in movers:
        if len(ready[mover.place]) < givers[mover.place].spare // weight:
            ready[mover.place].append(mover)
    supply: dict[Hashable, int] = defaultdict(int)
    for key, group in ready.items():
        supply[givers[key].near] += len(group)
    left = sum(supply.values())
    by_size: dict[int, list[Hashable]] = defaultdict(list)
    for key, place in takers.items():
        by_size[weight] += [key] * (place.lacks // weight)
        if rest := place.lacks % weight:
            by_size[rest].append(key)
    chosen: list[Hashable] = []
    for size in sorted(by_size, reverse=True):
        taken = _near_first(by_size[size], takers, supply)[:left]
        left -= len(taken)
        for key in taken:
            supply[takers[key].near] -= supply[takers[key].near] > 0
        chosen += taken
    return _settled(givers, takers, ready, chosen)


def _near_first(
    wanted: Iterable[Hashable], takers: Mapping[Hashable, Place], supply: Mapping[Hashable, int]
) -> list[Hashable]:
    slack = dict(supply)
    near: list[Hashable] = []
    far: list[Hashable] = []
    for key in wanted:
        place = takers[key].near
        (near if slack.get(place, 0) > 0 else far).append(key)
        slack[place] = slack.get(place, 0) - 1
    return near + far


def _settled(
    givers: Mapping[Hashable, Place],
    takers: Mapping[Hashable, Place],
    ready: Mapping[Hashable, list[Mover]],
    chosen: Sequence[Hashable],
) -> Proposal:
    """Give each chosen place somebody: first from near by, then from anywhere."""
    by_near: dict[Hashable, list[Mover]] = defaultdict(list)
    for key, group in ready.items():
        by_near[givers[key].near] += group
    moves: list[Move] = []
    waiting: list[Hashable] = []
    for key in chosen:
        if by_near[takers[key].near]:
            mover = by_near[takers[key].near].pop(0)
            moves.append(Move(mover.person, mover.place, key, near=True))
        else:
            waiting.append(key)
    rest = [mover for group in by_near.values() for mover in group]
    for key, mover in zip(waiting, rest, strict=False):
        moves.append(Move(mover.person, mover.place, key, near=False))
    weights = {mover.person: mover.weight for group in ready.values() for mover in group}
    return Proposal(moves, _missing(takers, moves, weights))


def _missing(
    takers: Mapping[Hashable, Place], moves: Iterable[Move], weights: Mapping[Hashable, int]
) -> dict[Hashable, int]:
    lacks = {key: place.lacks for key, place in takers.items()}
    for move in moves:
        lacks[move.target] -= weights[move.person]
    return {key: max(0, number) for key, number in lacks.items()}


def _of_several_weights(
    givers: Mapping[Hashable, Place],
    takers: Mapping[Hashable, Place],
    movers: Sequence[Mover],
) -> Proposal:
    """People of different shares: every choice is looked at, equal ones once."""
    search = _Search(givers, takers, movers)
    if len(movers) > DEEPEST:
        return search.quick()
    try:
        return search.proposal()
    except _TooMany:
        return search.quick()


class _TooMany(Exception):
    """More choices than are looked at."""


Score = tuple[int, int, int]


class _Search:
    """Class after class of those who are alike: same office, same weight."""

    def __init__(
        self,
        givers: Mapping[Hashable, Place],
        takers: Mapping[Hashable, Place],
        movers: Sequence[Mover],
    ) -> None:
        self.givers, self.takers = givers, list(takers.values())
        alike: dict[tuple[Hashable, int], list[Mover]] = defaultdict(list)
        for mover in movers:
            alike[mover.place, mover.weight].append(mover)
        self.classes = sorted(alike.values(), key=lambda group: (str(group[0].place), -group[0][2]))
        self.known: dict[tuple[int, int, int, tuple[int, ...]], tuple[Score, int | None]] = {}
        self.weights = {mover.person: mover.weight for mover in movers}

    def proposal(self) -> Proposal:
        """The best there is; raises `_TooMany` if there is too much to look at."""
        lacks = tuple(place.lacks for place in self.takers)
        at, used, given, moves = 0, 0, 0, []
        self._best(at, used, given, lacks)
        while at < len(self.classes):
            choice = self.known[at, used, given, lacks][1]
            if choice is None:
                at, used, given = at + 1, 0, self._given_on(at, given)
                continue
            mover = self.classes[at][used]
            moves.append(self._move(mover, choice))
            lacks = self._filled(lacks, choice, mover.weight)
            used, given = used + 1, given + mover.weight
        return Proposal(moves, self._left(lacks))

    def quick(self) -> Proposal:
        """The largest first, each to where most of it is of use: good, and not proved."""
        lacks = [place.lacks for place in self.takers]
        spare = {key: place.spare for key, place in self.givers.items()}
        moves: list[Move] = []
        movers = [mover for group in self.classes for mover in group]
        for mover in sorted(movers, key=lambda one: -one.weight):
            if mover.weight > spare[mover.place]:
                continue
            near = self.givers[mover.place].near
            use = [
                (min(mover.weight, missing), self.takers[at].near == near, -at)
                for at, missing in enumerate(lacks)
                if missing
            ]
            if not use:
                break
            at = -max(use)[2]
            moves.append(self._move(mover, at))
            lacks[at] = max(0, lacks[at] - mover.weight)
            spare[mover.place] -= mover.weight
        return Proposal(moves, self._left(tuple(lacks)), proved=False)

    def _best(self, at: int, used: int, given: int, lacks: tuple[int, ...]) -> Score:
        """The best score from here on; the choice that leads to it is kept."""
        if at == len(self.classes):
            return sum(lacks), 0, 0
        key = (at, used, given, lacks)
        if key in self.known:
            return self.known[key][0]
        if len(self.known) > STATES:
            raise _TooMany
        best: tuple[Score, int | None] = (
            self._best(at + 1, 0, self._given_on(at, given), lacks),
            None,
        )
        group = self.classes[at]
        giver = self.givers[group[0].place]
        weight = group[0].weight
        if used < len(group) and given + weight <= giver.spare:
            for choice, missing in enumerate(lacks):
                if missing:
                    rest = self._best(
                        at, used + 1, given + weight, self._filled(lacks, choice, weight)
                    )
                    far = self.takers[choice].near != giver.near
                    score = (rest[0], rest[1] + 1, rest[2] + far)
                    if score < best[0]:
                        best = (score, choice)
        self.known[key] = best
        return best[0]

    def _given_on(self, at: int, given: int) -> int:
        """What the office of the next class has given already."""
        following = self.classes[at + 1 : at + 2]
        same = following and following[0][0].place == self.classes[at][0].place
        return given if same else 0

    def _filled(self, lacks: tuple[int, ...], at: int, weight: int) -> tuple[int, ...]:
        return (*lacks[:at], max(0, lacks[at] - weight), *lacks[at + 1 :])

    def _move(self, mover: Mover, at: int) -> Move:
        target = self.takers[at]
        near = self.givers[mover.place].near == target.near
        return Move(mover.person, mover.place, target.place, near)

    def _left(self, lacks: Sequence[int]) -> dict[Hashable, int]:
        return {place.place: lacks[at] for at, place in enumerate(self.takers)}
