"""Proof of the ledger: no chain is broken, and every tally is the sum of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select, text

from talent import clock
from talent.db import asked, db
from talent.growing import MARK
from talent.hours import ledger
from talent.hours.models import (
    LedgerChain,
    LedgerEntry,
    LedgerProof,
    OfficeTally,
    ServiceRecord,
    Tally,
)
from talent.offices.models import Office
from talent.rules import chain
from talent.rules.chain import Link
from talent.rules.reason import N_, Because, packed
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

AT_ONCE = 5000  # entries of a chain in memory while it is checked
_STREAMED = {"yield_per": 1000}  # findings in memory
MOST = 20  # faults that are named: of more, the first say enough


class Unproved(Word):
    """What the nightly check finds beyond a broken chain."""

    FORGOTTEN = (
        "forgotten",
        N_("The chain does not hold what the check of %(day)s found at its end."),
    )
    DIFFERENT = "different", N_("A total differs from its entries: %(where)s.")


def breaks(office_id: int) -> list[Because]:
    """What is wrong with an office's chain; an empty list is the proof.

    The end is read in one statement, so that what is written meanwhile does not disturb.
    """
    last = select(func.max(LedgerEntry.place)).where(LedgerEntry.office_id == office_id)
    query = select(LedgerChain.length, LedgerChain.digest, last.scalar_subquery())
    written = db.session.execute(query.where(LedgerChain.office_id == office_id)).one_or_none()
    length, end, found = written or (0, chain.BEGINNING, db.session.scalar(last))
    if (found or 0) != length:
        return [Because(chain.Broken.SHORT, {"found": found or 0, "written": length})]
    return chain.breaks(_links(office_id, length), length=length, end=end)


def _links(office_id: int, length: int) -> Iterator[Link]:
    for first in range(0, length, AT_ONCE):
        query = (
            select(LedgerEntry.__table__)
            .where(LedgerEntry.office_id == office_id)
            .where(LedgerEntry.place.between(first + 1, min(first + AT_ONCE, length)))
            .order_by(LedgerEntry.place)
        )
        entries: Sequence[Any] = asked(query)
        for entry in entries:
            yield Link(entry.place, ledger.facts(entry), entry.digest)


def reconcile(office_id: int | None = None) -> list[str]:
    """Where a tally or a record differs from the sum of its entries; an empty list is the proof."""
    return list(differing(office_id))


def differing(office_id: int | None = None) -> Iterator[str]:
    """The same one by one: where a table is lost, each row of another differs.

    The database sums: what differs is all that comes out of it.
    """
    by_person = ("person_id", "office_id", "category_id", "year")
    yield from _differing(Tally, by_person, office_id)
    yield from _differing(OfficeTally, by_person[1:], office_id)
    of_record = (
        select(
            LedgerEntry.record_id,
            func.sum(LedgerEntry.minutes).label("minutes"),
            func.sum(LedgerEntry.recognised).label("recognised"),
        )
        .group_by(LedgerEntry.record_id)
        .where(*_of(LedgerEntry, office_id))
        .subquery()
    )
    entries = func.coalesce(of_record.c.minutes, 0)
    recognised = func.coalesce(of_record.c.recognised, 0)
    query = (
        select(ServiceRecord.id, ServiceRecord.minutes, entries)
        .outerjoin(of_record, of_record.c.record_id == ServiceRecord.id)
        .where(
            (ServiceRecord.minutes != entries) | (ServiceRecord.recognised_minutes != recognised)
        )
        .where(*_of(ServiceRecord, office_id))
        .order_by(ServiceRecord.id)
    )
    for number, kept, summed in db.session.execute(query, execution_options=_STREAMED):
        yield f"record {number}: {kept}, entries {summed}"


def _differing(table: Any, keys: Sequence[str], office_id: int | None) -> Iterator[str]:
    """Keys for which the tally and its entries say different things, seen from both sides."""
    columns = [ledger.column(LedgerEntry, key).label(key) for key in keys]
    summed = (
        select(
            *columns,
            *(
                func.sum(one).label(name)
                for name, one in zip(ledger.MEASURES, ledger.measures(LedgerEntry), strict=True)
            ),
        )
        .where(*_of(LedgerEntry, office_id))
        .group_by(*columns)
        .subquery()
    )
    kept = select(table).where(*_of(table, office_id)).subquery()
    same = and_(*(summed.c[key] == kept.c[key] for key in keys))
    for left, right in ((kept, summed), (summed, kept)):
        differ = [
            func.coalesce(left.c[name], 0) != func.coalesce(right.c[name], 0)
            for name in ledger.MEASURES
        ]
        query = (
            select(*(left.c[key] for key in keys), kept.c.minutes, summed.c.minutes)
            .select_from(left.outerjoin(right, same))
            .where(differ[0] | differ[1] | differ[2])
            .order_by(*(left.c[key] for key in keys))
        )
        for *key, tally, entries in db.session.execute(query, execution_options=_STREAMED):
            if left is summed and tally is not None:
                continue  # it was seen from the other side
            place = ", ".join(f"{name} {value}" for name, value in zip(keys, key, strict=True))
            yield f"{table.__tablename__} ({place}): {tally or 0}, entries {entries or 0}"


def _of(table: Any, office_id: int | None) -> list[ColumnElement[bool]]:
    return [] if office_id is None else [table.office_id == office_id]


def prove(office_id: int, now: datetime) -> LedgerProof:
    """Check an office's ledger and keep what was found, with the end of its chain."""
    faults = [*breaks(office_id), *_forgotten(office_id)]
    faults += [Because(Unproved.DIFFERENT, {"where": one}) for one in reconcile(office_id)]
    head = db.session.get(LedgerChain, office_id)
    proof = LedgerProof(
        office_id=office_id,
        at=now,
        length=head.length if head else 0,
        digest=head.digest if head else chain.BEGINNING,
        faults=[packed(fault) for fault in faults[:MOST]],
    )
    db.session.add(proof)
    return proof


def _forgotten(office_id: int) -> list[Because]:
    """The last proof whose end the chain does not hold any more."""
    query = (
        select(LedgerProof)
        .where(LedgerProof.office_id == office_id, LedgerProof.length > 0)
        .order_by(LedgerProof.id.desc())
        .limit(1)
    )
    if (last := db.session.scalars(query).one_or_none()) is None:
        return []
    there = select(LedgerEntry.digest).where(
        LedgerEntry.office_id == office_id, LedgerEntry.place == last.length
    )
    same = db.session.scalar(there) == last.digest
    return [] if same else [Because(Unproved.FORGOTTEN, {"day": last.at.date()})]


def offices() -> Sequence[int]:
    """The ids of those with a ledger."""
    return db.session.scalars(select(LedgerChain.office_id).order_by(LedgerChain.office_id)).all()


def due(now: datetime) -> list[int]:
    """Offices with a ledger that was not checked since midnight at theirs."""
    query = (
        select(Office, func.max(LedgerProof.at))
        .join(LedgerChain, LedgerChain.office_id == Office.id)
        .outerjoin(LedgerProof, LedgerProof.office_id == Office.id)
        .group_by(Office.id)
        .order_by(Office.id)
    )
    return [
        office.id
        for office, last in db.session.execute(query)
        if last is None or clock.today(office.zone, last) < clock.today(office.zone, now)
    ]


def last_of(office_ids: Sequence[int]) -> dict[int, LedgerProof]:
    """What the last check found, by office."""
    newest = (
        select(func.max(LedgerProof.id))
        .where(LedgerProof.office_id.in_(office_ids))
        .group_by(LedgerProof.office_id)
    )
    query = select(LedgerProof).where(LedgerProof.id.in_(newest))
    return {proof.office_id: proof for proof in db.session.scalars(query)}


def rules_over(role: str) -> bool:
    """Whether a role of PostgreSQL could drop the ledger's triggers: as its owner, or above it."""
    query = text(
        "SELECT pg_has_role(r.oid, c.relowner, 'MEMBER') FROM pg_roles r, pg_class c"
        " WHERE r.rolname = :role AND c.oid = CAST(:ledger AS regclass)"
    )
    given = {"role": role, "ledger": LedgerEntry.__tablename__}
    return bool(db.session.scalar(query, given))


def guard(role: str) -> list[str]:
    """What is said to PostgreSQL so that a role can use everything and change no ledger.

    The tables then belong to another role, which migrates; that one may drop the triggers, the
    application may not.
    """
    name = '"' + role.replace('"', '""') + '"'
    tables = db.metadata.sorted_tables
    every = ", ".join(table.name for table in tables)
    growing = ", ".join(table.name for table in tables if table.info.get(MARK))
    return [
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT ON alembic_version TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {every} TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {growing} FROM {name}",
    ]
