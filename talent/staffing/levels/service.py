"""What is asked of every level: whom it concerns, who may set and end it, when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import or_, select

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen, shared, within
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.staffing.models import Level

ONE_DAY = timedelta(days=1)


class Untimely(Word):
    """Why something does not hold from a day to a day."""

    TURNED = "turned", N_("The last day, %(last)s, is before the first day, %(first)s.")


class Owned(Protocol):
    """A row of an office, or of everybody."""

    id: Any
    office_id: Any


Row = TypeVar("Row", bound=Owned)


def concerns(column: Any, actor: Actor) -> ColumnElement[bool]:
    """What is everybody's, the actor's offices' own, or that of an office above them."""
    return or_(column.is_(None), shared(column, actor, Permission.SEE_STAFFING))


def sets_for_all(actor: Actor) -> bool:
    """Whether the actor may speak for the whole country here: for every tree there is."""
    if actor.system:
        return True
    roots = select(Office.id).where(Office.parent_id.is_(None))
    beyond = roots.where(~within(actor, Permission.EDIT_STAFFING)).limit(1)
    return actor.may(Permission.EDIT_STAFFING) and db.session.scalar(beyond) is None


def editable(table: type[Row], row_id: int, actor: Actor) -> Row:
    """A row that the actor may change, or `NotFound`."""
    mine = table.office_id.in_(seen(actor, Permission.EDIT_STAFFING))
    if sets_for_all(actor):
        mine = or_(mine, table.office_id.is_(None))
    query = select(table).where(table.id == row_id, mine)
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def keeps(actor: Actor, rows: Iterable[Owned]) -> set[int]:
    """Of these rows, the ids of those that the actor may change."""
    mine = set(db.session.scalars(seen(actor, Permission.EDIT_STAFFING)).all())
    for_all = sets_for_all(actor)
    return {row.id for row in rows if (row.office_id in mine if row.office_id else for_all)}


def turned(first: date, last: date | None) -> list[Because]:
    """Why nothing holds from a first day to a last one."""
    if last is None or last >= first:
        return []
    return [Because(Untimely.TURNED, {"first": first, "last": last})]


def day_after(last: date | None) -> date | None:
    """The first day on which it no longer holds, as rows keep it."""
    return last and last + ONE_DAY


def end(row: Level, last_day: date) -> None:
    """Say on which day it holds for the last time; who calls writes the trail."""
    if reasons := turned(row.valid_from, last_day):
        raise Refused(reasons)
    row.valid_to = day_after(last_day)
