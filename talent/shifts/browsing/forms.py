"""What a reader looks for, read from the address: what makes no sense is not asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from talent.forms import is_on_calendar
from talent.shifts.browsing.service import Wanted

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict


def wanted(args: MultiDict[str, str]) -> Wanted:
    """The filter of the list of shifts."""
    return Wanted(
        day=_day(args.get("day", "")),
        place=args.get("place", "").strip()[:100],
        category_id=args.get("category", type=int),
        office_id=args.get("office", type=int),
        mine_to_take=args.get("may") == "1",
        after=args.get("after", type=int),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_on_calendar(day) else None
