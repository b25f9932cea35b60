"""Saved filters: the filters of the list under a name of one's own, shared if one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import or_, select

from talent.access import GRANTS, Permission
from talent.db import db
from talent.directory.filters import wanted
from talent.directory.models import SavedFilter
from talent.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.directory.filters import Wanted

MOST = 100  # on one page


def written(wish: Wanted) -> str:
    """Filters as the end of an address."""
    return urlencode(wish.query)


def read(query: str) -> Wanted:
    """The same filters again; what was changed by hand is read as an address is."""
    return wanted(dict(parse_qsl(query[:1000])))


def filters_of(actor: Actor) -> Sequence[SavedFilter]:
    """The account's own filters, and those shared with an office at which it holds a role."""
    at = {held.office_id for held in actor.held if Permission.SEE_PEOPLE in GRANTS[held.role]}
    mine = SavedFilter.account_id == actor.account_id
    query = select(SavedFilter).where(or_(mine, SavedFilter.office_id.in_(at)))
    return db.session.scalars(query.order_by(SavedFilter.name, SavedFilter.id).limit(MOST)).all()


def own_filter(actor: Actor, filter_id: int) -> SavedFilter:
    """One of the account's own, or `NotFound`, the same for another's."""
    query = select(SavedFilter).where(SavedFilter.id == filter_id)
    query = query.where(SavedFilter.account_id == actor.account_id)
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def named(actor: Actor, name: str) -> SavedFilter | None:
    """The account's filter of this name."""
    query = select(SavedFilter).where(SavedFilter.account_id == actor.account_id)
    return db.session.scalars(query.where(SavedFilter.name == name)).one_or_none()


def save(
    name: str, wish: Wanted, *, office_id: int | None, actor: Actor, now: datetime
) -> SavedFilter:
    """Keep the filters under a name; the same name again keeps the newer ones."""
    row = named(actor, name)
    if row is None:
        row = SavedFilter(account_id=actor.account_id, name=name, made_at=now)
        db.session.add(row)
    row.query, row.office_id = written(wish), office_id
    return row


def remove(row: SavedFilter) -> None:
    """The account wants it no more."""
    db.session.delete(row)
