"""From a person to every row that is the person's, by walking the metadata."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import false, or_, select

from talent.db import Base
from talent.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Column, ColumnElement, Table

Lead = tuple[str, str, str]  # table, column, the table to which it leads


@cache
def leads() -> tuple[Lead, ...]:
    """Every column by which a row belongs to a person, the nearest tables first.

    A row belongs to a person when it names one, or names a row that belongs to one.
    """
    found: list[Lead] = []
    known, near = {Person.__tablename__}, {Person.__tablename__}
    while near:
        step = [lead for lead in _into(near) if lead not in found]
        found += step
        near = {table for table, _, _ in step} - known
        known |= near
    return tuple(found)


def tables() -> list[str]:
    """The tables with rows of a person, the person's own first."""
    return list(dict.fromkeys([Person.__tablename__, *(table for table, _, _ in leads())]))


def rows_of(name: str, person_id: int, without: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition on the rows of a table that are the person's, by all leads but some."""
    if name == Person.__tablename__:
        return Person.__table__.c.id == person_id
    ways = [
        _leading(_column(name, column), to, person_id, without)
        for column, to in _leads_of()[name]
        if (name, column) not in without
    ]
    return or_(*ways) if ways else false()


def _leading(
    column: Column[int], to: str, person_id: int, without: Collection[tuple[str, str]]
) -> ColumnElement[bool]:
    if to == Person.__tablename__:
        return column == person_id
    table = Base.metadata.tables[to]
    return column.in_(select(table.c.id).where(rows_of(to, person_id, without)))


@cache
def _leads_of() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, column, to in leads():
        # what leads back towards the person is the same row seen from behind
        if not any(one == to and back == table for one, _, back in leads()):
            found[table].append((column, to))
    return found


def _column(table: str, column: str) -> Column[int]:
    return Base.metadata.tables[table].c[column]


def _into(near: Collection[str]) -> list[Lead]:
    """The columns that lead into these tables, in the order of tables and columns."""
    return [
        (table.name, column.name, key.column.table.name)
        for table in _all()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in near and key.column.name == "id"
    ]


def _all() -> list[Table]:
    return sorted(Base.metadata.tables.values(), key=lambda table: table.name)
