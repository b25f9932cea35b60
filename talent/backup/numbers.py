"""Numbers of rows after a restore: none that was given since the backup is given again.

Letters, calendars, badges and the taps that devices keep name rows by their numbers. They outlive
a disaster, and must not mean somebody else afterwards: so each table counts on behind a gap.
A server of PostgreSQL counts in sequences, which are moved. SQLite counts from the highest row that
there is; its file keeps the number above which to go on, and whatever the session writes asks for
it. (What is written in bulk, past the session, is named by nothing outside.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from talent.db import Model, db

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection
    from sqlalchemy.orm import Mapper

GAP = 1_000_000  # more rows than a table gets between two backups
_ABOVE, _GIVEN = "numbers above", "numbers given"
_SEQUENCES = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,"
    " coalesce(last_value, 0) + :gap) FROM pg_sequences WHERE schemaname = current_schema()"
)


def skip_of_server(connection: Connection) -> None:
    """Let every sequence go on behind a gap."""
    connection.execute(_SEQUENCES, {"gap": GAP})


def skip_of_file(there: sqlite3.Connection) -> None:
    """Let every table of this file go on behind a gap."""
    names = there.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    highest = [there.execute(f'SELECT max(rowid) FROM "{name}"').fetchone()[0] for (name,) in names]  # noqa: S608
    above = max(0, _above(there), *(number or 0 for number in highest))
    there.execute(f"PRAGMA user_version = {above + GAP}")


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
    connection = db.session.connection()
    table: Any = model.__table__
    number = _next(connection, table) if connection.info.get(_ABOVE) else None
    return {table.autoincrement_column.name: number} if number else {}


def _next(connection: Connection, table: Any) -> int | None:
    there: Any = connection.connection.dbapi_connection
    above, name = connection.info[_ABOVE], table.autoincrement_column.name
    query = f'SELECT max("{name}") FROM "{table.name}"'  # noqa: S608 - our own names
    if (there.execute(query).fetchone()[0] or 0) > above:
        return None
    given: dict[str, int] = connection.info.setdefault(_GIVEN, {})  # and not yet in the table
    given[table.name] = max(above, given.get(table.name, 0)) + 1
    return given[table.name]
