"""Signing in by location: with consent, where one is, and for this site alone."""

import make
import plan
import pytest
from the_day import set_, taken

from talent.access import SYSTEM
from talent.db import db, writing
from talent.people import service as people
from talent.people.consents import service as consenting
from talent.rules.consent import ConsentKind
from talent.shifts.models import AttendanceSource, Signup

pytestmark = pytest.mark.usefixtures("clock")


HERE = {"latitude": "31.230400", "longitude": "121.473700", "accuracy": "20"}


FAR = HERE | {"latitude": "31.240400"}


@pytest.fixture
def placed(shift):
    set_(shift.project, latitude=31.2304, longitude=121.4737, radius_m=150)
    return shift


def agree(account):
    with writing():
        person = people.own_person(account.actor)
        consenting.give(person, [ConsentKind.LOCATION], actor=SYSTEM, now=make.NOW)


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
