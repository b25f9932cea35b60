"""PostgreSQL: pg_dump and pg_restore of the machine, fed and read through pipes."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import text

from talent.backup import leaving, manifest, numbers
from talent.backup.errors import BadBackup
from talent.backup.manifest import Contents
from talent.db import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

NAME = "postgresql"
_BIT = 1 << 20
_ASIDE = "before_restore"  # where what was there waits until all has gone well
_BATCH = 2000
_DROPS = text(
    "SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) FROM pg_tables"
    " WHERE schemaname = current_schema() UNION ALL"
    " SELECT 'DROP ROUTINE IF EXISTS ' || oid::regprocedure || ' CASCADE' FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace"
)
_PLACES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/usr/local/bin", "/usr/bin")


def version() -> str:
    with db.engine.connect() as connection:
        return str(connection.scalar(text("SHOW server_version")))


def called() -> str:
    """What the database is called: the name to type before it is overwritten."""
    return str(db.engine.url.database)


@contextmanager
def snapshot(_work: Path) -> Iterator[Contents]:
    """The database as it is at this moment: counted and dumped out of one snapshot."""
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**reading) as connection:
        shared = connection.scalar(text("SELECT pg_export_snapshot()"))
        rows, checks = _looked_at(connection)
        yield Contents(rows, checks, lambda *which: _column(connection, *which), _dumped(shared))


def check(bits: Iterable[bytes], told: dict[str, Any], _work: Path) -> None:
    """Let pg_restore read all of it, from its table of contents to its last row."""
    _fed(["pg_restore", "--file=/dev/null"], bits, major=_major(told["engine_version"]))


def restore(bits: Iterable[bytes], told: dict[str, Any], _work: Path, *, over: bool) -> None:
    """Put it there in one transaction, and look at it; what was there waits aside until then."""
    _nothing_aside()
    there, came = _to_drop(), False
    if over:
        _only_we()
        _said(f"ALTER SCHEMA public RENAME TO {_ASIDE}", "CREATE SCHEMA public")
    try:
        given = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _fed(["pg_restore", *given], bits, major=_major(version()), database=True)
        came = True
        with db.engine.begin() as connection:
            manifest.same(Contents(*_looked_at(connection), _nothing, iter(())), told)
            numbers.skip_of_server(connection, _ASIDE)
    except BaseException:
        if over:
            _said("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {_ASIDE} RENAME TO public")
        elif came:  # what somebody else made meanwhile lets pg_restore fail, and stays
            _said(*_to_drop() - there)
        raise
    if over:
        _said(f"DROP SCHEMA {_ASIDE} CASCADE")


def _to_drop() -> set[str]:
    """What would take away each table and function there is, and what hangs on them."""
    with db.engine.connect() as connection:
        return set(connection.scalars(_DROPS))


def is_empty() -> bool:
    """Whether no table is in the database."""
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    with db.engine.connect() as connection:
        return not connection.scalar(text(query))


def _looked_at(connection: Connection) -> tuple[dict[str, int], dict[str, str]]:
    """Rows and a digest of each table, whatever order its rows lie in."""
    for setting in ("timezone = 'UTC'", "datestyle = 'ISO'", "extra_float_digits = 1"):
        connection.execute(text(f"SET LOCAL {setting}"))
    rows, checks = {}, {}
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    for name in connection.scalars(text(query)).all():
        asked = f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM "{name}" t'  # noqa: S608
        number, digest = connection.execute(text(asked)).one()
        rows[name], checks[name] = number, str(digest)
    return rows, checks


def _column(connection: Connection, table: str, column: str) -> Iterator[str]:
    query = f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'  # noqa: S608
    yield from connection.execute(text(query), execution_options={"yield_per": _BATCH}).scalars()


def _nothing(_table: str, _column: str) -> Iterator[str]:
    return iter(())


def _dumped(shared: str | None) -> Iterator[bytes]:
    """What pg_dump writes. It is packed with the rest, so it need not pack."""
    command = ["pg_dump", "--format=custom", "--compress=0", f"--snapshot={shared}"]
    with (
        tempfile.TemporaryFile() as said,
        _started(command, _major(version()), stdout=subprocess.PIPE, stderr=said) as child,
    ):
        assert child.stdout  # noqa: S101 - it was asked for
        while bit := child.stdout.read(_BIT):
            yield bit
        _well(child, said)


def _fed(
    command: Sequence[str], bits: Iterable[bytes], *, major: int, database: bool = False
) -> None:
    """Run a program on these bytes. It never sees an end that is not the end."""
    with (
        tempfile.TemporaryFile() as said,
        _started(
            command, major, database=database, stdin=subprocess.PIPE, stdout=said, stderr=said
        ) as child,
    ):
        assert child.stdin  # noqa: S101 - it was asked for
        for bit in bits:
            try:
                child.stdin.write(bit)
            except BrokenPipeError:
                break
        with suppress(BrokenPipeError):
            child.stdin.close()
        _well(child, said)


@contextmanager
def _started(
    command: Sequence[str], major: int, *, database: bool = True, **pipes: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL's; the password goes by its environment, where others cannot look."""
    name, *words = command
    given = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    if database:
        where, password = _address()
        words.append(f"--dbname={where}")
        given |= {"PGPASSWORD": password}
    child = subprocess.Popen([_program(name, major), *words], env=given, **pipes)  # noqa: S603
    try:
        yield child
    except BaseException:
        child.kill()
        raise
    finally:
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()


def _well(child: subprocess.Popen[bytes], said: Any) -> None:
    if child.wait():
        said.seek(0)
        raise BadBackup(said.read().decode(errors="replace").strip()[-500:])


def _program(name: str, major: int) -> str:
    """The program of the server's own release, which alone is sure to understand it."""
    for place in _PLACES:
        path = shutil.which(name, path=place.format(major))
        if path and _major_of(path) == major:
            return path
    message = f"{name} {major} is not on this machine (Debian: postgresql-client-{major})"
    raise BadBackup(message)


def _major_of(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return _major(told.stdout.split(") ")[-1])


def _major(told: str) -> int:
    found = re.match(r"\d+", told)
    return int(found[0]) if found else 0


def _address() -> tuple[str, str]:
    """Where we are connected, in PostgreSQL's own words, and the password apart."""
    asked = {name: value for name, value in db.engine.url.query.items() if name != "options"}
    with db.engine.connect() as connection:
        info = connection.connection.driver_connection.info  # type: ignore[union-attr]
        found = {"host": info.host, "port": info.port, "user": info.user, "dbname": info.dbname}
        return make_conninfo(**(asked | found)), info.password or ""


def _only_we() -> None:
    """Refuse while anybody else is connected; the server takes a moment to see that one is gone."""
    db.session.remove()
    db.engine.dispose()
    leaving.waited_for(_others)


def _others() -> str:
    """Who else is connected. Asked anew each time: in a transaction the first answer stands.

    Of another role's connection a role that may not watch is told whose it is, and not its type.
    """
    query = (
        "SELECT concat_ws(' ', pid, usename, nullif(application_name, ''), state,"
        " 'since ' || state_change) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
        " AND coalesce(backend_type, 'client backend') = 'client backend'"
    )
    with db.engine.connect() as connection:
        there = connection.scalars(text(query)).all()
    return f"connected are {'; '.join(there)}" if there else ""


def _nothing_aside() -> None:
    """Refuse while a restore that was cut off has left what was there before it."""
    query = text("SELECT count(*) FROM pg_namespace WHERE nspname = :name")
    with db.engine.connect() as connection:
        if connection.scalar(query, {"name": _ASIDE}):
            message = (
                f"a restore was cut off here: the schema {_ASIDE} holds what was there before it."
                " Rename it to public again, or drop it"
            )
            raise BadBackup(message)


def _said(*statements: str) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
