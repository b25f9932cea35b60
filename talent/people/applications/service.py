"""What is done with an application while it waits: taken, put back, referred, talked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.people import service as people
from talent.people.models import Registration, RegistrationState
from talent.people.registrations.service import JOINED
from talent.people.steps.models import Interview
from talent.people.steps.service import interviews_of, step
from talent.rules import applications as law
from talent.rules.applications import InterviewState, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from talent.access import Actor, Permission
    from talent.offices.models import Office
    from talent.rules.applications import InterviewWay
    from talent.rules.reason import Because

_OF_INTERVIEW = {
    InterviewState.HELD: StepKind.HELD,
    InterviewState.MISSED: StepKind.MISSED,
    InterviewState.CALLED_OFF: StepKind.CALLED_OFF,
}


def take(registration: Registration, *, actor: Actor, now: datetime) -> None:
    """The clerk looks after this application from now on; twice is as once."""
    row = _held(registration)
    if row.taken_by is not None and row.taken_by == actor.account_id:
        return
    taker = audit.called([row.taken_by]).get(row.taken_by, "?") if row.taken_by else None
    _refuse(law.refusals_to_take(waiting=_waits(row), taker=taker))
    row.taken_by, row.taken_at = actor.account_id, now
    step(row, StepKind.TAKEN, actor=actor, now=now)
    _trace(row, StepKind.TAKEN, actor=actor, now=now)


def put_back(registration: Registration, *, actor: Actor, now: datetime) -> None:
    """Nobody looks after this application any more; another clerk can take it."""
    row = _held(registration)
    _refuse(law.refusals_to_put_back(waiting=_waits(row), taken=row.taken_by is not None))
    row.taken_by = row.taken_at = None
    step(row, StepKind.RELEASED, actor=actor, now=now)
    _trace(row, StepKind.RELEASED, actor=actor, now=now)


def refer(
    registration: Registration,
    to: Office,
    *,
    why: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The application goes to another office, and its interviews that are to come are off."""
    row = _held(registration)
    there = select(Registration.id).where(
        Registration.person_id == row.person_id, Registration.office_id == to.id
    )
    _refuse(
        law.refusals_to_refer(
            waiting=_waits(row),
            same=row.office_id == to.id,
            joinable=to.open and to.kind in JOINED,
            registered_there=db.session.scalar(there) is not None,
            why=why,
        )
    )
    for interview in interviews_of([row.id])[row.id]:
        if interview.state is InterviewState.PLANNED and interview.starts_at > now:
            note(interview, InterviewState.CALLED_OFF, result=why, actor=actor, now=now)
    step(row, StepKind.REFERRED, actor=actor, now=now, note=why, to=to)
    _trace(row, StepKind.REFERRED, actor=actor, now=now, to=to.id)
    row.office = to
    row.taken_by = row.taken_at = None
    people.tie(row.person, to)
    db.session.flush()


def invite(
    registration: Registration,
    *,
    starts_at: datetime,
    lasts: timedelta,
    way: InterviewWay,
    where: str,
    actor: Actor,
    now: datetime,
) -> Interview:
    """Ask whoever applied to a talk; the message goes out with the next delivery."""
    row = _held(registration)
    minutes = int(lasts.total_seconds()) // 60
    _refuse(
        law.refusals_to_invite(
            waiting=_waits(row), starts_at=starts_at, minutes=minutes, where=where, now=now
        )
    )
    interview = Interview(
        registration=row,
        person_id=row.person_id,
        office_id=row.office_id,
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        way=way,
        place=where,
        state=InterviewState.PLANNED,
        made_at=now,
        made_by=actor.account_id,
        changed_at=now,
    )
    db.session.add(interview)
    step(row, StepKind.INVITED, actor=actor, now=now, note=where)
    _trace(row, StepKind.INVITED, actor=actor, now=now)
    db.session.flush()
    return interview


def note(
    interview: Interview, to: InterviewState, *, result: str, actor: Actor, now: datetime
) -> None:
    """What became of an interview, and what the office keeps of it."""
    row = locked(Interview, interview.id)
    _refuse(law.refusals_to_note(row.state, to, row.starts_at, now))
    row.state, row.result, row.changed_at = to, result or None, now
    kind = _OF_INTERVIEW[to]
    step(row.registration, kind, actor=actor, now=now, note=result)
    _trace(row.registration, kind, actor=actor, now=now)


def visible_interview(actor: Actor, permission: Permission, number: int) -> Interview:
    """An interview of an application that is with an office of the actor's now, or `NotFound`."""
    query = select(Interview).join(Interview.registration)
    query = query.where(Interview.id == number, Registration.office_id.in_(seen(actor, permission)))
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def interviews_to_tell(since: datetime) -> Sequence[Interview]:
    """Interviews that were planned or called off since, for whoever sends the messages."""
    query = select(Interview).where(
        Interview.changed_at > since,
        Interview.state.in_((InterviewState.PLANNED, InterviewState.CALLED_OFF)),
    )
    loads = (joinedload(Interview.person), joinedload(Interview.office))
    return db.session.scalars(query.options(*loads).order_by(Interview.id)).all()


def _held(registration: Registration) -> Registration:
    """The application, held; `NotFound` when it went to another office while one waited for it."""
    office_id = registration.office_id
    row = locked(Registration, registration.id)
    if row.office_id != office_id:
        raise NotFound
    return row


def _waits(registration: Registration) -> bool:
    return registration.state is RegistrationState.APPLIED


def _refuse(found: list[Because]) -> None:
    if found:
        raise Refused(found)


def _trace(
    registration: Registration, kind: StepKind, *, actor: Actor, now: datetime, **facts: int
) -> None:
    audit.record(
        Act.APPLICATION_HANDLED, registration, actor=actor, now=now,
        office_id=registration.office_id, step=kind.value, person=registration.person_id, **facts,
    )  # fmt: skip
