"""The common pool: what the office gives from it, proposed by one and approved by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.rules import timebank as law
from talent.rules.timebank import Ungiven
from talent.timebank import ledger, service
from talent.timebank.models import BankAccount, BankGift, BankKind, GiftState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor, Permission
    from talent.offices.models import Office
    from talent.rules.reason import Because


def visible_bank(actor: Actor, permission: Permission, bank_id: int, day: date) -> Office:
    """A bank that is on and is seen whole, or `NotFound`."""
    for bank in service.kept_banks(actor, permission, day):
        if bank.id == bank_id and actor.may(permission, bank.path):
            return bank
    raise NotFound


def propose(
    account: BankAccount, minutes: int, reason: str, *, actor: Actor, now: datetime
) -> BankGift:
    """Propose to give; the minutes are reserved in the pool until somebody else has decided."""
    if law.is_own(actor.person_id, account.person_id, service.guardian_of(account)):
        raise Refused([Ungiven.OWN])
    number = ledger.open_pool(account.office_id, now=now)
    held = ledger.hold([number, account.id])
    pool = held[number]
    terms = service.terms_of(account.office, clock.today(account.office.zone, now))
    balance = held[account.id].balance
    if against := law.refusals_to_give(minutes, pool.holding, terms, receiver_balance=balance):
        raise Refused(against)
    pool.reserved += minutes
    gift = BankGift(
        pool_id=pool.id, account_id=account.id, minutes=minutes, reason=reason,
        proposed_by=actor.account_id, proposed_at=now,
    )  # fmt: skip
    db.session.add(gift)
    db.session.flush()
    _trace(gift, account.office_id, actor, now)
    return gift


def approve(gift: BankGift, *, actor: Actor, now: datetime) -> None:
    """A second person approves: the minutes go over."""
    gift, pool, account = _held(gift)
    _refuse(gift, account, actor)
    pool.reserved -= gift.minutes
    terms = service.terms_of(account.office, clock.today(account.office.zone, now))
    against = law.refusals_to_give(
        gift.minutes, pool.holding, terms, receiver_balance=account.balance
    )
    if against:  # the pool was corrected meanwhile, or the account grew
        raise Refused(against)
    _decide(gift, GiftState.APPROVED, pool.office_id, actor, now)
    by = actor.account_id
    ledger.write(pool, BankKind.GIVEN, -gift.minutes, at=now, made_by=by, gift_id=gift.id)
    ledger.write(account, BankKind.GRANTED, gift.minutes, at=now, made_by=by, gift_id=gift.id)


def refuse(gift: BankGift, *, actor: Actor, now: datetime) -> None:
    """A second person does not approve: the minutes stay in the pool."""
    gift, pool, account = _held(gift)
    _refuse(gift, account, actor)
    pool.reserved -= gift.minutes
    _decide(gift, GiftState.REFUSED, pool.office_id, actor, now)


def waiting(pool_id: int) -> Sequence[BankGift]:
    """What was proposed and waits for a second person, the oldest first."""
    query = (
        select(BankGift)
        .where(BankGift.pool_id == pool_id, BankGift.state == GiftState.PROPOSED)
        .options(joinedload(BankGift.account).joinedload(BankAccount.person))
        .order_by(BankGift.id)
        .limit(service.PAGE)
    )
    return db.session.scalars(query).all()


def refusals(gift: BankGift, actor: Actor) -> list[Because]:
    """Why the actor does not decide on this."""
    return law.refusals_to_decide(
        proposed_by=gift.proposed_by,
        decides=actor.account_id,
        receiver=gift.account.person_id,
        own=actor.person_id,
        guardian=service.guardian_of(gift.account),
    )


def visible_gift(actor: Actor, permission: Permission, gift_id: int, day: date) -> BankGift:
    """A proposal of a bank that is on and for which the permission is held, or `NotFound`."""
    on = [bank.id for bank in service.banks().on(day)]
    query = (
        select(BankGift)
        .join(BankGift.pool)
        .where(BankGift.id == gift_id, BankAccount.office_id.in_(on))
        .where(BankAccount.office_id.in_(seen(actor, permission)))
    )
    if (gift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return gift


def _held(gift: BankGift) -> tuple[BankGift, BankAccount, BankAccount]:
    gift = locked(BankGift, gift.id)
    if gift.state is not GiftState.PROPOSED:
        raise Refused([Ungiven.DECIDED])
    held = ledger.hold([gift.pool_id, gift.account_id])
    return gift, held[gift.pool_id], held[gift.account_id]


def _refuse(gift: BankGift, account: BankAccount, actor: Actor) -> None:
    against = law.refusals_to_decide(
        proposed_by=gift.proposed_by,
        decides=actor.account_id,
        receiver=account.person_id,
        own=actor.person_id,
        guardian=service.guardian_of(account),
    )
    if against:
        raise Refused(against)


def _decide(gift: BankGift, state: GiftState, office_id: int, actor: Actor, now: datetime) -> None:
    gift.state, gift.decided_by, gift.decided_at = state, actor.account_id, now
    _trace(gift, office_id, actor, now)


def _trace(gift: BankGift, office_id: int, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.BANK_GIVEN, gift, actor=actor, now=now, office_id=office_id,
        minutes=gift.minutes, state=gift.state.value,
    )  # fmt: skip
