"""Whoever was served rates through a link, without an account, once for a device."""

import re
from datetime import timedelta

import make
import pytest

from talent.access import Role
from talent.db import db, writing
from talent.ratings import rating as ratings
from talent.ratings.models import Rating, RatingTry, Side
from talent.shifts.models import Shift, ShiftState

DAY = timedelta(days=1)


@pytest.fixture
def office(clock, app):
    return make.office("春风社区")


@pytest.fixture
def shift(office):
    return make.shift(make.project(office), start=0, hours=2)


def link(shift):
    return f"/ratings/of/{ratings.link_of(shift)}"


def rate(browser, shift, status=303, **fields):
    """From a device of its own, which opens the page first."""
    browser.delete_cookie("rater", path="/ratings/")
    browser.visit(link(shift))
    return browser.send(link(shift), status=status, **({"steps": "5"} | fields))


def test_the_leader_shows_a_code_and_whoever_scans_it_rates_without_an_account(
    browser, office, shift
):
    browser.sign_in(make.account(Role.LEADER, office))
    page = browser.visit(f"/ratings/shifts/{shift.id}/link")
    address = re.search(r"/ratings/of/[^\s<]+", page.text)[0]
    assert page.all("div", class_="qr")
    guest = browser.application.test_client().speak("en")
    assert guest.visit(address).fields() >= {"steps", "text", "website"}
    answer = guest.send(address, steps="5", text="送得很准时")
    assert "Very good" in guest.visit(answer.location).words
    kept = db.session.query(Rating).one()
    assert (kept.side, kept.steps, kept.text, kept.person_id) == (
        Side.RESIDENT, 5, "送得很准时", None,
    )  # fmt: skip


def test_another_office_s_leader_has_no_code_for_it(browser, office, shift):
    browser.sign_in(make.account(Role.LEADER, make.office("秋水社区")))
    browser.visit(f"/ratings/shifts/{shift.id}/link", status=404)


def test_a_device_rates_a_shift_once_and_another_shift_again(browser, office, shift):
    rate(browser, shift)
    assert "rated from this device already: ★★★★★ Very good" in browser.visit(link(shift)).words
    page = browser.send(link(shift), status=422, steps="1")
    assert "rated from this device already" in page.words
    other = make.shift(shift.project, start=0)
    browser.visit(link(other))
    browser.send(link(other), steps="1")
    assert db.session.query(Rating).count() == 2


def test_who_sends_without_the_page_rates_nothing(browser, shift):
    page = browser.send(link(shift), status=422, steps="5")
    assert "Please open the link again" in page.words
    browser.set_cookie("rater", "made-up", path="/ratings/")
    browser.send(link(shift), status=422, steps="5")
    assert db.session.query(Rating).count() == 0


@pytest.mark.parametrize("token", ["made-up", "MQ.x", "1"])
def test_a_link_that_we_did_not_write_leads_nowhere(browser, shift, token):
    browser.visit(f"/ratings/of/{token}", status=404)
    browser.visit(f"/ratings/answers/{token}", status=404)
    browser.visit(f"/ratings/answers/{ratings.link_of(shift)}", status=404)


def test_a_link_holds_for_the_days_that_the_office_set(browser, clock, office, shift):
    make.let(office, since=make.TODAY, rating_link_days=2)
    end = shift.ends_at
    clock.move_to(make.NOW - timedelta(minutes=1))
    assert "has not begun yet" in browser.visit(link(shift)).words
    clock.move_to(end + 2 * DAY)
    rate(browser, shift)
    clock.move_to(end + 2 * DAY + timedelta(minutes=1))
    browser.delete_cookie("rater", path="/ratings/")
    page = browser.visit(link(shift))
    assert "could be rated until" in page.words
    assert not page.all("textarea")
    browser.send(link(shift), status=422, steps="5")
    assert db.session.query(Rating).count() == 1


@pytest.mark.parametrize("state", [ShiftState.DRAFT, ShiftState.CANCELLED])
def test_what_did_not_take_place_is_not_rated(browser, shift, state):
    address = link(shift)
    with writing():
        db.session.get(Shift, shift.id).state = state
    browser.visit(address, status=404)


def test_a_machine_that_fills_in_everything_is_thanked_and_nothing_is_kept(browser, shift):
    page = rate(browser, shift, website="http://example.org", text="buy")
    assert "Thank you" in browser.visit(page.location).words
    assert db.session.query(Rating).count() == 0


def test_one_address_rates_ten_times_in_ten_minutes(browser, clock, shift):
    for _ in range(10):
        rate(browser, shift)
    assert "many ratings from here" in rate(browser, shift, status=429).words
    clock.move_to(make.NOW + timedelta(minutes=10, seconds=1))
    rate(browser, shift)
    assert db.session.query(Rating).count() == 11
    assert db.session.query(RatingTry).count() == 1


def test_a_resident_reads_the_answer_by_his_link_and_never_another_one_s_words(
    browser, office, shift
):
    address = rate(browser, shift, steps="1", text="来晚了一小时").location
    words = browser.visit(address).words
    assert "The office answers by" in words
    kept = db.session.query(Rating).one().id
    staff = browser.application.test_client().speak("en")
    staff.sign_in(make.account(Role.COORDINATOR, office))
    staff.send(f"/ratings/{kept}/answer", done="已换司机")
    words = browser.visit(address).words
    assert "已换司机" in words
    assert "来晚了一小时" not in words


def test_the_text_is_sealed_where_it_lies(browser, shift):
    rate(browser, shift, text="王奶奶家")
    kept = db.session.execute(db.text("SELECT text FROM rating")).scalar_one()
    assert "王奶奶" not in kept
