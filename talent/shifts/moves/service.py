"""Moving somebody from one place to another: the new one is given, then the old one ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules import changes, signup
from talent.rules.reason import N_, Because
from talent.rules.signup import LIVE, Refusal, SignupState
from talent.shifts.assignments import service as assignments
from talent.shifts.assignments.service import Choice
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.models import Shift, Signup

MOVED = N_("You were moved to another shift.")


def visible_need(actor: Actor, need_id: int) -> Need:
    """A position on a shift that the actor plans, or `NotFound`."""
    if (need := db.session.get(Need, need_id)) is None:
        raise NotFound
    assignments.visible_shift(actor, Permission.PLAN_SHIFTS, need.shift_id)
    return need


def choice(one: Signup, need: Need, *, actor: Actor, now: datetime) -> Choice:
    """What the law has against the move, of all and of what this actor cannot pass over."""
    shift, person_id = need.shift, one.person_id
    found = _against_leaving(one, one.shift, now)
    since = min(shift.starts_at, one.shift.starts_at)
    facts = eligibility.facts_of([person_id], since=since)[person_id].without(one.shift_id)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    had = one if shift.id == one.shift_id else places.live(shift.id, person_id)
    seated = had is not None and had is not one and had.state is SignupState.CONFIRMED
    against = eligibility.reasons(need, shift, facts, told, now).to_take
    found += [b for b in against if seated or not had or b.why != Refusal.ALREADY]
    may = actor.may(Permission.OVERRIDE, shift.project.office.path)
    return Choice(one.person, need, found, signup.remaining(found, override=may))


def move(
    one: Signup, need: Need, *, actor: Actor, now: datetime, reason: str = "", note: str = ""
) -> Signup:
    """Give the person a place there and end the one here; when there is refused, here stays.

    `reason` passes over the law's lesser reasons, `note` is told to the person. Sent twice it is
    done once. The next in line moves up into the place that becomes free.
    """
    held = {id_: places.held(id_) for id_ in sorted({one.shift_id, need.shift_id})}
    here, there = held[one.shift_id], held[need.shift_id]
    db.session.refresh(one)
    had = one if here is there else places.live(there.id, one.person_id)
    if one.state not in LIVE and had and had.need_id == need.id:
        return had
    if had is one and one.need_id == need.id and one.state is SignupState.CONFIRMED:
        return one
    refused = _against_leaving(one, here, now)
    if had and had is not one and had.state is SignupState.CONFIRMED:
        refused.append(Because(Refusal.ALREADY))
    if refused:
        raise Refused(refused)
    terms = places.Terms(reason=reason, ending=one)
    new = places.take(there, need, one.person_id, actor=actor, now=now, terms=terms)
    if new is not one:
        places.take_back(one, note or MOVED, actor=actor, now=now)
    places.promote([here], now)
    return new


def settled(one: Signup, need: Need) -> bool:
    """Whether there is nothing left to move: it has ended, or is there already."""
    return one.state not in LIVE or one.need_id == need.id


def _against_leaving(one: Signup, shift: Shift, now: datetime) -> list[Because]:
    refused = changes.refusals_to_cancel(one.state, shift.starts_at, now, by_office=True)
    return [*refused, *places.came(one)]
