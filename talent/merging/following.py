"""Whose rows follow: what is in the way of each, which of two stays, what hangs on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from talent.db import db
from talent.merging import rows
from talent.merging.models import Deed
from talent.merging.plan import Count, Step
from talent.merging.policies import ACCOUNT, NOW, WHY, Lost, Policy, Way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table

    from talent.merging.plan import Drawing
    from talent.merging.rows import Row


@dataclass(frozen=True, slots=True)
class Column:
    """A column that leads to a file (or an account): what becomes of it, from which to which."""

    table: Table
    name: str
    policy: Policy
    source: int
    target: int


def follow(drawn: Drawing, column: Column) -> None:
    """Draw up what becomes of the rows of the source in this column."""
    table, policy = column.table, column.policy
    if policy.way in {Way.CHOSEN, Way.RECKONED, Way.LEDGER}:
        return
    mine = rows.read(table, table.c[column.name] == column.source)
    mine = [row for row in mine if (table.name, name_of(table, row)) not in drawn.gone]
    if not mine:
        return
    if policy.way is Way.GONE:
        for row in mine:
            remove(drawn, table, row, None)
        return
    count = drawn.counts.setdefault(policy.label, Count())
    if policy.way is Way.STAYS:
        count.stay += len(mine)
        return
    rivals = _Rivals(column)
    for row in mine:
        rival = rivals.of(row)
        if rival is None:
            _move(drawn, column, row)
            count.follow += 1
        elif policy.lost is Lost.STAYS:
            count.stay += 1
        elif policy.lost is Lost.RENUMBERED:
            _renumber(drawn, column, row)
            count.follow += 1
        else:
            _decide(drawn, column, row, rival)
            count.united += 1


def change(drawn: Drawing, table: Table, row: Row, after: Row) -> None:
    """Draw up that columns of a row get other values."""
    before = {name: row[name] for name in after}
    if before != after:
        key = rows.key_of(table, row)
        drawn.steps.append(Step(Deed.CHANGED, table.name, key, before, dict(after)))


def remove(drawn: Drawing, table: Table, row: Row, keeper: Row | None) -> None:
    """Draw up that a row goes; what hangs on it hangs on the one that is kept from now on."""
    if keeper is not None:
        for child, column in rows.pointing_at(table.name):
            for each in rows.read(child, child.c[column] == row["id"]):
                if (child.name, name_of(child, each)) in drawn.gone:
                    continue
                if rival := _rival(child, each, {column: keeper["id"]}):
                    remove(drawn, child, each, rival)
                else:
                    change(drawn, child, each, {column: keeper["id"]})
    drawn.gone.add((table.name, name_of(table, row)))
    drawn.steps.append(Step(Deed.REMOVED, table.name, rows.key_of(table, row), row, {}))


def name_of(table: Table, row: Row) -> str:
    """What names a row, as text."""
    return rows.kept(rows.key_of(table, row))


def _decide(drawn: Drawing, column: Column, row: Row, rival: Row) -> None:
    """Of two rows of which only one may be there, one stays as it is."""
    table, policy = column.table, column.policy
    wins = _rank(policy, row) < _rank(policy, rival)
    kept, lost = (row, rival) if wins else (rival, row)
    if policy.lost is Lost.ENDED:
        told = {NOW: drawn.now, ACCOUNT: drawn.account_id, WHY: drawn.why}
        after = {
            name: told[value] if isinstance(value, str) and value in told else value
            for name, value in policy.ended.items()
        }
        change(drawn, table, lost, after)
    else:
        remove(drawn, table, lost, kept)
    _count_down(drawn, policy, table, lost)
    if wins or policy.lost is Lost.ENDED:
        _move(drawn, column, row)


def _rank(policy: Policy, row: Row) -> tuple[bool, Any]:
    childless = False
    if policy.child:
        child = rows.table_of(policy.child[0])
        query = select(child.c.id).where(child.c[policy.child[1]] == row["id"]).limit(1)
        childless = db.session.scalar(query) is None
    return childless, policy.first(row) if policy.first else 0


def _rival(table: Table, row: Row, change: Mapping[str, Any]) -> Row | None:
    """A row that is in the way of this one once it is changed."""
    changed = {**row, **change}
    for columns, condition in rows.unique_sets(table.name):
        if not set(columns) & set(change) or any(changed[name] is None for name in columns):
            continue
        mine = rows.by_key(table, rows.key_of(table, row))
        under = [condition] if condition is not None else []
        if under and not rows.read(table, mine, *under):
            continue
        same = [table.c[name] == changed[name] for name in columns]
        for found in rows.read(table, *same, ~mine, *under):
            return found
    return None


class _Rivals:
    """The rows of the target that are in the way of the source's, read once for all of these."""

    def __init__(self, column: Column) -> None:
        self._table, self._name, there = column.table, column.name, column.table.c[column.name]
        self._sets = [
            (columns, condition)
            for columns, condition in rows.unique_sets(column.table.name)
            if column.name in columns
        ]
        self._met: list[tuple[set[str] | None, dict[tuple[Any, ...], Row]]] = []
        for columns, condition in self._sets:
            under = [condition] if condition is not None else []
            theirs = rows.read(self._table, there == column.target, *under)
            mine = rows.read(self._table, there == column.source, *under) if under else []
            self._met.append(
                (
                    {name_of(self._table, row) for row in mine} if under else None,
                    {self._key(columns, row): row for row in reversed(theirs)},  # the first holds
                )
            )

    def of(self, row: Row) -> Row | None:
        """The one that is in the way of this one."""
        for (columns, _), (concerned, theirs) in zip(self._sets, self._met, strict=True):
            if concerned is not None and name_of(self._table, row) not in concerned:
                continue
            key = self._key(columns, row)
            if None not in key and (found := theirs.get(key)):
                return found
        return None

    def _key(self, columns: Sequence[str], row: Row) -> tuple[Any, ...]:
        """What must not be there twice, besides whose it is."""
        return tuple(row[name] for name in columns if name != self._name)


def _move(drawn: Drawing, column: Column, row: Row) -> None:
    key = rows.key_of(column.table, row)
    if column.name in key:
        key[column.name] = column.target
    before, after = {column.name: column.source}, {column.name: column.target}
    policy = column.policy
    drawn.steps.append(
        Step(
            Deed.MOVED, column.table.name, key, before, after,
            watched=policy.watched,
        )
    )  # fmt: skip


def _renumber(drawn: Drawing, column: Column, row: Row) -> None:
    """Behind the last one of both files, so that none is in another's way."""
    table, number = column.table, column.policy.numbered
    taken = [
        one.after[number] for one in drawn.steps if one.table == table.name and number in one.after
    ]
    both = table.c[column.name].in_([column.source, column.target])
    last = db.session.scalar(select(func.max(table.c[number])).where(both)) or 0
    change(drawn, table, row, {number: max([last, *taken]) + 1})
    _move(drawn, column, row)


def _count_down(drawn: Drawing, policy: Policy, table: Table, lost: Row) -> None:
    counted = policy.counted
    if counted and (column := counted.column(lost)):
        drawn.steps.append(
            Step(
                Deed.COUNTED, counted.table, {"id": lost[counted.by]},
                {"table": table.name, "row": name_of(table, lost)}, {"column": column},
            )
        )  # fmt: skip
