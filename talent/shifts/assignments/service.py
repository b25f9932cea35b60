"""Places that the office gives, passing over lesser reasons on record, and takes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.people import service as people
from talent.rules import changes, signup
from talent.rules.signup import SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, Signup
from talent.shifts.outlines import service as outlines
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.reason import Because
    from talent.shifts.outlines.service import Turn


@dataclass(frozen=True, slots=True)
class Choice:
    """A person who could be given a position, and what the law has against it.

    `left` cannot be passed over by this actor; `against` is all that is found.
    """

    person: Person
    need: Need
    against: list[Because]
    left: list[Because]


def named_shift(actor: Actor, permission: Permission, shift_id: int) -> Turn:
    """A shift of the actor's offices as a list of its people names it, or `NotFound`."""
    shift = outlines.one(shift_id, gates=False)
    if shift is None or not actor.may(permission, shift.project.office.path):
        raise NotFound
    return shift


def visible_shift(actor: Actor, permission: Permission, shift_id: int) -> Shift:
    """A shift of the actor's offices with all that belongs to it, or `NotFound`."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Shift.id == shift_id, Project.office_id.in_(offices.seen(actor, permission)))
        .options(*eligibility.WHOLE)
        .execution_options(populate_existing=True)
    )
    if (shift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return shift


def visible_signup(actor: Actor, permission: Permission, signup_id: int) -> Signup:
    """A sign-up on a shift of the actor's offices, or `NotFound`."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(Signup.id == signup_id, Project.office_id.in_(offices.seen(actor, permission)))
    )
    if (one := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return one


def choices(
    shift: Shift, typed: str, *, actor: Actor, now: datetime, walk_in: bool
) -> list[Choice]:
    """The people whom a few typed signs find, with what the law says for each position."""
    found: Sequence[Person] = people.found(actor, Permission.LEAD_SHIFTS, typed)
    if not found:
        return []
    facts = eligibility.facts_of([person.id for person in found], since=shift.starts_at)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    may = actor.may(Permission.OVERRIDE, shift.project.office.path)
    listed = []
    for person in found:
        for need in shift.needs:
            told_why = eligibility.reasons(need, shift, facts[person.id], told, now)
            against = told_why.to_walk_in if walk_in else told_why.to_take
            left = signup.remaining(against, override=may)
            listed.append(Choice(person, need, against, left))
    return listed


def assign(
    shift: Shift,
    need_id: int,
    person_id: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    walk_in: bool = False,
) -> Signup:
    """Give a person a place. With the right to and a reason, the law's lesser reasons are passed.

    Who waits is taken from the waiting list. There are never more than there are places.
    """
    people.visible_person(actor, Permission.LEAD_SHIFTS, person_id)
    shift = places.held(shift.id)
    need = places.need_of(shift, need_id)
    terms = places.Terms(reason=reason, walk_in=walk_in)
    return places.take(shift, need, person_id, actor=actor, now=now, terms=terms)


def remove(one: Signup, *, actor: Actor, now: datetime, reason: str) -> None:
    """Take a place back, with a reason that the person is told. The next in line moves up."""
    shift = places.held(one.shift_id)
    db.session.refresh(one)
    if one.state is SignupState.REMOVED:
        return
    refused = changes.refusals_to_cancel(one.state, shift.starts_at, now, by_office=True)
    if refused := [*refused, *places.came(one)]:
        raise Refused(refused)
    places.take_back(one, reason, actor=actor, now=now)
    places.promote([shift], now)
