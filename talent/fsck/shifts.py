"""Places on shifts (I1 to I3): within what there is, each person once, none left free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from talent.db import db
from talent.fsck.finding import Check, Soon, lines
from talent.rules.signup import ENGAGED, HOLDING, LIVE, SignupState
from talent.shifts.models import Attendance, Need, Signup
from talent.shifts.recount import service as recount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from talent.fsck.finding import Moment
    from talent.shifts.turns.service import Turn


def _counted(_moment: Moment) -> Iterator[str]:
    """The sign-ups are added up once for all positions."""
    held = (
        select(
            Signup.need_id,
            func.sum(case((Signup.state.in_(HOLDING), 1), else_=0)).label("held"),
            func.sum(case((Signup.state == SignupState.RESERVE, 1), else_=0)).label("by"),
        )
        .where(Signup.state.in_(ENGAGED))
        .group_by(Signup.need_id)
        .subquery()
    )
    places, by = func.coalesce(held.c.held, 0), func.coalesce(held.c.by, 0)
    wrong = or_(places > Need.places, by > Need.reserve, Need.taken != places, Need.reserved != by)
    query = (
        select(
            Need.id.label("need"), Need.shift_id.label("shift"), places.label("sign-ups"),
            Need.taken.label("counted"), Need.places.label("of"), by.label("standing by"),
            Need.reserved.label("counted there"), Need.reserve.label("of those"),
        )
        .outerjoin(held, held.c.need_id == Need.id)
        .where(wrong)
        .order_by(Need.id)
    )  # fmt: skip
    yield from lines(query)


def _of_this_shift(_moment: Moment) -> Iterator[str]:
    query = select(Signup.id.label("signup"), Signup.shift_id.label("shift"))
    query = query.join(Need, Need.id == Signup.need_id).where(Need.shift_id != Signup.shift_id)
    yield from lines(query.order_by(Signup.id))


def _once(_moment: Moment) -> Iterator[str]:
    query = (
        select(
            Signup.shift_id.label("shift"),
            Signup.person_id.label("person"),
            func.count().label("times"),
        )
        .where(Signup.state.in_(LIVE))
        .group_by(Signup.shift_id, Signup.person_id)
        .having(func.count() > 1)
        .order_by(Signup.shift_id, Signup.person_id)
    )
    yield from lines(query)


def _at_once(moment: Moment) -> Iterator[str]:
    yield from recount.at_once(moment.now)


def _none_left(moment: Moment) -> Iterator[str]:
    """What became possible since the job last came by is left to the job."""
    for turn in recount.left(moment.now):
        said = f"shift {turn.one.shift_id}, person {turn.one.person_id}, need {turn.need.id}"
        late = moment.promoted is not None and _possible_since(turn) < moment.promoted
        yield said if late else Soon(f"{said}: waits for the promoter")


def _possible_since(turn: Turn) -> datetime:
    """The last thing that is known to have happened to the place or to who waits for it."""
    one, other = turn.one, aliased(Signup)
    mine = or_(other.need_id == turn.need.id, other.person_id == one.person_id)
    ended = db.session.scalar(select(func.max(other.ended_at)).where(mine))
    return max(each for each in (one.queued_at, one.shift.changed_at, ended) if each)


def _answered(moment: Moment) -> Iterator[str]:
    yield from recount.lapsed(moment.now)


def _attended(_moment: Moment) -> Iterator[str]:
    query = select(Attendance.id.label("attendance"), Attendance.signup_id.label("signup"))
    yield from lines(query.where(Attendance.out_at < Attendance.in_at).order_by(Attendance.id))


CHECKS = (
    Check("I1", "no position has more people than places, and its counters are right", _counted),
    Check("I1", "every sign-up has a position of its own shift", _of_this_shift),
    Check("I2", "nobody has two live sign-ups for a shift", _once),
    Check("I2", "nobody has places at one time, but where the office said so", _at_once),
    Check("I3", "no place is free while somebody waits who may have it", _none_left),
    Check("I3", "no offered place waits for an answer that is overdue", _answered),
    Check("I2", "nobody left before coming", _attended),
)
