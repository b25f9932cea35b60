"""Numbers of rows after a restore: none that was given since the backup is given again.

Letters, calendars, badges and the taps that devices keep name rows by their numbers. They outlive
a disaster, and must not mean somebody else afterwards: so each table counts on behind a gap.
A server of PostgreSQL counts in sequences, which are moved. SQLite counts from the highest row that
there is; its file keeps the number above which to go on, and whatever the session writes asks for
it, as does what is written past the session and has an address (`counted_on`, `numbered`). What no
address names need not: lines of drafts, plans and batches, steps of a merge, doubts, keys of names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, insert, text
from sqlalchemy.engine import Engine

from talent.db import Model, db, wrote_all

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table
    from sqlalchemy.orm import Mapper

GAP = 1_000_000  # more rows than a table gets between two backups
_ABOVE, _GIVEN = "numbers above", "numbers given"
_SEQUENCES = text(
    "SELECT setval(format('%I.%I', here.schemaname, here.sequencename)::regclass,"
    " greatest(here.last_value, aside.last_value, 0) + :gap) FROM pg_sequences here"
    " LEFT JOIN pg_sequences aside"
    " ON aside.schemaname = :aside AND aside.sequencename = here.sequencename"
    " WHERE here.schemaname = current_schema()"
)


def skip_of_server(connection: Connection, aside: str) -> None:
    """Let every sequence go on behind a gap, and behind what the schema `aside` has come to."""
    connection.execute(_SEQUENCES, {"gap": GAP, "aside": aside})


def skip_of_file(there: sqlite3.Connection, come_to: int) -> None:
    """Let every table of this file go on behind a gap, and behind what another has come to."""
    there.execute(f"PRAGMA user_version = {max(come_to, reached(there)) + GAP}")


def reached(there: sqlite3.Connection) -> int:
    """The highest number that this file has given, or need not give any more."""
    names = there.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    highest = [there.execute(f'SELECT max(rowid) FROM "{name}"').fetchone()[0] for (name,) in names]  # noqa: S608
    return max(0, _above(there), *(number or 0 for number in highest))


def _above(there: sqlite3.Connection) -> int:
    return int(there.execute("PRAGMA user_version").fetchone()[0])


@event.listens_for(Engine, "connect")
def _learn(connection: Any, record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        record.info[_ABOVE] = _above(connection)


@event.listens_for(Model, "before_insert", propagate=True)
def _count_on(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """The first rows of a table after a restore are given their numbers; then SQLite counts on."""
    if not connection.info.get(_ABOVE):
        return
    table: Any = mapper.local_table
    if (column := table.autoincrement_column) is None:
        return
    name = mapper.get_property_by_column(column).key
    if getattr(row, name) is None and (number := _next(connection, table)):
        setattr(row, name, number)


def counted_on(model: type[Model]) -> dict[str, int]:
    """The number of a row that is written past the session, where it has to be given one."""
    table: Any = model.__table__
    return _counted_on(table)


def numbered(table: Table, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Rows that are written past the session, each with its number where it has to be given one."""
    if not db.session.connection().info.get(_ABOVE):
        return rows
    return [_counted_on(table) | row for row in rows]


def write(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows past the session, all of them at once."""
    table: Any = model.__table__
    wrote_all(insert(table).inline(), numbered(table, rows))


def _counted_on(table: Table) -> dict[str, int]:
    connection = db.session.connection()
    column = table.autoincrement_column
    if column is None or not connection.info.get(_ABOVE):
        return {}
    number = _next(connection, table)
    return {column.name: number} if number else {}


def _next(connection: Connection, table: Any) -> int | None:
    there: Any = connection.connection.dbapi_connection
    above, name = connection.info[_ABOVE], table.autoincrement_column.name
    query = f'SELECT max("{name}") FROM "{table.name}"'  # noqa: S608 - our own names
    if (there.execute(query).fetchone()[0] or 0) > above:
        return None
    given: dict[str, int] = connection.info.setdefault(_GIVEN, {})  # and not yet in the table
    given[table.name] = max(above, given.get(table.name, 0)) + 1
    return given[table.name]
