"""No page shows a reader the way to a door that is closed to that reader."""

from __future__ import annotations

import make
import pytest
from counting import queries

from talent.access import Role
from talent.people.models import RegistrationState
from talent.rules.signup import SignupState

PAGES = ("/", "/people/", "/hours/review", "/hours/review/doubts", "/offices/", "/shifts/projects")


@pytest.fixture
def office(app, clock):
    office = make.office()
    make.person(at=office, state=RegistrationState.APPLIED)
    person = make.person(at=office)
    shift = make.shift(make.project(office))
    make.signup(shift, person, state=SignupState.CONFIRMED)
    record = make.record(person, office)
    make.doubt(record, wrong="早到了")
    return office


def ways(page):
    found = {a.get("href", "").partition("#")[0] for a in page.all("a")}
    return {url for url in found if url.startswith("/") and not url.startswith("/static")}


@pytest.mark.parametrize("role", [Role.LEADER, Role.COORDINATOR, Role.MANAGER, Role.AUDITOR])
def test_every_way_that_a_page_shows_is_open_to_its_reader(browser, office, role):
    browser.sign_in(make.account(role, office))
    shown = {
        url
        for page in PAGES
        if browser.get(page).status_code == 200
        for url in ways(browser.visit(page))
    }
    assert {url for url in shown if browser.get(url).status_code != 200} == set()


def test_the_list_of_doubts_costs_the_same_with_one_office_and_with_three(browser, office):
    manager = make.account(Role.MANAGER, office)

    def cost():
        browser.sign_in(manager).visit("/hours/review/doubts")
        with queries() as sent:
            browser.visit("/hours/review/doubts")
        return len(sent)

    before = cost()
    for _ in range(2):
        below = make.office("下级社区", parent=office)
        record = make.record(make.person(at=below), below)
        make.doubt(record, wrong="晚走了")
    assert cost() == before
