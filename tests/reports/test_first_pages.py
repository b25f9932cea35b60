"""The first page of every role."""

from datetime import timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.hours.models import RecordState
from talent.people.models import RegistrationState


def test_a_stranger_is_welcomed_and_shown_two_ways_in(browser):
    make.account()  # before anybody has one, the first start is asked for
    page = browser.visit("/")
    assert "Become a volunteer" in page.words
    assert "Check a certificate" in page.words


def test_an_account_without_a_person_is_asked_to_register(browser):
    page = browser.sign_in(make.account()).visit("/")
    assert "register as a volunteer" in page.words


def test_a_volunteer_sees_the_next_shift_and_the_hours(browser, clock):
    office = make.office()
    account = make.volunteer(office)
    make.signup(make.shift(make.project(office), start=5), account.person)
    make.record(account.person, office, 90)
    words = browser.sign_in(account).visit("/").words
    assert "为老送餐" in words
    assert "1 h 30 min" in words


def test_a_returned_registration_says_why(browser):
    office = make.office()
    person = make.person(at=office, state=RegistrationState.RETURNED)
    account = make.account(person=person)
    assert "Returned" in browser.sign_in(account).visit("/").words


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MANAGER, Role.AUDITOR])
def test_an_office_sees_what_waits_for_it_and_not_what_waits_for_others(browser, clock, role):
    office, other = make.office(), make.office("别处")
    for where in (office, other, other):
        person = make.person(at=where, state=RegistrationState.APPLIED)
        make.record(person, where, state=RecordState.PENDING, due_on=make.TODAY - timedelta(days=1))
    page = browser.sign_in(make.account(role, office)).visit("/")
    assert page.said("span", class_="value")[:4] == ["1", "1", "1", "0"]


def test_the_first_page_of_an_office_costs_the_same_with_one_shift_and_with_three(browser, clock):
    office = make.office()
    browser.sign_in(make.account(Role.COORDINATOR, office))
    project = make.project(office)
    make.shift(project)
    browser.visit("/")
    with queries() as one:
        browser.visit("/")
    make.shift(project, start=2)
    make.shift(project, start=3)
    with queries() as three:
        browser.visit("/")
    assert len(three) == len(one)


def test_the_page_of_components_is_for_development_alone(browser, app):
    make.account()
    browser.visit("/components", status=404)
    app.config["ENV"] = "development"
    try:
        browser.visit("/components")
        page = browser.send("/components", status=422)
        assert "There is a problem" in page.words
    finally:
        app.config["ENV"] = "testing"


def test_no_heading_stands_over_nothing(browser):
    office = make.office()
    assert (
        "Waiting for you"
        in browser.sign_in(make.account(Role.COORDINATOR, office)).visit("/").words
    )
    assert (
        "Waiting for you" not in browser.sign_in(make.account(Role.LEADER, office)).visit("/").words
    )
