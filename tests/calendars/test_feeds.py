"""Calendars are read by programs that forgive nothing, and hold nobody else's particulars."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import make
import octets
import plan
import pytest
import vobject
from counting import queries
from hypothesis import given
from hypothesis import strategies as st

from talent import ical
from talent.calendars.models import CalendarAddress
from talent.db import db
from talent.rules.calendars import sequence
from talent.rules.signup import SignupState
from talent.shifts.models import ShiftState


@pytest.fixture
def office(app, clock):
    return make.office()


@pytest.fixture
def wang(office):
    return make.volunteer(office, name="王小明")


def address(browser, url="/calendars/"):
    browser.send(url + ("renewal" if url.endswith("/") else "/renewal"))
    return db.session.query(CalendarAddress).order_by(CalendarAddress.id.desc()).first().token


def read(browser, token):
    answer = browser.get(f"/calendars/{token}.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    body = answer.get_data()
    found = octets.events(body)
    for component in vobject.readComponents(body.decode()):
        component.validate(raiseException=True)
    assert len(icalendar.Calendar.from_ical(body).walk("VEVENT")) == len(found)
    return found


def test_a_volunteer_reads_his_places_and_no_others(browser, office, wang):
    project = plan.project(office, name="送餐；上门, 说\\明", place="食堂" * 30)
    mine, waited, other = plan.shift(project), plan.shift(project, 72), plan.shift(project, 96)
    one = plan.place(mine, wang.person)
    plan.place(waited, wang.person, state=SignupState.WAITING)
    plan.place(other, make.volunteer(office, name="李隐藏").person)
    browser.sign_in(wang).speak("zh")
    token = address(browser)
    [event] = read(browser, token)
    assert event["UID"] == f"signup-{one.id}@localhost"
    assert event["SUMMARY"].startswith("送餐；上门\\, 说\\\\明")
    assert event["DTSTART"] == mine.starts_at.strftime("%Y%m%dT%H%M%SZ")
    assert event["DTSTAMP"] == make.NOW.strftime("%Y%m%dT%H%M%SZ") != event["DTSTART"]
    assert "李隐藏" not in browser.get(f"/calendars/{token}.ics").get_data(as_text=True)


def _typed(moment):
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


def test_moving_grows_the_sequence_and_calling_off_cancels(browser, clock, office, wang):
    project = plan.project(office)
    shift = plan.shift(project)
    plan.place(shift, wang.person)
    browser.sign_in(wang)
    token = address(browser)
    [first] = read(browser, token)
    boss = plan.coordinator(office)
    clock.move_to(make.hours_later(1))
    browser.sign_in(boss)
    page = browser.visit(f"/shifts/{shift.id}/edit")
    fields = {e.get("name"): e.get("value") or "" for e in page.all("input") if e.get("name")}
    later = shift.starts_at + timedelta(hours=1)
    fields |= {"starts_at": _typed(later), "ends_at": _typed(later + timedelta(hours=3))}
    browser.send(f"/shifts/{shift.id}/edit", **fields)
    [moved] = read(browser, token)
    assert moved["UID"] == first["UID"]
    assert int(moved["SEQUENCE"]) > int(first["SEQUENCE"])
    assert moved["DTSTAMP"] > first["DTSTAMP"]
    browser.send(f"/shifts/{shift.id}/calling-off", reason="台风")
    clock.move_to(make.hours_later(24 * 30))
    [gone] = read(browser, token)
    assert gone["STATUS"] == "CANCELLED"
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"])


def test_a_place_given_up_is_cancelled_in_the_calendar(browser, office, wang):
    shift = plan.shift(plan.project(office), 72)
    browser.sign_in(wang)
    browser.send(plan.signup_url(shift))
    token = address(browser)
    assert read(browser, token)[0]["STATUS"] == "CONFIRMED"
    browser.send(f"/shifts/{shift.id}/cancellation")
    assert read(browser, token)[0]["STATUS"] == "CANCELLED"


def test_the_old_address_of_a_renewed_calendar_answers_404(browser, office, wang):
    browser.sign_in(wang)
    old = address(browser)
    new = address(browser)
    assert old != new
    assert browser.get(f"/calendars/{old}.ics").status_code == 404
    read(browser, new)
    browser.send("/calendars/ending")
    assert browser.get(f"/calendars/{new}.ics").status_code == 404


def test_nothing_new_is_answered_with_304(browser, office, wang):
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang)
    token = address(browser)
    tag = browser.get(f"/calendars/{token}.ics").headers["ETag"]
    headers = {"If-None-Match": tag}
    assert browser.get(f"/calendars/{token}.ics", headers=headers).status_code == 304
    plan.place(shift, wang.person)
    assert browser.get(f"/calendars/{token}.ics", headers=headers).status_code == 200


def test_an_office_reads_its_shifts_and_no_names(browser, office, wang):
    project = plan.project(office, positions=("送餐员", "联络员"))
    shift = plan.shift(project, places=[5, 2])
    plan.place(shift, wang.person)
    plan.shift(project, state=ShiftState.DRAFT)
    plan.shift(plan.project(make.office("别的社区"), name="别处"))
    browser.sign_in(plan.coordinator(office))
    for url in (f"/calendars/offices/{office.id}", f"/calendars/projects/{project.id}"):
        token = address(browser, url)
        assert token in browser.visit(url).text
        [event] = read(browser, token)
        assert "1 of 5" in event["DESCRIPTION"]
        assert "王小明" not in browser.get(f"/calendars/{token}.ics").get_data(as_text=True)


def test_only_the_offices_own_people_make_its_address(browser, office, wang):
    project = plan.project(office)
    browser.sign_in(plan.coordinator(make.office("别的社区")))
    for url in (f"/calendars/offices/{office.id}", f"/calendars/projects/{project.id}"):
        browser.visit(url, status=404)
        browser.send(f"{url}/renewal", status=404)
    browser.sign_in(plan.leader(office))
    browser.visit(f"/calendars/projects/{project.id}")
    browser.send(f"/calendars/projects/{project.id}/renewal", status=403)


def test_the_number_of_questions_does_not_grow_with_the_shifts(browser, office, wang):
    project = plan.project(office)
    browser.sign_in(plan.coordinator(office))
    token = address(browser, f"/calendars/offices/{office.id}")
    plan.shift(project)
    with queries() as few:
        browser.get(f"/calendars/{token}.ics")
    for hours in range(50, 60):
        plan.shift(project, hours)
    with queries() as many:
        browser.get(f"/calendars/{token}.ics")
    assert len(read(browser, token)) == 11
    assert len(few) == len(many)


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_typed_the_calendar_stays_whole(title, place):
    entry = ical.Entry(
        uid="x@localhost", starts_at=make.NOW, ends_at=make.hours_later(1),
        summary=f"x{title}", location=place, changed_at=make.NOW,
    )  # fmt: skip
    body = ical.calendar([entry], ical.Feed("名", "http://localhost/x.ics", timedelta(hours=1)))
    octets.events(body)
    [event] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert len(body.split(b"BEGIN:VEVENT")) == 2
    assert event["DTSTART"].dt == make.NOW


def test_a_cancellation_is_newer_than_what_it_cancels_and_older_than_a_return():
    assert sequence(1, cancelled=False) < sequence(1, cancelled=True) < sequence(2, cancelled=False)
