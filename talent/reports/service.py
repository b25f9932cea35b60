"""What stands on the first page: for a volunteer the next shift, for an office what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from talent.access import Actor, Permission
from talent.db import db
from talent.hours.models import CorrectionRequest, RecordState, ServiceRecord
from talent.messages.models import Message, MessageState
from talent.offices import service as offices
from talent.people.models import Registration, RegistrationState, Tie
from talent.recognition.stars import service as stars
from talent.rules.corrections import CorrectionState
from talent.rules.handovers import HandoverState
from talent.rules.signup import SignupState
from talent.shifts.models import Project, Shift, ShiftState, Signup
from talent.shifts.passing.models import Handover
from talent.training.models import Credential

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select

SOON = timedelta(days=30)
SHIFTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each thing wait for the office."""

    applications: int
    approvals: int
    overdue: int
    doubts: int
    lapsing: int
    unsent: int
    handed_on: int
    stars: int


def next_signups(person_id: int, now: datetime) -> Sequence[Signup]:
    """The person's next three shifts, with a place or on the waiting list."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(Signup.person_id == person_id, Shift.ends_at > now)
        .where(Signup.state.in_((SignupState.CONFIRMED, SignupState.WAITING)))
        .where(Shift.state == ShiftState.PUBLISHED)
        .options(contains_eager(Signup.shift).joinedload(Shift.project))
        .order_by(Shift.starts_at, Shift.id)
        .limit(3)
    )
    return db.session.scalars(query).all()


def registrations(person_id: int) -> Sequence[Registration]:
    """Where the person is registered, and how that stands."""
    query = (
        select(Registration)
        .where(Registration.person_id == person_id)
        .options(joinedload(Registration.office))
        .order_by(Registration.id)
    )
    return db.session.scalars(query).all()


def waiting(actor: Actor, *, today: date) -> Waiting:
    """Each number once, over the offices for which the actor may see that kind of thing."""
    pending = (
        select(func.count())
        .select_from(ServiceRecord)
        .where(ServiceRecord.state.in_((RecordState.PENDING, RecordState.PENDING_ABOVE)))
        .where(ServiceRecord.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)))
    )
    return Waiting(
        applications=_number(
            select(func.count())
            .select_from(Registration)
            .where(Registration.state == RegistrationState.APPLIED)
            .where(Registration.office_id.in_(offices.seen(actor, Permission.SEE_PEOPLE))),
        ),
        approvals=_number(pending),
        overdue=_number(pending.where(ServiceRecord.due_on < today)),
        doubts=_number(
            select(func.count())
            .select_from(CorrectionRequest)
            .where(CorrectionRequest.state == CorrectionState.ASKED)
            .where(CorrectionRequest.office_id.in_(offices.seen(actor, Permission.SEE_HOURS))),
        ),
        lapsing=_number(
            select(func.count(func.distinct(Credential.id)))
            .join(Tie, Tie.person_id == Credential.person_id)
            .where(Credential.ended_at.is_(None))
            .where(Credential.valid_until.between(today, today + SOON))
            .where(Tie.office_id.in_(offices.seen(actor, Permission.SEE_TRAINING))),
        ),
        unsent=_number(
            select(func.count())
            .select_from(Message)
            .where(Message.state.in_((MessageState.DEAD, MessageState.HANDED)))
            .where(Message.office_id.in_(offices.seen(actor, Permission.SEE_MESSAGES))),
        ),
        stars=stars.waiting(actor),
        handed_on=_number(
            select(func.count())
            .select_from(Handover)
            .join(Handover.signup)
            .join(Signup.shift)
            .join(Shift.project)
            .where(Handover.state == HandoverState.ACCEPTED)
            .where(Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS))),
        ),
    )


def _number(query: Select[int]) -> int:
    return int(db.session.scalar(query) or 0)


def shifts_of_day(actor: Actor, *, day: date, zone: str) -> Sequence[Shift]:
    """The published shifts of one day, and who leads and fills them, in their order."""
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Project.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS)))
        .where(Shift.state.in_((ShiftState.PUBLISHED, ShiftState.CLOSED)))
        .where(Shift.starts_at < begins + timedelta(days=1), Shift.ends_at > begins)
        .options(contains_eager(Shift.project).joinedload(Project.office))
        .options(joinedload(Shift.needs))
        .order_by(Shift.starts_at, Shift.id)
        .limit(SHIFTS_SHOWN)
    )
    return db.session.scalars(query).unique().all()
