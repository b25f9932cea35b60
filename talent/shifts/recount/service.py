"""The proof of the places: counted anew from the sign-ups, and held against what was promised."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from talent.db import db
from talent.rules import workload
from talent.rules.signup import ENGAGED, HOLDING, LIVE, Refusal, SignupState
from talent.rules.workload import Engagement
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Attendance, AttendanceState, Need, Shift, ShiftState, Signup
from talent.shifts.turns import service as turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ScalarSelect

    from talent.shifts.turns.service import Turn

LOOK_AT = 200  # shifts that are asked about at once
PATIENCE = timedelta(minutes=5)  # a job each minute passes on what has lapsed


class _Pair(NamedTuple):
    """Two sign-ups of one person at one time, and their shifts."""

    one: Signup
    other: Signup
    here: Shift
    there: Shift


def recount(now: datetime) -> list[str]:
    """Where the places differ from what holds always; an empty list is the proof.

    The counters equal the sign-ups and lie within the places; nobody stands on a shift twice, or on
    two at one time; no place is free for which somebody in line could be taken.
    """
    wrong = [*_miscounted(), *_misplaced(), *_twice(), *at_once(now), *lapsed(now)]
    return wrong + [
        f"shift {turn.one.shift_id}: a place is free, and person {turn.one.person_id} is in line "
        "and could take it"
        for turn in left(now)
    ]


def _miscounted() -> Iterator[str]:
    def counted(states: frozenset[SignupState]) -> ScalarSelect[int]:
        query = select(func.count(Signup.id)).where(
            Signup.need_id == Need.id, Signup.state.in_(states)
        )
        return query.correlate(Need).scalar_subquery()

    held, by = counted(HOLDING), counted(frozenset({SignupState.RESERVE}))
    query = select(Need, held, by).where(
        or_(
            Need.taken != held,
            Need.reserved != by,
            Need.taken > Need.places,
            Need.reserved > Need.reserve,
        )
    )
    for need, places, reserve in db.session.execute(query.order_by(Need.id)):
        yield (
            f"need {need.id} of shift {need.shift_id}: {need.taken} of {need.places} places and "
            f"{need.reserved} of {need.reserve} in reserve, sign-ups {places} and {reserve}"
        )


def _misplaced() -> Iterator[str]:
    query = select(Signup.id).join(Need, Need.id == Signup.need_id).order_by(Signup.id)
    for id_ in db.session.scalars(query.where(Need.shift_id != Signup.shift_id)):
        yield f"sign-up {id_}: its position belongs to another shift"


def _twice() -> Iterator[str]:
    query = (
        select(Signup.shift_id, Signup.person_id, func.count())
        .where(Signup.state.in_(LIVE))
        .group_by(Signup.shift_id, Signup.person_id)
        .having(func.count() > 1)
        .order_by(Signup.shift_id, Signup.person_id)
    )
    for shift_id, person_id, times in db.session.execute(query):
        yield f"shift {shift_id}: person {person_id} stands on it {times} times"


def at_once(now: datetime) -> Iterator[str]:
    """Who has places at one time.

    What the office has passed over, or has brought about by moving a shift, is no error.
    """
    for pair in _pairs():
        overridden = f"{pair.one.overridden or ''},{pair.other.overridden or ''}".split(",")
        moves = [each.changed_at for each in (pair.here, pair.there) if each.changed_at]
        first = min(pair.one.made_at, pair.other.made_at)
        if Refusal.OVERLAP.name in overridden or any(moved >= first for moved in moves):
            continue
        one, other = (Engagement(s.span, "", s.id, s.where) for s in (pair.here, pair.there))
        told = eligibility.settings_for([pair.here, pair.there], now)
        limits = [told[s.project.office_id].limits(s.day) for s in (pair.here, pair.there)]
        if not any(workload.tolerated(one, other, each) for each in limits):
            yield (
                f"person {pair.one.person_id}: at one time on shift {pair.here.id} "
                f"and on shift {pair.there.id}"
            )


def _pairs() -> Sequence[_Pair]:
    """Only of people of whom one shift begins before another one has ended: the rest is cheap."""
    missed = select(Attendance.signup_id).where(Attendance.state == AttendanceState.ABSENT)
    engaged = (
        Signup.state.in_(ENGAGED), Shift.state != ShiftState.CANCELLED, Signup.id.not_in(missed),
    )  # fmt: skip
    before = func.max(Shift.ends_at).over(
        partition_by=Signup.person_id, order_by=(Shift.starts_at, Signup.id), rows=(None, -1)
    )
    times = (
        select(Signup.person_id, (Shift.starts_at < before).label("within"))
        .join(Shift, Shift.id == Signup.shift_id)
        .where(*engaged)
        .subquery()
    )
    busy = select(times.c.person_id).where(times.c.within)
    one, other = aliased(Signup), aliased(Signup)
    here, there = aliased(Shift), aliased(Shift)
    query = (
        select(one, other, here, there)
        .join(other, and_(other.person_id == one.person_id, other.id > one.id))
        .join(here, here.id == one.shift_id)
        .join(there, there.id == other.shift_id)
        .where(
            one.person_id.in_(busy),
            one.state.in_(ENGAGED),
            other.state.in_(ENGAGED),
            here.state != ShiftState.CANCELLED,
            there.state != ShiftState.CANCELLED,
            here.starts_at < there.ends_at,
            there.starts_at < here.ends_at,
            one.id.not_in(missed),
            other.id.not_in(missed),
        )
        .order_by(one.person_id, one.id, other.id)
    )
    return [_Pair(*row) for row in db.session.execute(query)]


def lapsed(now: datetime) -> Iterator[str]:
    """Offers whose time is over and that were not passed on."""
    query = (
        select(Signup.id, Signup.shift_id)
        .join(Shift, Shift.id == Signup.shift_id)
        .where(
            Signup.state == SignupState.OFFERED,
            Signup.newcomer.is_(False),
            Shift.state == ShiftState.PUBLISHED,
            or_(Signup.answer_by <= now - PATIENCE, Shift.starts_at <= now - PATIENCE),
        )
    )
    for id_, shift_id in db.session.execute(query.order_by(Signup.id)):
        yield f"shift {shift_id}: the time to answer is over for sign-up {id_}"


def left(now: datetime) -> Iterator[Turn]:
    """Free places, and who in line could take them: the law is asked as when a place is given."""
    after = 0
    while shifts := _with_line(now, after):
        after = shifts[-1].id
        for turn in turns.decided(shifts, turns.queue(shifts), now):
            if turn.state:
                yield turn


def _with_line(now: datetime, after: int) -> Sequence[Shift]:
    """Coming shifts with a free place and a line for it."""
    room = (
        select(Need.shift_id)
        .join(Signup, Signup.need_id == Need.id)
        .where(Need.taken < Need.places, Signup.state.in_(turns.IN_LINE))
    )
    query = select(Shift).where(
        Shift.id > after,
        Shift.id.in_(room),
        Shift.state == ShiftState.PUBLISHED,
        Shift.starts_at > now,
    )
    query = query.options(*eligibility.WHOLE).order_by(Shift.id).limit(LOOK_AT)
    return db.session.scalars(query).all()
