"""Projects, shifts and sign-ups to test with."""

from __future__ import annotations

from datetime import timedelta

import make

from talent import seal
from talent.access import Role
from talent.db import db, writing
from talent.rules.signup import SignupState
from talent.shifts.models import (
    Attendance,
    AttendanceState,
    Need,
    Position,
    Project,
    ProjectState,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.places import service as places


def project(office, name="长者食堂送餐", *, positions=("送餐员",), **more):
    """An open project with all that the law asks for."""
    return make.saved(
        Project(
            office_id=office.id,
            audience_id=more.pop("audience", office).id,
            category_id=make.category().id,
            name=name,
            name_en=more.pop("name_en", "Meals for neighbours"),
            content=more.pop("content", "给行动不便的老人送午餐。"),
            place=more.pop("place", "社区食堂"),
            person_in_charge="李主任",
            risks=more.pop("risks", "无"),
            safeguards="两人一组",
            state=more.pop("state", ProjectState.OPEN),
            positions=[
                each if isinstance(each, Position) else Position(name=each) for each in positions
            ],
            made_at=make.NOW,
            **more,
        )
    )


def shift(project, starts=48, *, hours=3, places=5, reserve=0, **more):
    """A published shift `starts` hours from now; `places` for its first or for each position."""
    start = make.hours_later(starts)
    numbers = places if isinstance(places, (tuple, list)) else [places]
    return make.saved(
        Shift(
            project_id=project.id,
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
            place=more.pop("place", project.place),
            state=more.pop("state", ShiftState.PUBLISHED),
            made_at=make.NOW,
            needs=[
                Need(position_id=position.id, places=number, reserve=reserve)
                for position, number in zip(project.positions, numbers, strict=False)
            ],
            **more,
        )
    )


def place(shift, person, *, state=SignupState.CONFIRMED, need=None, at=make.NOW):
    """A place on the shift, or a turn on its waiting list."""
    with writing():
        need = db.session.get(Need, (need or shift.needs[0]).id)
        one = Signup(
            shift_id=shift.id,
            need=need,
            person_id=person.id,
            state=SignupState.WAITING,
            made_at=at,
            queued_at=at,
        )
        db.session.add(one)
        if state is not SignupState.WAITING:
            places.seat(one, need, state)
    return one


def attended(signup, *, came, left=None, state=None):
    """A sign-in so many hours from now, and a sign-out."""
    return make.saved(
        Attendance(
            signup_id=signup.id,
            in_at=make.hours_later(came) if came is not None else None,
            out_at=make.hours_later(left) if left is not None else None,
            state=state or (AttendanceState.LEFT if left else AttendanceState.PRESENT),
            changed_at=make.NOW,
        )
    )


def coordinator(office):
    return make.account(Role.COORDINATOR, office)


def leader(office):
    return make.account(Role.LEADER, office)


def states(shift):
    """How many sign-ups the shift has in each state."""
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id)
    found = {}
    for row in rows:
        found[row.state.value] = found.get(row.state.value, 0) + 1
    return found


def taken(shift):
    db.session.rollback()
    return [n.taken for n in db.session.query(Need).filter_by(shift_id=shift.id).order_by(Need.id)]


def answer_url(one, version=2):
    """The address in a mail at which a place on a moved shift is kept or given up."""
    return f"/shifts/answers/{seal.sign('shifts.answer', [one.id, version])}"


def signup_url(shift, need=None, way="signup"):
    return f"/shifts/{shift.id}/{way}?need={(need or shift.needs[0]).id}"
