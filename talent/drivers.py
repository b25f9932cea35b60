"""The driver of PostgreSQL, without what nobody asks it for."""

from __future__ import annotations

import select
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, overload

from psycopg import Column, Connection, Cursor, Error
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import DisconnectionError


class Columns(Sequence[Column]):
    """What a result consists of: each column is described when somebody looks at it."""

    def __init__(self, cursor: Cursor[Any], number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        """How many there are."""
        return self._number

    @overload
    def __getitem__(self, index: int) -> Column: ...

    @overload
    def __getitem__(self, index: slice) -> list[Column]: ...

    def __getitem__(self, index: int | slice) -> Column | list[Column]:
        """One of them."""
        if isinstance(index, slice):
            return [Column(self._cursor, each) for each in range(*index.indices(self._number))]
        return Column(self._cursor, range(self._number)[index])


class Terse(Cursor[Any]):
    """A cursor that describes no columns that are known.

    SQLAlchemy asks after each statement whether there is a description, and reads it the first
    time only; psycopg writes it anew each time, which takes as long as fetching a few rows.
    """

    @property
    def description(self) -> Any:
        """The columns of what was found; None where nothing can be found."""
        found = self.pgresult
        return Columns(self, found.nfields) if found and found.nfields else super().description


def ask(connection: Any, *, rested: bool) -> None:
    """See whether the database is still there: one that is not is replaced by a fresh connection.

    To ask takes as long as a short statement. A server that goes hangs up, which the socket tells;
    who has `rested` for long is asked, since a network that was cut tells nothing. Raises
    `DisconnectionError`, as the pool wants it. SQLite cannot go away.
    """
    if not isinstance(connection, Connection):
        return
    if not connection.closed and (rested or _spoken_to(connection)):
        with suppress(Error):
            connection.pgconn.exec_(b"")
    if connection.closed:
        raise DisconnectionError


def _spoken_to(connection: Connection[Any]) -> bool:
    """Whether something came in while nothing was asked: a word of parting, mostly."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


def undo(connection: Any) -> None:
    """End a transaction without its writes, and keep the statements that were prepared.

    psycopg's own `rollback()` forgets them all, lest one is about a table that is undone with the
    rest, and each page would tell the database all of them from the beginning. No request makes
    tables. Where something went wrong, and on SQLite, nothing is done here.
    """
    if not isinstance(connection, Connection):
        return
    if connection.pgconn.transaction_status == TransactionStatus.INTRANS:
        with suppress(Error):  # it has gone away: whoever asks it next is told
            connection.pgconn.exec_(b"ROLLBACK")
