"""What a lapse breaks of booked shifts, and which sessions would renew it in time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import Permission
from talent.db import db
from talent.offices import service as offices
from talent.rules import signup
from talent.rules.signup import ENGAGED, GateKind
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Project, Shift, ShiftState, Signup
from talent.training import service as training

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.renewals.lapses.service import Lapse
    from talent.rules.reason import Because
    from talent.shifts.models import Need
    from talent.training.models import Session

SHIFTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Broken:
    """A place on a shift that its holder may not keep, and why."""

    signup: Signup
    shift: Shift
    need: Need
    reasons: Sequence[Because]


def shifts_broken(
    actor: Actor, lapses: Collection[Lapse], *, now: datetime
) -> dict[int, list[Broken]]:
    """By the lapse's id: places on shifts to come for which it will be missing.

    The law that gives places is asked, as it would be on the day: another paper that holds then
    breaks nothing.
    """
    asking = [lapse for lapse in lapses if lapse.gate]
    if not asking:
        return {}
    ids = {lapse.person.id for lapse in asking}
    signups = _booked(actor, ids, now)
    shifts = {s.id: s for s in _shifts([one.shift_id for one in signups])}
    facts = eligibility.facts_of(ids, since=now)
    settings = eligibility.settings_for(list(shifts.values()), now)
    lost: dict[int, list[tuple[Broken, set[tuple[GateKind, int]]]]] = defaultdict(list)
    for one in signups:
        shift = shifts[one.shift_id]
        need = next(each for each in shift.needs if each.id == one.need_id)
        place = eligibility.place(need, shift, settings[shift.project.office_id])
        who = eligibility.candidate(facts[one.person_id], shift)
        if found := signup.gate_refusals(place, who):
            keys = {_key(because) for because in found}
            lost[one.person_id].append((Broken(one, shift, need, found), keys))
    return {
        lapse.id: [broken for broken, keys in lost[lapse.person.id] if lapse.gate in keys]
        for lapse in asking
    }


def sessions_closing(lapses: Collection[Lapse], *, now: datetime) -> dict[int, list[Session]]:
    """By the lapse's id: coming sessions of the courses that renew it, open to its holder."""
    courses = {lapse.id: _courses(lapse) for lapse in lapses}
    wanted = {id_ for ids in courses.values() for id_ in ids}
    if not wanted:
        return {}
    coming = training.coming(now, course_ids=wanted)
    reach = training.reach([lapse.person.id for lapse in lapses])
    return {
        lapse.id: [
            session
            for session in coming
            if session.course_id in courses[lapse.id]
            and session.office_id in reach.get(lapse.person.id, ())
        ]
        for lapse in lapses
    }


def _courses(lapse: Lapse) -> set[int]:
    if lapse.gate is None:
        return set()
    kind, key = lapse.gate
    return {key} if kind is GateKind.TRAINING else {c.id for c in lapse.what.kind.courses}


def _key(because: Because) -> tuple[GateKind, int]:
    name = signup.Refusal(because.why).name
    kind = next(kind for kind in GateKind if name.startswith(kind.name))
    return kind, int(str(because.facts["key"]))


def _booked(actor: Actor, person_ids: Collection[int], now: datetime) -> Sequence[Signup]:
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(Signup.person_id.in_(person_ids), Signup.state.in_(ENGAGED))
        .where(Shift.starts_at > now, Shift.state.in_((ShiftState.DRAFT, ShiftState.PUBLISHED)))
        .where(Project.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS)))
        .order_by(Shift.starts_at, Signup.id)
    )
    return db.session.scalars(query).all()


def _shifts(ids: Collection[int]) -> Sequence[Shift]:
    query = select(Shift).where(Shift.id.in_(ids)).options(*eligibility.WHOLE)
    return db.session.scalars(query.order_by(Shift.id)).all()
