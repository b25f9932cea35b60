"""The ledger of service time: the one writer of entries, the one function of every total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import extract, func, select
from sqlalchemy.dialects import postgresql, sqlite

from talent.db import db
from talent.hours.models import EntryKind, LedgerEntry, ServiceRecord, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select


def add(
    record: ServiceRecord,
    kind: EntryKind,
    minutes: int,
    *,
    account_id: int | None,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Write one entry, and with it the record's sum and the tally. Zero minutes write nothing."""
    if minutes == 0:
        return
    db.session.add(
        LedgerEntry(
            record=record,
            person_id=record.person_id,
            office_id=record.office_id,
            category_id=record.category_id,
            day=record.day,
            kind=kind,
            minutes=minutes,
            origin=record.origin,
            reason=reason,
            account_id=account_id,
            at=at,
        ),
    )
    record.minutes += minutes
    db.session.flush()
    insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert
    key = {
        "person_id": record.person_id,
        "office_id": record.office_id,
        "category_id": record.category_id,
        "year": record.day.year,
    }
    row = insert(Tally).values(**key, minutes=minutes)
    grown = row.on_conflict_do_update(
        index_elements=list(key),
        set_={"minutes": Tally.__table__.c.minutes + row.excluded.minutes},
    )
    db.session.execute(grown)


def minutes(
    *,
    by: Sequence[str] = (),
    person_id: int | None = None,
    offices: Select[int] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> dict[Any, int]:
    """Approved minutes, grouped `by` person_id, office_id, category_id, year; `()` is the whole.

    Days are those of the office's calendar, the last one included. Without days the tallies
    answer, with days the entries: `reconcile` proves that both say the same.
    """
    table: Any = Tally if first is None and last is None else LedgerEntry
    where: list[ColumnElement[bool]] = []
    if person_id is not None:
        where.append(table.person_id == person_id)
    if offices is not None:
        where.append(table.office_id.in_(offices))
    if first is not None:
        where.append(LedgerEntry.day >= first)
    if last is not None:
        where.append(LedgerEntry.day <= last)
    keys = [_column(table, name) for name in by]
    rows = db.session.execute(
        select(*keys, func.sum(table.minutes)).where(*where).group_by(*keys),
    ).all()
    if not by:
        return {(): int(rows[0][0] or 0)}
    return {(row[0] if len(by) == 1 else tuple(row[:-1])): int(row[-1]) for row in rows}


def total(**narrowed: Any) -> int:
    """All approved minutes, narrowed as for `minutes`."""
    return minutes(**narrowed)[()]


def _column(table: Any, name: str) -> Any:
    if name == "year" and table is LedgerEntry:
        return extract("year", LedgerEntry.day)
    return getattr(table, name)


def reconcile() -> list[str]:
    """Where a tally or a record differs from the sum of its entries; an empty list is the proof."""
    keys = ("person_id", "office_id", "category_id", "year")
    entries = db.session.execute(
        select(*(_column(LedgerEntry, k) for k in keys), func.sum(LedgerEntry.minutes)).group_by(
            *(_column(LedgerEntry, k) for k in keys),
        ),
    )
    summed = {tuple(int(k) for k in row[:-1]): int(row[-1]) for row in entries}
    tallies = db.session.execute(select(*(getattr(Tally, k) for k in keys), Tally.minutes))
    kept = {tuple(row[:-1]): row[-1] for row in tallies}
    wrong = [
        f"tally {key}: {kept.get(key, 0)}, entries {summed.get(key, 0)}"
        for key in sorted(summed.keys() | kept.keys())
        if summed.get(key, 0) != kept.get(key, 0)
    ]
    of_record = (
        select(func.coalesce(func.sum(LedgerEntry.minutes), 0))
        .where(LedgerEntry.record_id == ServiceRecord.id)
        .correlate(ServiceRecord)
        .scalar_subquery()
    )
    query = select(ServiceRecord.id, ServiceRecord.minutes, of_record)
    wrong += [
        f"record {number}: {minutes_}, entries {entries_}"
        for number, minutes_, entries_ in db.session.execute(
            query.where(ServiceRecord.minutes != of_record),
        )
    ]
    return wrong
