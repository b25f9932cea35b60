"""Saved views: the filters of a board under a name of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.db import db
from talent.errors import NotFound
from talent.shifts.board.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor

PASSING = {"on", "after"}  # a view is kept without its day


def views_of(actor: Actor) -> Sequence[SavedView]:
    """The saved views of the account that acts, by name."""
    query = select(SavedView).where(SavedView.account_id == actor.account_id)
    return db.session.scalars(query.order_by(SavedView.name)).all()


def own_view(actor: Actor, view_id: int) -> SavedView:
    """One of them, or `NotFound`, the same for another's."""
    query = select(SavedView).where(SavedView.id == view_id)
    query = query.where(SavedView.account_id == actor.account_id)
    if (view := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return view


def named_view(actor: Actor, name: str) -> SavedView | None:
    """The account's view of this name."""
    query = select(SavedView).where(SavedView.account_id == actor.account_id)
    return db.session.scalars(query.where(SavedView.name == name)).one_or_none()


def save_view(name: str, query: Mapping[str, str], *, actor: Actor, now: datetime) -> SavedView:
    """Keep the filters under a name; the same name again keeps the newer ones. No day is kept."""
    kept = "&".join(f"{word}={text}" for word, text in query.items() if word not in PASSING)
    view = named_view(actor, name)
    if view is None:
        view = SavedView(account_id=actor.account_id, name=name, made_at=now)
        db.session.add(view)
    view.query = kept
    return view


def remove_view(view: SavedView) -> None:
    """The account wants it no more."""
    db.session.delete(view)
