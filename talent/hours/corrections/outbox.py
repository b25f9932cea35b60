"""Who hears of a request for a correction: the office, the level above it, the volunteer."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from talent.access import Permission
from talent.db import db
from talent.hours import staff
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

    from talent.hours.models import CorrectionRequest
    from talent.hours.staff import Holders


class Event(StrEnum):
    """What is told, as the texts of the messages know it."""

    ASKED = "asked"
    ANSWERED = "answered"
    DUE = "due"
    OVERDUE = "overdue"
    APPEALED = "appealed"
    DECIDED = "decided"


UPWARDS = {Event.APPEALED, Event.OVERDUE}  # the level above hears of these as well


def office(
    request: CorrectionRequest,
    event: Event,
    *,
    now: datetime,
    reviewers: Holders | None = None,
    level_above: Holders | None = None,
) -> int:
    """Tell those who review for the office, once for each event; how many were told."""
    if reviewers is None:
        reviewers = staff.holders(staff.roles_with(Permission.REVIEW_HOURS))
    readers = {account.id: account for account in staff.of(request.office, reviewers)}
    if event in UPWARDS or request.state.value == Event.APPEALED:
        if level_above is None:
            level_above = staff.holders(staff.roles_with(Permission.REVIEW_LONG_DAYS))
        readers |= {account.id: account for account in staff.above(request.office, level_above)}
    told = 0
    for account in readers.values():
        if account.person_id == request.person_id:
            continue
        told += (
            messages.tell(
                MessageKind.CORRECTION_WAITS,
                once=f"{request.id}:{event}:{request.due_on.isoformat()}:{account.id}",
                now=now,
                account=account,
                office_id=request.office_id,
                facts=_facts(request, event),
            )
            is not None
        )
    return told


def volunteer(request: CorrectionRequest, event: Event, *, now: datetime) -> int:
    """Tell the volunteer, and who speaks for a child."""
    guardian = db.session.get(Person, request.person.guardian_id or 0)
    told = 0
    for person in (request.person, guardian):
        if person is None:
            continue
        told += (
            messages.tell(
                MessageKind.CORRECTION_MOVED,
                once=f"{request.id}:{event}:{request.due_on.isoformat()}:{person.id}",
                now=now,
                person=person,
                office_id=request.office_id,
                facts=_facts(request, event),
            )
            is not None
        )
    return told


def _facts(request: CorrectionRequest, event: Event) -> dict[str, Any]:
    last = request.steps[-1].said if event in {Event.ANSWERED, Event.DECIDED} else None
    answers = [step.said for step in request.steps if step.said]
    return {
        "event": event.value,
        "name": request.person.name,
        "activity": request.record.activity if request.record else request.activity,
        "state": request.state.label,
        "words": last or (answers[-1] if answers else ""),
        "due_on": request.due_on.isoformat(),
        "path": f"/hours/doubts/{request.id}",
    }
