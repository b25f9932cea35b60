"""Who is next for a free place: those who stand by, then the waiting list, as the law decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.offices.models import Setting
from talent.rules import waiting
from talent.rules.quiet import QuietHours
from talent.rules.reason import packed
from talent.rules.signup import SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence
    from datetime import datetime

    from talent.rules.signup import Candidate, Place
    from talent.shifts.eligibility.service import Settings

OFFER = "offer"  # of Setting.WAITING_MODE
IN_LINE = (SignupState.RESERVE, SignupState.WAITING)  # in this order


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of one who waits: the state he gets, or why he is passed over (no state)."""

    one: Signup
    need: Need
    state: SignupState | None = None
    answer_by: datetime | None = None
    against: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether it differs from what is written down."""
        return self.state is not None or self.against != self.one.passed_over


def queue(shifts: Sequence[Shift]) -> Sequence[Signup]:
    """Everybody who stands by or waits, in the order of coming, as it is now."""
    query = (
        select(Signup)
        .where(
            Signup.shift_id.in_([shift.id for shift in shifts]),
            Signup.state.in_(IN_LINE),
        )
        .options(joinedload(Signup.person))
        .order_by(Signup.queued_at, Signup.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def decided(shifts: Sequence[Shift], queued: Sequence[Signup], now: datetime) -> list[Turn]:
    """What becomes of them now. Who gets a place on one shift is busy for the next."""
    if not queued:
        return []
    since = eligibility.span_of(shifts).start
    facts = eligibility.facts_of([one.person_id for one in queued], since=since)
    settings = eligibility.settings_for(shifts, now)
    found: list[Turn] = []
    for shift in shifts:
        told = settings[shift.project.office_id]
        until = accept_by(shift, told, now)
        for need in shift.needs:
            mine = [
                (one, eligibility.candidate(facts[one.person_id], shift))
                for one in queued
                if one.need_id == need.id
            ]
            place = eligibility.place(need, shift, told)
            for turn in _turns(need, place, mine, until, now):
                found.append(turn)
                if turn.state:
                    id_ = turn.one.person_id
                    facts[id_] = facts[id_].engaged_too(shift)
    return found


def _turns(
    need: Need,
    place: Place,
    mine: Sequence[tuple[Signup, Candidate]],
    until: datetime | None,
    now: datetime,
) -> Iterator[Turn]:
    who: dict[Hashable, Signup] = {one.id: one for one, _ in mine}
    reserve, then_waiting = (
        [(one.id, candidate) for one, candidate in mine if one.state is state] for state in IN_LINE
    )
    first, then = waiting.seating(place, reserve, then_waiting, now)
    for key in first.promoted:
        yield Turn(who[key], need, SignupState.CONFIRMED)  # agreed beforehand
    for key in then.promoted:
        state = SignupState.OFFERED if until else SignupState.CONFIRMED
        yield Turn(who[key], need, state, until)
    for key, against in (*first.passed_over, *then.passed_over):
        yield Turn(who[key], need, against=[packed(because) for because in against])


def accept_by(shift: Shift, told: Settings, now: datetime) -> datetime | None:
    """Until when a place that is free now is kept for an answer; None: it is given at once."""
    if told[Setting.WAITING_MODE] != OFFER:
        return None
    quiet = (time.fromisoformat(told[s]) for s in (Setting.QUIET_FROM, Setting.QUIET_TO))
    return waiting.accept_by(
        now,
        shift.starts_at,
        ZoneInfo(shift.zone),
        QuietHours(*quiet),
        timedelta(minutes=told[Setting.OFFER_MINUTES]),
    )
