"""A sign-out that was forgotten: who is asked, and who decides what is odd."""

import make
import plan
import pytest
from the_day import at, records, set_, taken

from talent.db import db, writing
from talent.hours.models import Origin, RecordState
from talent.messages.models import Message, MessageKind
from talent.rules.attendance import SignMode
from talent.shifts.models import Attendance, AttendanceSource, AttendanceState

pytestmark = pytest.mark.usefixtures("clock")


def forgot(shift, account, *colleagues, source=AttendanceSource.QR):
    """Signed in at the start and never out; the colleagues left so many hours from now."""
    one = plan.place(shift, account.person)
    plan.attended(one, came=1)
    for number, hours in enumerate(colleagues):
        office = shift.project.office
        other = plan.place(shift, make.person(f"同事{'一二三四'[number]}", at=office))
        plan.attended(other, came=1, left=hours)
    with writing():
        for row in db.session.query(Attendance):
            row.in_source = source
            row.out_source = source if row.out_at else None
    return one


def test_the_volunteer_is_asked_and_confirms_with_one_tap_what_the_colleagues_show(
    browser, shift, wang, clock
):
    one = forgot(shift, wang, 3, 3.5, 3.75)
    at(clock, 10)
    assert taken(one).proposed_out_at == make.hours_later(3.5)
    assert [m.kind for m in db.session.query(Message)] == [MessageKind.SIGN_OUT_ASKED]
    assert len(records()) == 3  # the colleagues'; his waits for his answer
    browser.sign_in(wang)
    words = browser.visit("/shifts/mine").words
    assert "You signed in at 10:00 and did not sign out. Did you leave at 12:30?" in words
    assert "Did you leave at 12:30?" in browser.visit(f"/shifts/{shift.id}").words
    for _ in range(2):  # a second tap changes nothing
        browser.send(f"/shifts/signups/{one.id}/departure/confirmation")
    assert taken(one).out_source is AttendanceSource.COLLEAGUES
    assert "Did you leave" not in browser.visit("/shifts/mine").words
    at(clock, 10.1)
    record = records()[-1]
    assert (record.state, record.minutes, record.origin) == (
        RecordState.APPROVED, 150, Origin.PROPOSED,
    )  # fmt: skip


def test_what_lies_after_the_planned_end_is_looked_into(browser, shift, wang, clock):
    one = forgot(shift, wang, 4.5)
    at(clock, 10)
    browser.sign_in(wang).send(f"/shifts/signups/{one.id}/departure/confirmation")
    at(clock, 10.1)
    record = next(r for r in records() if r.person_id == wang.person_id)
    assert (record.state, record.claimed_minutes) == (RecordState.PENDING, 180)


def test_without_colleagues_the_planned_end_is_proposed(shift, wang, clock):
    one = forgot(shift, wang)
    at(clock, 10)
    assert taken(one).proposed_out_at == shift.ends_at


def test_another_time_goes_to_the_leader(browser, shift, wang, leader, clock):
    one = forgot(shift, wang, 3)
    at(clock, 10)
    browser.sign_in(wang)
    path = f"/shifts/signups/{one.id}/departure/other"
    page = browser.send(path, status=422, out_at="2026-06-01T09:30")
    assert "The sign-out must be later than the sign-in." in page.words
    browser.send(path, out_at="2026-06-01T12:45")
    browser.send(path, status=422, out_at="2026-06-01T12:50")
    browser.send(f"/shifts/signups/{one.id}/departure/confirmation", status=409)
    browser.sign_in(leader)
    assert "Says: left at 12:45" in browser.visit(f"/shifts/{shift.id}/roster").words
    browser.send(f"/shifts/signups/{one.id}/departure/acceptance")
    at(clock, 10.1)
    record = next(r for r in records() if r.person_id == wang.person_id)
    assert (record.state, record.minutes) == (RecordState.APPROVED, 165)


def test_who_does_not_answer_in_three_days_is_looked_into(browser, shift, wang, clock):
    one = forgot(shift, wang, 3)
    at(clock, 10)
    at(clock, 81.9)
    assert len(records()) == 1
    at(clock, 82)
    record = records()[-1]
    assert (record.state, record.claimed_minutes) == (RecordState.PENDING, 120)
    browser.sign_in(wang).send(f"/shifts/signups/{one.id}/departure/confirmation", status=409)


def test_closing_the_list_asks_as_well(browser, shift, wang, leader, clock):
    one = forgot(shift, wang, 3)
    clock.move_to(make.hours_later(4.5))
    browser.sign_in(leader).send(f"/hours/shifts/{shift.id}/closing")
    assert len(records()) == 1
    assert "Asked whether it was 12:00" in browser.visit(f"/shifts/{shift.id}/roster").words
    browser.sign_in(wang).send(f"/shifts/signups/{one.id}/departure/confirmation")
    at(clock, 5)
    assert [r.minutes for r in records()] == [120, 120]


def test_a_coming_put_right_after_the_closing_is_still_asked_about_and_recorded(
    browser, shift, wang, leader, clock
):
    one = forgot(shift, wang, 3)
    clock.move_to(make.hours_later(4.5))
    browser.sign_in(leader).send(f"/hours/shifts/{shift.id}/closing")
    browser.send(f"/shifts/signups/{one.id}/times", in_at="2026-06-01T10:30", out_at="")
    assert taken(one).state is AttendanceState.REVIEW
    at(clock, 90)
    assert [r.claimed_minutes for r in records()] == [120, 90]


def test_a_coming_put_right_makes_another_proposal(browser, shift, wang, leader, clock):
    one = forgot(shift, wang, 3)
    at(clock, 10)
    path = f"/shifts/signups/{one.id}/departure"
    browser.sign_in(wang).send(f"{path}/other", out_at="2026-06-01T12:20")
    browser.sign_in(leader)
    browser.send(f"/shifts/signups/{one.id}/times", in_at="2026-06-01T12:30", out_at="")
    browser.send(f"{path}", status=409)  # what he said lies before it
    browser.sign_in(wang).send(f"{path}/confirmation")
    assert (taken(one).in_at, taken(one).out_at) == (make.hours_later(3.5), shift.ends_at)
    assert db.session.query(Message).count() == 1


def test_a_coming_entered_late_is_enough_where_signing_in_is(browser, shift, wang, leader, clock):
    set_(shift, mode=SignMode.IN_ONLY)
    one = plan.place(shift, wang.person)
    at(clock, 10)
    browser.sign_in(leader)
    browser.send(f"/shifts/signups/{one.id}/times", in_at="2026-06-01T10:30", out_at="")
    assert taken(one).out_source is AttendanceSource.AUTOMATIC
    at(clock, 10.1)
    (record,) = records()
    assert (record.claimed_minutes, record.reasons) == (150, [])


def test_who_has_no_account_is_looked_into_at_once(office, shift, clock):
    one = plan.place(shift, make.person(at=office))
    plan.attended(one, came=1)
    at(clock, 10)
    (record,) = records()
    assert (record.state, record.claimed_minutes) == (RecordState.PENDING, 180)


def test_nobody_answers_for_somebody_else(browser, office, shift, wang, clock):
    one = forgot(shift, wang)
    at(clock, 10)
    browser.sign_in(make.volunteer(office, "李建国"))
    browser.send(f"/shifts/signups/{one.id}/departure/confirmation", status=404)
    browser.visit(f"/shifts/signups/{one.id}/departure/other", status=404)
