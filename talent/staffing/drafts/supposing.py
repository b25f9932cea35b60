"""A draft's changes laid over the facts: the same figures, as they would be."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from talent.rules import whatif as law
from talent.rules.staffing import WHOLE
from talent.rules.whatif import ChangeKind
from talent.staffing.facts import FigureRow, Post
from talent.staffing.yardsticks import Yardsticks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from talent.offices.models import Office
    from talent.rules.staffing import PopulationKind
    from talent.staffing.board import Board
    from talent.staffing.drafts.models import Change
    from talent.staffing.facts import Tree
    from talent.staffing.yardsticks import Yardstick

    Rows = dict[tuple[int, PopulationKind], list[FigureRow]]

# Posts that a draft adds have numbers below those of planned posts.
ADDED, EACH = 1_000_000_000, 1_000


def otherwise(changes: Sequence[Change]) -> Callable[[Board], Board]:
    """What turns the facts into those of a draft."""

    def supposed(board: Board) -> Board:
        merges = [(each.office_id, each.merged_id) for each in _of(changes, ChangeKind.MERGE)]
        tree, rows = board.tree, board.populations.rows
        merged: Rows = {}
        for into, away in merges:
            if into in tree.offices and away in tree.offices:
                merged |= _added_up({**rows, **merged}, into, away)
                tree = _merged(tree, into, away)
        posts = list(_posts(board.staff.posts, changes))
        return board.supposing(
            board.staff.supposing(posts, tree=tree),
            board.populations.supposing(merged, tree=tree),
            Otherwise(board, changes),
        )

    return supposed


class Otherwise(Yardsticks):
    """The standards with other numbers, and those of the office into which another went."""

    def __init__(self, board: Board, changes: Sequence[Change]) -> None:
        self._known = board.yardsticks
        self._targets = list(_of(changes, ChangeKind.STANDARD))
        self._merges = [
            (board.tree.offices[each.office_id], each.merged_id)
            for each in _of(changes, ChangeKind.MERGE)
            if each.office_id in board.tree.offices
        ]
        self._changed: dict[tuple[Yardstick, int], Yardstick] = {}

    @property
    def measures(self) -> list[str]:
        """The measures there are: those that there were."""
        return self._known.measures

    def on(self, measure: str, office: Office, day: date) -> Yardstick | None:
        """What an office would be measured by."""
        by = self._known.on(measure, office, day)
        for into, away in self._merges:
            if away in office.ancestor_ids[:-1]:
                below = office.ancestor_ids[office.ancestor_ids.index(away) + 1 :]
                own = by is not None and by.standard and by.standard.office_id in below
                by = by if own else self._known.on(measure, into, day)
        for change in self._targets:
            if change.measure == measure and change.starts_on <= day and by is not None:
                by = self._with_number(by, change)
        return by

    def _with_number(self, by: Yardstick, change: Change) -> Yardstick:
        key = (by, change.id)
        if key not in self._changed:
            terms = law.with_number(by.terms, change.target) if change.target else by.terms
            self._changed[key] = replace(by, terms=terms or by.terms)
        return self._changed[key]


def _of(changes: Iterable[Change], kind: ChangeKind) -> Iterator[Change]:
    return (each for each in changes if each.kind is kind)


def _posts(posts: Iterable[Post], changes: Sequence[Change]) -> Iterator[Post]:
    """The posts as they would be: moved, ended, added."""
    touched: dict[int, Change] = {
        each.appointment_id: each
        for each in changes
        if each.appointment_id and each.kind in {ChangeKind.MOVE, ChangeKind.END}
    }
    for post in posts:
        change = touched.get(post.id)
        if change is None or (post.end is not None and post.end <= change.starts_on):
            yield post
            continue
        if post.start < change.starts_on:
            yield post._replace(end=change.starts_on)
        if change.kind is ChangeKind.MOVE and change.office_id:
            yield post._replace(office_id=change.office_id, start=max(post.start, change.starts_on))
    for change in _of(changes, ChangeKind.ADD):
        for number in range(change.number or 0):
            key = -(ADDED + change.id * EACH + number)
            yield Post(
                key,
                key,
                change.office_id or 0,
                change.appointment_kind or "",
                change.share or WHOLE,
                change.starts_on,
                end=None,
                on_leave=False,
                leave_start=None,
                leave_end=None,
            )


def _merged(tree: Tree, into: int, away: int) -> Tree:
    """The tree with one office inside another: its people and offices below count there."""
    found = copy(tree)
    children: dict[int, list[Office]] = defaultdict(list)
    for parent, below in tree.children.items():
        children[parent] = [office for office in below if office.id != away]
    children[into] = sorted(
        [*children[into], *children.pop(away, [])], key=lambda office: office.ancestor_ids
    )
    found.children = children
    found.offices = {}
    waiting = [
        office
        for office in tree.offices.values()
        if office.id != away and office.parent_id not in tree.offices
    ][::-1]
    while waiting:  # each office before those below it, in the order of the tree
        office = waiting.pop()
        found.offices[office.id] = office
        waiting += children[office.id][::-1]
    chain = tree.above[into]
    found.above = {
        place: law.chain_after(above, into=chain, merged=away)
        for place, above in tree.above.items()
    }
    return found


def _added_up(
    rows: Mapping[tuple[int, PopulationKind], list[FigureRow]], into: int, away: int
) -> Rows:
    """The figures of two offices as those of one, on each day on which one of them changes."""
    found: Rows = {}
    for kind in dict.fromkeys(kind for office_id, kind in rows if office_id in {into, away}):
        both = [rows.get((office_id, kind), []) for office_id in (into, away)]
        found[into, kind] = []
        for day in sorted({row.as_of for each in both for row in each}):
            now = [[row for row in each if row.as_of <= day][-1:] for each in both]
            known = [row for last in now for row in last]
            if len(known) == len(both) or not kind.everywhere:
                source = "; ".join(dict.fromkeys(row.source for row in known))
                number = sum(row.number for row in known)
                found[into, kind].append(FigureRow(into, kind, number, day, source))
    return found
