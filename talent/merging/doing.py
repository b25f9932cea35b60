"""Steps upon rows: done in their order, kept with what was there before, and taken back again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from talent.backup import numbers
from talent.db import db
from talent.merging import rows
from talent.merging.models import Deed, Merge, MergeStep
from talent.merging.plan import Step
from talent.merging.policies import BY_COLUMNS, DRIFTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

_LEDGERS = (Deed.HOURS, Deed.BANK)


def do(steps: Sequence[Step]) -> None:
    """Do each step, and note what each row looks like in the end."""
    for one in steps:
        _do(one)
    for one in steps:
        if one.watched and one.deed in {Deed.MOVED, Deed.CHANGED, Deed.MADE}:
            one.mark = _mark(one)


def keep(merge: Merge, steps: Sequence[Step]) -> None:
    """Write the steps down, behind those that are there."""
    last = select(MergeStep.place).where(MergeStep.merge_id == merge.id)
    first = db.session.scalar(last.order_by(MergeStep.place.desc()).limit(1)) or 0
    written = [
        {
            "merge_id": merge.id,
            "place": place,
            "deed": one.deed,
            "table_name": one.table,
            "key": one.key,
            "before": rows.kept(one.before),
            "after": rows.kept(one.after),
            "mark": one.mark,
        }
        for place, one in enumerate(steps, first + 1)
    ]
    if written:
        db.session.execute(insert(MergeStep), written)


def kept(merge: Merge) -> list[Step]:
    """The steps of a merge, in their order."""
    query = select(MergeStep).where(MergeStep.merge_id == merge.id).order_by(MergeStep.place)
    return [
        Step(
            row.deed, row.table_name, row.key,
            _read(row, row.before), _read(row, row.after), mark=row.mark,
        )
        for row in db.session.scalars(query)
    ]  # fmt: skip


def _read(row: MergeStep, written: str | None) -> dict[str, Any]:
    if row.deed in {*_LEDGERS, Deed.COUNTED}:
        return dict(json.loads(written or "{}"))
    return rows.values_of(rows.table_of(row.table_name), written)


def changed_since(steps: Sequence[Step]) -> set[str]:
    """The rows that are not as the merge left them, by their names."""
    return {
        name(one)
        for one in steps
        if one.mark and one.table not in BY_COLUMNS and _mark(one) != one.mark
    }


def name(one: Step) -> str:
    """What names the row of a step."""
    return f"{one.table} {rows.kept(one.key)}"


def undo(steps: Sequence[Step], changed: set[str]) -> list[Step]:
    """Take the steps back, the last one first; those that were left as they are.

    A row that was changed since is left, and so is one that the database does not take back.
    """
    left: list[Step] = []
    renamed: dict[tuple[str, int], int] = {}
    for one in reversed(steps):
        if one.deed in _LEDGERS:
            continue
        if name(one) in changed:
            left.append(one)
            continue
        try:
            with db.session.begin_nested():
                done = _undo(one, renamed)
        except IntegrityError:
            done = False
        if not done:
            left.append(one)
            changed.add(name(one))
            if one.deed is Deed.COUNTED:  # without a place the row does not come back either
                changed.add(f"{one.before['table']} {one.before['row']}")
    return left


def _do(one: Step) -> None:
    table = rows.table_of(one.table)
    if one.deed is Deed.MADE:
        one.key = _insert(table, one.after)
    elif one.deed is Deed.REMOVED:
        db.session.execute(table.delete().where(rows.by_key(table, one.key)))
    elif one.deed is Deed.COUNTED:
        _count(table, one, -1)
    elif one.deed not in _LEDGERS:
        where = rows.by_key(table, one.found_by)
        db.session.execute(update(table).where(where).values(**rows.to_write(one.after)))


def _count(table: Table, one: Step, by: int) -> None:
    column = table.c[one.after["column"]]
    where = rows.by_key(table, one.key)
    db.session.execute(update(table).where(where).values({column: column + by}))


def _mark(one: Step) -> str | None:
    table = rows.table_of(one.table)
    found = rows.read(table, rows.by_key(table, one.key))
    return rows.mark_of(found[0], DRIFTS.get(one.table, ())) if found else None


def _undo(one: Step, renamed: dict[tuple[str, int], int]) -> bool:
    table = rows.table_of(one.table)
    where = rows.by_key(table, one.key)
    before = _renamed(table, one.before, renamed)
    if one.deed is Deed.REMOVED:
        _put_back(table, before, renamed)
        return True
    if one.deed is Deed.COUNTED:
        _count(table, one, 1)
        return True
    if one.deed is Deed.MADE:
        return _hit(table.delete().where(where))
    if one.table in BY_COLUMNS:
        return _by_columns(table, one, before)
    return _hit(update(table).where(where).values(**rows.to_write(before)))


def _by_columns(table: Table, one: Step, before: dict[str, Any]) -> bool:
    """Columns that say something else since stay as they are."""
    found = rows.read(table, rows.by_key(table, one.key))
    if not found:
        return False
    same = {n: v for n, v in before.items() if found[0][n] == one.after[n]}
    if same:
        where = rows.by_key(table, one.key)
        db.session.execute(update(table).where(where).values(**rows.to_write(same)))
    return set(before) - set(same) <= {"changed_at"}


def _put_back(table: Table, row: dict[str, Any], renamed: dict[tuple[str, int], int]) -> None:
    """A removed row again, by its own number; SQLite may have given that to another one since."""
    key = list(table.primary_key)
    taken = len(key) == 1 and key[0].name == "id" and rows.read(table, key[0] == row["id"])
    if not taken:
        db.session.execute(insert(table).values(**rows.to_write(row)))
        return
    without = {n: v for n, v in row.items() if n != "id"}
    renamed[table.name, row["id"]] = _insert(table, without)["id"]


def _insert(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A new row; what names it."""
    [written] = numbers.numbered(table, [rows.to_write(row)])
    made = insert(table).values(**written).returning(*table.primary_key)
    return dict(db.session.execute(made).one()._mapping)  # noqa: SLF001 - its name


def _hit(statement: Any) -> bool:
    """Whether a statement found its row."""
    done: Any = db.session.execute(statement)
    return bool(done.rowcount)


def _renamed(
    table: Table, row: dict[str, Any], renamed: dict[tuple[str, int], int]
) -> dict[str, Any]:
    """Where a row points to one that has another number now, it points to that."""
    if not renamed:
        return row
    to = {
        column.name: key.column.table.name
        for column in table.columns
        for key in column.foreign_keys
    }
    return {
        n: renamed.get((to.get(n, ""), v), v) if isinstance(v, int) else v for n, v in row.items()
    }
