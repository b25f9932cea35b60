"""What keeps places under a race: the lock of the shift's row, and the database behind it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import make
import plan
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from talent.access import NOBODY
from talent.db import db, writing
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Shift, Signup
from talent.shifts.places import service as places
from talent.shifts.seating import service as seating


@pytest.fixture
def shift(app):
    return plan.shift(plan.project(make.office()), places=1)


def take_hold(settings, shift_id):
    """Ask for the same lock from outside, without patience."""
    file = settings.TALENT_HOME / "talent.sqlite3"
    if file.exists():
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
        return
    with db.engine.connect() as other:
        other.execute(select(Shift.id).where(Shift.id == shift_id).with_for_update(nowait=True))


def sits_down(shift_id):
    """The short way to a place, here to a position that is not there: it ends with the lock."""
    told = {"actor": NOBODY, "now": make.NOW, "risks_read": False}
    assert seating.sit(shift_id, 0, **told) is None


@pytest.mark.parametrize("hold", [places.held, sits_down])
def test_who_looks_at_the_places_of_a_shift_holds_it_until_the_end(settings, shift, hold):
    number = shift.id
    with writing():
        hold(number)
        with pytest.raises((sqlite3.OperationalError, OperationalError)):
            take_hold(settings, number)
    take_hold(settings, number)


def test_the_database_itself_refuses_one_place_too_many(shift):
    with pytest.raises(IntegrityError), writing():
        db.session.execute(update(Need).values(taken=Need.places + 1))


def test_the_database_itself_refuses_a_second_live_sign_up(shift):
    wang = make.person(at=shift.project.office)
    first = plan.place(shift, wang)
    more = {"shift_id": shift.id, "need_id": first.need_id, "person_id": wang.id}
    with pytest.raises(IntegrityError), writing():
        db.session.add(
            Signup(**more, state=SignupState.WAITING, made_at=make.NOW, queued_at=make.NOW)
        )
