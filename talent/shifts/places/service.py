"""Places on a shift: held under the lock of its row, given, given back, moved up into.

Every path to a place goes through `take` or `promote` and ends in `seat`, under that lock. People
are locked after shifts and in the order of their ids, so that nobody gets two places at one time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import among, db, locked, wrote
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people import service as people
from talent.people.models import Person
from talent.rules import signup, waiting
from talent.rules.attendance import Unattendable
from talent.rules.reason import Because, packed
from talent.rules.signup import ENGAGED, HOLDING, LIVE, Refusal, SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Attendance, Need, Shift, ShiftState, Signup
from talent.shifts.turns import service as turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.dml import Update

    from talent.access import Actor


def held(shift_id: int) -> Shift:
    """The shift and its places as they are now, locked until the transaction ends."""
    shift = locked(Shift, shift_id)
    fresh = select(Need).where(Need.shift_id == shift_id).order_by(Need.id)
    db.session.scalars(fresh.execution_options(populate_existing=True)).all()
    return shift


def hold_people(person_ids: Iterable[int]) -> None:
    query = select(Person.id).where(Person.id.in_(sorted(set(person_ids)))).order_by(Person.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def _hold_one(person_id: int) -> None:
    """The person who gets a place. All of a file that was emptied meanwhile is with another one."""
    hold_people([person_id])
    if people.merged_into(person_id):
        raise Refused([Refusal.NOT_ACTIVE])


def live(shift_id: int, person_id: int) -> Signup | None:
    """The person's place on the shift or on its waiting list, as it is now."""
    query = select(Signup).where(
        Signup.shift_id == shift_id, Signup.person_id == person_id, Signup.state.in_(LIVE)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def need_of(shift: Shift, need_id: int) -> Need:
    found = next((need for need in shift.needs if need.id == need_id), None)
    if found is None:
        raise NotFound
    return found


def made(shift: Shift, need: Need, person_id: int, *, actor: Actor, now: datetime) -> Signup:
    return Signup(
        shift=shift,
        need=need,
        person=db.session.get_one(Person, person_id),
        state=SignupState.WAITING,
        made_by=actor.account_id,
        made_at=now,
        queued_at=now,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """How somebody comes to a place. `reason` passes over the law's lesser reasons, on record.

    `wait`: as CONFIRMED if a place is free, else on the waiting list; `ending`: a place that this
    person gives up for the new one, on this shift or another; `risks_read` is None where nobody
    was asked; `newcomer`: has applied and waits for the office; `by`: who signs this person up.
    """

    state: SignupState = SignupState.CONFIRMED
    wait: bool = False
    walk_in: bool = False
    reason: str = ""
    risks_read: bool | None = None
    answer_by: datetime | None = None
    ending: Signup | None = None
    stepping_in: bool = False  # asked by a colleague or the office, also after signing up closed
    newcomer: bool = False
    by: str = ""


def take(
    shift: Shift, need: Need, person_id: int, *, actor: Actor, now: datetime, terms: Terms
) -> Signup:
    """Give somebody a place, or a turn on the waiting list: the one way to either.

    The shift is held (`held`). Who waits or stands by moves up; who has a place keeps it. Raises
    `Refused` with everything that the law has against it. There are never more than there are
    places, whoever asks.
    """
    replaces = terms.stepping_in or terms.ending is not None  # a place that is nobody else's
    if not (need.free and replaces) and (_overdue(shift, now) or (need.free and _has_line(need))):
        promote([shift], now)
    had = live(shift.id, person_id)
    changes = had is not None and had is terms.ending and had.need_id != need.id
    if had and not changes and (had.state is SignupState.CONFIRMED or _stays(had, need, terms)):
        return had
    before = had.need if had and had.state in HOLDING else need
    _hold_one(person_id)
    found = against(shift, need, person_id, had=had, now=now, terms=terms)
    may = actor.may(Permission.OVERRIDE, shift.project.office.path) and bool(terms.reason.strip())
    if left := signup.remaining(found, override=may):
        raise Refused(left)
    one = had or made(shift, need, person_id, actor=actor, now=now)
    if had:
        loosen(had)
        if had.need_id != need.id:  # in another line one stands last
            had.queued_at, had.passed_over = now, None
    one.need, one.walk_in = need, terms.walk_in
    if terms.risks_read and shift.project.risky:
        one.risks_read_at = now
    if found:
        one.override_reason = terms.reason.strip()[:300]
        one.overridden = ",".join(dict.fromkeys(getattr(b.why, "name", str(b.why)) for b in found))
        one.overridden_reasons = [packed(because) for because in found]
    if need.free or not terms.wait:
        stands_by = terms.state is SignupState.RESERVE and not need.free
        state = SignupState.CONFIRMED if terms.state is SignupState.RESERVE else terms.state
        seat(one, need, SignupState.RESERVE if stands_by else state)
        one.answer_by = terms.answer_by if one.state is SignupState.OFFERED else None
    one.newcomer = terms.newcomer and one.state is SignupState.OFFERED
    written(one, actor, now, Act.SIGNUP_OVERRIDDEN if found else Act.SIGNED_UP, by=terms.by)
    if before is not need:
        promote([shift], now)
    return one


def _stays(had: Signup, need: Need, terms: Terms) -> bool:
    """Who stands by or has an offer does not fall back to waiting where there is no place."""
    waits = terms.wait or terms.state is SignupState.RESERVE
    return waits and not need.free and had.state in ENGAGED


def against(
    shift: Any, need: Any, person_id: int, *, had: Signup | None, now: datetime, terms: Terms
) -> list[Because]:
    """All that the law has against it, whoever asks; also of a shift that was read as columns."""
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    facts = eligibility.facts_of([person_id], since=shift.starts_at)[person_id]
    if terms.ending:
        facts = facts.without(terms.ending.shift_id)
    against = eligibility.reasons(need, shift, facts, told, now)
    asked = against.to_take
    if terms.walk_in:
        asked = against.to_walk_in
    elif terms.stepping_in:
        asked = against.to_step_in
    elif terms.wait or terms.state is SignupState.RESERVE:
        asked = against.to_wait
    if terms.state is SignupState.RESERVE and not need.free:
        left = need.reserve - need.reserved
        asked = waiting.refusals_to_stand_by(asked, reserve_free=left)
    found = [b for b in asked if not (had and b.why == Refusal.ALREADY)]
    if had and had.state is SignupState.OFFERED and had.need_id == need.id:
        found = signup.refusals_to_settle(found)
    if terms.newcomer:
        found = signup.refusals_to_newcomer(found)
    if terms.risks_read is not None:
        found += signup.refusals_to_accept(risky=shift.project.risky, read=terms.risks_read)
    return found


def seat(one: Signup, need: Need, state: SignupState = SignupState.CONFIRMED) -> None:
    """Give a place: counted by the database, which refuses one too many by itself as well.

    CONFIRMED and OFFERED take one of the places, RESERVE one of those who stand by.
    """
    counted = counted_in(need.id, state)
    db.session.refresh(need, ["taken", "reserved"])
    if not counted:
        raise Refused([Refusal.FULL])
    one.state, one.need, one.passed_over = state, need, None
    one.agreed_version = one.shift.version
    one.seated = one.seated or state is SignupState.CONFIRMED


_MORE = {
    holds: update(Need)
    .where(Need.id == bindparam("number"), taken < most)
    .values({taken: taken + 1})
    .returning(taken)
    for holds, taken, most in (
        (True, Need.taken, Need.places),
        (False, Need.reserved, Need.reserve),
    )
}


def counted_in(need_id: int, state: SignupState) -> bool:
    """Count one more; False where there would be one too many."""
    return wrote(_MORE[state in HOLDING], number=need_id).one_or_none() is not None


def loosen(one: Signup) -> None:
    """Count the place of a sign-up as free again, whatever becomes of the sign-up."""
    if one.state in HOLDING:
        query = update(Need).where(Need.id == one.need_id, Need.taken > 0)
        _counted(query.values(taken=Need.taken - 1), one.need)
    elif one.state is SignupState.RESERVE:
        query = update(Need).where(Need.id == one.need_id, Need.reserved > 0)
        _counted(query.values(reserved=Need.reserved - 1), one.need)


def _counted(change: Update, need: Need) -> int | None:
    unsynchronised = {"synchronize_session": False}
    taken = db.session.scalar(change.returning(Need.taken), execution_options=unsynchronised)
    db.session.refresh(need, ["taken", "reserved"])
    return taken


def written(
    one: Signup, actor: Actor, now: datetime, act: Act = Act.SIGNED_UP, *, by: str = ""
) -> None:
    db.session.add(one)
    db.session.flush()
    office_id = one.shift.project.office_id
    audit.record(
        act, one, actor=actor, now=now, office_id=office_id, shift=one.shift_id,
        person=one.person_id, state=one.state.value, overridden=one.overridden,
    )  # fmt: skip
    if one.state is SignupState.CONFIRMED:
        messages.drop(MessageKind.PLACE_OFFERED, str(one.id))
        once = f"{one.id}:{one.need_id}:{now.isoformat()}"  # another position is told as well
        tell(MessageKind.SIGNED_UP, one, once=once, now=now, by=by)
    elif one.state is SignupState.OFFERED and not one.newcomer:
        tell_offer(one, now)


def came(one: Signup) -> list[Because]:
    query = select(Attendance.in_at).where(
        Attendance.signup_id == one.id, Attendance.in_at.is_not(None)
    )
    since = db.session.scalar(query)
    return [Because(Unattendable.ALREADY_IN, {"since": since})] if since else []


def end(one: Signup, state: SignupState, *, actor: Actor, now: datetime) -> None:
    loosen(one)
    one.state, one.ended_at, one.answer_by = state, now, None
    for kind in (MessageKind.SHIFT_REMINDER, MessageKind.PLACE_OFFERED):
        messages.drop(kind, str(one.id))
    audit.record(
        Act.SIGNUP_CANCELLED, one, actor=actor, now=now, office_id=one.shift.project.office_id,
        shift=one.shift_id, person=one.person_id, state=state.value,
    )  # fmt: skip


def take_back(one: Signup, reason: str, *, actor: Actor, now: datetime) -> None:
    end(one, SignupState.REMOVED, actor=actor, now=now)
    one.note = reason
    tell(MessageKind.REMOVED, one, once=str(one.id), now=now, reason=reason)


def promote(shifts: Sequence[Shift], now: datetime) -> list[Signup]:
    """Fill free places: who stands by, then the waiting, in their order; who moved up.

    The shifts are locked already. Offers that nobody answered in time pass on first. Who is passed
    over is told why on his page. Nobody moves into a shift that has begun or does not take place.
    """
    _settle_offers(shifts, now)
    if not (queued := turns.queue(shifts)):
        return []
    hold_people(one.person_id for one in queued)
    moved = []
    for turn in turns.decided(shifts, queued, now):
        if turn.state:
            _move_up(turn, now)
            moved.append(turn.one)
        elif turn.changes:
            turn.one.passed_over = turn.against
    return moved


def _move_up(turn: turns.Turn, now: datetime) -> None:
    one, state = turn.one, turn.state or SignupState.CONFIRMED
    offered = state is SignupState.OFFERED
    loosen(one)
    seat(one, turn.need, state)
    one.answer_by = turn.answer_by
    audit.record(
        Act.PLACE_OFFERED if offered else Act.PROMOTED, one, actor=SYSTEM, now=now,
        office_id=one.shift.project.office_id, shift=one.shift_id, person=one.person_id,
    )  # fmt: skip
    if offered:
        tell_offer(one, now)
    else:
        starts = one.shift.starts_at  # too near to it for the end of the night: told at once
        tell(MessageKind.PROMOTED, one, once=str(one.id), now=now, useless_after=starts)


def tell_offer(one: Signup, now: datetime) -> None:
    until = one.answer_by or one.shift.starts_at
    tell(
        MessageKind.PLACE_OFFERED, one, once=f"{one.id}:{one.shift.version}", now=now,
        useless_after=until, until_at=until.isoformat(),
    )  # fmt: skip


def _settle_offers(shifts: Sequence[Shift], now: datetime) -> None:
    """End the offers that were not answered; shorten those towards which their shift moved."""
    query = (
        select(Signup)
        .where(
            Signup.shift_id.in_([s.id for s in shifts if s.state is ShiftState.PUBLISHED]),
            Signup.state == SignupState.OFFERED,
            Signup.newcomer.is_(False),  # whose answer is the office's
        )
        .options(joinedload(Signup.person))
        .order_by(Signup.id)
    )
    for one in db.session.scalars(query.execution_options(populate_existing=True)).all():
        if waiting.has_lapsed(one.answer_by, one.shift.starts_at, now):
            end(one, SignupState.CANCELLED, actor=SYSTEM, now=now)
            tell(MessageKind.OFFER_LAPSED, one, once=str(one.id), now=now)
        elif one.answer_by:
            one.answer_by = waiting.shortened(one.answer_by, now, one.shift.starts_at)


def overdue(shift_id: Any, now: Any) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Signup` that somebody's time to answer is over: another has his place."""
    return (
        Signup.shift_id == shift_id,
        among(Signup.state, [SignupState.OFFERED]),
        Signup.newcomer.is_(False),
        Signup.answer_by <= now,
    )


def _overdue(shift: Shift, now: datetime) -> bool:
    query = select(Signup.id).where(*overdue(shift.id, now))
    return db.session.scalar(query.limit(1)) is not None


def _has_line(need: Need) -> bool:
    """Whether somebody waits although a place is free: who has freed himself since comes first."""
    query = select(Signup.id).where(Signup.need_id == need.id, Signup.state.in_(turns.IN_LINE))
    return db.session.scalar(query.limit(1)) is not None


def told_facts(one: Signup, **more: Any) -> dict[str, Any]:
    """What a message says about a sign-up: moments as ISO text, `path` leads to the shift."""
    return about(
        one.shift,
        one.need,
        signup_id=one.id,
        seated=one.seated,
        waits=one.state is SignupState.WAITING,
        **more,
    )


def about(shift: Any, need: Any, **more: Any) -> dict[str, Any]:
    """The same about a position on a shift, for somebody who has no sign-up there."""
    project, position = shift.project, need.position
    return {
        "shift_id": shift.id,
        "version": shift.version,
        "project": {"name_zh": project.name, "name_en": project.name_en},
        "position": {"name_zh": position.name, "name_en": position.name_en},
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "zone": shift.zone,
        "where": shift.where,
        "bring": project.bring,
        "note": shift.note,
        "path": f"/shifts/{shift.id}",
        **more,
    }


def tell(
    kind: MessageKind,
    one: Signup,
    *,
    once: str,
    now: datetime,
    useless_after: datetime | None = None,
    **more: Any,
) -> None:
    """Tell the person about the sign-up; nobody is told the same twice."""
    messages.tell(
        kind,
        once=once,
        now=now,
        person=one.person,
        office_id=one.shift.project.office_id,
        facts=told_facts(one, **more),
        useless_after=useless_after or one.shift.ends_at,
    )


def live_of(shift_id: int) -> Sequence[Signup]:
    """Everybody who has a place or waits for one."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift_id, Signup.state.in_(LIVE))
        .options(joinedload(Signup.person))
        .order_by(Signup.queued_at, Signup.id)
    )
    return db.session.scalars(query).all()
