"""A volunteer who was there rates once, changes it for a week, and reads the answer."""

from datetime import timedelta

import make
import pytest

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, MessageState
from talent.messages.service import stop
from talent.ratings import jobs
from talent.ratings.models import Rating

AFTER = make.NOW + timedelta(hours=2)


@pytest.fixture
def office(clock, app):
    return make.office("春风社区")


@pytest.fixture
def shift(office):
    """From nine to eleven in the morning in Shanghai."""
    return make.shift(make.project(office), start=0, hours=2)


@pytest.fixture
def volunteer(office, shift):
    one = make.volunteer(office)
    make.attended(shift, one.person, left=120)
    return one


def url(shift):
    return f"/ratings/shifts/{shift.id}/mine"


def said():
    db.session.rollback()
    return db.session.query(Rating).one()


def test_who_was_there_rates_after_the_end_and_not_before(browser, clock, shift, volunteer):
    browser.sign_in(volunteer)
    page = browser.send(url(shift), status=422, steps="5")
    assert "This service is rated when it is over" in page.words
    clock.move_to(AFTER)
    assert "为老送餐" in browser.visit("/ratings/mine").words
    browser.send(url(shift), steps="4", text="组织得很好")
    assert (said().steps, said().text, said().due_on) == (4, "组织得很好", None)
    assert "组织得很好" in browser.visit("/ratings/mine").words


def test_the_same_page_sent_twice_is_one_rating_and_it_is_final_after_seven_days(
    browser, clock, shift, volunteer
):
    clock.move_to(AFTER)
    browser.sign_in(volunteer)
    browser.send(url(shift), steps="4")
    browser.send(url(shift), steps="2")
    assert said().steps == 2
    clock.move_to(AFTER + timedelta(days=7))
    browser.sign_in(volunteer).send(url(shift), steps="3")
    clock.move_to(AFTER + timedelta(days=7, minutes=1))
    page = browser.sign_in(volunteer).send(url(shift), status=422, steps="5")
    assert "This rating could be changed until" in page.words
    assert said().steps == 3


@pytest.mark.parametrize("steps", ["", "0", "6", "five"])
def test_one_of_five_steps_is_chosen(browser, clock, shift, volunteer, steps):
    clock.move_to(AFTER)
    page = browser.sign_in(volunteer).send(url(shift), status=422, steps=steps, text="留下的话")
    assert "Choose one of the five steps." in page.words
    assert "留下的话" in page.words
    assert db.session.query(Rating).count() == 0


def test_who_did_not_come_does_not_rate(browser, clock, office, shift):
    absent = make.volunteer(office, "李雷")
    make.signup(shift, absent.person)
    clock.move_to(AFTER)
    page = browser.sign_in(absent).send(url(shift), status=422, steps="5")
    assert "Only those rate a service who were there." in page.words
    browser.sign_in(make.volunteer(office, "韩梅梅")).send(url(shift), status=404, steps="5")


def test_a_better_second_thought_needs_no_answer(browser, clock, shift, volunteer):
    clock.move_to(AFTER)
    browser.sign_in(volunteer).send(url(shift), steps="1")
    assert str(said().due_on) == "2026-06-08"
    browser.send(url(shift), steps="3")
    assert said().due_on is None


def test_nobody_is_asked_twice_and_in_the_evening(clock, office, shift, volunteer):
    absent = make.person("李雷", at=office)
    make.signup(shift, absent)
    unreachable = make.person("无邮箱", at=office, email=None)
    make.attended(shift, unreachable, left=120)
    unwilling = make.person("不要", at=office)
    make.attended(shift, unwilling, left=120)
    with writing():
        stop(unwilling.id, MessageKind.RATING_ASKED, now=make.NOW)
    for hours in (1, 2, 3, 3):
        with writing():
            jobs.ask(make.hours_later(hours))
    message = db.session.query(Message).one()
    assert message.person_id == volunteer.person_id
    assert message.due_at == make.NOW + timedelta(hours=10)  # seven in the evening in Shanghai


def test_who_has_rated_is_not_asked_any_more(browser, clock, shift, volunteer):
    clock.move_to(AFTER)
    with writing():
        jobs.ask(AFTER)
    browser.sign_in(volunteer).send(url(shift), steps="5")
    assert db.session.query(Message).one().state is MessageState.DROPPED
    with writing():
        jobs.ask(AFTER)
    assert db.session.query(Message).count() == 1


def test_the_words_of_one_volunteer_are_for_the_office_and_for_nobody_else(
    browser, clock, office, shift, volunteer
):
    clock.move_to(AFTER)
    browser.sign_in(volunteer).send(url(shift), steps="1", text="秘密的话")
    other = make.volunteer(office, "李雷")
    make.attended(shift, other.person, left=120)
    browser.sign_in(other)
    for place in ("/ratings/mine", url(shift), f"/ratings/projects/{shift.project_id}"):
        assert "秘密的话" not in browser.visit(place).text
    for place in ("/ratings/", f"/ratings/{said().id}/answer"):
        browser.visit(place, status=403)
    stranger = make.account(Role.MANAGER, make.office("秋水社区"))
    assert "秘密的话" not in browser.sign_in(stranger).visit("/ratings/").text
    browser.visit(f"/ratings/{said().id}/answer", status=404)
    page = browser.sign_in(make.account(Role.AUDITOR, office)).visit("/ratings/")
    assert "秘密的话" in page.words
    assert volunteer.person.name not in page.words
    browser.send(f"/ratings/{said().id}/answer", status=403, done="x")


def test_the_office_answers_and_the_volunteer_reads_it(browser, clock, office, shift, volunteer):
    clock.move_to(AFTER)
    browser.sign_in(volunteer).send(url(shift), steps="2", text="水不够")
    coordinator = make.account(Role.COORDINATOR, office)
    browser.sign_in(coordinator)
    assert "水不够" in browser.visit("/ratings/?part=open").words
    browser.send(f"/ratings/{said().id}/answer", status=422, done=" ")
    browser.send(f"/ratings/{said().id}/answer", done="以后每人两瓶水")
    browser.send(f"/ratings/{said().id}/answer", status=422, done="再说一次")
    assert "Nothing waits for an answer" in browser.visit("/ratings/?part=open").words
    assert "以后每人两瓶水" in browser.visit("/ratings/?part=answered").words
    assert "以后每人两瓶水" in browser.sign_in(volunteer).visit("/ratings/mine").words
    message = db.session.query(Message).filter_by(kind=MessageKind.RATING_ANSWERED).one()
    assert message.facts["answer"] == "以后每人两瓶水"


def test_nobody_answers_a_rating_of_his_own(browser, clock, office, shift, volunteer):
    clock.move_to(AFTER)
    browser.sign_in(volunteer).send(url(shift), steps="1")
    grant = {"office_id": office.id, "role": Role.COORDINATOR, "granted_at": make.NOW}
    make.saved(Grant(account_id=volunteer.id, **grant))
    page = browser.send(f"/ratings/{said().id}/answer", status=422, done="x")
    assert "Nobody answers a rating of his own." in page.words
