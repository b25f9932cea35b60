"""SQLite: a copy that its own backup makes while others write, and the copy put in its place."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talent.backup import disk, leaving, numbers
from talent.backup.errors import BadBackup
from talent.backup.manifest import Contents
from talent.db import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "sqlite"
_BIT = 1 << 20
_PATIENCE = 30.0  # seconds to wait for whoever writes


def version() -> str:
    return sqlite3.sqlite_version


def called() -> str:
    """What the database is called: the name to type before it is overwritten."""
    return _file().name


@contextmanager
def snapshot(work: Path) -> Iterator[Contents]:
    """The database as it is at this moment. In WAL mode nobody who writes has to wait."""
    copy = work / "copy"
    with (
        closing(sqlite3.connect(_file(), timeout=_PATIENCE)) as there,
        closing(sqlite3.connect(copy)) as to,
    ):
        there.backup(to)  # in one step: in several it would begin anew at each write
    with closing(_read(copy)) as here:
        yield Contents(
            rows=_rows(here),
            checks={"sha256": _digest(copy)},
            column=lambda table, column: _column(here, table, column),
            bits=_bits(copy),
        )


def check(bits: Iterable[bytes], told: dict[str, Any], work: Path) -> None:
    """Lay it down somewhere and look at it: whole, and what the manifest says."""
    _laid(work / "looked-at", bits, told)


def restore(bits: Iterable[bytes], told: dict[str, Any], _work: Path, *, over: bool) -> None:  # noqa: ARG001
    """Put it where the database is. It is looked at before anything there is touched."""
    file = _file()
    laid = file.with_name(f"{file.name}.restoring")
    try:
        _laid(laid, bits, told)
        db.engine.dispose()
        come_to = 0
        if file.exists():
            _alone(file)
            come_to = _come_to(file)
        with closing(sqlite3.connect(laid)) as there:
            numbers.skip_of_file(there, come_to)
        disk.named(laid, file)
    finally:
        laid.unlink(missing_ok=True)


def is_empty() -> bool:
    """Whether nothing at all is in the database."""
    if not (file := _file()).exists() or not file.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as there:
            return not there.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError:
        return False  # something is there, though it cannot be read


def _laid(file: Path, bits: Iterable[bytes], told: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    with disk.fresh(file) as out:
        for bit in bits:
            digest.update(bit)
            out.write(bit)
    if digest.hexdigest() != told["checks"].get("sha256"):
        message = "the database in it is not the one that was read"
        raise BadBackup(message)
    with closing(_read(file)) as here:
        faults = [row[0] for row in here.execute("PRAGMA integrity_check(5)")]
        if faults != ["ok"]:
            message = f"the database in it is damaged: {'; '.join(faults)}"
            raise BadBackup(message)
        if _rows(here) != told["rows"]:
            message = "it holds other numbers of rows than its manifest says"
            raise BadBackup(message)


def _alone(file: Path) -> None:
    """Fold the log of writes into the file, which goes only when nobody else has it open."""
    leaving.waited_for(lambda: _open_elsewhere(file))
    for left in ("-wal", "-shm"):
        file.with_name(file.name + left).unlink(missing_ok=True)


def _open_elsewhere(file: Path) -> str:
    try:
        with closing(sqlite3.connect(file, timeout=1)) as there:
            there.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return f"{file.name} is in use"
        # what is damaged beyond opening is what a backup is for
    return ""


def _come_to(file: Path) -> int:
    """The numbers that were given in what goes now; 0 where it cannot be read any more."""
    try:
        with closing(_read(file)) as here:
            return numbers.reached(here)
    except sqlite3.DatabaseError:
        return 0


def _file() -> Path:
    return Path(str(db.engine.url.database))


def _read(file: Path) -> sqlite3.Connection:
    """Look at a file that nobody writes, and leave nothing beside it."""
    return sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)


def _rows(here: sqlite3.Connection) -> dict[str, int]:
    names = here.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
    ).fetchall()
    return {name: here.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608


def _column(here: sqlite3.Connection, table: str, column: str) -> Iterator[str]:
    query = f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'  # noqa: S608
    return (value for (value,) in here.execute(query))


def _digest(file: Path) -> str:
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest()


def _bits(file: Path) -> Iterator[bytes]:
    with file.open("rb") as there:
        while bit := there.read(_BIT):
            yield bit
