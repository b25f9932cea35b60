"""The leader's list and the code at the door: in, out, walk-ins, no-shows, what was forgotten."""

from datetime import timedelta

import make
import plan
import pytest

from talent.access import Role
from talent.db import db, writing
from talent.rules.signup import SignupState
from talent.shifts import jobs
from talent.shifts.models import Attendance, AttendanceSource, AttendanceState, Signup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def shift(office):
    """Ten to one in Shanghai; the clock stands at nine."""
    return plan.shift(plan.project(office), starts=1, places=2)


@pytest.fixture
def leader(browser, office):
    return browser.sign_in(plan.leader(office))


def kept():
    db.session.rollback()
    return db.session.query(Attendance).one_or_none()


def test_one_tap_in_and_one_out_each_answers_with_the_persons_line(leader, shift, wang, clock):
    one = plan.place(shift, wang.person)
    clock.move_to(make.hours_later(1))
    line = leader.send(f"/shifts/signups/{one.id}/arrival", htmx=True, status=200)
    assert line.all("li")[0].get("id") == f"attendee-{one.id}"
    assert "Signed in 10:00" in line.words
    leader.send(f"/shifts/signups/{one.id}/arrival", htmx=True, status=200)  # tapped twice
    clock.move_to(make.hours_later(3))
    leader.send(f"/shifts/signups/{one.id}/departure")
    assert "10:00–12:00" in leader.visit(f"/shifts/{shift.id}/roster").words
    row = kept()
    assert (row.in_at, row.out_at) == (make.hours_later(1), make.hours_later(3))
    assert (row.state, row.in_source) == (AttendanceState.LEFT, AttendanceSource.LEADER)


@pytest.mark.parametrize(
    ("hours", "status", "said"),
    [
        (0.49, 409, "Signing in opens at"),
        (0.5, 303, ""),
        (3.99, 303, ""),
        (4, 409, "This shift ended at"),
    ],
)
def test_signing_in_is_possible_from_half_an_hour_before_until_the_end(
    leader, shift, wang, clock, hours, status, said
):
    one = plan.place(shift, wang.person)
    clock.move_to(make.hours_later(hours))
    page = leader.send(f"/shifts/signups/{one.id}/arrival", status=status)
    assert said in (page.words if page.tree is not None and said else "")


def test_who_waits_is_not_signed_in(leader, shift, wang, clock):
    one = plan.place(shift, wang.person, state=SignupState.WAITING)
    clock.move_to(make.hours_later(1))
    leader.send(f"/shifts/signups/{one.id}/arrival", status=409)
    assert kept() is None


def test_who_did_not_come_may_still_come_late(leader, shift, wang, clock):
    one = plan.place(shift, wang.person)
    leader.send(f"/shifts/signups/{one.id}/absence", status=409)
    clock.move_to(make.hours_later(1.5))
    line = leader.send(f"/shifts/signups/{one.id}/absence", htmx=True, status=200)
    assert "Did not come" in line.words
    assert kept().state is AttendanceState.ABSENT
    leader.send(f"/shifts/signups/{one.id}/arrival")
    assert kept().state is AttendanceState.PRESENT


def test_times_are_put_right_by_hand_and_show_it(leader, shift, wang, clock):
    one = plan.place(shift, wang.person)
    plan.attended(one, came=1.25)
    clock.move_to(make.hours_later(5))
    url = f"/shifts/signups/{one.id}/times"
    for given, said in (
        (("2026-06-01T10:15", "2026-06-01T09:15"), "The sign-out must be later"),
        (("2026-06-01T10:15", "2026-06-01T23:15"), "has not come yet"),
        (("2026-06-01T07:00", "2026-06-01T09:00"), "Enter times that lie in it"),
        (("", ""), "Give a day and a time."),
    ):
        page = leader.send(url, status=422, in_at=given[0], out_at=given[1])
        assert said in page.words
        assert page.all("input", name="in_at")[0].get("value") == given[0]
    leader.send(url, in_at="2026-06-01T10:15", out_at="2026-06-01T12:45")
    row = kept()
    assert (row.in_at, row.out_at) == (make.hours_later(1.25), make.hours_later(3.75))
    assert row.out_source is AttendanceSource.HAND
    page = leader.send(url, status=422, in_at="2026-06-01T10:00", out_at="2026-06-01T12:45")
    assert "What is wrong is corrected with the hours." in page.words


def walk_in(shift, person):
    return f"/shifts/{shift.id}/walk-ins?need={shift.needs[0].id}&person={person.id}"


def test_a_walk_in_is_found_by_name_given_a_free_place_and_signed_in(leader, office, shift, clock):
    guest = make.person("司马相如", at=office)
    clock.move_to(make.hours_later(1.5))
    page = leader.visit(f"/shifts/{shift.id}/roster?q={guest.volunteer_no}")
    assert "司马相如" in page.words
    leader.send(walk_in(shift, guest))
    leader.send(walk_in(shift, guest))
    row = kept()
    assert (row.in_source, row.signup.walk_in, plan.taken(shift)) == (
        AttendanceSource.WALK_IN, True, [1],
    )  # fmt: skip


def test_a_walk_in_never_makes_a_full_shift_fuller(leader, office, shift, clock):
    for name in "甲乙":
        plan.place(shift, make.person(name, at=office))
    clock.move_to(make.hours_later(1.5))
    page = leader.send(walk_in(shift, make.person("丙", at=office)), status=409)
    assert "Every place on this shift is taken." in page.words
    assert (plan.taken(shift), kept()) == ([2], None)


def test_a_walk_in_cannot_stand_in_two_places_unless_the_office_says_why(
    leader, office, shift, clock
):
    guest = make.person(at=office)
    plan.place(plan.shift(plan.project(office), starts=1), guest)
    clock.move_to(make.hours_later(1.5))
    leader.send(walk_in(shift, guest), status=409, reason="leaders may not")
    leader.sign_in(plan.coordinator(office)).send(walk_in(shift, guest), reason="换班")
    assert plan.taken(shift) == [1]


def test_the_code_leads_a_volunteer_in_and_out(browser, shift, wang, clock):
    plan.place(shift, wang.person)
    clock.move_to(make.hours_later(1))
    url = f"/shifts/scan/{shift.scan_token}"
    stranger = browser.get(url)
    assert stranger.status_code == 303
    assert "next=%2Fshifts%2Fscan%2F" in stranger.location.replace("/", "%2F").replace(
        "%2Faccount", ""
    )
    browser.sign_in(wang)
    page = browser.visit(url)
    assert "I have come" in page.words
    browser.send(url, act="in")
    browser.send(url, act="in")
    assert "Signed in at 10:00" in browser.visit(url).words
    clock.move_to(make.hours_later(4))
    browser.send(url, act="out")
    page = browser.visit(url)
    assert "Signed out at 13:00" in page.words
    row = kept()
    assert (row.in_at, row.out_at, row.out_source) == (
        make.hours_later(1), make.hours_later(4), AttendanceSource.QR,
    )  # fmt: skip


def test_the_code_opens_to_nobody_without_a_place(browser, office, shift, clock):
    clock.move_to(make.hours_later(1))
    browser.sign_in(make.volunteer(office, "路人"))
    assert (
        "You have no place on this shift."
        in browser.visit(f"/shifts/scan/{shift.scan_token}").words
    )
    browser.send(f"/shifts/scan/{shift.scan_token}", status=409, act="in")
    browser.visit("/shifts/scan/wrong", status=404)


def test_looking_at_the_code_signs_nobody_in(browser, shift, wang, clock):
    plan.place(shift, wang.person)
    clock.move_to(make.hours_later(1))
    browser.sign_in(wang).visit(f"/shifts/scan/{shift.scan_token}")
    assert kept() is None


def test_the_poster_carries_the_code_small_and_with_its_quiet_zone(leader, shift):
    page = leader.visit(f"/shifts/{shift.id}/poster")
    svg = page.text[page.text.index("<svg viewBox", page.text.index('class="qr"')) :]
    svg = svg[: svg.index("</svg>") + 6]
    assert len(svg) <= 3072
    assert 'd="M4 4.5' in svg  # four modules of nothing on each side
    assert f"/shifts/scan/{shift.scan_token}" in page.words


def test_what_was_forgotten_goes_to_review_and_who_never_came_is_absent(office, shift):
    came, left, never = (make.person(name, at=office) for name in "甲乙丙")
    with writing():
        db.session.get(type(shift.needs[0]), shift.needs[0].id).places = 4
    plan.attended(plan.place(shift, came), came=1)
    plan.attended(plan.place(shift, left), came=1, left=4)
    plan.place(shift, never)
    plan.place(shift, make.person("丁", at=office), state=SignupState.WAITING)

    def settled(hours):
        with writing():
            return jobs.settle_attendance(make.hours_later(hours))

    assert settled(10 - 1 / 60) == "0 settled"
    assert settled(10) == "2 settled"
    assert settled(11) == "0 settled"
    db.session.rollback()
    states = {
        one.person.name: one.attendance.state.value
        for one in db.session.query(Signup).join(Signup.attendance)
    }
    assert states == {"甲": "review", "乙": "left", "丙": "absent"}


def test_a_volunteer_cannot_open_the_list_of_names(browser, shift, wang):
    plan.place(shift, wang.person)
    browser.sign_in(wang).visit(f"/shifts/{shift.id}/roster", status=403)


def test_the_office_sees_the_shifts_of_a_person_as_a_panel(browser, office, shift, wang, clock):
    one = plan.place(shift, wang.person)
    plan.attended(one, came=1, left=4)
    clock.move_to(make.hours_later(5))
    page = browser.sign_in(make.account(Role.COORDINATOR, office)).visit(
        f"/shifts/person/{wang.person_id}"
    )
    assert page.all("section", id="panel")
    assert "Signed out" in page.words
    assert timedelta(hours=3) == kept().out_at - kept().in_at
