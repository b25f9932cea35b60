"""The time bank of two files: what was earned follows the hours by itself, all else by entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.db import db
from talent.merging.models import Deed
from talent.merging.plan import Step
from talent.timebank import ledger
from talent.timebank.models import OPEN, BankAccount, BankEntry, BankGift, BankKind, BankRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime


def held_of(person_id: int) -> list[BankAccount]:
    """A file's accounts, one with each bank."""
    query = select(BankAccount).where(BankAccount.person_id == person_id)
    return list(db.session.scalars(query.order_by(BankAccount.id)))


def own_minutes(account_id: int) -> int:
    """What was spent, given and received: all that no entry of the hours stands behind."""
    query = select(func.coalesce(func.sum(BankEntry.minutes), 0)).where(
        BankEntry.account_id == account_id, BankEntry.ledger_entry_id.is_(None)
    )
    return int(db.session.scalars(query).one())


def hand_over(source: int, target: int, *, now: datetime, made_by: int | None) -> list[Step]:
    """Move the own minutes of each account by a pair of entries; requests and gifts are steps."""
    olds = held_of(source)
    news = {old.id: ledger.open_account(old.office_id, target, now=now) for old in olds}
    held = ledger.hold([*news, *news.values()])
    steps = []
    for old in olds:
        number, minutes = news[old.id], own_minutes(old.id)
        _write(held[old.id], held[number], minutes, now=now, made_by=made_by)
        key, before, after = {"id": number}, {"account_id": old.id}, {"minutes": minutes}
        steps.append(Step(Deed.BANK, "bank_account", key, before, after))
        for model in (BankRequest, BankGift):
            mine = select(model.id).where(model.account_id == old.id).order_by(model.id)
            steps += [
                Step(
                    Deed.CHANGED, model.__tablename__, {"id": id_},
                    {"account_id": old.id}, {"account_id": number},
                )
                for id_ in db.session.scalars(mine)
            ]  # fmt: skip
    return steps


def give_back(steps: Iterable[Step], *, now: datetime, made_by: int | None) -> None:
    """Move the same minutes back, whatever became of them: spent is spent, and shows below zero."""
    moved = [one for one in steps if one.deed is Deed.BANK]
    held = ledger.hold(n for one in moved for n in (one.key["id"], one.before["account_id"]))
    for one in moved:
        old, new = held[one.before["account_id"]], held[one.key["id"]]
        _write(new, old, one.after["minutes"], now=now, made_by=made_by)


def reserve_anew(account_ids: Collection[int]) -> None:
    """What is reserved on an account is what is open there."""
    held = ledger.hold(account_ids)
    for account in held.values():
        query = select(func.coalesce(func.sum(BankRequest.minutes), 0)).where(
            BankRequest.account_id == account.id, BankRequest.state.in_(OPEN)
        )
        account.reserved = int(db.session.scalars(query).one())
    db.session.flush()


def touched(steps: Iterable[Step]) -> set[int]:
    """The accounts of the bank that the steps are about."""
    return {
        n
        for one in steps
        if one.deed is Deed.BANK
        for n in (one.key["id"], one.before["account_id"])
    }


def _write(
    giver: BankAccount, taker: BankAccount, minutes: int, *, now: datetime, made_by: int | None
) -> None:
    if minutes:
        ledger.write(giver, BankKind.MERGED, -minutes, at=now, made_by=made_by)
        ledger.write(taker, BankKind.MERGED, minutes, at=now, made_by=made_by)
