"""Modes of a shift, forgotten sign-outs, the sheet of paper and signing in by location."""

from datetime import timedelta
from io import BytesIO

import make
import papers
import plan
import pytest

from talent.access import SYSTEM
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.hours.recording import service as recording
from talent.messages.models import Message, MessageKind
from talent.people import service as people
from talent.people.registrations import service as registering
from talent.rules.attendance import SignMode
from talent.rules.consent import ConsentKind
from talent.shifts import jobs
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Project,
    Shift,
    SignedSheet,
    Signup,
)

pytestmark = pytest.mark.usefixtures("clock")
PNG = papers.PNG


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def wang(office):
    return make.volunteer(office)


@pytest.fixture
def shift(office):
    """Ten to one in Shanghai; the clock stands at nine."""
    return plan.shift(plan.project(office), starts=1, places=6)


@pytest.fixture
def leader(office):
    return plan.leader(office)


def set_(row, **fields):
    with writing():
        kept = db.session.get(type(row), row.id)
        for name, value in fields.items():
            setattr(kept, name, value)


def at(clock, hours):
    """Let it be so many hours later, and the timed work done."""
    clock.move_to(make.hours_later(hours))
    with writing():
        jobs.settle_attendance(make.hours_later(hours))
    with writing():
        recording.record_attendance(make.hours_later(hours))


def taken(one):
    db.session.rollback()
    return db.session.query(Attendance).filter_by(signup_id=one.id).one_or_none()


def records():
    db.session.rollback()
    return db.session.query(ServiceRecord).order_by(ServiceRecord.id).all()


# How attendance is taken


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


# Sign-outs that were forgotten


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


# The sheet of paper


@pytest.fixture
def three(office, shift):
    return [plan.place(shift, make.person(n, at=office)) for n in ("李建国", "王秀兰", "赵敏")]


def test_a_whole_sheet_is_keyed_in_at_once(browser, shift, three, leader, clock):
    li, wang_, zhao = three
    clock.move_to(make.hours_later(5))
    browser.sign_in(leader)
    path = f"/shifts/{shift.id}/sheet"
    assert "李建国" in browser.visit(path).words
    browser.send(path, rest="missed", **{
        f"came_{li.id}": "10:00", f"left_{li.id}": "12:30",
        f"came_{wang_.id}": "09:50", f"left_{wang_.id}": "13:00",
    })  # fmt: skip
    row = taken(li)
    assert (row.in_at, row.out_at) == (make.hours_later(1), make.hours_later(3.5))
    assert {row.in_source, row.out_source} == {AttendanceSource.SHEET}
    assert taken(zhao).state is AttendanceState.ABSENT
    at(clock, 5)
    assert sorted(r.claimed_minutes for r in records()) == [150, 180]
    assert {r.origin for r in records()} == {Origin.SHEET}
    assert {r.state for r in records()} == {RecordState.PENDING}  # no picture of it was kept


def test_one_wrong_line_writes_nothing_and_says_so_beside_it(browser, shift, three, leader, clock):
    li, wang_, zhao = three
    clock.move_to(make.hours_later(5))
    page = browser.sign_in(leader).send(f"/shifts/{shift.id}/sheet", status=422, **{
        f"came_{li.id}": "10:00", f"left_{li.id}": "12:30",
        f"came_{wang_.id}": "11:00", f"left_{wang_.id}": "10:30",
        f"left_{zhao.id}": "12:00",
    })  # fmt: skip
    (said,) = page.all("p", id=f"left_{wang_.id}-error")
    assert "later than the sign-in" in "".join(said.itertext())
    (said,) = page.all("p", id=f"came_{zhao.id}-error")
    assert "Enter when" in "".join(said.itertext())
    assert page.all("input", name=f"left_{li.id}")[0].get("value") == "12:30"
    assert [taken(one) for one in three] == [None] * 3


def test_names_without_times_stay_open_and_times_that_stand_keep_their_source(
    browser, shift, three, leader, clock
):
    li, wang_, zhao = three
    plan.attended(li, came=1 + 37 / 3600)
    set_(taken(li), in_source=AttendanceSource.QR)
    clock.move_to(make.hours_later(3))
    browser.sign_in(leader)
    page = browser.visit(f"/shifts/{shift.id}/sheet")
    assert page.all("input", name=f"came_{li.id}")[0].get("value") == "10:00"
    browser.send(f"/shifts/{shift.id}/sheet", rest="unfilled", **{
        f"came_{li.id}": "10:00", f"came_{wang_.id}": "10:15",
    })  # fmt: skip
    assert taken(li).in_source is AttendanceSource.QR
    assert taken(li).in_at == make.hours_later(1) + timedelta(seconds=37)
    assert taken(wang_).state is AttendanceState.PRESENT
    assert taken(zhao) is None


def test_the_picture_of_the_sheet_is_kept_and_shown_with_the_records(
    browser, office, shift, wang, leader, clock
):
    plan.attended(plan.place(shift, wang.person), came=1, left=3)
    at(clock, 5)
    browser.sign_in(leader)
    path = f"/shifts/{shift.id}/sheet/pictures"
    page = browser.send(path, status=422, files_=True, picture=(BytesIO(b"words"), "list.txt"))
    assert "Only PDF, PNG and JPEG files are taken as evidence." in page.words
    browser.send(path, status=422, files_=True)
    browser.send(path, files_=True, picture=(BytesIO(PNG), "签到表.png"))
    assert "签到表.png" in browser.visit(f"/shifts/{shift.id}/sheet").words
    (record,) = records()
    sheet = db.session.query(SignedSheet).one().id
    browser.sign_in(plan.coordinator(office))
    assert "签到表.png" in browser.visit(f"/hours/{record.id}").words
    assert browser.get(f"/shifts/sheets/{sheet}").data == PNG
    browser.sign_in(wang)
    assert "签到表.png" not in browser.visit(f"/hours/{record.id}").words
    browser.visit(f"/shifts/sheets/{sheet}", status=403)
    browser.sign_in(plan.coordinator(make.office("夏荷社区")))
    browser.visit(f"/shifts/sheets/{sheet}", status=404)


# By location

HERE = {"latitude": "31.230400", "longitude": "121.473700", "accuracy": "20"}
FAR = HERE | {"latitude": "31.240400"}


@pytest.fixture
def placed(shift):
    set_(shift.project, latitude=31.2304, longitude=121.4737, radius_m=150)
    return shift


def agree(account):
    with writing():
        person = people.own_person(account.actor)
        registering.give(person, [ConsentKind.LOCATION], actor=SYSTEM, now=make.NOW)


def test_with_consent_one_signs_in_and_out_where_one_is(browser, placed, wang, clock):
    one = plan.place(placed, wang.person)
    agree(wang)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang)
    for page in (f"/shifts/{placed.id}", f"/shifts/scan/{placed.scan_token}"):
        assert "Sign in by my location" in browser.visit(page).words
    refused = browser.send(f"/shifts/{placed.id}/location", status=409, **FAR)
    assert "You are about 1112 m away; it works within 150 m of the place." in refused.words
    browser.send(f"/shifts/{placed.id}/location", **HERE)
    clock.move_to(make.hours_later(3))
    assert "Sign out by my location" in browser.visit(f"/shifts/{placed.id}").words
    browser.send(f"/shifts/{placed.id}/location", act="out", **HERE)
    row = taken(one)
    assert {row.in_source, row.out_source} == {AttendanceSource.PLACE}


def test_without_consent_there_is_no_button_and_no_signing(browser, placed, wang, clock):
    plan.place(placed, wang.person)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang)
    page = browser.visit(f"/shifts/scan/{placed.scan_token}")
    assert "by my location" not in page.words
    assert "I have come" in page.words
    refused = browser.send(f"/shifts/{placed.id}/location", status=409, **HERE)
    assert "Signing in by location needs your consent." in refused.words


def test_the_consent_is_given_and_withdrawn_among_ones_own(browser, placed, wang, clock):
    plan.place(placed, wang.person)
    browser.sign_in(wang)
    way = f"/people/{wang.person_id}/consents"
    assert "The location is not kept" in browser.visit("/people/notices").words
    browser.send(f"{way}/location/giving")
    clock.move_to(make.hours_later(1))
    assert "Sign in by my location" in browser.visit(f"/shifts/{placed.id}").words
    browser.send(f"{way}/location/withdrawal")
    assert "by my location" not in browser.visit(f"/shifts/{placed.id}").words
    browser.send(f"/shifts/{placed.id}/location", status=409, **HERE)


def test_where_the_office_gave_no_point_nobody_signs_by_location(browser, shift, wang, clock):
    plan.place(shift, wang.person)
    agree(wang)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang)
    assert "by my location" not in browser.visit(f"/shifts/{shift.id}").words
    refused = browser.send(f"/shifts/{shift.id}/location", status=409, **HERE)
    assert "Nobody signs in by location here." in refused.words


@pytest.mark.parametrize(
    "wrong", [{"latitude": "nan"}, {"latitude": "91"}, {"longitude": ""}, {"accuracy": "x"}]
)
def test_a_place_that_is_none_is_not_taken(browser, placed, wang, clock, wrong):
    plan.place(placed, wang.person)
    agree(wang)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang).send(f"/shifts/{placed.id}/location", status=400, **HERE | wrong)


def test_the_browser_may_be_asked_for_the_place_by_this_site_alone(browser, wang):
    policy = browser.sign_in(wang).get("/shifts/mine").headers["Permissions-Policy"]
    assert "geolocation=(self)" in policy


def test_only_who_has_a_place_signs_by_location(browser, placed, wang, clock):
    agree(wang)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang).send(f"/shifts/{placed.id}/location", status=409, **HERE)
    assert db.session.query(Signup).count() == 0
