"""What an error of the database says about the database: away, only read, full, or merely busy."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from talent.rules.reason import N_
from talent.rules.words import Word

# Errors that may be an outage; the others of SQLAlchemy are our own mistakes.
KINDS = (OperationalError, InternalError, NoneFree)


class Outage(Word):
    """Why nothing can be done just now, as whoever waits is told."""

    BUSY = (
        "busy",
        N_("Somebody else is writing just now. Please try again in a few seconds."),
    )
    LOST = (
        "lost",
        N_(
            "The database was away for a moment. Please send it again in a few seconds: "
            "what was done already is not done a second time."
        ),
    )
    AWAY = (
        "away",
        N_("The database does not answer. Nothing was saved. Please try again in a few minutes."),
    )
    READ_ONLY = (
        "read_only",
        N_("For now pages can only be read. Nothing was saved. Please try again later."),
    )
    FULL = (
        "full",
        N_("The server's disk is full. Nothing was saved. Please tell your community office."),
    )


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # on the disk, or in one's share of it
_SQLITE = {
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_READONLY: Outage.READ_ONLY,
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_CANTOPEN: Outage.AWAY,
    sqlite3.SQLITE_IOERR: Outage.AWAY,
}
_POSTGRESQL = {
    "55P03": Outage.BUSY, "40P01": Outage.BUSY, "40001": Outage.BUSY, "57014": Outage.BUSY,
    "25006": Outage.READ_ONLY, "53100": Outage.FULL, "53300": Outage.AWAY,
}  # fmt: skip


def outage(error: Exception) -> Outage | None:
    """Which one it is; None when the database is well and the fault is ours."""
    if isinstance(error, OSError):
        return Outage.FULL if error.errno in _NO_ROOM else None
    if isinstance(error, DBAPIError):
        return _of_sqlite(error) if isinstance(error.orig, sqlite3.Error) else _of_server(error)
    return Outage.BUSY if isinstance(error, NoneFree) else None


def _of_sqlite(error: DBAPIError) -> Outage | None:
    return _SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)


def _of_server(error: DBAPIError) -> Outage | None:
    if found := _POSTGRESQL.get(getattr(error.orig, "sqlstate", None) or ""):
        return found
    if error.connection_invalidated:
        return Outage.LOST
    return Outage.AWAY if isinstance(error, OperationalError) else None
