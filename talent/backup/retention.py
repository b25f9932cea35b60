"""Which backups are kept: one a day, then one a week, then one a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many of the last days, weeks and months with a backup keep one."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


USUAL = Keeping()


def expired(made: Iterable[datetime], keeping: Keeping) -> set[datetime]:
    """Those that may go. The newest of all always stays."""
    newest_first = sorted(set(made), reverse=True)
    stays = set(newest_first[:1])
    for number, span in (
        (keeping.daily, lambda at: at.date()),
        (keeping.weekly, lambda at: at.isocalendar()[:2]),
        (keeping.monthly, lambda at: (at.year, at.month)),
    ):
        stays |= set(_newest_of_each(newest_first, span)[:number])
    return set(newest_first) - stays


def _newest_of_each(
    newest_first: Sequence[datetime], span: Callable[[datetime], object]
) -> list[datetime]:
    found: dict[object, datetime] = {}
    for at in newest_first:
        found.setdefault(span(at), at)
    return list(found.values())
