"""Cases for each worker: ceilings of schemes (CWLA, NASW) and of places, each with its term.

A ceiling speaks of a full-time worker; who works a share of full time carries that share of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date
    from typing import Any

    Counts = Mapping[Any, int]  # by the kind of work

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most so many of a kind, set for `scope` and all below it; None is everybody.

    With `beside` it holds for a worker who has both kinds: `most` of the one and `beside_most` of
    the other (CWLA: 10 families and 4 investigations). `end` is the first day without it.
    """

    kind: Hashable
    most: Decimal
    start: date
    end: date | None = None
    scope: Hashable | None = None
    beside: Hashable | None = None
    beside_most: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Over:
    """Of one kind a worker has more than the ceiling: how many, of how many, by how many."""

    kind: Hashable
    number: int
    most: Decimal

    @property
    def excess(self) -> Decimal:
        """By how many, exactly."""
        return self.number - self.most


def ceilings_on(
    ceilings: Iterable[Ceiling], *, day: date, scopes: Sequence[Hashable]
) -> list[Ceiling]:
    """The ceilings in force: of each kind (or pair) the nearest scope's, then the one begun last.

    `scopes` is the office and those above it, nearest first; everybody's stands behind them.
    """
    chosen: dict[tuple[Hashable, Hashable | None], Ceiling] = {}
    near = {scope: rank for rank, scope in enumerate((*scopes, None))}
    for one in ceilings:
        if one.scope not in near or not (one.start <= day and (one.end is None or day < one.end)):
            continue
        before = chosen.get((one.kind, one.beside))
        if before is None or (near[one.scope], before.start) <= (near[before.scope], one.start):
            chosen[one.kind, one.beside] = one
    return list(chosen.values())


def most_of(
    counts: Counts, ceilings: Sequence[Ceiling], share: Decimal = WHOLE
) -> dict[Hashable, Decimal]:
    """The most of each kind for a worker with these counts: a pair's where he has both of it."""
    alone = {one.kind: one.most for one in ceilings if one.beside is None}
    found = dict(alone)
    for one in ceilings:
        if one.beside is not None and counts.get(one.kind) and counts.get(one.beside):
            found[one.kind], found[one.beside] = one.most, one.beside_most
    return {kind: most * share for kind, most in found.items()}


def over(counts: Counts, ceilings: Sequence[Ceiling], share: Decimal = WHOLE) -> list[Over]:
    """Of which kinds a worker has too many; as many as the ceiling is not too many."""
    most = most_of(counts, ceilings, share)
    return [
        Over(kind, number, most[kind])
        for kind, number in counts.items()
        if kind in most and number > most[kind]
    ]


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of work at an office and all below it: how many, over how many workers."""

    number: int = 0
    workers: frozenset[Hashable] = frozenset()  # who has a count, each once
    over: frozenset[Hashable] = frozenset()

    @property
    def for_each(self) -> Decimal | None:
        """Cases for each worker with a count, unrounded; None without any."""
        return Decimal(self.number) / len(self.workers) if self.workers else None


def together(loads: Iterable[Load]) -> Load:
    """Σ cases over all workers, each once, never the average of the offices' averages."""
    found = list(loads)
    return Load(
        sum(load.number for load in found),
        frozenset(worker for load in found for worker in load.workers),
        frozenset(worker for load in found for worker in load.over),
    )
