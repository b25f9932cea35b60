"""Rows of any table: read, kept as text, put back; by the metadata, so that none is forgotten."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    UniqueConstraint,
    and_,
    exists,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.types import TypeDecorator

from talent.db import Base, db
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Column, ColumnElement, Select, Table
    from sqlalchemy.sql.elements import TextClause

    Row = dict[str, Any]

_READ: dict[type, Any] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
}


def table_of(name: str) -> Table:
    """The table of this name."""
    return Base.metadata.tables[name]


def pointing_at(name: str) -> Iterator[tuple[Table, str]]:
    """Every column whose foreign key leads to the table, parents before their children."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == name for key in column.foreign_keys):
                yield table, column.name


@cache
def unique_sets(name: str) -> tuple[tuple[tuple[str, ...], TextClause | None], ...]:
    """What is unique in a table: columns, and the condition under which they are."""
    table = table_of(name)
    found: list[tuple[tuple[str, ...], TextClause | None]] = [
        (tuple(column.name for column in table.primary_key), None)
    ]
    found += [
        (tuple(column.name for column in constraint.columns), None)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["postgresql"].get("where")
            condition = text(str(where)) if where is not None else None
            found.append((tuple(column.name for column in index.columns), condition))
    found += [((column.name,), None) for column in table.columns if column.unique]
    return tuple(sorted(set(found), key=lambda each: (each[0], str(each[1]))))


def read(table: Table, *where: ColumnElement[bool] | TextClause) -> list[Row]:
    """Rows as they are now, in the order of their keys."""
    query = select(table).where(*where).order_by(*table.primary_key)
    return [dict(row._mapping) for row in db.session.execute(query)]  # noqa: SLF001 - its name


def led_to(columns: Iterable[tuple[Table, str]], number: int) -> set[tuple[str, str]]:
    """By which of these columns any row leads to the one of this number, in one question."""
    known = [(table.name, name) for table, name in columns]
    asked: list[Select[int]] = [
        select(literal_column(str(at))).where(
            exists().where(table_of(of).c[name] == number).correlate(None)
        )
        for at, (of, name) in enumerate(known)
    ]
    return {known[at] for at in db.session.scalars(union_all(*asked))}


def by_key(table: Table, key: Mapping[str, Any]) -> ColumnElement[bool]:
    """The condition that names one row."""
    return and_(*(table.c[name] == value for name, value in typed(table, key).items()))


def key_of(table: Table, row: Mapping[str, Any]) -> Row:
    """What names the row, as JSON values."""
    return {column.name: _plain(row[column.name]) for column in table.primary_key}


def kept(values: Mapping[str, Any]) -> str:
    """Values of columns as text."""
    plain = {name: _plain(value) for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def values_of(table: Table, written: str | None) -> Row:
    """The values again, with their types."""
    return typed(table, json.loads(written or "{}"))


def typed(table: Table, plain: Mapping[str, Any]) -> Row:
    """JSON values as the columns have them."""
    return {name: _typed(table.c[name], value) for name, value in plain.items()}


def to_write(values: Mapping[str, Any]) -> Row:
    """For a statement: nothing is NULL also where JSON could say null."""
    return {name: null() if value is None else value for name, value in values.items()}


def mark_of(row: Mapping[str, Any], without: Collection[str] = ()) -> str:
    """A digest of a row, by which a later change is seen."""
    return blind_index("row", kept({k: v for k, v in row.items() if k not in without}))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, JSON):
        return value
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = plain.python_type
    if issubclass(kind, Enum):
        return kind(value)
    reader = _READ.get(kind)
    return reader(value) if reader else value
