"""What somebody is asked who could step in, what the law has against it, and the answer.

An answer holds the shift, as every step of the search does for which it was asked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules.reason import N_
from talent.rules.signup import SignupState
from talent.rules.substitutes import CallState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Shift
from talent.shifts.places import service as places
from talent.shifts.substitutes import service as substitutes
from talent.shifts.substitutes.models import Call, Search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.shifts.models import Signup


class Undeclinable(StrEnum):
    """Why a no is not taken."""

    COMES = N_("You have said that you come. To give the place up, open the page of the shift.")


def own_call(call_id: int, actor: Actor) -> Call:
    """The question that was put to the actor, or `NotFound`."""
    query = (
        select(Call)
        .where(Call.id == call_id, Call.person_id == (actor.person_id or 0))
        .options(joinedload(Call.search).joinedload(Search.shift).options(*eligibility.WHOLE))
    )
    if (call := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return call


def own_calls(actor: Actor) -> Sequence[Call]:
    """The questions that wait for the actor's answer."""
    query = (
        select(Call)
        .where(Call.person_id == (actor.person_id or 0), Call.state == CallState.ASKED)
        .options(joinedload(Call.search).joinedload(Search.shift).joinedload(Shift.project))
        .order_by(Call.answer_by, Call.id)
    )
    return db.session.scalars(query).all()


def against(call: Call, now: datetime) -> list[Because]:
    """What the law has now against the person's stepping in."""
    shift = call.search.shift
    facts = eligibility.facts_of([call.person_id], since=shift.starts_at)[call.person_id]
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    return eligibility.reasons(call.search.need, shift, facts, told, now).to_step_in


def accept(call: Call, *, actor: Actor, now: datetime, risks_read: bool = False) -> Signup:
    """Step in, also late, as long as there is a place. A second time changes nothing."""
    shift = places.held(call.search.shift_id)
    db.session.refresh(call)
    had = places.live(shift.id, call.person_id)
    if had and had.state is SignupState.CONFIRMED and call.state is CallState.ACCEPTED:
        return had
    terms = places.Terms(stepping_in=True, risks_read=risks_read)
    need = places.need_of(shift, call.search.need_id)
    one = places.take(shift, need, call.person_id, actor=actor, now=now, terms=terms)
    substitutes.answered(call, CallState.ACCEPTED, shift=shift, actor=actor, now=now)
    return one


def decline(call: Call, *, actor: Actor, now: datetime) -> None:
    """Not this time: the next one is asked. A second time changes nothing."""
    shift = places.held(call.search.shift_id)
    db.session.refresh(call)
    if call.state is CallState.DECLINED:
        return
    had = places.live(shift.id, call.person_id)
    if call.state is CallState.ACCEPTED and had and had.state is SignupState.CONFIRMED:
        raise Refused([Undeclinable.COMES])
    substitutes.answered(call, CallState.DECLINED, shift=shift, actor=actor, now=now)
