"""Handing on a place: offered, accepted, declined, approved, and what time does to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.rules import handovers, signup
from talent.rules.handovers import OPEN, HandoverState, StandIns, Unhandable
from talent.rules.reason import Because
from talent.rules.signup import Refusal, SignupState
from talent.shifts.candidates import service as candidates
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.passing import service as passing
from talent.shifts.passing.models import Handover
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person

TOLD_AT_MOST = 20  # people who are told that a place is handed on to whoever may take it
SHOWN = 50
COLLEAGUES = timedelta(days=180)  # who served on the project since then may be chosen by name
_WHOLE = joinedload(Handover.signup).options(
    joinedload(Signup.person),
    joinedload(Signup.need).joinedload(Need.position),
    joinedload(Signup.shift).options(*eligibility.WHOLE),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """To whom a place is handed on: `receiver`, or all; `wanted` is a shift asked for in return."""

    receiver: Person | None = None
    wanted: Shift | None = None
    note: str = ""
    risks_read: bool = False  # of the place in return


def refusals(shift: Shift, actor: Actor, now: datetime) -> list[Because]:
    """Why the actor cannot hand on his place on the shift."""
    one = places.live(shift.id, actor.person_id or 0)
    return _refusals(one, shift.starts_at, passing.mode_of(shift, now), now)


def _refusals(one: Signup | None, start: datetime, mode: StandIns, now: datetime) -> list[Because]:
    offered = one is not None and passing.open_of(one.id) is not None
    state = one.state if one else None
    found = handovers.refusals_to_offer(state, start, now, mode=mode, offered=offered)
    return [*found, *(places.came(one) if one else [])]


def offer(shift_id: int, wish: Wish, *, actor: Actor, now: datetime) -> Handover:
    """Offer one's place to one person or to all who may take it. The same a second time is one."""
    shift = passing.hold([shift_id, *([wish.wanted.id] if wish.wanted else [])])[shift_id]
    one = places.live(shift_id, actor.person_id or 0)
    if one and (known := passing.open_of(one.id)) and _same(known, wish):
        return known
    start = min(shift.starts_at, wish.wanted.starts_at if wish.wanted else shift.starts_at)
    if found := _refusals(one, start, passing.mode_of(shift, now), now):
        raise Refused(found)
    if one is None:
        raise NotFound
    if found := _refusals_in_return(one, wish, now):
        raise Refused(found)
    if wish.receiver and not _could(one, wish.receiver.id, wish.wanted, now):
        raise Refused([Unhandable.NOBODY])
    handover = Handover(
        signup=one,
        to_all=wish.receiver is None,
        receiver=wish.receiver,
        wanted=wish.wanted,
        note=wish.note[:200] or None,
        giver_read=wish.risks_read,
        state=HandoverState.OFFERED,
        declined=[],
        made_at=now,
    )
    db.session.add(handover)
    db.session.flush()
    passing.record(Act.HANDOVER_OFFERED, handover, actor, now)
    if wish.receiver:
        passing.ask(handover, now)
    elif not passing.give_turn(handover, shift, now):
        passing.tell_all(handover, now)
    return handover


def _same(known: Handover, wish: Wish) -> bool:
    wanted = (wish.receiver is None, wish.wanted.id if wish.wanted else None)
    same = (known.to_all, known.wanted_id) == wanted
    return same and (known.to_all or known.receiver_id == (wish.receiver and wish.receiver.id))


def _refusals_in_return(one: Signup, wish: Wish, now: datetime) -> list[Because]:
    """What the law has against the giver's place in return: one position there has to fit."""
    if wish.wanted is None:
        return []
    if wish.wanted.project.office_id != one.shift.project.office_id:
        return [Because(Unhandable.NOTHING_IN_RETURN)]
    found = [
        passing.against(wish.wanted, need, one.person_id, now, giving_up=one.shift_id)
        for need in wish.wanted.needs
    ]
    least = min(found, key=len, default=[])
    risky = wish.wanted.project.risky
    return [*least, *signup.refusals_to_accept(risky=risky, read=wish.risks_read)]


def _could(one: Signup, person_id: int, wanted: Shift | None, now: datetime) -> bool:
    """Whether the law lets the person take it; the giver is told no more than that."""
    if person_id == one.person_id:
        return False
    giving_up = None
    if wanted:
        held = places.live(wanted.id, person_id)
        if held is None or held.state is not SignupState.CONFIRMED:
            return False
        giving_up = wanted.id
    found = passing.against(one.shift, one.need, person_id, now, giving_up=giving_up)
    waits = places.live(one.shift_id, person_id)
    if waits and waits.state is not SignupState.CONFIRMED:
        found = [b for b in found if b.why != Refusal.ALREADY]
    return not found


def accept(handover_id: int, *, actor: Actor, now: datetime, risks_read: bool = False) -> Handover:
    """Take over the place, at once or as soon as the office approves. A second time is one."""
    handover = passing.held(handover_id, actor.person_id)
    one, mine = handover.signup, actor.person_id or 0
    if handover.receiver_id == mine and handover.state in {
        HandoverState.ACCEPTED,
        HandoverState.DONE,
    }:
        return handover
    mode = passing.mode_of(one.shift, now)
    giver, start = passing.giver_stands(handover), passing.start_of(handover)
    found = handovers.refusals_to_answer(handover.state, giver, start, now, mode=mode)
    if found := [*found, *places.came(one)]:
        raise Refused(found)
    if handover.receiver_id not in {None, mine} or one.person_id == mine:
        raise Refused([Unhandable.OVER])
    if handover.to_all and handover.receiver_id is None and not handover.wanted:
        first = passing.first_waiting(handover, now)
        if first and first.person_id != mine:
            raise Refused([Unhandable.WAITING_FIRST])
    handover.receiver_id, handover.receiver_read, handover.answer_by = mine, risks_read, None
    db.session.flush()
    db.session.refresh(handover, ["receiver"])
    _settle_return(handover)
    passing.record(Act.HANDOVER_ANSWERED, handover, actor, now, answer="accepted")
    if mode is StandIns.FREE:
        passing.complete(handover, actor=actor, now=now)
    else:
        _wait_for_office(handover, actor, now)
    return handover


def _settle_return(handover: Handover) -> None:
    """Which place the receiver gives in return, if one is wanted."""
    if handover.wanted_id is None:
        return
    back = places.live(handover.wanted_id, handover.receiver_id or 0)
    if back is None or back.state is not SignupState.CONFIRMED:
        raise Refused([Unhandable.NOTHING_IN_RETURN])
    if found := places.came(back):
        raise Refused(found)
    handover.returned = back


def _wait_for_office(handover: Handover, actor: Actor, now: datetime) -> None:
    """Accepted: the law is asked now, and again when the office approves."""
    one, shift = handover.signup, handover.signup.shift
    giving_up = handover.wanted_id
    found = passing.against(shift, one.need, actor.person_id or 0, now, giving_up=giving_up)
    waits = places.live(shift.id, actor.person_id or 0)
    if waits and waits.state is not SignupState.CONFIRMED:
        found = [b for b in found if b.why != Refusal.ALREADY]
    risky, read = shift.project.risky, handover.receiver_read
    if found := [*found, *signup.refusals_to_accept(risky=risky, read=read)]:
        raise Refused(found)
    handover.state = HandoverState.ACCEPTED
    passing.tell_giver(handover, now)
    office, receiver = shift.project.office, handover.receiver
    for account in candidates.who_plans(office, Permission.PLAN_SHIFTS):
        messages.tell(
            MessageKind.HANDOVER_WAITS,
            once=f"{handover.id}:{handover.receiver_id}:{account.id}",
            now=now,
            account=account,
            office_id=office.id,
            facts=places.about(
                shift, one.need, path="/shifts/handovers/approvals",
                who=one.person.name, to=receiver.name if receiver else "",
            ),
            useless_after=shift.starts_at,
        )  # fmt: skip


def approve(handover_id: int, *, actor: Actor, now: datetime) -> Handover:
    """The office lets it happen. A second time changes nothing."""
    handover = passing.held(handover_id)
    if handover.state is HandoverState.DONE:
        return handover
    found = handovers.refusals_to_approve(
        handover.state, passing.giver_stands(handover), passing.start_of(handover), now
    )
    back = handover.returned
    if back and back.state is not SignupState.CONFIRMED:
        found.append(Because(Unhandable.NOTHING_IN_RETURN))
    if found := [*found, *places.came(handover.signup), *(places.came(back) if back else [])]:
        raise Refused(found)
    passing.complete(handover, actor=actor, now=now)
    return handover


def refuse(handover_id: int, why: str, *, actor: Actor, now: datetime) -> Handover:
    """The office says no, and both are told why. A second time changes nothing."""
    handover = passing.held(handover_id)
    if handover.state is HandoverState.REFUSED:
        return handover
    if handover.state is not HandoverState.ACCEPTED:
        raise Refused([Unhandable.OVER])
    handover.why = why[:300]
    passing.end(handover, HandoverState.REFUSED, actor, now)
    passing.tell_giver(handover, now)
    passing.tell_receiver(handover, now)
    return handover


def withdraw(handover_id: int, *, actor: Actor, now: datetime) -> Handover:
    """The giver keeps the place after all. A second time changes nothing."""
    handover = passing.held(handover_id)
    if handover.signup.person_id != actor.person_id:
        raise NotFound
    if handover.state is HandoverState.WITHDRAWN:
        return handover
    if handover.state not in OPEN:
        raise Refused([Unhandable.OVER])
    passing.end(handover, HandoverState.WITHDRAWN, actor, now)
    passing.tell_receiver(handover, now)
    return handover


def decline(handover_id: int, *, actor: Actor, now: datetime) -> Handover:
    """No, thank you: one person's no ends it, but of all only this one is left out."""
    handover = passing.held(handover_id)
    mine = actor.person_id or 0
    asked = handover.receiver_id == mine or (handover.to_all and handover.receiver_id is None)
    if mine in handover.declined or handover.state is HandoverState.DECLINED:
        return handover
    if not asked or handover.state not in OPEN:
        raise Refused([Unhandable.OVER])
    handover.declined = [*handover.declined, mine]
    passing.record(Act.HANDOVER_ANSWERED, handover, actor, now, answer="declined")
    if not handover.to_all:
        passing.end(handover, HandoverState.DECLINED, actor, now)
        passing.tell_giver(handover, now)
    elif handover.receiver_id == mine:
        passing.on_to_others(handover, now)
    return handover


def due(now: datetime) -> Sequence[int]:
    """Open hand-overs that something has to be done about: begun, void, or somebody waits."""
    waits = select(Signup.need_id).where(Signup.state == SignupState.WAITING)
    turn = Handover.to_all & (Handover.state == HandoverState.OFFERED)
    query = (
        select(Handover.id)
        .join(Handover.signup)
        .join(Signup.shift)
        .where(
            Handover.state.in_(OPEN),
            or_(
                Signup.state != SignupState.CONFIRMED,
                Shift.state != ShiftState.PUBLISHED,
                Shift.starts_at <= now,
                Handover.wanted_id.is_not(None),
                Handover.answer_by <= now,
                turn & Handover.receiver_id.is_(None) & Signup.need_id.in_(waits),
            ),
        )
        .order_by(Signup.shift_id, Handover.id)
    )
    return db.session.scalars(query).all()


def settle(handover_id: int, now: datetime) -> None:
    """What time does to one hand-over: void, lapsed, or the turn of the next who waits."""
    handover = passing.held(handover_id)
    giver, back = passing.giver_stands(handover), handover.returned
    if back and back.state is not SignupState.CONFIRMED:
        giver = None
    ended = handovers.overtaken(handover.state, giver, passing.start_of(handover), now)
    if ended:
        passing.end(handover, ended, SYSTEM, now)
        passing.tell_giver(handover, now)
        passing.tell_receiver(handover, now)
        return
    if handover.state is not HandoverState.OFFERED or not handover.to_all:
        return
    if handover.answer_by and handover.answer_by <= now and handover.receiver_id:
        handover.declined = [*handover.declined, handover.receiver_id]
        passing.on_to_others(handover, now)
    elif handover.receiver_id is None:
        passing.give_turn(handover, handover.signup.shift, now)
