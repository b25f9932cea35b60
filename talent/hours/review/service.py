"""Decisions on hours: approve, refuse, correct, answer; and the lists that wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import GRANTS, Actor, Permission
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotAllowed, NotFound, Refused
from talent.hours import ledger
from talent.hours.models import (
    CorrectionRequest,
    CorrectionState,
    EntryKind,
    Origin,
    RecordState,
    ServiceRecord,
)
from talent.hours.service import PAGE, PENDING
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules import hours as law
from talent.rules.hours import Approval
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select


_ATTENDED = "the list of the shift"


class Undecidable(Word):
    """Why there is nothing to decide any more."""

    DECIDED = "decided", N_("This record was decided already.")
    NOT_APPROVED = "not_approved", N_("Only an approved record can be corrected.")
    NO_REASON = "no_reason", N_("Say why.")
    ANSWERED = "answered", N_("This was answered already.")
    ASKED = "asked", N_("You have already said that this record is wrong. The office will answer.")


def _of_offices(actor: Actor) -> Select[int]:
    return offices.seen(actor, Permission.SEE_HOURS)


def waiting(actor: Actor, *, after: int = 0) -> Sequence[ServiceRecord]:
    """Records that wait for an approval, the oldest first, a page and one more."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.state.in_(PENDING), ServiceRecord.id > after)
        .where(ServiceRecord.office_id.in_(_of_offices(actor)))
        .options(joinedload(ServiceRecord.person), joinedload(ServiceRecord.office))
        .order_by(ServiceRecord.id)
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def overdue(actor: Actor, *, today: date, after: int = 0) -> Sequence[ServiceRecord]:
    """Of these, the ones that ten working days have passed by (Order 67 Art. 11)."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.state.in_(PENDING), ServiceRecord.due_on < today)
        .where(ServiceRecord.office_id.in_(_of_offices(actor)), ServiceRecord.id > after)
        .options(joinedload(ServiceRecord.person), joinedload(ServiceRecord.office))
        .order_by(ServiceRecord.id)
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def remind_overdue(now: datetime) -> int:
    """Tell those who review, once a week, how many records of an office are overdue (Art. 11)."""
    query = (
        select(Office, ServiceRecord.due_on, func.count(ServiceRecord.id))
        .join(ServiceRecord, ServiceRecord.office_id == Office.id)
        .where(ServiceRecord.state.in_(PENDING))
        .group_by(Office.id, ServiceRecord.due_on)
    )
    late: dict[Office, int] = {}
    for office, due_on, number in db.session.execute(query):
        if due_on < clock.today(office.zone, now):
            late[office] = late.get(office, 0) + number
    reviewers = _reviewers()
    told = 0
    for office, number in late.items():
        year, week, _ = clock.today(office.zone, now).isocalendar()
        nearest = next((i for i in reversed(office.ancestor_ids) if i in reviewers), None)
        for account in reviewers.get(nearest, ()):
            message = messages.tell(
                MessageKind.RECORDS_OVERDUE,
                once=f"{office.id}:{account.id}:{year}-{week}",
                now=now,
                account=account,
                office_id=office.id,
                facts={"count": number, "path": "/hours/review/overdue"},
            )
            told += message is not None
    return told


def _reviewers() -> dict[int | None, list[Account]]:
    """The open accounts that review hours, by the office at which they were given the role."""
    roles = [role for role, given in GRANTS.items() if Permission.REVIEW_HOURS in given]
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(roles), Grant.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
        .distinct()
    )
    found: dict[int | None, list[Account]] = {}
    for office_id, account in db.session.execute(query):
        found.setdefault(office_id, []).append(account)
    return found


def doubts(actor: Actor, *, after: int = 0) -> Sequence[CorrectionRequest]:
    """What volunteers say is wrong, and nobody has answered yet."""
    query = (
        select(CorrectionRequest)
        .join(CorrectionRequest.record)
        .where(CorrectionRequest.state == CorrectionState.ASKED, CorrectionRequest.id > after)
        .where(ServiceRecord.office_id.in_(_of_offices(actor)))
        .options(
            joinedload(CorrectionRequest.record).options(
                joinedload(ServiceRecord.person), joinedload(ServiceRecord.office)
            )
        )
        .order_by(CorrectionRequest.id)
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def reviewable(actor: Actor, record_id: int) -> ServiceRecord:
    """The record, held, if the actor reviews for its office; else it does not exist for him."""
    query = (
        select(ServiceRecord.id)
        .where(ServiceRecord.id == record_id)
        .where(ServiceRecord.office_id.in_(offices.seen(actor, Permission.REVIEW_HOURS)))
    )
    if db.session.scalar(query) is None:
        raise NotFound
    return locked(ServiceRecord, record_id)


def own(actor: Actor, record_id: int) -> ServiceRecord:
    """One's own record."""
    record = db.session.get(ServiceRecord, record_id)
    if record is None or actor.person_id is None or record.person_id != actor.person_id:
        raise NotFound
    return record


def level_of(actor: Actor, office: Office) -> Approval:
    """The level above is a manager of an office higher in the tree; at the root, its own."""
    above = [
        path
        for path in actor.paths(Permission.REVIEW_LONG_DAYS)
        if office.path.startswith(path) and (path != office.path or office.parent_id is None)
    ]
    return Approval.LEVEL_ABOVE if above else Approval.OFFICE


def refusals_to_approve(actor: Actor, record: ServiceRecord) -> list[Because]:
    """Why this actor cannot approve this record; empty when he can."""
    needed = Approval.LEVEL_ABOVE if record.state is RecordState.PENDING_ABOVE else Approval.OFFICE
    return law.refusals_to_approve(
        needed=needed,
        at_level=level_of(actor, record.office),
        approver=_who(actor.account_id, actor.person_id),
        volunteer=_who(None, record.person_id),
        entered_by=_person_of(record.entered_by),
        by_hand=record.origin is Origin.HAND,
        evidence=record.evidence or (_ATTENDED if record.attendance_id else ""),
    )


def _who(account_id: int | None, person_id: int | None) -> tuple[str, int | None]:
    """A person where there is one, so that two accounts of one person are one."""
    return ("person", person_id) if person_id else ("account", account_id)


def _person_of(account_id: int | None) -> tuple[str, int | None]:
    account = db.session.get(Account, account_id) if account_id else None
    return _who(account_id, account.person_id if account else None)


def approve(record: ServiceRecord, *, actor: Actor, now: datetime) -> None:
    """The claimed minutes go into the ledger."""
    if record.state not in PENDING:
        raise Refused([Undecidable.DECIDED])
    if refusals := refusals_to_approve(actor, record):
        raise Refused(refusals)
    locked(Person, record.person_id)
    _decide(record, RecordState.APPROVED, actor, now)
    ledger.add(
        record,
        EntryKind.EARNED,
        record.claimed_minutes,
        account_id=actor.account_id,
        at=now,
    )


def refuse(record: ServiceRecord, *, why: str, actor: Actor, now: datetime) -> None:
    """The record stays, with the answer beside it; nothing goes into the ledger."""
    if record.state not in PENDING:
        raise Refused([Undecidable.DECIDED])
    if not why.strip():
        raise Refused([Undecidable.NO_REASON])
    record.answer = why
    _decide(record, RecordState.REFUSED, actor, now)


def _decide(record: ServiceRecord, state: RecordState, actor: Actor, now: datetime) -> None:
    record.state = state
    record.decided_by = actor.account_id
    record.decided_at = now
    audit.record(
        Act.HOURS_REVIEWED,
        record,
        actor=actor,
        now=now,
        office_id=record.office_id,
        state=state.value,
    )


def correct(
    record: ServiceRecord,
    *,
    to_minutes: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """A new entry makes the difference; the old one stays to be seen. The volunteer is told."""
    if not actor.may(Permission.REVIEW_HOURS, record.office.path):
        raise NotAllowed
    if record.state is not RecordState.APPROVED:
        raise Refused([Undecidable.NOT_APPROVED])
    refusals = law.refusals_to_correct(
        record.minutes,
        to_minutes=to_minutes,
        reason=reason,
        corrected_by=_who(actor.account_id, actor.person_id),
        volunteer=_who(None, record.person_id),
    )
    if refusals:
        raise Refused(refusals)
    locked(Person, record.person_id)
    old = record.minutes
    kind = EntryKind.CORRECTED if to_minutes else EntryKind.REVERSED
    ledger.add(
        record,
        kind,
        to_minutes - old,
        account_id=actor.account_id,
        at=now,
        reason=reason,
    )
    audit.record(
        Act.HOURS_CORRECTED,
        record,
        actor=actor,
        now=now,
        office_id=record.office_id,
        old=old,
        new=to_minutes,
    )
    messages.tell(
        MessageKind.HOURS_CORRECTED,
        once=f"{record.id}:{record.entries[-1].id}",
        now=now,
        person=record.person,
        office_id=record.office_id,
        facts={
            "activity": record.activity,
            "day": record.day.isoformat(),
            "old_minutes": old,
            "new_minutes": to_minutes,
            "reason": reason,
            "path": f"/hours/{record.id}",
        },
    )


def ask(
    record: ServiceRecord, *, wrong: str, wished: int | None, actor: Actor, now: datetime
) -> None:
    """A volunteer says that his record is wrong (Order 67 Art. 13)."""
    if not wrong.strip():
        raise Refused([Undecidable.NO_REASON])
    if any(r.state is CorrectionState.ASKED for r in record.corrections):
        raise Refused([Undecidable.ASKED])
    request = CorrectionRequest(
        record=record,
        wrong=wrong,
        wished_minutes=wished,
        state=CorrectionState.ASKED,
        made_at=now,
    )
    db.session.add(request)
    audit.record(Act.CORRECTION_ASKED, record, actor=actor, now=now, office_id=record.office_id)


def answer(
    request: CorrectionRequest,
    *,
    to_minutes: int | None,
    words: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The office corrects, with `to_minutes`, or says in words why the record stands."""
    if request.state is not CorrectionState.ASKED:
        raise Refused([Undecidable.ANSWERED])
    if not words.strip():
        raise Refused([Undecidable.NO_REASON])
    if to_minutes is not None:
        correct(request.record, to_minutes=to_minutes, reason=words, actor=actor, now=now)
    request.state = CorrectionState.DECLINED if to_minutes is None else CorrectionState.ACCEPTED
    request.answer = words
    request.answered_at = now
    request.answered_by = actor.account_id


def doubt(actor: Actor, request_id: int) -> CorrectionRequest:
    """The request, held with its record, if the actor reviews for the office."""
    request = db.session.get(CorrectionRequest, request_id)
    if request is None:
        raise NotFound
    reviewable(actor, request.record_id)
    return locked(CorrectionRequest, request_id)
