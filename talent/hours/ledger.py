"""The ledger of service time: the one writer of entries, the one function of every total."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, extract, func, select

from talent.arrays import any_of
from talent.db import among, asked, db, locked, upserting
from talent.errors import NotFound
from talent.hours.models import (
    VERIFIED,
    EntryKind,
    LedgerChain,
    LedgerEntry,
    OfficeTally,
    ServiceRecord,
    Tally,
)
from talent.rules import chain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.rules.reason import Fact

MEASURES = ("minutes", "verified", "recognised")


@dataclass(frozen=True, slots=True)
class Sum:
    """Approved minutes: all, those that this system verified, and all as awards count them."""

    minutes: int = 0
    verified: int = 0
    recognised: int = 0

    @property
    def stated(self) -> int:
        """Minutes that somebody entered: by hand, from paper, from elsewhere."""
        return self.minutes - self.verified


NOTHING = Sum()


def add(
    record: ServiceRecord,
    kind: EntryKind,
    minutes: int,
    *,
    account_id: int | None,
    at: datetime,
    recognised: int | None = None,
    reason: str | None = None,
    evidence: str | None = None,
) -> None:
    """Write one entry, and with it the record's sums, the tallies and the chain.

    Zero minutes write nothing. `recognised` is the change as awards count it; None: as it is.
    The person is held by the caller, and of several people each before any entry is written:
    people in the order of their ids, then offices in the order of theirs (`hold`).
    """
    if minutes == 0:
        return
    head = hold([record.office_id])[0]
    entry = LedgerEntry(
        record_id=record.id,
        person_id=record.person_id,
        office_id=record.office_id,
        category_id=record.category_id,
        day=record.day,
        kind=kind,
        minutes=minutes,
        recognised=minutes if recognised is None else recognised,
        origin=record.origin,
        reason=reason,
        evidence=evidence or record.evidence,
        account_id=account_id,
        at=at,
        place=head.length + 1,
    )
    entry.digest = chain.digest(head.digest, facts(entry))
    head.length, head.digest = entry.place, entry.digest
    record.entries.append(entry)
    record.minutes += entry.minutes
    record.recognised_minutes += entry.recognised
    db.session.flush()
    place = {
        "office_id": entry.office_id,
        "category_id": entry.category_id,
        "year": entry.day.year,
    }
    _count(Tally, {"person_id": entry.person_id, **place}, entry)
    _count(OfficeTally, place, entry)


def hold(offices: Sequence[int]) -> list[LedgerChain]:
    """The ends of the chains of these offices, held in the order of their ids."""
    held = []
    for office_id in sorted(set(offices)):
        try:
            head = locked(LedgerChain, office_id)
        except NotFound:
            first = upserting(LedgerChain).values(
                office_id=office_id, length=0, digest=chain.BEGINNING
            )
            db.session.execute(first.on_conflict_do_nothing())
            head = locked(LedgerChain, office_id)
        held.append(head)
    return held


def facts(entry: LedgerEntry) -> Mapping[str, Fact | None]:
    """All that an entry says, as its digest covers it."""
    return {
        "office": entry.office_id,
        "place": entry.place,
        "record": entry.record_id,
        "person": entry.person_id,
        "category": entry.category_id,
        "day": entry.day,
        "kind": entry.kind.value,
        "minutes": entry.minutes,
        "recognised": entry.recognised,
        "origin": entry.origin.value,
        "reason": entry.reason,
        "evidence": entry.evidence,
        "account": entry.account_id,
        "at": entry.at,
    }


def _count(model: Any, key: Mapping[str, int], entry: LedgerEntry) -> None:
    row = upserting(model).values(
        **key,
        minutes=entry.minutes,
        verified=entry.minutes if entry.origin.verified else 0,
        recognised=entry.recognised,
    )
    table = model.__table__.c
    grown = {name: table[name] + row.excluded[name] for name in MEASURES}
    db.session.execute(row.on_conflict_do_update(index_elements=list(key), set_=grown))


def sums(
    *,
    by: Sequence[str] = (),
    person_id: int | None = None,
    people: Collection[int] | None = None,
    offices: Select[int] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> dict[Any, Sum]:
    """Approved time, grouped `by` person_id, office_id, category_id, year; `()` is the whole.

    Days are those of the office's calendar, the last one included. Whole calendar years (and no
    days at all) are answered from the tallies, other days from the entries: `reconcile` proves
    that all say the same.
    """
    whole = _whole_years(first, last)
    table: Any = LedgerEntry
    if whole:
        of_people = person_id is not None or people is not None or "person_id" in by
        table = Tally if of_people else OfficeTally
    given: dict[str, Any] = {
        "person": person_id,
        "people": None if people is None else list(people),
        "first": first.year if first and whole else first,
        "last": last.year if last and whole else last,
    }
    given = {name: value for name, value in given.items() if value is not None}
    query = _summed(table, tuple(by), frozenset(given))
    if offices is not None:
        query = query.where(table.office_id.in_(offices))
    rows = asked(query, **given)
    found = {}
    for *key, minutes_, verified, recognised in rows:
        named = tuple(int(one) for one in key)
        found[named[0] if len(by) == 1 else named] = Sum(
            int(minutes_ or 0), int(verified or 0), int(recognised or 0)
        )
    return found


@cache
def _summed(table: Any, by: tuple[str, ...], asked_by: frozenset[str]) -> Select[Any]:
    """The statement for such a question: there are a few of them, and each is asked often."""
    day = LedgerEntry.day if table is LedgerEntry else table.year
    keys = [column(table, name) for name in by]
    query = select(*keys, *(func.sum(one) for one in measures(table))).group_by(*keys)
    if "person" in asked_by:
        query = query.where(table.person_id == bindparam("person"))
    if "people" in asked_by:
        query = query.where(any_of(table.person_id, "people"))
    if "first" in asked_by:
        query = query.where(day >= bindparam("first"))
    if "last" in asked_by:
        query = query.where(day <= bindparam("last"))
    return query


def folded(sums_: Mapping[tuple[int, ...], Sum], *places: int) -> dict[Any, Sum]:
    """Sums by several things, added up by fewer of them: by their places in the key."""
    found: dict[Any, Sum] = {}
    for key, each in sums_.items():
        kept = tuple(key[place] for place in places)
        named = kept[0] if len(kept) == 1 else kept
        before = found.get(named, NOTHING)
        found[named] = Sum(*(getattr(before, one) + getattr(each, one) for one in MEASURES))
    return found


def minutes(**narrowed: Any) -> dict[Any, int]:
    """Approved minutes alone, narrowed and grouped as for `sums`."""
    return {key: one.minutes for key, one in sums(**narrowed).items()}


def whole(**narrowed: Any) -> Sum:
    """All approved time, narrowed as for `sums`."""
    found: Sum = sums(**narrowed).get((), NOTHING)
    return found


def total(**narrowed: Any) -> int:
    """All approved minutes, narrowed as for `sums`."""
    return whole(**narrowed).minutes


def _whole_years(first: date | None, last: date | None) -> bool:
    begins = first is None or (first.month, first.day) == (1, 1)
    return begins and (last is None or (last.month, last.day) == (12, 31))


def column(table: Any, name: str) -> Any:
    """A key of the sums on a tally, or on the entries."""
    if name == "year" and table is LedgerEntry:
        return extract("year", LedgerEntry.day)
    return getattr(table, name)


def measures(table: Any) -> tuple[Any, ...]:
    """What is summed, in the order of `MEASURES`."""
    if table is not LedgerEntry:
        return (table.minutes, table.verified, table.recognised)
    verified = case((among(LedgerEntry.origin, VERIFIED), LedgerEntry.minutes), else_=0)
    return (LedgerEntry.minutes, verified, LedgerEntry.recognised)
