"""The office's evaluation of a service, one by one or for all of a shift (Order 67 Art. 10, 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours.models import RecordState, ServiceRecord
from talent.offices import service as offices
from talent.people.models import Person
from talent.recognition.models import Evaluation
from talent.recognition.service import PAGE
from talent.rules import stars as law
from talent.shifts.models import Shift

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

OPEN = (RecordState.PENDING, RecordState.PENDING_ABOVE, RecordState.APPROVED)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one service."""

    step: int
    remark: str | None = None


def _first() -> ColumnElement[bool]:
    """The condition on `ServiceRecord`: a service past midnight is evaluated once, by its first."""
    earlier = aliased(ServiceRecord)
    return ~exists().where(
        earlier.attendance_id == ServiceRecord.attendance_id, earlier.id < ServiceRecord.id
    )


def _mine(actor: Actor, permission: Permission) -> Select[ServiceRecord]:
    return select(ServiceRecord).where(
        ServiceRecord.office_id.in_(offices.seen(actor, permission)),
        ServiceRecord.state.in_(OPEN),
        _first(),
    )


def waiting(actor: Actor, *, after: int | None = None) -> Sequence[ServiceRecord]:
    """Services that were not evaluated, the first due first; a page and one more."""
    query = (
        _mine(actor, Permission.SEE_RECOGNITION)
        .where(~exists().where(Evaluation.record_id == ServiceRecord.id))
        .options(joinedload(ServiceRecord.person), joinedload(ServiceRecord.office))
        .order_by(ServiceRecord.due_on.desc(), ServiceRecord.id.desc())
        .limit(PAGE + 1)
    )
    if after and (last := db.session.get(ServiceRecord, after)):
        same = and_(ServiceRecord.due_on == last.due_on, ServiceRecord.id < last.id)
        query = query.where(or_(ServiceRecord.due_on < last.due_on, same))
    return db.session.scalars(query).all()


def evaluable(actor: Actor, record_id: int) -> ServiceRecord:
    """A service of an office for which the actor evaluates, or `NotFound`."""
    query = _mine(actor, Permission.EVALUATE_SERVICE).where(ServiceRecord.id == record_id)
    query = query.options(joinedload(ServiceRecord.person), joinedload(ServiceRecord.office))
    if (record := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return record


def of_shift(actor: Actor, shift_id: int) -> tuple[Shift, Sequence[ServiceRecord]]:
    """A shift and who served on it, or `NotFound` when nobody did whom the actor evaluates."""
    query = (
        _mine(actor, Permission.EVALUATE_SERVICE)
        .join(ServiceRecord.person)
        .where(ServiceRecord.shift_id == shift_id)
        .options(joinedload(ServiceRecord.person), joinedload(ServiceRecord.office))
        .order_by(Person.sort_key, ServiceRecord.id)
    )
    records = db.session.scalars(query).all()
    if not records:
        raise NotFound
    return db.session.get_one(Shift, shift_id), records


def said_of(records: Sequence[ServiceRecord]) -> dict[int, Evaluation]:
    """What was said already, by the record's id."""
    query = select(Evaluation).where(Evaluation.record_id.in_([r.id for r in records]))
    return {each.record_id: each for each in db.session.scalars(query)}


def evaluate(
    said: Mapping[int, Said],
    records: Sequence[ServiceRecord],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> int:
    """Keep what is said of each record named; how many are new or changed. All or none."""
    named = [record for record in records if record.id in said]
    reasons = [
        reason
        for record in named
        for reason in law.refusals_to_evaluate(
            said[record.id].step,
            day=record.day,
            today=today,
            evaluator=actor.person_id,
            volunteer=record.person_id,
            guardian=record.person.guardian_id,
        )
    ]
    if reasons:
        raise Refused(list({reason.why: reason for reason in reasons}.values()))
    before = said_of(named)
    return sum(
        _say(record, said[record.id], before.get(record.id), actor=actor, now=now, today=today)
        for record in named
    )


def _say(
    record: ServiceRecord,
    said: Said,
    before: Evaluation | None,
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> bool:
    if before is not None and (before.step, before.remark) == (said.step, said.remark):
        return False
    was = before.step if before else None
    row = before or Evaluation(
        record_id=record.id, person_id=record.person_id, office_id=record.office_id, day=record.day
    )
    row.step, row.remark = said.step, said.remark
    row.evaluated_on, row.evaluated_at, row.account_id = today, now, actor.account_id
    db.session.add(row)
    audit.record(
        Act.SERVICE_EVALUATED,
        record,
        actor=actor,
        now=now,
        office_id=record.office_id,
        step=said.step,
        was=was,
    )
    return True
