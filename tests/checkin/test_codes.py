"""Codes: of the shift on the leader's phone, and of a person whom the leader scans."""

import re
from datetime import timedelta

import desk
import make
import plan
import pytest

from talent.access import Role
from talent.shifts.codes import service as doors
from talent.shifts.models import AttendanceSource

pytestmark = pytest.mark.usefixtures("clock")
second = timedelta(seconds=1)
TEN = make.hours_later(1)


@pytest.fixture
def wang(office):
    return make.volunteer(office)


@pytest.fixture
def asked(office):
    return desk.rotating(office)


def door(shift, at):
    return f"/checkin/scan/{shift.scan_token}/{doors.shown(shift, at)}"


def scan(shift):
    return f"/shifts/scan/{shift.scan_token}"


@pytest.mark.parametrize(
    ("seen", "scanned", "status"),
    [(0, 0, 303), (0, 59, 303), (0, 60, 409), (29, 59, 303), (29, 60, 409), (30, 60, 303)],
)
def test_a_code_opens_for_its_window_and_the_next(
    browser, clock, office, shift, wang, asked, seen, scanned, status
):
    plan.place(shift, wang.person)
    address = door(shift, TEN + seen * second)
    clock.move_to(TEN + scanned * second)
    browser.sign_in(wang)
    page = browser.visit(address, status=status)
    if status == 409:
        assert "This code has expired." in page.words
        browser.send(scan(shift), act="in", status=409)
    else:
        assert page.location == scan(shift)
        browser.send(scan(shift), act="in")


def test_the_office_that_asks_for_it_takes_no_address_from_a_poster(
    browser, clock, shift, wang, asked
):
    one = plan.place(shift, wang.person)
    clock.move_to(TEN)
    browser.sign_in(wang)
    page = browser.visit(scan(shift))
    assert "Scan the code that the shift leader's phone shows now." in page.words
    assert page.all("form", action=scan(shift)) == []
    refused = browser.send(scan(shift), act="in", status=409)
    assert "Scan the code" in refused.words
    assert desk.times(one) is None


def test_elsewhere_the_poster_is_enough(browser, clock, shift, wang):
    one = plan.place(shift, wang.person)
    clock.move_to(TEN)
    browser.sign_in(wang)
    browser.send(scan(shift), act="in")
    assert desk.times(one) == (TEN, None)


def test_a_scan_survives_the_sign_in_and_holds_five_minutes(browser, clock, shift, wang, asked):
    one = plan.place(shift, wang.person)
    clock.move_to(TEN)
    assert browser.visit(door(shift, TEN), status=303).location == scan(shift)
    asked_in = browser.visit(scan(shift), status=303)
    assert asked_in.location.startswith("/account/sign-in?next=")
    clock.move_to(TEN + timedelta(minutes=4))
    browser.sign_in(wang)  # which clears the session
    browser.send(scan(shift), act="in")
    assert desk.times(one) == (TEN + timedelta(minutes=4), None)
    clock.move_to(TEN + timedelta(minutes=5))
    late = browser.send(scan(shift), act="out", status=409)
    assert "more than 5 minutes ago" in late.words


def test_a_scan_lets_its_reader_in_once_and_nobody_else(browser, clock, office, shift, wang, asked):
    other = make.volunteer(office, "李借光")
    for account in (wang, other):
        plan.place(shift, account.person)
    clock.move_to(TEN)
    browser.visit(door(shift, TEN), status=303)
    assert browser.sign_in(wang).visit(scan(shift)).all("form", action=scan(shift))
    browser.sign_in(other).send(scan(shift), act="in", status=409)
    browser.sign_in(wang).send(scan(shift), act="in")
    clock.move_to(TEN + timedelta(minutes=2))
    page = browser.sign_in(wang).visit(scan(shift))
    assert "Signed in at" in page.words
    assert "Scan the code that the shift leader's phone shows now." in page.words
    browser.send(scan(shift), act="out", status=409)
    browser.visit(door(shift, TEN + timedelta(minutes=2)), status=303)
    browser.send(scan(shift), act="out")


def test_what_a_scan_left_opens_no_other_shift(browser, clock, office, shift, wang, asked):
    other = desk.shift(office)
    plan.place(other, wang.person)
    clock.move_to(TEN)
    browser.sign_in(wang)
    browser.visit(door(shift, TEN), status=303)
    proof = browser.get_cookie("scan", path=scan(shift)).value
    browser.set_cookie("scan", proof, path=scan(other))
    browser.send(scan(other), act="in", status=409)


def test_the_leaders_page_shows_another_code_in_each_window_and_who_is_in(
    browser, clock, office, shift
):
    wang, *_ = desk.places(shift, office)
    plan.attended(wang, came=1)
    browser.sign_in(plan.leader(office))
    drawn = []
    for later in (0, 29, 30):
        clock.move_to(TEN + later * second)
        page = browser.visit(f"/checkin/shifts/{shift.id}/code")
        assert "1 / 3" in page.words
        drawn.append(re.search(r"<svg[^>]*segno.*?</svg>", page.text, re.DOTALL)[0])
    assert drawn[0] == drawn[1] != drawn[2]
    assert page.all("div", id="code")[0].get("hx-trigger") == "every 10s"


def test_the_poster_says_so_where_it_opens_nothing(browser, office, shift, asked):
    browser.sign_in(plan.leader(office))
    page = browser.visit(f"/shifts/{shift.id}/poster")
    assert "A printed one opens nothing." in page.words
    assert page.all("svg", class_="segno") == []


def test_a_leader_elsewhere_has_no_code_of_this_shift(browser, shift):
    browser.sign_in(plan.leader(make.office("邻社区")))
    for what in ("code", "list", "taps"):
        browser.visit(f"/checkin/shifts/{shift.id}/{what}", status=404)


def own_code(browser, account):
    """Where the person's code leads to."""
    from talent.checkin.codes import service  # noqa: PLC0415 - as the page asks it

    browser.sign_in(account)
    assert browser.visit("/checkin/me").all("div", class_="qr")
    return f"/checkin/people/{service.own_code(account.person_id)}"


def test_a_leader_scans_a_person_and_signs_in_and_out(browser, clock, office, shift, wang):
    one = plan.place(shift, wang.person)
    clock.move_to(TEN)
    address = own_code(browser, wang)
    browser.sign_in(plan.leader(office))
    page = browser.visit(address)
    assert page.said("h1") == [f"王* · {wang.person.volunteer_no[-3:]}"]
    assert "王秀兰" not in page.text
    browser.send(address, signup=one.id, act="in")
    clock.move_to(make.hours_later(3))
    browser.send(address, signup=one.id, act="out")
    assert desk.times(one) == (TEN, make.hours_later(3))
    assert "10:00–12:00" in browser.visit(address).words
    db_row = plan.db.session.query(plan.Attendance).one()
    assert db_row.in_source is AttendanceSource.QR


def test_who_is_not_on_a_list_is_a_walk_in(browser, clock, office, shift, wang):
    clock.move_to(TEN)
    address = own_code(browser, wang)
    browser.sign_in(plan.leader(office))
    links = [each.get("href") for each in browser.visit(address).all("a")]
    assert f"/shifts/{shift.id}/roster?q={wang.person.volunteer_no}" in links


def test_a_place_of_another_day_or_office_is_not_behind_the_code(
    browser, clock, office, shift, wang
):
    other = make.office("邻社区")
    make.saved(make.Tie(person_id=wang.person_id, office_id=other.id))
    there = plan.place(desk.shift(other), wang.person)
    tomorrow = plan.place(plan.shift(plan.project(office), starts=30), wang.person)
    clock.move_to(TEN)
    address = own_code(browser, wang)
    browser.sign_in(plan.leader(office))
    assert "No place on one of your shifts today." in browser.visit(address).words
    for one in (there, tomorrow):
        browser.send(address, signup=one.id, act="in", status=404)
        assert desk.times(one) is None


def test_a_renewed_code_kills_the_old_one(browser, office, wang):
    old = own_code(browser, wang)
    browser.send("/checkin/me/renewal")
    new = own_code(browser, wang)
    browser.sign_in(plan.leader(office))
    browser.visit(old, status=404)
    browser.visit(new)
    browser.visit(f"{new}x", status=404)


def test_only_a_leader_whose_office_knows_the_person_reads_the_code(browser, office, wang):
    address = own_code(browser, wang)
    browser.visit(address, status=403)
    browser.sign_in(plan.leader(make.office("邻社区")))
    browser.visit(address, status=404)


def test_an_account_without_a_person_has_no_code(browser, office):
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert browser.visit("/checkin/me").all("div", class_="qr") == []
    browser.send("/checkin/me/renewal", status=404)


def test_the_list_leads_to_no_poster_where_a_poster_opens_nothing(browser, office, shift):
    browser.sign_in(make.account(Role.LEADER, office))
    address, poster = f"/shifts/{shift.id}/roster", f"/shifts/{shift.id}/poster"
    assert poster in browser.visit(address).text
    desk.rotating(office)
    page = browser.visit(address)
    assert poster not in page.text
    assert f"/checkin/shifts/{shift.id}/code" in page.text
