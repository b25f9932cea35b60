"""A rule is tried before it holds: Order 67 Art. 3 and 7 (2021-02-01), truthful and reasonable.

What was recorded stays as it was recorded: another rule begins on a day to come.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Sized

MOST_DAYS = 366
_QUARTER = 3  # months


class Untried(StrEnum):
    """Why a draft is not taken so, or not put in force."""

    NOTHING = N_("Change at least one rule.")
    NOT_TO_COME = N_("Another rule begins tomorrow at the earliest: the past stays as it is.")
    TURNED = N_("The last day is before the first.")
    NOT_OVER = N_("Choose days that are over, up to yesterday.")
    TOO_LONG = N_("Choose at most %(most)s days.")
    DECIDED = N_("This draft was put in force or thrown away already.")
    NOT_COMPUTED = N_("First see what would change: this draft is not computed.")


def last_quarter(today: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter before the one of today."""
    begins = date(today.year, (today.month - 1) // _QUARTER * _QUARTER + 1, 1)
    last = begins - timedelta(days=1)
    return date(last.year, last.month - _QUARTER + 1, 1), last


def refusals_to_draft(
    changed: Sized, *, valid_from: date, first: date, last: date, today: date
) -> list[Because]:
    """A draft changes something, from a day to come on, and is tried on days that are over."""
    found = []
    if not changed:
        found.append(Because(Untried.NOTHING))
    if valid_from <= today:
        found.append(Because(Untried.NOT_TO_COME))
    if last < first:
        found.append(Because(Untried.TURNED))
    if last >= today:
        found.append(Because(Untried.NOT_OVER))
    if (last - first).days >= MOST_DAYS:
        found.append(Because(Untried.TOO_LONG, {"most": MOST_DAYS}))
    return found


def refusals_to_put_in_force(
    *, open_: bool, computed: bool, valid_from: date, today: date
) -> list[Because]:
    """Once, after somebody could see what would change, and never for a day that has begun."""
    if not open_:
        return [Because(Untried.DECIDED)]
    found = [] if computed else [Because(Untried.NOT_COMPUTED)]
    if valid_from <= today:
        found.append(Because(Untried.NOT_TO_COME))
    return found
