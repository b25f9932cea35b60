"""The line for a full shift: answering an offer, standing by, and what time does to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.errors import Refused
from talent.rules import waiting as law
from talent.rules.signup import ENGAGED, Refusal, SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.places import service as places
from talent.shifts.turns import service as turns
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor

BATCH = 100  # shifts that are held at once
LOOK_AT = 200  # shifts that are asked about at once


@dataclass(slots=True)
class Line:
    """Who is asked, who stands by and who waits, each in the order of coming."""

    offered: list[Signup] = field(default_factory=list)
    reserve: list[Signup] = field(default_factory=list)
    waiting: list[Signup] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anybody in it."""
        return bool(self.offered or self.reserve or self.waiting)


def line_of(shift: Shift) -> Line:
    """Everybody who has to do with the shift and no place for certain."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift.id, Signup.state.in_((*IN_LINE, SignupState.OFFERED)))
        .options(joinedload(Signup.person), joinedload(Signup.need).joinedload(Need.position))
        .order_by(Signup.queued_at, Signup.id)
    )
    found = Line()
    for one in db.session.scalars(query):
        getattr(found, one.state.value).append(one)
    return found


def accept(shift_id: int, *, actor: Actor, now: datetime, risks_read: bool = False) -> Signup:
    """Take the place that is kept for oneself: the law is asked once more, as for any place."""
    shift, one = _offered(shift_id, actor)
    if one and one.state is SignupState.CONFIRMED:
        return one
    offered = one is not None and one.state is SignupState.OFFERED and not one.newcomer
    until = one.answer_by if one else None
    found = law.refusals_to_answer(until, shift.starts_at, now, offered=offered)
    if one is None or found:
        raise Refused(found)
    read = risks_read or one.risks_read_at is not None
    terms = places.Terms(risks_read=read)
    return places.take(shift, one.need, one.person_id, actor=actor, now=now, terms=terms)


def decline(shift_id: int, *, actor: Actor, now: datetime) -> None:
    """Leave the line: the place goes to the next. A second time changes nothing."""
    shift, one = _offered(shift_id, actor)
    if one is None:
        return
    offered = one.state is SignupState.OFFERED and not one.newcomer
    if not offered:
        raise Refused(law.refusals_to_answer(None, shift.starts_at, now, offered=False))
    places.end(one, SignupState.CANCELLED, actor=actor, now=now)
    places.promote([shift], now)


def _offered(shift_id: int, actor: Actor) -> tuple[Shift, Signup | None]:
    shift = places.held(shift_id)
    return shift, places.live(shift_id, actor.person_id or 0)


def stand_by(
    shift_id: int, need_id: int, *, actor: Actor, now: datetime, risks_read: bool = False
) -> Signup:
    """Come if somebody cannot: agreed beforehand, so a place that becomes free is one's own."""
    if actor.person_id is None:
        raise Refused([Refusal.NOT_ACTIVE])
    shift = places.held(shift_id)
    had = places.live(shift_id, actor.person_id)
    if had and had.state in ENGAGED:
        return had
    need = places.need_of(shift, need_id)
    terms = places.Terms(state=SignupState.RESERVE, risks_read=risks_read)
    return places.take(shift, need, actor.person_id, actor=actor, now=now, terms=terms)


def pass_on(now: datetime) -> int:
    """Let the offers that nobody answered in time go to the next. How many shifts."""
    query = (
        select(Signup.shift_id)
        .join(Signup.shift)
        .where(
            Signup.state == SignupState.OFFERED,
            or_(Signup.answer_by <= now, Shift.starts_at <= now),
            Shift.state == ShiftState.PUBLISHED,
        )
        .distinct()
        .order_by(Signup.shift_id)
        .limit(BATCH)
    )
    shifts = [places.held(id_) for id_ in db.session.scalars(query).all()]
    if shifts:
        places.promote(shifts, now)
    return len(shifts)


def retry(now: datetime) -> int:
    """Fill places that stayed free because those in line could not take them then. How many.

    Somebody freed himself, was registered again or learned something: nothing on the shift itself
    told of it. Asked in bulk and without a lock; only what would change is held and done.
    """
    moved = after = 0
    while candidates := _with_room(now, after):
        after = candidates[-1].id
        queued = turns.queue(candidates)
        changes = sorted(
            {t.one.shift_id for t in turns.decided(candidates, queued, now) if t.changes}
        )
        shifts = [places.held(id_) for id_ in changes[:BATCH]]
        if shifts:
            moved += len(places.promote(shifts, now))
    return moved


def _with_room(now: datetime, after: int) -> Sequence[Shift]:
    """Coming shifts with a free place for which somebody is in line."""
    stuck = (
        select(Signup.id)
        .join(Need, Need.id == Signup.need_id)
        .where(Signup.shift_id == Shift.id, Signup.state.in_(IN_LINE), Need.taken < Need.places)
        .exists()
    )
    query = (
        select(Shift)
        .where(Shift.id > after, Shift.state == ShiftState.PUBLISHED, Shift.starts_at > now, stuck)
        .options(*eligibility.WHOLE)
        .order_by(Shift.id)
        .limit(LOOK_AT)
    )
    return db.session.scalars(query).all()
