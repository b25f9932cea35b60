"""What people ask about their data, and the office's answers (PIPL Art. 44 to 50)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Tie
from talent.privacy.models import PrivacyRequest
from talent.rules import privacy as law
from talent.rules import workdays
from talent.rules.privacy import Standing, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.people.models import Person

PAGE = 50


def ask(
    person: Person, wish: Wish, said: str, *, actor: Actor, today: date, now: datetime
) -> PrivacyRequest:
    """Ask the office that knows the person: the main one, or the first of several."""
    if refused := law.refusals_to_ask(said):
        raise Refused(refused)
    calendar = workdays.WorkCalendar(*offices.working_calendar())
    request = PrivacyRequest(
        person_id=person.id,
        office_id=_office_of(person),
        wish=wish,
        said=said.strip(),
        made_by=actor.account_id,
        made_at=now,
        due_on=workdays.after(today, law.ANSWER_WORKDAYS, calendar),
    )
    db.session.add(request)
    db.session.flush()
    audit.record(
        Act.DATA_ASKED, person, actor=actor, now=now, office_id=request.office_id, wish=wish.value
    )
    return request


def _office_of(person: Person) -> int:
    if person.home_office_id:
        return person.home_office_id
    query = select(Tie.office_id).join(Office, Office.id == Tie.office_id)
    query = query.where(Tie.person_id == person.id).order_by(Office.path).limit(1)
    if (found := db.session.scalar(query)) is None:
        raise NotFound
    return found


def of_person(person_id: int) -> Sequence[PrivacyRequest]:
    """What somebody asked, the latest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.person_id == person_id)
    query = query.options(joinedload(PrivacyRequest.office))
    return db.session.scalars(query.order_by(PrivacyRequest.id.desc()).limit(PAGE)).all()


def waiting(actor: Actor, *, after: int | None) -> Sequence[PrivacyRequest]:
    """What waits for an answer at the offices that the actor may edit, the most urgent first.

    A page and one more, behind the request `after`, which may have its answer by now.
    """
    query = (
        select(PrivacyRequest)
        .where(
            PrivacyRequest.standing == Standing.ASKED,
            PrivacyRequest.office_id.in_(offices.seen(actor, Permission.EDIT_PEOPLE)),
        )
        .options(joinedload(PrivacyRequest.person), joinedload(PrivacyRequest.office))
        .order_by(PrivacyRequest.due_on, PrivacyRequest.id)
        .limit(PAGE + 1)
    )
    if after:
        edge = select(PrivacyRequest.due_on).where(PrivacyRequest.id == after)
        last = edge.correlate(None).scalar_subquery()
        as_urgent = (PrivacyRequest.due_on == last) & (PrivacyRequest.id > after)
        query = query.where((PrivacyRequest.due_on > last) | as_urgent)
    return db.session.scalars(query).all()


def visible(actor: Actor, request_id: int) -> PrivacyRequest:
    """A request to an office of the actor's, or `NotFound`."""
    query = select(PrivacyRequest).where(
        PrivacyRequest.id == request_id,
        PrivacyRequest.office_id.in_(offices.seen(actor, Permission.EDIT_PEOPLE)),
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def answer(
    request: PrivacyRequest, standing: Standing, said: str, *, actor: Actor, now: datetime
) -> None:
    """Answer once, with the reason; the person is told."""
    request = locked(PrivacyRequest, request.id)
    person = request.person
    own = actor.person_id is not None and actor.person_id in {person.id, person.guardian_id}
    if refused := law.refusals_to_answer(request.standing, own=own, said=said):
        raise Refused(refused)
    request.standing, request.answer = standing, said.strip()
    request.answered_by, request.answered_at = actor.account_id, now
    audit.record(
        Act.DATA_ANSWERED, person, actor=actor, now=now, office_id=request.office_id,
        standing=standing.value,
    )  # fmt: skip
    messages.tell(
        MessageKind.DATA_ANSWERED,
        once=str(request.id),
        now=now,
        person=person,
        office_id=request.office_id,
        facts={
            "wish": request.wish.label,
            "done": standing is Standing.DONE,
            "answer": request.answer,
            "path": "/privacy/mine",
        },
    )
