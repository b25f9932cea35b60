"""Transfer: all hours of one file go to another file of the same person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.models import EntryKind, RecordState, ServiceRecord
from talent.people.models import Person
from talent.rules import hours as law
from talent.rules.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor


@dataclass(frozen=True, slots=True)
class Stood:
    """What a record was before it went to another file, and what it was there at first."""

    record_id: int
    minutes: int
    recognised: int
    state: RecordState
    answer: str | None


def transfer(
    source: Person, target: Person, *, reason: str, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Give every record of `source` to `target`; how many went, and how many were there twice.

    What both files hold for the same time counts once, and a day stays one of 24 hours: the copy
    is taken back, with the reason, and goes along empty. The totals of both never grow.
    """
    if refusals := law.refusals_to_transfer(source.id, target.id, reason=reason):
        raise Refused(refusals)
    _hold(source, target)
    ledger.hold([record.office_id for record in _records(source.id)])
    weighed = weigh(source.id, target.id)
    for record, twice in weighed:
        _move(record, target, keep=not twice, reason=reason, actor=actor, now=now)
    doubles = sum(twice for _, twice in weighed)
    audit.record(
        Act.HOURS_TRANSFERRED,
        target,
        actor=actor,
        now=now,
        source=source.id,
        records=len(weighed),
        twice=doubles,
    )
    return len(weighed) - doubles, doubles


def weigh(source_id: int, target_id: int) -> list[tuple[ServiceRecord, bool]]:
    """The records of one file, each with whether the other file has its time already."""
    stand = [record for record in _records(target_id) if _counts(record)]
    taken = [Span(record.starts_at, record.ends_at) for record in stand]
    by_day: Counter[date] = Counter()
    for record in stand:
        by_day[record.day] += _standing(record)
    weighed = []
    for record in _records(source_id):
        span = Span(record.starts_at, record.ends_at)
        full = by_day[record.day] + _standing(record) > law.LONGEST_DAY_MINUTES
        double = _counts(record) and (full or any(span.overlaps(other) for other in taken))
        by_day[record.day] += 0 if double else _standing(record)
        weighed.append((record, double))
    return weighed


def stood(records: Iterable[ServiceRecord]) -> list[Stood]:
    """What these records are now, to give them back later."""
    return [
        Stood(one.id, one.minutes, one.recognised_minutes, one.state, one.answer) for one in records
    ]


def give_back(
    was: Sequence[tuple[Stood, Stood]],
    source: Person,
    target: Person,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Give records back to the file they came from, each as it was before and as it went.

    Whatever was decided or corrected since stays where it is: the ids of those records.
    """
    _hold(source, target)
    query = select(ServiceRecord).where(ServiceRecord.id.in_([old.record_id for old, _ in was]))
    query = query.execution_options(populate_existing=True)
    found = {record.id: record for record in db.session.scalars(query)}
    ledger.hold([record.office_id for record in found.values()])
    left = []
    for before, after in was:
        record = found[before.record_id]
        if record.person_id != target.id or stood([record]) != [after]:
            left.append(record.id)
            continue
        by: dict[str, Any] = {"account_id": actor.account_id, "at": now, "reason": reason}
        kind = EntryKind.TRANSFERRED
        ledger.add(record, kind, -record.minutes, recognised=-record.recognised_minutes, **by)
        record.person, record.person_id = source, source.id
        record.state, record.answer = before.state, before.answer
        ledger.add(record, kind, before.minutes, recognised=before.recognised, **by)
    return left


def _hold(source: Person, target: Person) -> None:
    ids = sorted((source.id, target.id))
    held = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    db.session.execute(held.with_for_update())


def _records(person_id: int) -> list[ServiceRecord]:
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.person_id == person_id)
        .order_by(ServiceRecord.office_id, ServiceRecord.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _counts(record: ServiceRecord) -> bool:
    """Whether the time of a record is taken: it stands, or it waits for a decision."""
    return record.state is not RecordState.REFUSED and (
        record.state is not RecordState.APPROVED or record.minutes > 0
    )


def _standing(record: ServiceRecord) -> int:
    """What it takes of its day."""
    if record.state is RecordState.APPROVED:
        return record.minutes
    return record.claimed_minutes if _counts(record) else 0


def _move(
    record: ServiceRecord,
    target: Person,
    *,
    keep: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    minutes, recognised = record.minutes, record.recognised_minutes
    by: dict[str, Any] = {"account_id": actor.account_id, "at": now, "reason": reason}
    kind = EntryKind.TRANSFERRED if keep else EntryKind.REVERSED
    ledger.add(record, kind, -minutes, recognised=-recognised, **by)
    record.person, record.person_id = target, target.id
    if keep:
        ledger.add(record, kind, minutes, recognised=recognised, **by)
    elif record.state is not RecordState.APPROVED:
        record.state = RecordState.REFUSED
        record.answer = reason
