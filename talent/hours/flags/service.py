"""What was noticed about a record, written down once, and what people found out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Actor
from talent.audit import Act
from talent.db import db, upserting
from talent.errors import Refused
from talent.hours import staff
from talent.hours.models import RecordFlag, ServiceRecord, Verdict
from talent.rules import doubts as law
from talent.rules.reason import packed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from talent.rules.doubts import DoubtKind
    from talent.rules.reason import Because


def raise_flags(kind: DoubtKind, found: Mapping[int, Because], *, now: datetime) -> int:
    """Write down what was seen of each record, once; figures that grew since are put right.

    Two who notice the same in the same moment write it in one order, and the second adds nothing.
    """
    if not found:
        return 0
    query = select(RecordFlag).where(RecordFlag.kind == kind, RecordFlag.record_id.in_(found))
    known = {flag.record_id: flag for flag in db.session.scalars(query)}
    for record_id, flag in known.items():
        if flag.settled_at is None:
            flag.facts = packed(found[record_id])
    seen = [
        {"record_id": id_, "kind": kind, "facts": packed(because), "raised_at": now}
        for id_, because in sorted(found.items())
        if id_ not in known
    ]
    if not seen:
        return 0
    db.session.flush()
    row = upserting(RecordFlag).values(seen).on_conflict_do_nothing()
    written = set(db.session.scalars(row.returning(RecordFlag.id)))
    fresh = db.session.scalars(
        select(RecordFlag)
        .where(RecordFlag.id.in_(written))
        .options(joinedload(RecordFlag.record))
        .order_by(RecordFlag.id)
    ).all()
    for flag in fresh:
        office = flag.record.office_id
        audit.record(
            Act.DOUBT_RAISED, flag.record, actor=SYSTEM, now=now, office_id=office, kind=kind.value
        )
    return len(fresh)


def open_flags(record_ids: Collection[int]) -> dict[int, list[RecordFlag]]:
    """The doubts that nobody has settled yet, by record."""
    query = (
        select(RecordFlag)
        .where(RecordFlag.record_id.in_(record_ids), RecordFlag.settled_at.is_(None))
        .order_by(RecordFlag.id)
    )
    found: dict[int, list[RecordFlag]] = defaultdict(list)
    for flag in db.session.scalars(query):
        found[flag.record_id].append(flag)
    return dict(found)


def settle(
    record: ServiceRecord, verdict: Verdict, finding: str, *, actor: Actor, now: datetime
) -> None:
    """Say of all open doubts about a record what was found out. The caller holds the record."""
    refusals = law.refusals_to_settle(
        words=finding,
        settled=not open_flags([record.id]),
        settler=staff.who(actor),
        volunteer=staff.volunteer(record.person_id),
        guardian=staff.volunteer(record.person.guardian_id) if record.person.guardian_id else None,
        entered_by=None if record.origin.verified else staff.who_is(record.entered_by or 0),
    )
    if refusals:
        raise Refused(refusals)
    close(record, verdict, finding, actor=actor, now=now)


def close(
    record: ServiceRecord, verdict: Verdict, finding: str, *, actor: Actor, now: datetime
) -> None:
    """Write the finding down with every open doubt; also of a record that is refused anyway."""
    flags = open_flags([record.id]).get(record.id, [])
    if not flags:
        return
    for flag in flags:
        flag.verdict, flag.finding = verdict, finding
        flag.settled_by, flag.settled_at = actor.account_id, now
    kinds = [flag.kind.value for flag in flags]
    audit.record(
        Act.DOUBT_SETTLED, record, actor=actor, now=now, office_id=record.office_id,
        verdict=verdict.value, kinds=kinds,
    )  # fmt: skip
