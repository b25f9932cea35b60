"""How attendance is taken: by signing in and out, by signing in alone, by itself."""

import make
import plan
import pytest
from the_day import at, records, set_, taken

from talent.db import db
from talent.hours import ledger
from talent.hours.models import Origin, RecordState
from talent.rules.attendance import SignMode
from talent.shifts.models import AttendanceSource, AttendanceState, Project, Shift

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("own", [True, False])
def test_on_an_automatic_shift_a_place_gives_the_planned_time_without_signing(
    browser, office, shift, wang, clock, own
):
    if own:
        set_(shift, mode=SignMode.AUTOMATIC)
    else:
        set_(shift.project, mode=SignMode.AUTOMATIC)
    one = plan.place(shift, wang.person)
    browser.sign_in(wang)
    clock.move_to(make.hours_later(2))
    page = browser.visit(f"/shifts/scan/{shift.scan_token}")
    assert "Nobody signs on this shift" in page.words
    browser.send(f"/shifts/scan/{shift.scan_token}", status=409, act="in")
    at(clock, 3.9)
    assert taken(one) is None
    at(clock, 4)
    row = taken(one)
    assert (row.in_at, row.out_at) == (shift.starts_at, shift.ends_at)
    assert {row.in_source, row.out_source} == {AttendanceSource.AUTOMATIC}
    (record,) = records()
    assert (record.state, record.origin) == (RecordState.APPROVED, Origin.AUTOMATIC)
    assert ledger.total(person_id=wang.person_id) == 180


def test_on_an_automatic_shift_the_leader_says_who_did_not_come(
    browser, office, shift, wang, leader, clock
):
    set_(shift, mode=SignMode.AUTOMATIC)
    one, other = plan.place(shift, wang.person), plan.place(shift, make.person("李建国", at=office))
    clock.move_to(make.hours_later(2))
    browser.sign_in(leader).send(f"/shifts/signups/{one.id}/absence")
    clock.move_to(make.hours_later(5))
    browser.send(f"/hours/shifts/{shift.id}/closing")
    assert taken(one).state is AttendanceState.ABSENT
    assert taken(other).state is AttendanceState.LEFT
    assert [r.minutes for r in records()] == [180]


def test_signing_in_is_enough_where_the_shift_says_so(browser, shift, wang, clock):
    set_(shift, mode=SignMode.IN_ONLY)
    plan.place(shift, wang.person)
    browser.sign_in(wang)
    clock.move_to(make.hours_later(1.5))
    browser.send(f"/shifts/scan/{shift.scan_token}", act="in")
    page = browser.send(f"/shifts/scan/{shift.scan_token}", status=409, act="out")
    assert "Signing in is enough on this shift." in page.words
    at(clock, 4)
    (record,) = records()
    assert (record.minutes, record.origin) == (150, Origin.AUTOMATIC)


def test_who_did_not_sign_in_on_such_a_shift_was_not_there(shift, wang, clock):
    set_(shift, mode=SignMode.IN_ONLY)
    one = plan.place(shift, wang.person)
    at(clock, 4)
    assert taken(one) is None
    at(clock, 10)
    assert taken(one).state is AttendanceState.ABSENT
    assert records() == []


def test_signing_in_and_out_gives_the_time_between(browser, shift, wang, clock):
    plan.place(shift, wang.person)
    browser.sign_in(wang)
    clock.move_to(make.hours_later(1.25))
    browser.send(f"/shifts/scan/{shift.scan_token}", act="in")
    clock.move_to(make.hours_later(3))
    browser.send(f"/shifts/scan/{shift.scan_token}", act="out")
    at(clock, 4)
    assert [r.minutes for r in records()] == [105]


def test_the_mode_and_the_windows_of_one_shift_are_set_until_it_begins(
    browser, office, shift, wang, clock
):
    one = plan.place(shift, wang.person)
    browser.sign_in(plan.coordinator(office))
    path = f"/shifts/{shift.id}/signing"
    assert "As the project: Signing in and out" in browser.visit(path).words
    browser.send(path, status=422, mode="in_out", early_minutes="999")
    browser.send(path, mode="in_out", early_minutes="5", late_minutes="60")
    clock.move_to(make.hours_later(0.9))
    browser.send(f"/shifts/signups/{one.id}/arrival", status=409)
    clock.move_to(make.hours_later(0.95))
    browser.send(f"/shifts/signups/{one.id}/arrival")
    clock.move_to(make.hours_later(1))
    page = browser.send(path, status=422, mode="automatic")
    assert "How attendance is taken on it stays." in page.words
    at(clock, 4.99)
    assert taken(one).state is AttendanceState.PRESENT
    at(clock, 5)
    assert taken(one).state is AttendanceState.REVIEW


def test_another_mode_of_the_project_leaves_shifts_as_they_are_that_have_begun(
    browser, office, shift, clock
):
    later = plan.shift(db.session.get(Project, shift.project_id), starts=30)
    clock.move_to(make.hours_later(2))
    project = shift.project
    browser.sign_in(plan.coordinator(office)).send(
        f"/shifts/projects/{project.id}/edit", office_id=office.id, audience_id=office.id,
        category_id=project.category_id, name="送餐", place="食堂", content="送午餐",
        person_in_charge="李主任", risks="无", safeguards="两人一组", mode="automatic",
    )  # fmt: skip
    db.session.rollback()
    assert db.session.get(Shift, shift.id).signed is SignMode.IN_OUT
    assert db.session.get(Shift, later.id).signed is SignMode.AUTOMATIC
