"""What a check is, and how what the database finds becomes a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from talent.db import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Executable

AT_ONCE = 1000  # findings in memory


class Soon(str):
    """What a timed job is about to put right, within its period: it is told and is no fault."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is looked, and when the job last came by that fills free places."""

    now: datetime
    promoted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: its sign in docs/operate.md, what holds, and where it does not."""

    code: str
    holds: str
    find: Callable[[Moment], Iterable[str]]


def lines(query: Executable) -> Iterator[str]:
    """Each row that a query finds, as the names of its columns and what stands there."""
    for row in db.session.execute(query, execution_options={"yield_per": AT_ONCE}).mappings():
        yield named(row)


def named(row: Any) -> str:
    """`need 5, taken 3`: a row as words."""
    return ", ".join(f"{name} {value}" for name, value in row.items())
