"""What the tables themselves promise: keys that hold, no row that points nowhere, guards in place.

The database keeps all this by itself. Here it is counted anew, past every index and trigger: what
was restored, repaired by hand or moved between engines may have come without them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Enum,
    String,
    UniqueConstraint,
    case,
    func,
    inspect,
    literal_column,
    not_,
    or_,
    select,
    text,
    type_coerce,
)

from talent.db import db
from talent.fsck.finding import Check, lines, named
from talent.growing import MARK, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, Label, Table

    from talent.fsck.finding import Moment

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    ),
}
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")


def _tables() -> list[Table]:
    return db.metadata.sorted_tables


def unique_keys(
    table: Table,
) -> Iterator[tuple[tuple[Column[Any], ...], ColumnElement[bool] | None]]:
    """The sets of columns of which no two rows have the same, and under which condition."""
    engine = db.engine.dialect.name
    for constraint in sorted(
        (c for c in table.constraints if isinstance(c, UniqueConstraint)), key=lambda c: str(c.name)
    ):
        yield tuple(constraint.columns), None
    for index in sorted((i for i in table.indexes if i.unique), key=lambda i: str(i.name)):
        yield tuple(index.columns), index.dialect_options[engine]["where"]


def _name_of(table: Table) -> Label[Any]:
    return literal_column(f"'{table.name}'").label("table")


def _same_twice(_moment: Moment) -> Iterator[str]:
    for table in _tables():
        for columns, condition in unique_keys(table):
            there = [column.is_not(None) for column in columns]
            named_columns: list[Any] = [_name_of(table), *columns, func.count().label("times")]
            query = (
                select(*named_columns)
                .where(*there, *([] if condition is None else [condition]))
                .group_by(*columns)
                .having(func.count() > 1)
            )
            yield from lines(query)


def _pointing_nowhere(_moment: Moment) -> Iterator[str]:
    """SQLite walks all of them in one statement; elsewhere each is a join that finds nothing."""
    if db.engine.dialect.name == "sqlite":
        rows = db.session.execute(text("PRAGMA foreign_key_check"))
        for table, number, parent, _key in rows:
            yield f"{table} {number}, names no {parent}"
        return
    for table in _tables():
        for column in table.columns:
            for key in column.foreign_keys:
                parent = key.column.table.alias()
                target = parent.c[key.column.name]
                there = select(1).where(target == column).correlate(table).exists()
                query = select(_name_of(table), *table.primary_key, column.label("names"))
                yield from lines(query.where(column.is_not(None), ~there))


def _conditions(table: Table) -> dict[str, ColumnElement[bool]]:
    """What holds of each row: the checks of the table, and that its words are known ones."""
    found: dict[str, ColumnElement[bool]] = {
        str(each.name): literal_column(f"({each.sqltext})", Boolean)
        for each in sorted(table.constraints, key=lambda c: str(c.name))
        if isinstance(each, CheckConstraint)
    }
    for column in table.columns:
        if isinstance(column.type, Enum):
            told = type_coerce(column, String)
            found[column.name] = or_(told.is_(None), told.in_(column.type.enums))
    return found


def _broken_rules(_moment: Moment) -> Iterator[str]:
    """One walk over each table; only where something is wrong, another one for the rows."""
    for table in _tables():
        if not (conditions := _conditions(table)):
            continue
        wrong = [func.sum(case((not_(each), 1), else_=0)) for each in conditions.values()]
        numbers = db.session.execute(select(*wrong).select_from(table)).one()
        for (name, condition), number in zip(conditions.items(), numbers, strict=True):
            if number:
                query = select(*table.primary_key).where(not_(condition))
                for row in db.session.execute(query).mappings():
                    yield f"{table.name}: {name}, {named(row)}"


def _guards(_moment: Moment) -> Iterator[str]:
    """Unique keys, and the triggers of what only grows, stand in the database."""
    engine = db.engine.dialect.name
    seen: Any = inspect(db.session.connection())
    triggers = set(db.session.scalars(text(_TRIGGERS[engine])))
    for table in _tables():
        there = {
            tuple(sorted(c for c in each["column_names"] if c))
            for each in (
                *seen.get_unique_constraints(table.name),
                *(i for i in seen.get_indexes(table.name) if i["unique"]),
            )
        }
        for columns, _condition in unique_keys(table):
            if tuple(sorted(column.name for column in columns)) not in there:
                yield f"{table.name}, no unique key of {', '.join(c.name for c in columns)}"
        if table.info.get(MARK):
            for statement in statements(table.name, engine):
                for name in _TRIGGER.findall(statement):
                    if name not in triggers:
                        yield f"{table.name}, no trigger {name}"


CHECKS = (
    Check("I5", "what may be there once is there once", _same_twice),
    Check("T1", "no row names one that is not there", _pointing_nowhere),
    Check("T2", "every row keeps the rules of its table, in words that are known", _broken_rules),
    Check("T3", "the database has its unique keys, and the triggers of what only grows", _guards),
)
