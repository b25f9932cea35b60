"""Places that are handed on, as their readers see them, and to whom one may hand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices import service as offices
from talent.people.models import Person, Registration, RegistrationState
from talent.people.service import normal_phone
from talent.rules import identity, signup
from talent.rules.certificates import masked_name
from talent.rules.handovers import HandoverState, Unhandable
from talent.rules.reason import Because
from talent.rules.signup import Refusal, SignupState
from talent.seal import blind_index
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.passing.models import Handover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor

TOLD_AT_MOST = 20  # people who are told that a place is handed on to whoever may take it
SHOWN = 50
COLLEAGUES = timedelta(days=180)  # who served on the project since then may be chosen by name
_WHOLE = joinedload(Handover.signup).options(
    joinedload(Signup.person),
    joinedload(Signup.need).joinedload(Need.position),
    joinedload(Signup.shift).options(*eligibility.WHOLE),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-over as the reader sees it, with what the law has against his taking it."""

    handover: Handover
    against: list[Because]

    @property
    def giver(self) -> str:
        """The name of whoever hands on, as another volunteer may see it."""
        return masked_name(self.handover.signup.person.name)


def named(typed: str) -> Person | None:
    """The one person with this volunteer number or phone number; no part of one finds anybody."""
    number = normal_phone(typed)
    ways = [Person.volunteer_no == identity.normalise(typed)]
    ways += [Person.phone_index == blind_index("phone", number)] if number else []
    found = db.session.scalars(select(Person).where(or_(*ways)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def colleagues(shift: Shift, actor: Actor, now: datetime) -> Sequence[Person]:
    """Active volunteers who serve on the same project, or did so on a shift with the actor."""
    own = select(Signup.shift_id).where(
        Signup.person_id == actor.person_id, Signup.state == SignupState.CONFIRMED
    )
    query = (
        select(Person)
        .where(
            Person.id != actor.person_id,
            Person.id.in_(
                select(Signup.person_id)
                .join(Signup.shift)
                .where(
                    Signup.state == SignupState.CONFIRMED,
                    Signup.shift_id.in_(own),
                    Shift.project_id == shift.project_id,
                    Shift.starts_at > now - COLLEAGUES,
                    Shift.id != shift.id,
                )
            ),
            Person.id.in_(
                select(Registration.person_id).where(Registration.state == RegistrationState.ACTIVE)
            ),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(SHOWN)
    )
    return db.session.scalars(query).all()


def in_return(shift: Shift, actor: Actor, now: datetime) -> Sequence[Shift]:
    """Coming shifts of the same office for a place on which one's own could be exchanged."""
    mine = select(Signup.shift_id).where(
        Signup.person_id == actor.person_id, Signup.state.in_(signup.LIVE)
    )
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Project.office_id == shift.project.office_id,
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > now,
            Shift.id.not_in(mine),
            eligibility.visible(actor),
        )
        .options(*eligibility.WHOLE)
        .order_by(Shift.starts_at, Shift.id)
        .limit(SHOWN)
    )
    return db.session.scalars(query).all()


def visible_handover(actor: Actor, handover_id: int) -> Handover:
    """One that the actor gives, gets, may take or approves, or `NotFound`."""
    mine = actor.person_id or 0
    planned = offices.seen(actor, Permission.PLAN_SHIFTS)
    query = (
        select(Handover)
        .join(Handover.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(
            Handover.id == handover_id,
            or_(
                Signup.person_id == mine,
                Handover.receiver_id == mine,
                Handover.to_all & eligibility.visible(actor),
                Project.office_id.in_(planned),
            ),
        )
        .options(_WHOLE)
    )
    if (handover := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return handover


def offered_to(actor: Actor, now: datetime, *, shift_id: int | None = None) -> list[Offer]:
    """What the actor may take over: asked by name, or open to all; soonest first."""
    mine = actor.person_id or 0
    query = (
        select(Handover)
        .join(Handover.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(
            Handover.state == HandoverState.OFFERED,
            Signup.person_id != mine,
            Signup.state == SignupState.CONFIRMED,
            Shift.starts_at > now,
            or_(
                Handover.receiver_id == mine,
                Handover.to_all & Handover.receiver_id.is_(None) & eligibility.visible(actor),
            ),
        )
        .options(_WHOLE, joinedload(Handover.wanted).joinedload(Shift.project))
        .order_by(Shift.starts_at, Handover.id)
        .limit(SHOWN)
    )
    if shift_id:
        query = query.where(Shift.id == shift_id)
    rows = [h for h in db.session.scalars(query) if mine not in h.declined]
    return _offers(rows, mine, now)


def as_offer(handover: Handover, actor: Actor, now: datetime) -> Offer:
    """One hand-over as the actor sees it."""
    return _offers([handover], actor.person_id or 0, now)[0]


def _offers(rows: Sequence[Handover], person_id: int, now: datetime) -> list[Offer]:
    if not rows:
        return []
    shifts = [h.signup.shift for h in rows]
    facts = eligibility.Facts()
    if person_id:
        since = eligibility.span_of(shifts).start
        facts = eligibility.facts_of([person_id], since=since)[person_id]
    told = eligibility.settings_for(shifts, now)
    listed = []
    for handover in rows:
        shift, need = handover.signup.shift, handover.signup.need
        who = facts.without(handover.wanted_id) if handover.wanted_id else facts
        found = eligibility.reasons(need, shift, who, told[shift.project.office_id], now).to_step_in
        against_ = [b for b in found if b.why != Refusal.FULL]
        if shift.id not in facts.engaged:  # who only waits there may take it
            against_ = [b for b in against_ if b.why != Refusal.ALREADY]
        if handover.wanted_id and handover.wanted_id not in facts.engaged:
            against_.append(Because(Unhandable.NOTHING_IN_RETURN))
        listed.append(Offer(handover, against_))
    return listed


def given(actor: Actor) -> Sequence[Handover]:
    """What the actor hands on or has handed on, the last first."""
    query = (
        select(Handover)
        .join(Handover.signup)
        .where(Signup.person_id == (actor.person_id or 0))
        .options(_WHOLE, joinedload(Handover.receiver))
        .order_by(Handover.id.desc())
        .limit(SHOWN)
    )
    return db.session.scalars(query).all()


def to_approve(actor: Actor, now: datetime) -> Sequence[Handover]:
    """What waits for an approval of the actor's offices, soonest first."""
    query = (
        select(Handover)
        .join(Handover.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(
            Handover.state == HandoverState.ACCEPTED,
            Shift.starts_at > now,
            Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
        )
        .options(_WHOLE, joinedload(Handover.receiver), joinedload(Handover.wanted))
        .order_by(Shift.starts_at, Handover.id)
        .limit(SHOWN)
    )
    return db.session.scalars(query).all()


def visible_to_approve(actor: Actor, handover_id: int) -> Handover:
    """A hand-over of the actor's offices, or `NotFound`."""
    query = (
        select(Handover)
        .join(Handover.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(
            Handover.id == handover_id,
            Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
        )
        .options(_WHOLE)
    )
    if (handover := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return handover
