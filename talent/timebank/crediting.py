"""Crediting: the bank follows the ledger of hours, entry by entry, each exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from talent.db import db, locked
from talent.hours.models import LedgerChain, LedgerEntry
from talent.offices.models import Office
from talent.rules import timebank as law
from talent.rules.timebank import Credited
from talent.timebank import ledger, service
from talent.timebank.models import BankAccount, BankEntry, BankKind, BankMark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.rules.timebank import Terms

BATCH = 200


def behind() -> list[int]:
    """The offices of which the bank has not yet looked at the whole chain of hours."""
    known = service.banks()
    ever = [
        known.offices[number].path
        for number, spoken in known.words.items()
        if any(word == service.ON for _, word in spoken)
    ]
    if not ever:
        return []
    query = (
        select(LedgerChain.office_id)
        .join(Office, Office.id == LedgerChain.office_id)
        .outerjoin(BankMark, BankMark.office_id == LedgerChain.office_id)
        .where(or_(*(Office.path.startswith(path, autoescape=True) for path in ever)))
        .where(or_(BankMark.place.is_(None), BankMark.place < LedgerChain.length))
        .order_by(LedgerChain.office_id)
    )
    return list(db.session.scalars(query))


def follow(office_id: int, now: datetime) -> int:
    """Credit the next entries of an office's chain, in their order. How many were looked at.

    The chain has no gaps and grows under a lock, so that a place below the mark is never filled
    later. The mark is held: two of these never look at the same entries.
    """
    mark = _mark(office_id)
    found = _next(mark)
    if not found:
        return 0
    known = service.banks()
    office = db.session.get_one(Office, office_id)
    due = [(entry, bank) for entry in found if (bank := known.of(office, entry.day))]
    _credit(due, now)
    mark.place = found[-1].place
    return len(found)


def _mark(office_id: int) -> BankMark:
    if db.session.get(BankMark, office_id) is None:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert
        first = insert(BankMark).values(office_id=office_id, place=_beginning(office_id))
        db.session.execute(first.on_conflict_do_nothing())
    return locked(BankMark, office_id)


def _beginning(office_id: int) -> int:
    """Before the first entry of a day on which the office had a bank; there may be millions."""
    office = db.session.get_one(Office, office_id)
    known = service.banks()
    since = [
        first
        for speaker in office.ancestor_ids
        for first, word in known.words.get(speaker, ())
        if word == service.ON
    ]
    query = select(func.min(LedgerEntry.place)).where(
        LedgerEntry.office_id == office_id, LedgerEntry.day >= min(since)
    )
    first = db.session.scalar(query)
    if first is not None:
        return first - 1
    ends = select(LedgerChain.length).where(LedgerChain.office_id == office_id)
    return db.session.scalar(ends) or 0


def _next(mark: BankMark) -> Sequence[LedgerEntry]:
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.office_id == mark.office_id, LedgerEntry.place > mark.place)
        .order_by(LedgerEntry.place)
        .limit(BATCH)
    )
    return db.session.scalars(query).all()


@dataclass(slots=True)
class _Terms:
    """What each bank has set on each day that comes up, asked once."""

    asked: dict[tuple[int, date], Terms] = field(default_factory=dict)

    def of(self, bank: Office, day: date) -> Terms:
        if (bank.id, day) not in self.asked:
            self.asked[bank.id, day] = service.terms_of(bank, day)
        return self.asked[bank.id, day]


def _credit(due: Sequence[tuple[LedgerEntry, Office]], now: datetime) -> None:
    keys = sorted({(bank.id, entry.person_id) for entry, bank in due})
    accounts = {key: ledger.open_account(*key, now=now) for key in keys}
    pools = {bank_id: ledger.open_pool(bank_id, now=now) for bank_id, _ in keys}
    held = ledger.hold([*accounts.values(), *pools.values()])
    told = _Terms()
    for entry, bank in due:
        account = held[accounts[bank.id, entry.person_id]]
        _follow_entry(entry, account, held[pools[bank.id]], told.of(bank, entry.day), now)


def _follow_entry(
    entry: LedgerEntry, account: BankAccount, pool: BankAccount, terms: Terms, now: datetime
) -> None:
    so_far, pooled, percent = _so_far(entry, account)
    if percent is not None and percent != terms.percent:  # corrections undo what was credited
        terms = replace(terms, percent=percent)
    moved = law.credit(entry.minutes, so_far, account.balance, terms)
    if moved.excess > 0:
        to_pool = moved.excess if terms.pooled else 0
    else:
        to_pool = max(moved.excess, -pooled)
    kind = BankKind.CREDITED if entry.minutes > 0 and not so_far.served else BankKind.CORRECTED
    written = ledger.write(
        account, kind, moved.kept, at=now, excess=moved.excess, pooled=to_pool,
        served=entry.minutes, percent=terms.percent,
        ledger_entry_id=entry.id, record_id=entry.record_id,
    )  # fmt: skip
    if to_pool:
        of_pool = BankKind.OVERFLOWED if to_pool > 0 else BankKind.CORRECTED
        ledger.write(pool, of_pool, to_pool, at=now, source_id=written.id)


def _so_far(entry: LedgerEntry, account: BankAccount) -> tuple[Credited, int, int | None]:
    """What became of the record on this account, what of it the pool has, and by which share."""
    query = select(
        func.sum(BankEntry.served),
        func.sum(BankEntry.minutes),
        func.sum(BankEntry.excess),
        func.sum(BankEntry.pooled),
        func.min(BankEntry.percent),
    ).where(BankEntry.record_id == entry.record_id, BankEntry.account_id == account.id)
    served, kept, excess, pooled, percent = db.session.execute(query).one()
    so_far = Credited(int(served or 0), int(kept or 0), int(excess or 0))
    return so_far, int(pooled or 0), percent
