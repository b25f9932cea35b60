"""What a volunteer sees of his hours: one total everywhere."""

from datetime import date

import make
import pytest
from counting import queries

from talent.access import Role
from talent.hours.models import Origin, RecordState


@pytest.fixture
def account(app):
    return make.volunteer(make.office())


@pytest.fixture
def office(account):
    return account.person.registrations[0].office


def test_somebody_without_registration_is_shown_the_way(browser, app):
    page = browser.sign_in(make.account()).visit("/hours/")
    assert "Register as a volunteer" in page.words


def test_totals_by_year_and_category_add_up(browser, clock, account, office):
    make.record(account.person, office, 50)
    make.record(account.person, office, 50, day=date(2026, 5, 2))
    make.record(account.person, office, 50, day=date(2025, 12, 31))
    make.record(account.person, office, 500, state=RecordState.PENDING)
    page = browser.sign_in(account).visit("/hours/")
    values = page.said("span", class_="value")
    assert values[:3] == ["2 h 30 min", "1 h 40 min", "50 min"]
    assert "To be approved" in page.words


def test_the_year_filter_keeps_its_last_day(browser, account, office):
    make.record(account.person, office, 50, day=date(2025, 12, 31), activity="跨年值守")
    make.record(account.person, office, 50, activity="今年的")
    words = browser.sign_in(account).visit("/hours/?year=2025").words
    assert "跨年值守" in words
    assert "今年的" not in words


def test_what_is_not_recorded_yet_is_shown(browser, clock, account, office):
    shift = make.shift(make.project(office), start=-1, hours=3)
    make.attended(shift, account.person, left=30)
    words = browser.sign_in(account).visit("/hours/").words
    assert "Not recorded yet" in words
    assert "为老送餐" in words


@pytest.mark.parametrize("url", ["/hours/", "/hours/review", "/hours/review/doubts"])
def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(browser, account, office, url):
    def fill(name):
        person = account.person if url == "/hours/" else make.person(name, at=office)
        state = RecordState.APPROVED if url != "/hours/review" else RecordState.PENDING
        row = make.record(person, office, state=state)
        if url.endswith("doubts"):
            make.doubt(row)

    reader = account if url == "/hours/" else make.account(Role.COORDINATOR, office)
    browser.sign_in(reader)
    fill("甲")
    browser.visit(url)
    with queries() as one:
        browser.visit(url)
    fill("乙")
    fill("丙")
    with queries() as three:
        browser.visit(url)
    assert len(three) == len(one), three


def test_the_two_kinds_of_hours_stand_side_by_side_wherever_a_total_does(
    browser, clock, account, office
):
    child = make.person("小明", at=office, guardian_id=account.person_id)
    for person in (account.person, child):
        make.record(person, office, 60)
        make.record(person, office, 30, day=date(2026, 5, 2), origin=Origin.HAND)
    kinds = "System-verified 1 h, entered by hand 30 min"
    browser.sign_in(account)
    assert browser.visit("/hours/").words.count(kinds) == 2  # in all, and in the year
    labels = [e.get("data-label") for e in browser.visit("/hours/").all("td", class_="num")]
    assert labels[-3:] == ["System-verified", "Entered by hand", "Together"]
    assert kinds in browser.visit("/").words
    assert kinds in browser.visit(f"/hours/children/{child.id}").words
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert kinds in browser.visit(f"/hours/people/{account.person_id}").words
