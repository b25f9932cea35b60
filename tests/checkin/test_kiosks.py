"""Kiosks: paired once, closed to all but today's shifts of one office, revoked at once."""

import uuid
from datetime import timedelta

import counting
import desk
import make
import plan
import pytest
from pages import Page

from talent.access import Role
from talent.checkin.queue.models import QueuedAct
from talent.db import db
from talent.rules import queue as law
from talent.shifts.models import Attendance, AttendanceSource, ShiftState

pytestmark = pytest.mark.usefixtures("clock")
TEN = make.hours_later(1)
KIOSK = "/checkin/kiosk"


@pytest.fixture
def tablet(app, browser, office):
    return desk.pair(app, browser, office)[0]


def signup_url(one):
    return f"{KIOSK}/signups/{one.id}"


def test_a_tablet_shows_masked_names_and_signs_in_and_out(tablet, clock, office, shift):
    wang, ouyang, _ = desk.places(shift, office)
    clock.move_to(TEN)
    page = tablet.visit(KIOSK)
    for each in desk.NAMES:
        assert each not in page.text
    assert f"欧阳* · {ouyang.person.volunteer_no[-3:]}" in page.words
    asked = tablet.visit(signup_url(wang))
    assert asked.response.headers["Refresh"] == "15; url=/checkin/kiosk"
    assert tablet.send(signup_url(wang), act="in").location == KIOSK
    assert "王* is signed in." in tablet.visit(KIOSK).words
    clock.move_to(make.hours_later(3))
    tablet.send(signup_url(wang), act="out")
    assert desk.times(wang) == (TEN, make.hours_later(3))
    row = db.session.query(Attendance).one()
    assert (row.in_source, row.out_source) == (AttendanceSource.KIOSK, AttendanceSource.KIOSK)


def test_too_early_says_when(tablet, office, shift):
    wang, *_ = desk.places(shift, office)
    assert "Signing in opens at" in tablet.visit(signup_url(wang)).words
    refused = tablet.send(signup_url(wang), act="in", status=409)
    assert "Signing in opens at" in refused.words
    assert desk.times(wang) is None


def test_other_days_other_offices_and_other_states_never_appear(tablet, clock, office, shift):
    desk.places(shift, office)
    project = shift.project
    below = make.office("下属", parent=office)
    others = [
        plan.shift(project, starts=30),
        plan.shift(project, starts=-23),
        plan.shift(project, starts=2, state=ShiftState.DRAFT),
        plan.shift(project, starts=2, state=ShiftState.CANCELLED),
        desk.shift(make.office("邻社区")),
        desk.shift(below),
    ]
    hidden = [plan.place(each, make.person("司马懿", at=office)) for each in others]
    clock.move_to(TEN)
    page = tablet.visit(KIOSK)
    assert len(page.all("section")) == 2  # the queue and one shift
    assert "司马*" not in page.words
    for one in hidden:
        tablet.visit(signup_url(one), status=404)
        tablet.send(signup_url(one), act="in", status=404)
        assert desk.times(one) is None


def test_a_shift_that_runs_past_midnight_stays_until_it_ends(tablet, clock, office):
    night = plan.shift(plan.project(office), starts=14, hours=5)  # 23:00 to 04:00
    plan.place(night, make.person("司马懿", at=office))
    for hours, there in ((18.9, True), (19.1, False)):
        clock.move_to(make.hours_later(hours))
        assert ("司马*" in tablet.visit(KIOSK).words) is there


def test_a_revoked_kiosk_sees_nothing_at_once(app, browser, clock, office, shift):
    wang, *_ = desk.places(shift, office)
    tablet, number = desk.pair(app, browser, office)
    tablet.visit(KIOSK)
    browser.send(f"/checkin/kiosks/{number}/revocation")
    clock.move_to(TEN)
    tablet.visit(KIOSK, status=404)
    tablet.visit(signup_url(wang), status=404)
    tablet.visit(f"{KIOSK}/queue", status=404)
    tablet.send(signup_url(wang), act="in", status=404)
    desk.Device(tablet, address=f"{KIOSK}/queue").bring([], TEN, status=404)
    assert desk.times(wang) is None


def test_an_unknown_device_and_a_made_up_cookie_see_nothing(app, office, shift):
    wang, *_ = desk.places(shift, office)
    stranger = app.test_client()
    for cookie in ("", "x", "WzEsIngiXQ.made-up"):
        stranger.set_cookie("kiosk", cookie, path=KIOSK)
        stranger.visit(KIOSK, status=404)
        stranger.visit(signup_url(wang), status=404)


def test_the_kiosk_of_another_office_sees_its_own(app, browser, clock, office, shift):
    wang, *_ = desk.places(shift, office)
    other = make.office("邻社区")
    theirs = plan.place(desk.shift(other), make.person("司马懿", at=other))
    tablet, _ = desk.pair(app, browser, other)
    clock.move_to(TEN)
    page = tablet.visit(KIOSK)
    assert "司马*" in page.words
    assert "王*" not in page.words
    tablet.visit(signup_url(wang), status=404)
    answer = desk.Device(tablet, address=f"{KIOSK}/queue")
    said = answer.bring([answer.tap(wang, "in", TEN), answer.tap(theirs, "in", TEN)], TEN)
    assert [sentence for _, sentence in said["refused"]] == [
        "This tap belongs to no list that this device may take."
    ]
    assert (desk.times(wang), desk.times(theirs)) == (None, (TEN, None))


def test_a_code_pairs_one_tablet_within_a_quarter_of_an_hour(app, browser, clock, office):
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = browser.send(f"/checkin/offices/{office.id}/kiosks", name="门口")
    code = browser.visit(page.location).said("strong")[-1]
    tablet, other = app.test_client().speak("en"), app.test_client().speak("en")
    wrong = Page(tablet.post("/checkin/pair", data={"code": code[:-1] + "?"}))
    assert wrong.status == 422
    assert "This code opens nothing" in wrong.words
    assert tablet.send("/checkin/pair", code=f" {code.lower()} ").location == KIOSK
    tablet.visit(KIOSK)
    assert other.send("/checkin/pair", code=code, status=422)
    browser.send(f"{page.location}/pairing")
    fresh = browser.visit(page.location).said("strong")[-1]
    clock.shift(timedelta(minutes=15))
    assert other.send("/checkin/pair", code=fresh, status=422)
    tablet.visit(KIOSK)  # the first one stays meanwhile
    browser.send(f"{page.location}/pairing")
    fresh = browser.visit(page.location).said("strong")[-1]
    other.send("/checkin/pair", code=fresh)
    other.visit(KIOSK)
    tablet.visit(KIOSK, status=404)  # its place is taken


def test_pairing_ends_the_session_of_whoever_was_signed_in(app, browser, office):
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = browser.send(f"/checkin/offices/{office.id}/kiosks", name="门口")
    code = browser.visit(page.location).said("strong")[-1]
    browser.send("/checkin/pair", code=code)
    browser.visit(KIOSK)
    assert "/account/sign-in" in browser.visit("/shifts/mine", status=303).location


def test_a_kiosk_is_registered_and_seen_by_its_own_office_alone(browser, app, office):
    _, number = desk.pair(app, browser, office)
    browser.sign_in(make.account(Role.COORDINATOR, make.office("邻社区")))
    browser.visit(f"/checkin/offices/{office.id}/kiosks", status=404)
    browser.visit(f"/checkin/kiosks/{number}", status=404)
    browser.send(f"/checkin/kiosks/{number}/revocation", status=404)
    browser.sign_in(plan.leader(office))
    browser.visit(f"/checkin/offices/{office.id}/kiosks", status=403)


def test_a_device_that_taps_more_than_people_could_is_told_to_wait(tablet, clock, office, shift):
    wang, *_ = desk.places(shift, office)
    clock.move_to(TEN)
    make.saved(
        *[
            QueuedAct(
                id=str(uuid.uuid4()), device="kiosk-1", number=n, wanted=0, act="in",
                device_at=TEN, at=TEN, received_at=TEN, skew_seconds=0, outcome="refused",
                kiosk_id=1,
            )
            for n in range(law.MOST_IN_AN_HOUR)
        ]
    )  # fmt: skip
    tablet.send(signup_url(wang), act="in", status=429)
    desk.Device(tablet, address=f"{KIOSK}/queue").bring([], TEN, status=429)
    clock.move_to(TEN + timedelta(hours=1))
    tablet.send(signup_url(wang), act="in")


def test_the_tablet_asks_the_same_number_of_questions_for_one_shift_and_for_many(
    tablet, clock, office, shift
):
    desk.places(shift, office)
    clock.move_to(TEN)
    with counting.queries() as few:
        tablet.visit(KIOSK)
    for _ in range(3):
        desk.places(plan.shift(shift.project, starts=1), office, ("甲", "乙", "丙丁"))
    with counting.queries() as many:
        tablet.visit(KIOSK)
    assert len(many) == len(few)


def test_the_tablet_opens_nothing_else(tablet, office, shift):
    desk.places(shift, office)
    home = f"/shifts/{shift.id}"
    for path in (home, f"{home}/roster", f"/checkin{home}/list", "/people/", "/checkin/me"):
        asked = tablet.visit(path, status=303)
        assert asked.location.startswith("/account/sign-in"), path
