"""The bank's own ledger: the one writer of its entries, the rows that are held, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from talent.db import db
from talent.timebank.models import (
    OPEN,
    BankAccount,
    BankEntry,
    BankGift,
    BankKind,
    BankRequest,
    GiftState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Subquery


def write(
    account: BankAccount,
    kind: BankKind,
    minutes: int,
    *,
    at: datetime,
    made_by: int | None = None,
    **source: Any,
) -> BankEntry:
    """Write one entry, and with it the balance. The account is held by the caller."""
    entry = BankEntry(
        account_id=account.id, kind=kind, minutes=minutes, at=at, made_by=made_by, **source
    )
    db.session.add(entry)
    account.balance += minutes
    db.session.flush()
    return entry


def hold(ids: Iterable[int]) -> dict[int, BankAccount]:
    """These accounts as they are now, held in the order of their ids until the transaction ends."""
    query = (
        select(BankAccount)
        .where(BankAccount.id.in_(set(ids)))
        .order_by(BankAccount.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {account.id: account for account in db.session.scalars(query)}


def open_pool(bank_id: int, *, now: datetime) -> int:
    """The id of the common pool of a bank, opened when there is none."""
    return _open(bank_id, None, now)


def open_account(bank_id: int, person_id: int, *, now: datetime) -> int:
    """The id of a person's account with a bank, opened when there is none; the pool comes first."""
    open_pool(bank_id, now=now)
    return _open(bank_id, person_id, now)


def _open(bank_id: int, person_id: int | None, now: datetime) -> int:
    query = select(BankAccount.id).where(
        BankAccount.office_id == bank_id,
        BankAccount.person_id.is_(None)
        if person_id is None
        else BankAccount.person_id == person_id,
    )
    if found := db.session.scalar(query):
        return found
    insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert
    row = insert(BankAccount).values(
        office_id=bank_id, person_id=person_id, balance=0, reserved=0, opened_at=now
    )
    db.session.execute(row.on_conflict_do_nothing())
    return db.session.scalars(query).one()


def reconcile() -> list[str]:
    """Where an account differs from its entries or what is open; an empty list is the proof.

    The database sums: what differs is all that comes out of it.
    """
    entries = _sums(BankEntry.account_id, BankEntry.minutes)
    asked = _sums(BankRequest.account_id, BankRequest.minutes, BankRequest.state.in_(OPEN))
    given = _sums(BankGift.pool_id, BankGift.minutes, BankGift.state == GiftState.PROPOSED)
    total = func.coalesce(entries.c.total, 0)
    held = func.coalesce(asked.c.total, 0) + func.coalesce(given.c.total, 0)
    query = (
        select(BankAccount.id, BankAccount.balance, total, BankAccount.reserved, held)
        .outerjoin(entries, entries.c.key == BankAccount.id)
        .outerjoin(asked, asked.c.key == BankAccount.id)
        .outerjoin(given, given.c.key == BankAccount.id)
        .where(or_(BankAccount.balance != total, BankAccount.reserved != held))
        .order_by(BankAccount.id)
    )
    wrong = []
    for number, balance, found, reserved, opened in db.session.execute(query):
        if balance != found:
            wrong.append(f"account {number}: {balance}, entries {found}")
        if reserved != opened:
            wrong.append(f"account {number}: {reserved} reserved, open {opened}")
    return wrong


def _sums(key: Any, minutes: Any, *where: ColumnElement[bool]) -> Subquery:
    """Minutes by account."""
    summed = select(key.label("key"), func.sum(minutes).label("total")).where(*where)
    return summed.group_by(key).subquery()
