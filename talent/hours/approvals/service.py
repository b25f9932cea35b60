"""Many approvals as one act: what it would do and what it leaves out, then the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Permission
from talent.db import db
from talent.hours import ledger
from talent.hours.models import ServiceRecord
from talent.hours.review import service as review
from talent.hours.review.service import Undecidable
from talent.hours.service import PENDING
from talent.offices import service as offices
from talent.people.models import Person
from talent.rules.reason import N_, Because, Minutes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor

MOST = 500  # records of one act: what a person can look over


class Unapproved(StrEnum):
    """Why a record is left out of a bulk approval."""

    CHANGED = N_("This record was changed since you looked: %(old)s became %(new)s.")


@dataclass(frozen=True, slots=True)
class Left:
    """A record that is left out, and why."""

    record: ServiceRecord
    reasons: Sequence[Because]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is approved, and what is not."""

    records: Sequence[ServiceRecord]
    left: Sequence[Left]

    @property
    def minutes(self) -> int:
        """All of them together."""
        return sum(one.claimed_minutes for one in self.records)

    @property
    def people(self) -> int:
        """How many different people."""
        return len({one.person_id for one in self.records})

    @property
    def mark(self) -> str:
        """What was looked at, to be sent along: each record with its minutes."""
        return " ".join(f"{one.id}:{one.claimed_minutes}" for one in self.records)


def marked(text: str) -> dict[int, int]:
    """The records of a mark with their minutes; what is none is dropped."""
    pairs = (word.partition(":") for word in text.split()[:MOST])
    return {
        int(number): int(minutes)
        for number, _, minutes in pairs
        if number.isdecimal() and minutes.isdecimal() and len(number) + len(minutes) < 20  # noqa: PLR2004
    }


def propose(ids: Collection[int], *, actor: Actor) -> Proposal:
    """What would be approved of these records. Those of other offices do not exist."""
    return _sorted_out(_records(ids, actor), {}, actor)


def approve(seen: Mapping[int, int], *, actor: Actor, now: datetime) -> Proposal:
    """Approve what was looked at and still stands as it did; the rest is left out, with reasons.

    All in one transaction: people in the order of their ids, then records, then chains of offices.
    """
    visible = select(ServiceRecord.person_id).where(*_reviewable(seen, actor))
    held = select(Person.id).where(Person.id.in_(visible)).order_by(Person.id)
    db.session.execute(held.with_for_update()).all()
    rows = select(ServiceRecord.id).where(*_reviewable(seen, actor)).order_by(ServiceRecord.id)
    db.session.execute(rows.with_for_update()).all()
    done = _sorted_out(_records(seen, actor), seen, actor)
    ledger.hold([one.office_id for one in done.records])
    for record in done.records:
        review.stand(record, actor=actor, now=now)
    return done


def _sorted_out(
    records: Sequence[ServiceRecord], seen: Mapping[int, int], actor: Actor
) -> Proposal:
    against = review.refusals(actor, records)
    fine: list[ServiceRecord] = []
    left: list[Left] = []
    for record in records:
        reasons = _meanwhile(record, seen) or against[record.id]
        if reasons:
            left.append(Left(record, reasons))
        else:
            fine.append(record)
    return Proposal(fine, left)


def _meanwhile(record: ServiceRecord, seen: Mapping[int, int]) -> list[Because]:
    if record.state not in PENDING:
        return [Because(Undecidable.DECIDED)]
    old = seen.get(record.id, record.claimed_minutes)
    if old != record.claimed_minutes:
        now = Minutes(record.claimed_minutes)
        return [Because(Unapproved.CHANGED, {"old": Minutes(old), "new": now})]
    return []


def _records(ids: Collection[int], actor: Actor) -> Sequence[ServiceRecord]:
    query = (
        select(ServiceRecord)
        .where(*_reviewable(ids, actor))
        .options(
            joinedload(ServiceRecord.person),
            joinedload(ServiceRecord.office),
            selectinload(ServiceRecord.entries),
        )
        .order_by(ServiceRecord.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _reviewable(ids: Collection[int], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        ServiceRecord.id.in_(ids),
        ServiceRecord.office_id.in_(offices.seen(actor, Permission.REVIEW_HOURS)),
    )
