"""What a record says beside its time: changed with a reason, the old words kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent import audit
from talent.access import Actor, Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotAllowed, Refused
from talent.hours import staff
from talent.hours.models import RecordChange, ServiceRecord
from talent.rules import corrections as law

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def details(record: ServiceRecord) -> dict[str, str]:
    """What the record says, by field."""
    return {name: getattr(record, name) for name in law.DETAILS}


def amend(
    record: ServiceRecord,
    new: Mapping[str, str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what a record says beside its time; what it said before stays to be seen."""
    if not actor.may(Permission.REVIEW_HOURS, record.office.path):
        raise NotAllowed
    old = details(record)
    guardian_id = record.person.guardian_id
    refusals = law.refusals_to_change(
        old,
        new,
        reason=reason,
        changed_by=staff.who(actor),
        volunteer=staff.volunteer(record.person_id),
        guardian=staff.volunteer(guardian_id) if guardian_id else None,
    )
    if refusals:
        raise Refused(refusals)
    for name, (before, after) in law.changes(old, new).items():
        setattr(record, name, after)
        change = RecordChange(
            record=record, field=name, old=before, new=after, reason=reason,
            account_id=actor.account_id, at=now,
        )  # fmt: skip
        db.session.add(change)
        audit.record(
            Act.RECORD_CHANGED, record, actor=actor, now=now, office_id=record.office_id,
            field=name,
        )  # fmt: skip
    db.session.flush()
