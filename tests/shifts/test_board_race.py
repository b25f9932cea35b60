"""Coordinators move people at the same moment: nobody is lost, no shift holds one too many."""

from __future__ import annotations

import make
import plan
from races import in_hours, race, whole

from talent.db import db
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

NAMES = "春夏秋冬东南西北"


def test_people_moved_crosswise_at_one_moment_all_keep_a_place(settings, app):
    office = make.office()
    project = plan.project(office)
    shifts = [plan.shift(project, starts=in_hours(hours), places=5) for hours in (48, 60)]
    acts = []
    for turn, sign in enumerate(NAMES):
        here, there = shifts[:: 1 if turn % 2 else -1]
        one = plan.place(here, make.person(f"李{sign}", at=office))
        url = f"/shifts/board/move?signup={one.id}&need={there.needs[0].id}"
        acts.append((plan.coordinator(office), [url, url]))
    answers = race(settings, acts)
    assert {status for answer in answers for status, _ in answer} <= {303, 422}
    db.session.rollback()
    live = db.session.query(Signup).filter_by(state=SignupState.CONFIRMED).all()
    assert sorted(one.person.name for one in live) == sorted(f"李{sign}" for sign in NAMES)
    held = [sum(one.shift_id == shift.id for one in live) for shift in shifts]
    assert [plan.taken(shift) for shift in shifts] == [[number] for number in held]
    assert max(held) <= 5
    assert db.session.query(Signup).filter_by(state=SignupState.REMOVED).count() > 0
    assert whole() is True


def test_the_last_place_goes_to_one_of_those_who_are_moved_there(settings, app):
    office = make.office()
    project = plan.project(office)
    here = plan.shift(project, starts=in_hours(48), places=8)
    there = plan.shift(project, starts=in_hours(60), places=1)
    acts = []
    for sign in NAMES:
        one = plan.place(here, make.person(f"李{sign}", at=office))
        url = f"/shifts/board/move?signup={one.id}&need={there.needs[0].id}"
        acts.append((plan.coordinator(office), [url]))
    answers = race(settings, acts)
    statuses = sorted(status for answer in answers for status, _ in answer)
    assert statuses == [303] + [422] * 7
    assert (plan.taken(here), plan.taken(there)) == ([7], [1])
    assert plan.states(there) == {"confirmed": 1}
    assert whole() is True
