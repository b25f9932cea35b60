"""`flask check-shifts`: whatever is wrong with a place is named, and nothing else is."""

from datetime import timedelta

import make
import plan
import pytest
from sqlalchemy import text

from talent.db import db, writing
from talent.rules.signup import SignupState
from talent.shifts.models import AttendanceState, Signup
from talent.shifts.recount.service import recount

pytestmark = pytest.mark.usefixtures("clock")
WAITING = SignupState.WAITING


@pytest.fixture
def shift(office):
    """One of two places is taken."""
    shift = plan.shift(plan.project(office), places=2, reserve=1)
    plan.place(shift, make.person(at=office))
    return shift


def check(app):
    """The exit code and the lines of the command."""
    db.session.rollback()
    told = app.test_cli_runner().invoke(args=["check-shifts"])
    return told.exit_code, told.output.splitlines()


def falsified(line, **values):
    with writing():
        db.session.execute(text(line), values)


def person_of(shift):
    return db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id).first().person


def test_nothing_is_wrong_with_what_the_service_did(app, shift):
    assert check(app) == (0, ["0 differences"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE shift_need SET taken = 2",
        "UPDATE shift_need SET taken = 0",
        "UPDATE shift_need SET reserved = 1",
    ],
)
def test_a_counter_that_differs_from_the_sign_ups_is_named(app, shift, change):
    falsified(change)
    code, lines = check(app)
    assert code == 1
    assert lines[0].startswith(f"need {shift.needs[0].id} of shift {shift.id}: ")
    assert lines[-1] == "1 differences"


def test_a_place_that_is_free_for_somebody_in_line_is_named_and_for_nobody_it_is_not(
    app, office, shift
):
    able, child = make.person(at=office), make.person(at=office, birth_date=make.TODAY)
    plan.place(shift, child, state=WAITING)
    assert check(app)[0] == 0
    plan.place(shift, able, state=WAITING)
    found = f"shift {shift.id}: a place is free, and person {able.id} is in line and could take it"
    assert check(app) == (1, [found, "1 differences"])


def test_an_offer_whose_time_is_over_is_named_when_the_job_had_time_to_pass_it_on(
    app, office, shift, clock
):
    one = plan.place(shift, make.person(at=office), state=SignupState.OFFERED)
    falsified("UPDATE signup SET answer_by = '2026-06-01 02:00:00' WHERE state = 'offered'")
    clock.move_to(make.NOW + timedelta(minutes=64))
    assert check(app)[0] == 0
    clock.move_to(make.NOW + timedelta(minutes=65))
    found = f"shift {shift.id}: the time to answer is over for sign-up {one.id}"
    assert check(app) == (1, [found, "1 differences"])


def test_who_stands_on_two_shifts_at_one_time_is_named(app, office, shift):
    other = plan.shift(plan.project(office, name="巡逻"), 50)
    person = person_of(shift)
    plan.place(other, person)
    code, [found, _] = check(app)
    said = f"person {person.id}: at one time on shift {shift.id} and on shift {other.id}"
    assert (code, found) == (1, said)


def test_touching_shifts_are_not_at_one_time(app, office, shift):
    plan.place(plan.shift(plan.project(office, name="巡逻"), 51), person_of(shift))
    assert check(app)[0] == 0


@pytest.mark.parametrize(
    "excuse",
    [
        "UPDATE signup SET overridden = 'REST,OVERLAP' WHERE shift_id = :other",
        "UPDATE shift SET changed_at = '2026-06-01 01:00:00' WHERE id = :other",
        "UPDATE shift SET state = 'cancelled' WHERE id = :other",
    ],
)
def test_what_the_office_passed_over_moved_or_called_off_is_no_error(app, office, shift, excuse):
    other = plan.shift(plan.project(office, name="巡逻"), 50)
    plan.place(other, person_of(shift))
    falsified(excuse, other=other.id)
    assert check(app)[0] == 0


def test_who_did_not_come_was_not_there_at_that_time(app, office):
    early = plan.shift(plan.project(office), -3)
    late = plan.shift(plan.project(office, name="巡逻"), -2)
    person = make.person(at=office)
    plan.attended(plan.place(early, person), came=None, state=AttendanceState.ABSENT)
    plan.place(late, person)
    assert check(app)[0] == 0


def test_a_sign_up_whose_position_belongs_to_another_shift_is_named(app, office, shift):
    other = plan.shift(plan.project(office, name="巡逻"), 96)
    falsified("UPDATE signup SET shift_id = :id", id=other.id)
    code, [found, _] = check(app)
    assert (code, found.partition(": ")[2]) == (1, "its position belongs to another shift")


def test_who_stands_on_a_shift_twice_is_named_although_the_database_refuses_it(app, shift):
    person, need = person_of(shift), shift.needs[0]
    with writing():
        db.session.execute(text("DROP INDEX uq_signup_live"))
        db.session.add(
            Signup(
                shift_id=shift.id, need_id=need.id, person_id=person.id, state=WAITING,
                made_at=make.NOW, queued_at=make.NOW,
            )
        )  # fmt: skip
        db.session.flush()
        found = recount(make.NOW)
        db.session.rollback()  # the index is there again
    assert f"shift {shift.id}: person {person.id} stands on it 2 times" in found
