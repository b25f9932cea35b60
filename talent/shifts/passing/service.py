"""What moves a place from one person to another in one go, so that it is never empty.

The giver keeps the place until the other one has it: both happen under the locks of the shifts (in
the order of their ids), then of the people, then of the hand-over itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.people.models import Person
from talent.rules import handovers, waiting
from talent.rules.certificates import masked_name
from talent.rules.handovers import OPEN, HandoverState, StandIns
from talent.rules.signup import Refusal, SignupState
from talent.shifts.candidates import service as candidates
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.passing.models import Handover
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because

TOLD_AT_MOST = 20  # people who are told that a place is handed on to whoever may take it
SHOWN = 50
COLLEAGUES = timedelta(days=180)  # who served on the project since then may be chosen by name
_WHOLE = joinedload(Handover.signup).options(
    joinedload(Signup.person),
    joinedload(Signup.need).joinedload(Need.position),
    joinedload(Signup.shift).options(*eligibility.WHOLE),
)


def mode_of(shift: Shift, now: datetime) -> StandIns:
    """What the recording office says to handing on."""
    told = offices.setting(shift.project.office, Setting.STAND_INS, on=now.date())
    return StandIns.of(told) or StandIns.OFF


def open_of(signup_id: int) -> Handover | None:
    query = select(Handover).where(Handover.signup_id == signup_id, Handover.state.in_(OPEN))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def against(
    shift: Shift, need: Need, person_id: int, now: datetime, *, giving_up: int | None = None
) -> list[Because]:
    """What the law has against somebody's taking over a place that another one holds."""
    facts = eligibility.facts_of([person_id], since=shift.starts_at)[person_id]
    return against_facts(shift, need, facts, now, giving_up)


def against_facts(
    shift: Shift, need: Need, facts: eligibility.Facts, now: datetime, giving_up: int | None
) -> list[Because]:
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    if giving_up:
        facts = facts.without(giving_up)
    found = eligibility.reasons(need, shift, facts, told, now).to_step_in
    return [b for b in found if b.why != Refusal.FULL]


def ask(handover: Handover, now: datetime) -> None:
    tell_person(
        MessageKind.HANDOVER_ASKED, handover, handover.receiver, now,
        who=masked_name(handover.signup.person.name), words=handover.note,
        wanted=_wanted(handover),
    )  # fmt: skip


def _wanted(handover: Handover) -> dict[str, str | None] | None:
    wanted = handover.wanted
    if wanted is None:
        return None
    return {"name_zh": wanted.project.name, "name_en": wanted.project.name_en}


def tell_all(handover: Handover, now: datetime) -> None:
    """Tell a few who may take it, the most fitting first; the outbox keeps the quiet hours."""
    one = handover.signup
    kind = MessageKind.HANDOVER_OPEN
    if handover.wanted:
        able = _holders(handover, now)
    else:
        found = candidates.found(
            one.shift, one.need, kind=kind, now=now, without=[one.person_id], replacing=True
        )
        able = [each.person for each in found if not each.against]
    for person in able[:TOLD_AT_MOST]:
        tell_person(
            kind, handover, person, now, who=masked_name(one.person.name), words=handover.note,
            wanted=_wanted(handover),
        )  # fmt: skip


def _holders(handover: Handover, now: datetime) -> list[Person]:
    """Those who hold a place on the shift that is wanted in return, and may take this one."""
    one, query = handover.signup, select(Person).join(Signup, Signup.person_id == Person.id)
    query = query.where(
        Signup.shift_id == handover.wanted_id, Signup.state == SignupState.CONFIRMED
    )
    people = db.session.scalars(query.order_by(Signup.id).limit(SHOWN)).all()
    facts = eligibility.facts_of([p.id for p in people], since=one.shift.starts_at)
    return [
        person
        for person in people
        if not against_facts(one.shift, one.need, facts[person.id], now, handover.wanted_id)
    ]


def tell_person(
    kind: MessageKind, handover: Handover, person: Person | None, now: datetime, **more: Any
) -> None:
    if person is None:
        return
    shift = handover.signup.shift
    messages.tell(
        kind,
        once=f"{handover.id}:{person.id}:{more.get('outcome', '')}",
        now=now,
        person=person,
        office_id=shift.project.office_id,
        facts=places.about(
            shift, handover.signup.need, **{"path": f"/shifts/handovers/{handover.id}", **more}
        ),
        useless_after=shift.ends_at,
    )


def hold(shift_ids: Collection[int]) -> dict[int, Shift]:
    return {id_: places.held(id_) for id_ in sorted(set(shift_ids))}


def held(handover_id: int, *person_ids: int | None) -> Handover:
    """The hand-over as it is now, with all that it moves locked in the order of the house."""
    known = db.session.get(Handover, handover_id)
    if known is None:
        raise NotFound
    hold([known.signup.shift_id, *([known.wanted_id] if known.wanted_id else [])])
    people = {*person_ids}
    if known.wanted_id:
        people |= {known.signup.person_id, known.receiver_id}
    elif known.state is HandoverState.ACCEPTED:
        people.add(known.receiver_id)
    places.hold_people(id_ for id_ in people if id_)
    handover = locked(Handover, handover_id)
    db.session.refresh(handover.signup)
    if handover.returned:
        db.session.refresh(handover.returned)
    return handover


def giver_stands(handover: Handover) -> SignupState | None:
    """How the giver stands on the shift; None when one of the shifts does not take place."""
    shifts = [handover.signup.shift, *([handover.wanted] if handover.wanted else [])]
    if any(shift.state is not ShiftState.PUBLISHED for shift in shifts):
        return None
    return handover.signup.state


def start_of(handover: Handover) -> datetime:
    """Whichever of the shifts begins first."""
    start = handover.signup.shift.starts_at
    return min(start, handover.wanted.starts_at) if handover.wanted else start


def complete(handover: Handover, *, actor: Actor, now: datetime, asked: bool = True) -> None:
    """Move the place, or both: given up and taken in one go, so that nobody comes in between.

    Who was not `asked` has waited for it, and read of the risks when the office asked that.
    """
    one, back = handover.signup, handover.returned
    receiver = handover.receiver_id or 0
    had = places.live(one.shift_id, receiver)
    there = places.live(back.shift_id, one.person_id) if back else None
    if any(each and each.state is SignupState.CONFIRMED for each in (had, there)):
        raise Refused([Refusal.ALREADY])
    for given in [one, *([back] if back else [])]:
        places.end(given, SignupState.CANCELLED, actor=actor, now=now)
        if given.seated:
            places.tell(MessageKind.GIVEN_UP, given, once=str(given.id), now=now)
    db.session.flush()
    told = not asked or (had is not None and had.risks_read_at is not None)
    read = None if told else handover.receiver_read
    terms = places.Terms(stepping_in=True, risks_read=read, ending=back)
    _take(one, receiver, terms, actor, now)
    if back:
        terms = places.Terms(stepping_in=True, risks_read=handover.giver_read, ending=one)
        _take(back, one.person_id, terms, actor, now)
    handover.state, handover.ended_at = HandoverState.DONE, now
    record(Act.PLACE_HANDED_ON, handover, actor, now)
    tell_giver(handover, now)
    # Who was kept another place there, or stood by, has left it free.
    places.promote(sorted({each.shift for each in (one, back) if each}, key=_number), now)


def _number(shift: Shift) -> int:
    return shift.id


def _take(left: Signup, person_id: int, terms: places.Terms, actor: Actor, now: datetime) -> None:
    places.take(left.shift, left.need, person_id, actor=actor, now=now, terms=terms)


def tell_giver(handover: Handover, now: datetime) -> None:
    tell_person(
        MessageKind.HANDOVER_ANSWERED, handover, handover.signup.person, now,
        outcome=handover.state.value, reason=handover.why,
        who=masked_name(handover.receiver.name) if handover.receiver else "",
    )  # fmt: skip


def tell_receiver(handover: Handover, now: datetime) -> None:
    tell_person(
        MessageKind.HANDOVER_ANSWERED, handover, handover.receiver, now,
        outcome=handover.state.value, reason=handover.why,
        who=masked_name(handover.signup.person.name),
    )  # fmt: skip


def on_to_others(handover: Handover, now: datetime) -> None:
    """Whose turn it was does not take it: the next of the waiting list, or everybody."""
    handover.state, handover.receiver_read = HandoverState.OFFERED, False
    handover.receiver, handover.returned, handover.answer_by = None, None, None
    db.session.flush()
    if not _stands(handover, now):
        return  # the job ends it
    if not give_turn(handover, handover.signup.shift, now):
        tell_all(handover, now)


def _stands(handover: Handover, now: datetime) -> bool:
    """Whether there still is a place to hand on: the giver has it and has not come."""
    giver = giver_stands(handover)
    ended = handovers.overtaken(handover.state, giver, start_of(handover), now)
    return ended is None and not places.came(handover.signup)


def end(handover: Handover, state: HandoverState, actor: Actor, now: datetime) -> None:
    handover.state, handover.ended_at, handover.answer_by = state, now, None
    for kind in (MessageKind.HANDOVER_ASKED, MessageKind.HANDOVER_OPEN):
        messages.drop(kind, str(handover.id))
    record(Act.HANDOVER_ENDED, handover, actor, now)


def record(act: Act, handover: Handover, actor: Actor, now: datetime, **more: Any) -> None:
    audit.record(
        act, handover, actor=actor, now=now,
        office_id=handover.signup.shift.project.office_id, shift=handover.signup.shift_id,
        giver=handover.signup.person_id, receiver=handover.receiver_id,
        state=handover.state.value, **more,
    )  # fmt: skip


def first_waiting(handover: Handover, now: datetime) -> Signup | None:
    """The first who waits for this position and may take it, but for those who said no."""
    one = handover.signup
    query = (
        select(Signup)
        .where(
            Signup.need_id == one.need_id,
            Signup.state == SignupState.WAITING,
            Signup.person_id.not_in([one.person_id, *handover.declined]),
        )
        .options(joinedload(Signup.person))
        .order_by(Signup.queued_at, Signup.id)
        .limit(SHOWN)
    )
    queued = db.session.scalars(query).all()
    facts = eligibility.facts_of([w.person_id for w in queued], since=one.shift.starts_at)
    for each in queued:
        found = against_facts(one.shift, one.need, facts[each.person_id], now, None)
        if not [b for b in found if b.why != Refusal.ALREADY]:
            return each
    return None


def give_turn(handover: Handover, shift: Shift, now: datetime) -> bool:
    """Give the place to the first on the waiting list, or ask him, as the office does it.

    He has asked for a place long ago, so that the office has nothing to approve.
    """
    if handover.wanted_id or not _stands(handover, now):
        return False
    if (first := first_waiting(handover, now)) is None:
        return False
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    kept = None
    if told[Setting.WAITING_MODE] == "offer":
        length = timedelta(minutes=told[Setting.OFFER_MINUTES])
        quiet, zone = candidates.quiet_hours(told), ZoneInfo(shift.zone)
        kept = waiting.accept_by(now, shift.starts_at, zone, quiet, length)
    handover.receiver, handover.answer_by = first.person, kept
    db.session.flush()
    if kept:
        ask(handover, now)
    else:
        places.hold_people([first.person_id])
        complete(handover, actor=SYSTEM, now=now, asked=False)
    return True
