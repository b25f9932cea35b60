"""A record is wrong or missing: asked, answered, appealed and decided, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent import audit, clock, files
from talent.access import Actor, Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotAllowed, Refused
from talent.hours import staff
from talent.hours.amending import service as amending
from talent.hours.corrections import outbox
from talent.hours.models import (
    CorrectionRequest,
    CorrectionStep,
    ServiceRecord,
)
from talent.hours.recording import service as recording
from talent.hours.requests import service as requests
from talent.hours.review import service as review
from talent.hours.service import PENDING
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.people.models import Person
from talent.rules import corrections as law
from talent.rules.corrections import OPEN, CorrectionState, Step, Unanswerable, Wrong
from talent.rules.workdays import WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from talent.offices.models import Office
    from talent.rules.hours import Deed
    from talent.rules.span import Span
    from talent.shifts.models import Shift


@dataclass(frozen=True, slots=True)
class Entry:
    """Service that is entered by hand: what it was, of which category, from when to when."""

    deed: Deed
    category_id: int
    span: Span


@dataclass(frozen=True, slots=True)
class Remedy:
    """What becomes of the record when a request is granted; which of these, its kind says."""

    minutes: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    entry: Entry | None = None
    record_id: int | None = None  # it stands on record meanwhile


def ask(
    person: Person,
    office: Office,
    *,
    said: law.Request,
    actor: Actor,
    now: datetime,
    record: ServiceRecord | None = None,
    shift: Shift | None = None,
    evidence: str | None = None,
    file: tuple[str, bytes] | None = None,
) -> CorrectionRequest:
    """Say that a record is wrong, or that one is missing (Order 67 Art. 13)."""
    locked(Person, person.id)
    if refusals := law.refusals_to_ask(said, now, is_open=_is_open(person, record, said.span)):
        raise Refused(refusals)
    kept = files.keep_evidence(*file, actor=actor, now=now) if file else None
    request = CorrectionRequest(
        person=person,
        office=office,
        record=record,
        kind=said.wrong,
        wrong=said.words,
        evidence=evidence or None,
        file=kept,
        wished_minutes=said.minutes,
        wished={name: value for name, value in said.details.items() if value},
        shift=shift,
        activity=said.activity or None,
        starts_at=said.span.start if said.span else None,
        ends_at=said.span.end if said.span else None,
        state=CorrectionState.ASKED,
        due_on=_due(office, now),
        made_by=actor.account_id,
        by_office=not _speaks_for(actor, person),
        made_at=now,
    )
    db.session.add(request)
    db.session.flush()
    _step(request, Step.ASKED, actor, now, said=said.words, due_on=request.due_on)
    audit.record(
        Act.CORRECTION_ASKED, request, actor=actor, now=now, office_id=office.id,
        kind=said.wrong.value, record=record.id if record else None,
    )  # fmt: skip
    outbox.office(request, outbox.Event.ASKED, now=now)
    return request


def _speaks_for(actor: Actor, person: Person) -> bool:
    return actor.person_id is not None and actor.person_id in {person.id, person.guardian_id}


def _is_open(person: Person, record: ServiceRecord | None, span: Span | None) -> bool:
    query = select(CorrectionRequest.id).where(
        CorrectionRequest.person_id == person.id, CorrectionRequest.state.in_(OPEN)
    )
    if record is not None:
        query = query.where(CorrectionRequest.record_id == record.id)
    elif span is not None:
        query = query.where(
            CorrectionRequest.record_id.is_(None),
            CorrectionRequest.starts_at < span.end,
            CorrectionRequest.ends_at > span.start,
        )
    return db.session.scalar(query.limit(1)) is not None


def _due(office: Office, now: datetime) -> date:
    today = clock.today(office.zone, now)
    days = offices.setting(office, Setting.ANSWER_DAYS, on=today)
    return law.due_date(today, WorkCalendar(*offices.working_calendar()), days)


def take_up(request: CorrectionRequest, *, actor: Actor, now: datetime) -> None:
    """The office looks into it, and the volunteer sees that it does. Once."""
    if request.state is not CorrectionState.ASKED:
        raise Refused([Unanswerable.ANSWERED])
    if not any(step.kind is Step.TAKEN_UP for step in request.steps):
        _step(request, Step.TAKEN_UP, actor, now)


def answer(
    request: CorrectionRequest,
    *,
    remedy: Remedy | None,
    words: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The office mends the record, or says in words why it stands as it is."""
    refusals = law.refusals_to_answer(
        request.state,
        words=words,
        answers=_answers(actor, request),
        volunteer=staff.volunteer(request.person_id),
    )
    if refusals:
        raise Refused(refusals)
    granted = remedy is not None
    request.state = CorrectionState.ACCEPTED if granted else CorrectionState.DECLINED
    request.answer, request.answered_at, request.answered_by = words, now, actor.account_id
    _step(request, Step.ACCEPTED if granted else Step.DECLINED, actor, now, said=words)
    if remedy:
        _mend(request, remedy, words=words, actor=actor, now=now)
    audit.record(
        Act.CORRECTION_ANSWERED, request, actor=actor, now=now, office_id=request.office_id,
        state=request.state.value,
    )  # fmt: skip
    outbox.volunteer(request, outbox.Event.ANSWERED, now=now)


def appeal(request: CorrectionRequest, *, words: str, actor: Actor, now: datetime) -> None:
    """The volunteer does not agree, or has waited in vain: the level above decides."""
    today = clock.today(request.office.zone, now)
    refusals = law.refusals_to_appeal(
        request.state, words=words, due_on=request.due_on, today=today
    )
    if refusals:
        raise Refused(refusals)
    request.state, request.due_on = CorrectionState.APPEALED, _due(request.office, now)
    _step(
        request,
        Step.APPEALED,
        actor,
        now,
        said=words,
        due_on=request.due_on,
        by_office=not _speaks_for(actor, request.person),
    )
    audit.record(
        Act.CORRECTION_APPEALED, request, actor=actor, now=now, office_id=request.office_id
    )
    outbox.office(request, outbox.Event.APPEALED, now=now)


def decide(
    request: CorrectionRequest,
    *,
    remedy: Remedy | None,
    words: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The level above decides on an appeal; that is final."""
    answered = request.answered_by
    refusals = law.refusals_to_decide(
        request.state,
        words=words,
        above=requests.is_above(actor, request.office),
        decides=_answers(actor, request),
        answered=staff.who_is(answered) if answered else None,
        volunteer=staff.volunteer(request.person_id),
    )
    if refusals:
        raise Refused(refusals)
    granted = remedy is not None
    request.state = CorrectionState.GRANTED if granted else CorrectionState.REJECTED
    _step(request, Step.GRANTED if granted else Step.REJECTED, actor, now, said=words)
    if remedy:
        _mend(request, remedy, words=words, actor=actor, now=now)
    audit.record(
        Act.CORRECTION_DECIDED, request, actor=actor, now=now, office_id=request.office_id,
        state=request.state.value,
    )  # fmt: skip
    outbox.volunteer(request, outbox.Event.DECIDED, now=now)
    outbox.office(request, outbox.Event.DECIDED, now=now)


def _answers(actor: Actor, request: CorrectionRequest) -> tuple[str, int | None]:
    """Who answers; a parent who works at the office is as the child itself.

    So is who wrote the request or the appeal down for somebody who came.
    """
    who = staff.who(actor)
    asking = {
        step.account_id
        for step in request.steps
        if step.by_office and step.kind in {Step.ASKED, Step.APPEALED} and step.account_id
    }
    for_a_child = actor.person_id and actor.person_id == request.person.guardian_id
    if for_a_child or who in staff.who_are(asking).values():
        return staff.volunteer(request.person_id)
    return who


def _mend(
    request: CorrectionRequest, remedy: Remedy, *, words: str, actor: Actor, now: datetime
) -> None:
    if requests.enters(request):
        _add(request, remedy, actor, now)
        return
    record = locked(ServiceRecord, request.record_id or 0)
    if request.kind is Wrong.DETAILS:
        amending.amend(record, remedy.details, reason=words, actor=actor, now=now)
        _step(request, Step.CORRECTED, actor, now)
        return
    if record.state in PENDING and request.kind is Wrong.NOT_MINE:
        review.refuse(record, why=words, actor=actor, now=now)
        _step(request, Step.CORRECTED, actor, now, old_minutes=0, new_minutes=0)
        return
    if record.state in PENDING:
        raise Refused([Unanswerable.UNDECIDED])
    to_minutes = 0 if request.kind is Wrong.NOT_MINE else remedy.minutes
    if to_minutes is None:
        raise Refused([Unanswerable.NO_REMEDY])
    old = record.minutes
    review.correct(record, to_minutes=to_minutes, reason=words, actor=actor, now=now)
    _step(request, Step.CORRECTED, actor, now, old_minutes=old, new_minutes=to_minutes)


def _add(request: CorrectionRequest, remedy: Remedy, actor: Actor, now: datetime) -> None:
    """What was missing: it stands on record meanwhile, or is entered and approved by another."""
    if remedy.record_id is not None:
        if remedy.record_id not in {each.id for each in requests.of_that_day(request)}:
            raise Refused([Unanswerable.NO_REMEDY])
        _step(request, Step.FOUND, actor, now, record_id=remedy.record_id)
        return
    if remedy.entry is None:
        raise Refused([Unanswerable.NO_REMEDY])
    if not actor.may(Permission.ENTER_HOURS, request.office.path):
        raise NotAllowed
    record = recording.enter(
        person=request.person,
        office=request.office,
        deed=remedy.entry.deed,
        category_id=remedy.entry.category_id,
        span=remedy.entry.span,
        actor=actor,
        now=now,
    )
    _step(request, Step.ENTERED, actor, now, record_id=record.id)


def _step(
    request: CorrectionRequest,
    kind: Step,
    actor: Actor,
    now: datetime,
    *,
    said: str | None = None,
    old_minutes: int | None = None,
    new_minutes: int | None = None,
    due_on: date | None = None,
    record_id: int | None = None,
    by_office: bool | None = None,
) -> None:
    """One more step of the course: the first one its author's, the others mostly the office's."""
    first = request.by_office if kind is Step.ASKED else True
    request.steps.append(
        CorrectionStep(
            kind=kind, said=said, old_minutes=old_minutes, new_minutes=new_minutes, due_on=due_on,
            record_id=record_id, account_id=actor.account_id,
            by_office=first if by_office is None else by_office, at=now,
        )
    )  # fmt: skip
