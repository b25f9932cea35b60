"""What a reader wants of the board, read from the address, and the name of a view."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.forms import Form, at_most, required
from talent.shifts.board.service import Grouping, View, Wanted
from talent.shifts.models import ShiftState

if TYPE_CHECKING:
    from enum import StrEnum

    from werkzeug.datastructures import MultiDict

Choice = TypeVar("Choice", bound="StrEnum")
FAR = 366 * 100  # days; nobody plans a century ahead, and a calendar ends somewhere


def wanted(args: MultiDict[str, str], today: date) -> Wanted:
    """The filter of the board: what makes no sense is not asked for."""
    return Wanted(
        on=_day(args.get("on", ""), today),
        view=_choice(View, args.get("view", "")) or View.WEEK,
        by=_choice(Grouping, args.get("by", "")) or Grouping.PLACE,
        office_id=_number(args, "office"),
        project_id=_number(args, "project"),
        category_id=_number(args, "category"),
        state=_choice(ShiftState, args.get("state", "")),
        short=args.get("short") == "1",
        after=_number(args, "after"),
    )


def _number(args: MultiDict[str, str], name: str) -> int | None:
    number = args.get(name, type=int)
    return number if number and 0 < number < 2**31 else None


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= FAR else today


def _choice(kind: type[Choice], text: str) -> Choice | None:
    try:
        return kind(text)
    except ValueError:
        return None


class ViewForm(Form):
    """The name under which filters are kept."""

    name = StringField(_l("Name of the view"), validators=[required(), at_most(60)])
