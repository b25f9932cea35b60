"""Cases for each worker in a month: held against the ceilings, rolled up over the tree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.db import db
from talent.indicators.ceilings import service as ceilings
from talent.indicators.counts.service import MONTH, MONTHS, counts, last_of, workers_in
from talent.indicators.models import CaseCount, WorkKind
from talent.rules import caseload as law
from talent.rules.caseload import Load, Over

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from talent.access import Actor
    from talent.indicators.service import Tree
    from talent.offices.models import Office
    from talent.people.models import Person

PAGE = 50  # workers


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker in a month: what is counted at these offices, and of what it is too much."""

    person: Person
    office: Office
    share: Decimal
    counts: Mapping[int, int]  # by the id of the kind
    over: Sequence[Over] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One office and all below it in a month: by the id of the kind, how much over how many."""

    office: Office
    depth: int
    loads: Mapping[int, Load]
    appointed: int

    @property
    def over(self) -> int:
        """How many workers have more than a ceiling."""
        return len({one for load in self.loads.values() for one in load.over})

    @property
    def counted(self) -> int:
        """How many workers have a count."""
        return len({one for load in self.loads.values() for one in load.workers})


@dataclass(frozen=True, slots=True)
class Month:
    """All of a month: each office, each worker."""

    month: date
    kinds: Sequence[WorkKind]  # of which there is a count
    lines: Sequence[Line]
    workers: Sequence[Worker]


def month_of(actor: Actor, tree: Tree, office: Office, month: date) -> Month:
    """A month of an office and all below it, in a few questions for any number of workers."""
    inside = [each for each in tree.offices if each.path.startswith(office.path)]
    ids = {each.id for each in inside}
    homes = {id_: home for id_, home in tree.home.items() if home in ids}
    everywhere = counts(tree.home, month, month)  # who works at two offices is told of both
    rows = [row for row in everywhere if row.office_id in homes]
    at_work = workers_in(tree.home, month)
    appointed: dict[int, set[int]] = defaultdict(set)
    for id_, people in at_work.items():
        appointed[tree.home[id_]] |= set(people)
    workers = _workers(rows, _by_person(everywhere), _shares(at_work), _ceilings(actor), tree)
    too_many = {worker.person.id: {one.kind for one in worker.over} for worker in workers}
    own: dict[int, dict[int, Load]] = {}
    at_home: dict[int, list[CaseCount]] = defaultdict(list)
    for row in rows:
        at_home[homes[row.office_id]].append(row)
    for id_ in ids:
        own[id_] = _loads(at_home[id_], too_many)
    lines: dict[int, Line] = {}
    people_of: dict[int, set[int]] = {}
    for each in reversed(inside):
        below = [lines[child.id] for child in tree.below(each)]
        loads = _together([own[each.id], *(line.loads for line in below)])
        children = tree.below(each)
        everybody = appointed[each.id].union(*(people_of[child.id] for child in children))
        people_of[each.id] = everybody
        depth = tree.depth(each) - tree.depth(office)
        lines[each.id] = Line(each, depth, loads, len(everybody))
    used = {row.kind_id for row in rows}
    return Month(
        month,
        [kind for kind in ceilings.kinds(actor, closed=True) if kind.id in used],
        [lines[each.id] for each in inside],
        workers,
    )


def page_of(workers: Sequence[Worker], after: int | None) -> tuple[Sequence[Worker], int | None]:
    """Of the workers a page after a person, and after whom the next one begins, if there is one."""
    at = next((n for n, one in enumerate(workers, 1) if one.person.id == after), 0)
    rest = workers[at:]
    return rest[:PAGE], rest[PAGE - 1].person.id if len(rest) > PAGE else None


def _by_person(rows: Iterable[CaseCount]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row.person_id][row.kind_id] += row.number
    return found


def _shares(appointed: Mapping[int, Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """Of each person over all offices, at most one full time."""
    found: dict[int, Decimal] = {}
    for people in appointed.values():
        for person_id, share in people.items():
            found[person_id] = min(law.WHOLE, found.get(person_id, Decimal(0)) + share)
    return found


def _ceilings(actor: Actor) -> list[law.Ceiling]:
    return [
        law.Ceiling(
            one.kind_id, one.most, one.valid_from, one.valid_to, one.office_id,
            one.beside_id, one.beside_most or Decimal(0),
        )
        for kind in ceilings.kinds(actor, closed=True)
        for one in kind.ceilings
    ]  # fmt: skip


def _workers(
    rows: Sequence[CaseCount],
    of_person: Mapping[int, Mapping[int, int]],
    shares: Mapping[int, Decimal],
    ceilings: Sequence[law.Ceiling],
    tree: Tree,
) -> list[Worker]:
    """Each person once, at the first office that counted; whoever is over most stands first."""
    found = {}
    for row in rows:
        if row.person_id in found:
            continue
        office = tree.by_id[tree.home[row.office_id]]
        share = shares.get(row.person_id, law.WHOLE)
        in_force = law.ceilings_on(
            ceilings, day=last_of(row.month), scopes=list(reversed(office.ancestor_ids))
        )
        counts = of_person[row.person_id]
        over = law.over(counts, in_force, share)
        found[row.person_id] = Worker(row.person, office, share, counts, over)
    return sorted(
        found.values(), key=lambda one: (-_worst(one), one.person.sort_key, one.person.id)
    )


def _worst(worker: Worker) -> Decimal:
    """By how much of its ceiling a worker is over."""
    return max((one.excess / one.most for one in worker.over), default=Decimal(0))


def _loads(rows: Iterable[CaseCount], too_many: Mapping[int, set[object]]) -> dict[int, Load]:
    found: dict[int, list[Load]] = defaultdict(list)
    for row in rows:
        one = frozenset({row.person_id})
        over = one if row.kind_id in too_many.get(row.person_id, ()) else frozenset()
        found[row.kind_id].append(Load(row.number, one, over))
    return {kind_id: law.together(loads) for kind_id, loads in found.items()}


def _together(parts: Iterable[Mapping[int, Load]]) -> dict[int, Load]:
    found: dict[int, list[Load]] = defaultdict(list)
    for part in parts:
        for kind_id, load in part.items():
            found[kind_id].append(load)
    return {kind_id: law.together(loads) for kind_id, loads in found.items()}


@dataclass(frozen=True, slots=True)
class Past:
    """A month that is looked back at: how many of a kind, over how many workers."""

    number: int
    workers: int

    @property
    def for_each(self) -> Decimal:
        """Cases for each worker with a count, unrounded."""
        return Decimal(self.number) / self.workers


def history(tree: Tree, office: Office, until: date) -> list[tuple[date, dict[int, Past]]]:
    """The last twelve months of an office and all below it, the first one first."""
    first = until - (MONTHS - 1) * MONTH
    homes = [
        id_ for id_, home in tree.home.items() if tree.by_id[home].path.startswith(office.path)
    ]
    query = (
        select(
            CaseCount.month,
            CaseCount.kind_id,
            func.sum(CaseCount.number),
            func.count(CaseCount.person_id.distinct()),
        )
        .where(CaseCount.office_id.in_(homes))
        .where(CaseCount.month >= first, CaseCount.month <= until)
        .group_by(CaseCount.month, CaseCount.kind_id)
    )
    found: dict[date, dict[int, Past]] = {first + step * MONTH: {} for step in range(MONTHS)}
    for month, kind_id, number, workers in db.session.execute(query):
        found[month][kind_id] = Past(int(number), int(workers))
    return list(found.items())
