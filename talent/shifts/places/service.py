"""Places on a shift: held under the lock of its row, given, given back, moved up into.

Every path to a place goes through `take` or `promote` and ends in `seat`, under that lock. People
are locked after shifts and in the order of their ids, so that nobody gets two places at one time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people.models import Person
from talent.rules import signup, waiting
from talent.rules.attendance import Unattendable
from talent.rules.reason import Because
from talent.rules.signup import HOLDING, LIVE, Refusal, SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Attendance, Need, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

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
    person gives up for the new one; `risks_read` is None where nobody was asked; `newcomer`: has
    applied and waits for the office; `by`: who signs this person up, to be told.
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
    had = live(shift.id, person_id)
    if had and had.state is SignupState.CONFIRMED:
        return had
    hold_people([person_id])
    found = _against(shift, need, person_id, had, now, terms)
    may = actor.may(Permission.OVERRIDE, shift.project.office.path) and bool(terms.reason.strip())
    if left := signup.remaining(found, override=may):
        raise Refused(left)
    one = had or made(shift, need, person_id, actor=actor, now=now)
    if had:
        loosen(had)
    one.need, one.walk_in = need, terms.walk_in
    if terms.risks_read and shift.project.risky:
        one.risks_read_at = now
    if found:
        one.override_reason = terms.reason.strip()[:300]
        one.overridden = ",".join(getattr(b.why, "name", str(b.why)) for b in found)
    if need.free or not terms.wait:
        seat(one, need, terms.state)
        one.answer_by = terms.answer_by if terms.state is SignupState.OFFERED else None
    one.newcomer = terms.newcomer
    written(one, actor, now, Act.SIGNUP_OVERRIDDEN if found else Act.SIGNED_UP, by=terms.by)
    return one


def _against(
    shift: Shift, need: Need, person_id: int, had: Signup | None, now: datetime, terms: Terms
) -> list[Because]:
    """All that the law has against it, whoever asks."""
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
    if state in HOLDING:
        query = update(Need).where(Need.id == need.id, Need.taken < Need.places)
        query = query.values(taken=Need.taken + 1)
    else:
        query = update(Need).where(Need.id == need.id, Need.reserved < Need.reserve)
        query = query.values(reserved=Need.reserved + 1)
    if _counted(query, need) is None:
        raise Refused([Refusal.FULL])
    one.state, one.need, one.passed_over = state, need, None
    one.agreed_version = one.shift.version
    one.seated = one.seated or state is SignupState.CONFIRMED


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
        tell(MessageKind.SIGNED_UP, one, once=str(one.id), now=now, by=by)


def came(one: Signup) -> list[Because]:
    query = select(Attendance.in_at).where(
        Attendance.signup_id == one.id, Attendance.in_at.is_not(None)
    )
    since = db.session.scalar(query)
    return [Because(Unattendable.ALREADY_IN, {"since": since})] if since else []


def end(one: Signup, state: SignupState, *, actor: Actor, now: datetime) -> None:
    loosen(one)
    one.state, one.ended_at, one.answer_by = state, now, None
    messages.drop(MessageKind.SHIFT_REMINDER, str(one.id))
    audit.record(
        Act.SIGNUP_CANCELLED, one, actor=actor, now=now, office_id=one.shift.project.office_id,
        shift=one.shift_id, person=one.person_id, state=state.value,
    )  # fmt: skip


def take_back(one: Signup, reason: str, *, actor: Actor, now: datetime) -> None:
    end(one, SignupState.REMOVED, actor=actor, now=now)
    one.note = reason
    tell(MessageKind.REMOVED, one, once=str(one.id), now=now, reason=reason)


def promote(shifts: Sequence[Shift], now: datetime) -> list[Signup]:
    """Move the waiting up into free places, in their order. The shifts are locked already."""
    query = (
        select(Signup)
        .where(
            Signup.shift_id.in_([shift.id for shift in shifts]),
            Signup.state == SignupState.WAITING,
        )
        .options(joinedload(Signup.person))
        .order_by(Signup.queued_at, Signup.id)
    )
    queued = db.session.scalars(query).all()
    if not queued:
        return []
    hold_people(one.person_id for one in queued)
    since = eligibility.span_of(shifts).start
    facts = eligibility.facts_of([one.person_id for one in queued], since=since)
    settings = eligibility.settings_for(shifts, now)
    moved: list[Signup] = []
    for shift in shifts:
        for need in shift.needs:
            line = [one for one in queued if one.need_id == need.id]
            decided = waiting.promotion(
                eligibility.place(need, shift, settings[shift.project.office_id]),
                [(one.id, eligibility.candidate(facts[one.person_id], shift)) for one in line],
                now,
            )
            for one in line:
                if one.id in decided.promoted:
                    _move_up(one, need, now)
                    facts[one.person_id] = facts[one.person_id].engaged_too(shift)
                    moved.append(one)
    return moved


def _move_up(one: Signup, need: Need, now: datetime) -> None:
    seat(one, need)
    audit.record(
        Act.PROMOTED, one, actor=SYSTEM, now=now, office_id=one.shift.project.office_id,
        shift=one.shift_id, person=one.person_id,
    )  # fmt: skip
    tell(MessageKind.PROMOTED, one, once=str(one.id), now=now)


def told_facts(one: Signup, **more: Any) -> dict[str, Any]:
    """What a message says about a sign-up: moments as ISO text, `path` leads to the shift."""
    shift, project, position = one.shift, one.shift.project, one.need.position
    return {
        "shift_id": shift.id,
        "project": {"name_zh": project.name, "name_en": project.name_en},
        "position": {"name_zh": position.name, "name_en": position.name_en},
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "zone": shift.zone,
        "where": shift.where,
        "bring": project.bring,
        "note": shift.note,
        "waits": one.state is SignupState.WAITING,
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
