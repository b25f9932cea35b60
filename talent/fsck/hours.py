"""Hours (I6, I7): every total is the sum of its entries, and no link of a chain is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from talent.auditing import service as trail
from talent.fsck.finding import Check, lines
from talent.hours.models import LedgerEntry, RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.i18n import sentence
from talent.timebank import ledger as bank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from talent.fsck.finding import Moment


def _sums(_moment: Moment) -> Iterator[str]:
    yield from proving.differing()


def _only_approved(_moment: Moment) -> Iterator[str]:
    """A record that nobody approved has no minutes, and one minute cannot be less than none."""
    query = select(ServiceRecord.id.label("record"), ServiceRecord.minutes.label("minutes"))
    wrong = or_(
        ServiceRecord.minutes < 0,
        (ServiceRecord.state != RecordState.APPROVED) & (ServiceRecord.minutes != 0),
    )
    yield from lines(query.where(wrong).order_by(ServiceRecord.id))


def _of_its_record(_moment: Moment) -> Iterator[str]:
    query = (
        select(LedgerEntry.id.label("entry"), LedgerEntry.record_id.label("record"))
        .join(ServiceRecord, ServiceRecord.id == LedgerEntry.record_id)
        .where(
            or_(
                LedgerEntry.office_id != ServiceRecord.office_id,
                LedgerEntry.day != ServiceRecord.day,
            )
        )
        .order_by(LedgerEntry.id)
    )
    yield from lines(query)


def _within_a_day(_moment: Moment) -> Iterator[str]:
    query = (
        select(
            ServiceRecord.person_id.label("person"),
            ServiceRecord.day.label("day"),
            func.sum(ServiceRecord.minutes).label("minutes"),
        )
        .group_by(ServiceRecord.person_id, ServiceRecord.day)
        .having(func.sum(ServiceRecord.minutes) > 24 * 60)
        .order_by(ServiceRecord.person_id, ServiceRecord.day)
    )
    yield from lines(query)


def _banked(_moment: Moment) -> Iterator[str]:
    yield from bank.reconcile()


def _ledger_chains(_moment: Moment) -> Iterator[str]:
    for office_id in proving.offices():
        for fault in proving.breaks(office_id):
            yield f"office {office_id}: {sentence(fault)}"


def _audit_chain(_moment: Moment) -> Iterator[str]:
    for fault in trail.breaks():
        yield sentence(fault)


CHECKS = (
    Check("I6", "records, and the sums of people and offices, equal their entries", _sums),
    Check("I6", "only what was approved counts", _only_approved),
    Check("I6", "an entry is of the office and the day of its record", _of_its_record),
    Check("I6", "nobody served more than a day in a day", _within_a_day),
    Check("I6", "accounts of the time bank equal their entries and what is open", _banked),
    Check("I7", "no link of a ledger's chain is broken", _ledger_chains),
    Check("I7", "no link of the audit trail is broken", _audit_chain),
)
