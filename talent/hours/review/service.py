"""Decisions on hours: approve, refuse, correct; and the lists that wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent import audit, clock
from talent.access import GRANTS, Actor, Permission
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotAllowed, NotFound, Refused
from talent.hours import staff
from talent.hours.counting import service as counting
from talent.hours.flags import service as flagging
from talent.hours.models import EntryKind, RecordState, ServiceRecord, Verdict, Waits
from talent.hours.patterns.service import STATED
from talent.hours.service import PENDING
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
    from collections.abc import Collection
    from datetime import datetime


_ATTENDED = "the list of the shift"


class Undecidable(Word):
    """Why there is nothing to decide any more."""

    DECIDED = "decided", N_("This record was decided already.")
    NOT_APPROVED = "not_approved", N_("Only an approved record can be corrected.")
    NO_REASON = "no_reason", N_("Say why.")


def remind_overdue(now: datetime) -> int:
    """Tell those who review, once a week, how many records of an office are overdue (Art. 11)."""
    query = (
        select(Office, ServiceRecord.due_on, func.count(ServiceRecord.id))
        .join(ServiceRecord, ServiceRecord.office_id == Office.id)
        .where(ServiceRecord.state.in_(PENDING))
        .group_by(Office.id, ServiceRecord.due_on)
        .order_by(Office.id, ServiceRecord.due_on)
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


def reviewable(actor: Actor, record_id: int) -> ServiceRecord:
    """The record, held, if the actor reviews for its office; else it does not exist for him.

    The person is held before the record, as by everybody who writes hours.
    """
    query = (
        select(ServiceRecord.person_id)
        .where(ServiceRecord.id == record_id)
        .where(ServiceRecord.office_id.in_(offices.seen(actor, Permission.REVIEW_HOURS)))
    )
    if (person_id := db.session.scalar(query)) is None:
        raise NotFound
    locked(Person, person_id)
    return locked(ServiceRecord, record_id)


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
    return refusals(actor, [record])[record.id]


def refusals(actor: Actor, records: Collection[ServiceRecord]) -> dict[int, list[Because]]:
    """The same for many records, in two questions; each has its person and its office at hand."""
    doubted = flagging.open_flags([one.id for one in records])
    entered = staff.who_are({one.entered_by for one in records if one.entered_by})
    return {
        one.id: law.refusals_to_approve(
            needed=_needed(one),
            at_level=level_of(actor, one.office),
            approver=staff.who(actor),
            volunteer=staff.volunteer(one.person_id),
            guardian=staff.volunteer(one.person.guardian_id) if one.person.guardian_id else None,
            entered_by=entered.get(one.entered_by or 0),
            by_hand=one.origin in STATED,
            evidence=one.evidence or (_ATTENDED if one.attendance_id else ""),
            doubted=one.id in doubted,
        )
        for one in records
    }


def _needed(record: ServiceRecord) -> Approval:
    above = record.state is RecordState.PENDING_ABOVE
    return Approval.LEVEL_ABOVE if above else Approval.OFFICE


def approve(record: ServiceRecord, *, actor: Actor, now: datetime) -> None:
    """The claimed minutes go into the ledger. The caller holds the person and the record."""
    if record.state not in PENDING:
        raise Refused([Undecidable.DECIDED])
    if refusals := refusals_to_approve(actor, record):
        raise Refused(refusals)
    stand(record, actor=actor, now=now)


def stand(record: ServiceRecord, *, actor: Actor, now: datetime) -> None:
    """Approve a record of which it is known that nothing is against it."""
    _decide(record, RecordState.APPROVED, actor, now)
    counting.stand_at(
        record, EntryKind.EARNED, record.claimed_minutes, account_id=actor.account_id, at=now
    )


def settle(
    record: ServiceRecord,
    verdict: Verdict,
    *,
    finding: str,
    to_minutes: int,
    actor: Actor,
    now: datetime,
) -> list[Because]:
    """Say what a doubt turned out to be, and let follow what follows from it.

    Right: a record that waits is approved; what is against that is returned, and it waits on.
    Wrong: one that waits is refused, one that stands is corrected to so many minutes.
    """
    flagging.settle(record, verdict, finding, actor=actor, now=now)
    if verdict is Verdict.WRONG:
        if record.state in PENDING:
            refuse(record, why=finding, actor=actor, now=now)
        elif record.state is RecordState.APPROVED:
            correct(record, to_minutes=to_minutes, reason=finding, actor=actor, now=now)
        return []
    if record.state not in PENDING:
        return []
    against = refusals_to_approve(actor, record)
    if not against:
        stand(record, actor=actor, now=now)
    elif record.waits_for is Waits.FLAG:
        record.waits_for = Waits.APPROVAL
    return against


def refuse(record: ServiceRecord, *, why: str, actor: Actor, now: datetime) -> None:
    """The record stays, with the answer beside it; nothing goes into the ledger."""
    if record.state not in PENDING:
        raise Refused([Undecidable.DECIDED])
    if not why.strip():
        raise Refused([Undecidable.NO_REASON])
    record.answer = why
    flagging.close(record, Verdict.WRONG, why, actor=actor, now=now)
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
    locked(Person, record.person_id)
    guardian_id = record.person.guardian_id
    by_hand = record.origin in STATED and record.entered_by
    refusals = law.refusals_to_correct(
        record.minutes,
        to_minutes=to_minutes,
        reason=reason,
        corrected_by=staff.who(actor),
        volunteer=staff.volunteer(record.person_id),
        guardian=staff.volunteer(guardian_id) if guardian_id else None,
        entered_by=staff.who_is(by_hand) if by_hand else None,
        needed=counting.level_to_raise(record, to_minutes),
        at_level=level_of(actor, record.office),
    )
    if refusals := refusals + counting.refusals_to_raise(record, to_minutes):
        raise Refused(refusals)
    old = record.minutes
    kind = EntryKind.CORRECTED if to_minutes else EntryKind.REVERSED
    if to_minutes > old and record.origin.verified:
        counting.restate(record, account_id=actor.account_id, at=now, reason=reason)
    counting.stand_at(
        record,
        kind,
        to_minutes,
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
