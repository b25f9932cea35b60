"""A second step that was lost is taken away by somebody else; of an administrator, by two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.access import Permission, Role
from talent.accounts.factors import service as factors
from talent.accounts.factors.models import FactorRemoval
from talent.accounts.models import Account
from talent.accounts.sessions import service as sessions
from talent.audit import Act, record
from talent.db import db, locked
from talent.errors import NotAllowed, NotFound, Refused
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor


class NotTaken(Word):
    """Why a second step stays."""

    OWN = "own", N_("You cannot take your own second step away here. Change it on your own page.")
    SECOND = "second", N_("Another administrator has to agree, not the one who asked.")
    NOTHING = "nothing", N_("This account has no second step.")


def asked_of(account_id: int) -> FactorRemoval | None:
    """What one administrator asked and no second one has answered yet."""
    query = select(FactorRemoval).filter_by(account_id=account_id, settled_at=None)
    return db.session.scalars(query.order_by(FactorRemoval.id.desc()).limit(1)).first()


def take(account: Account, why: str, *, actor: Actor, now: datetime) -> bool:
    """Take it away at once, or ask a second administrator to; whether it is gone now.

    Who does it has to hold the right wherever the account holds a role.
    """
    _may(account, actor)
    account = locked(Account, account.id)
    if not factors.held_by(account.id).any:
        raise Refused([NotTaken.NOTHING])
    if not _administers(account):
        take_now(account, actor=actor, now=now, why=why)
        return True
    if asked_of(account.id) is None:
        row = FactorRemoval(
            account_id=account.id, why=why, asked_by=actor.account_id or 0, asked_at=now
        )
        db.session.add(row)
        record(Act.FACTOR_TAKING_ASKED, account, actor=actor, now=now, why=why)
    return False


def agree(account: Account, *, yes: bool, actor: Actor, now: datetime) -> None:
    """The second administrator's word. Who asked may take it back, but not agree."""
    _may(account, actor)
    account = locked(Account, account.id)
    found = asked_of(account.id)
    if found is None:
        raise NotFound
    if yes and found.asked_by == actor.account_id:
        raise Refused([NotTaken.SECOND])
    found.settled_by, found.settled_at = actor.account_id, now
    if yes:
        take_now(account, actor=actor, now=now, why=found.why, asked_by=found.asked_by)


def take_now(account: Account, *, actor: Actor, now: datetime, **facts: Any) -> None:
    """All of it is void, every session ends, the holder is told."""
    factors.take_all(account, now=now)
    account.epoch += 1
    sessions.end_all(account.id, now=now)
    record(Act.FACTOR_TAKEN, account, actor=actor, now=now, **facts)


def _administers(account: Account) -> bool:
    return any(held.role is Role.ADMINISTRATOR for held in account.actor.held)


def _may(account: Account, actor: Actor) -> None:
    if not all(actor.may(Permission.GRANT_ROLES, held.path) for held in account.actor.held):
        raise NotAllowed
    if account.id == actor.account_id:
        raise Refused([NotTaken.OWN])
