"""Questions about requests for a correction: who sees which of them, and what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Actor, Permission
from talent.db import db, locked
from talent.errors import NotFound
from talent.hours.models import CorrectionRequest, RecordState, ServiceRecord
from talent.hours.review import service as review
from talent.hours.service import PAGE
from talent.offices import service as offices
from talent.people import service as people
from talent.people.models import Person
from talent.rules.corrections import OPEN, CorrectionState, Wrong
from talent.rules.hours import Approval
from talent.rules.reason import N_
from talent.rules.signup import SignupState
from talent.rules.words import Word
from talent.shifts.models import Project, Shift, ShiftState, Signup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.offices.models import Office
    from talent.rules.span import Span


class Part(Word):
    """The parts of the office's list."""

    OPEN = "open", N_("To be answered")
    OVERDUE = "overdue", N_("Overdue")
    APPEALS = "appeals", N_("Appeals")
    DONE = "done", N_("Answered")


def listed(
    actor: Actor, part: Part, *, today: date, after: int | None = None
) -> Sequence[CorrectionRequest]:
    """One part of the requests to offices that the actor may see, a page and one more.

    The oldest first; of those that are answered, the latest.
    """
    number = CorrectionRequest.id
    query = _with_names().where(
        CorrectionRequest.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)),
        _belongs(part, today),
    )
    if part is Part.DONE:
        query = query.where(number < after) if after else query
        return db.session.scalars(query.order_by(number.desc()).limit(PAGE + 1)).all()
    query = query.where(number > after) if after else query
    return db.session.scalars(query.order_by(number).limit(PAGE + 1)).all()


def _belongs(part: Part, today: date) -> ColumnElement[bool]:
    open_ = CorrectionRequest.state.in_(OPEN)
    return {
        Part.OPEN: CorrectionRequest.state == CorrectionState.ASKED,
        Part.OVERDUE: and_(open_, CorrectionRequest.due_on < today),
        Part.APPEALS: CorrectionRequest.state == CorrectionState.APPEALED,
        Part.DONE: ~open_,
    }[part]


def counts(actor: Actor, *, today: date) -> dict[Part, int]:
    """How many wait, in each part where something can."""
    parts = (Part.OPEN, Part.OVERDUE, Part.APPEALS)
    query = select(*(func.count().filter(_belongs(part, today)) for part in parts)).where(
        CorrectionRequest.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)),
        CorrectionRequest.state.in_(OPEN),
    )
    return dict(zip(parts, db.session.execute(query).one(), strict=True))


def own(actor: Actor, *, after: int | None = None) -> Sequence[CorrectionRequest]:
    """What was asked for oneself and one's children, the latest first, a page and one more."""
    query = _with_names().where(CorrectionRequest.person_id.in_(people.spoken_for(actor)))
    query = query.where(CorrectionRequest.id < after) if after else query
    return db.session.scalars(query.order_by(CorrectionRequest.id.desc()).limit(PAGE + 1)).all()


def _with_names() -> Select[Any]:
    return select(CorrectionRequest).options(
        joinedload(CorrectionRequest.person),
        joinedload(CorrectionRequest.office),
        joinedload(CorrectionRequest.record),
    )


def visible(actor: Actor, request_id: int) -> CorrectionRequest:
    """One's own request or a child's, or one to an office whose hours the actor may see."""
    query = (
        _with_names()
        .where(CorrectionRequest.id == request_id)
        .where(
            or_(
                CorrectionRequest.person_id.in_(people.spoken_for(actor)),
                CorrectionRequest.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)),
            )
        )
        .options(selectinload(CorrectionRequest.steps))
    )
    found: CorrectionRequest | None = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def answerable(actor: Actor, permission: Permission, request_id: int) -> CorrectionRequest:
    """The request, held, if the permission holds for its office; else it does not exist."""
    return _held(request_id, CorrectionRequest.office_id.in_(offices.seen(actor, permission)))


def speaks(actor: Actor, request_id: int) -> CorrectionRequest:
    """The request, held, for whom it concerns, who speaks for him, or who writes it down."""
    concerned = or_(
        CorrectionRequest.person_id.in_(people.spoken_for(actor)),
        CorrectionRequest.office_id.in_(offices.seen(actor, Permission.ENTER_HOURS)),
    )
    return _held(request_id, concerned)


def _held(request_id: int, where: ColumnElement[bool]) -> CorrectionRequest:
    """The person is held before the request and its record, as by everybody who writes hours."""
    query = select(CorrectionRequest.person_id).where(CorrectionRequest.id == request_id, where)
    if (person_id := db.session.scalar(query)) is None:
        raise NotFound
    locked(Person, person_id)
    return locked(CorrectionRequest, request_id)


def doubtable(actor: Actor, record_id: int) -> ServiceRecord:
    """One's own record or a child's; or one of the office, for somebody who came there."""
    query = select(ServiceRecord).where(
        ServiceRecord.id == record_id,
        or_(
            ServiceRecord.person_id.in_(people.spoken_for(actor)),
            ServiceRecord.office_id.in_(offices.seen(actor, Permission.ENTER_HOURS)),
        ),
    )
    if (record := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return record


def asker(actor: Actor, person_id: int) -> Person:
    """Oneself, a child, or somebody whom the office knows and for whom it writes down."""
    if person_id == actor.person_id or person_id in _wards(actor):
        return people.own_or_ward(actor, person_id)
    return people.visible_person(actor, Permission.ENTER_HOURS, person_id)


def _wards(actor: Actor) -> set[int]:
    return {ward.id for ward in people.wards_of(actor.person_id)} if actor.person_id else set()


def unrecorded_shifts(person_id: int, *, since: datetime, now: datetime) -> Sequence[Shift]:
    """Shifts that are over, on which the person had a place and has no record; the latest first."""
    recorded = select(ServiceRecord.shift_id).where(
        ServiceRecord.person_id == person_id,
        ServiceRecord.shift_id.is_not(None),
        ServiceRecord.state != RecordState.REFUSED,
    )
    query = (
        select(Shift)
        .join(Signup, Signup.shift_id == Shift.id)
        .where(Signup.person_id == person_id, Signup.state == SignupState.CONFIRMED)
        .where(Shift.ends_at <= now, Shift.ends_at > since, Shift.id.not_in(recorded))
        .where(Shift.state.in_((ShiftState.PUBLISHED, ShiftState.CLOSED)))
        .options(joinedload(Shift.project).joinedload(Project.office))
        .order_by(Shift.starts_at.desc(), Shift.id.desc())
        .limit(PAGE)
    )
    return db.session.scalars(query).all()


def is_recorded(person_id: int, span: Span) -> bool:
    """Whether something stands on record for a part of this time."""
    query = select(ServiceRecord.id).where(
        ServiceRecord.person_id == person_id,
        ServiceRecord.state != RecordState.REFUSED,
        ServiceRecord.starts_at < span.end,
        ServiceRecord.ends_at > span.start,
    )
    return db.session.scalar(query.limit(1)) is not None


def offices_knowing(person: Person) -> Sequence[Office]:
    """The offices at which the person is or was registered."""
    return [each.office for each in people.registrations_of(person.id)]


def is_above(actor: Actor, office: Office) -> bool:
    """Whether the actor is of a level above the office."""
    return review.level_of(actor, office) is Approval.LEVEL_ABOVE


def enters(request: CorrectionRequest) -> bool:
    """Whether granting means that service is entered anew: nothing stands that could be mended."""
    record = request.record
    if record is None:
        return True
    return request.kind is Wrong.TIME and record.state is RecordState.REFUSED


def of_that_day(request: CorrectionRequest) -> list[ServiceRecord]:
    """What stands on record with the office for the day of service that was missing."""
    start = request.starts_at or (request.record.starts_at if request.record else request.made_at)
    day = start.astimezone(ZoneInfo(request.office.zone)).date()
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.person_id == request.person_id, ServiceRecord.day == day)
        .where(ServiceRecord.office_id == request.office_id)
        .where(ServiceRecord.state != RecordState.REFUSED)
        .order_by(ServiceRecord.id)
    )
    return list(db.session.scalars(query))
