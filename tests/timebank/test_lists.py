"""Lists of the bank go on by key and cost the same however long they are."""

from datetime import timedelta

import make
import pytest
from banking import served, turn_on
from counting import queries

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.offices.models import Office
from talent.people.models import Person
from talent.timebank import pool, requests, service
from talent.timebank.models import BankAccount

LISTS = ["/time-bank/accounts", "/time-bank/requests", "/time-bank/pools/{}"]


@pytest.fixture
def office(clock, app):
    one = make.office()
    turn_on(one)
    return one


@pytest.fixture
def coordinator(office):
    return make.account(Role.COORDINATOR, office)


def join(office, name):
    """Somebody with an account, a request, and a gift that waits."""
    person = make.person(name, at=office)
    served(person, office, 600)
    with writing():
        bank = db.session.get(Office, office.id)
        asked = db.session.get(Person, person.id)
        when = make.NOW + timedelta(days=1)
        requests.ask(
            asked, bank, bank, what=f"帮{name}", starts_at=when, minutes=60,
            actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
        filled = service.account_of(bank.id, None)
        if filled.balance == 0:
            filled.balance = 1000  # only to have something to propose
        account = service.account_of(bank.id, person.id)
        pool.propose(account, 5, "x", actor=SYSTEM, now=make.NOW)
    return person


@pytest.mark.parametrize("url", LISTS)
def test_a_list_costs_the_same_with_one_and_with_three(browser, office, coordinator, url):
    address = url.format(office.id)
    browser.sign_in(coordinator)
    join(office, "甲")
    browser.visit(address)
    with queries() as one:
        assert "甲" in browser.visit(address).words
    join(office, "乙")
    join(office, "丙")
    with queries() as three:
        assert "丙" in browser.visit(address).words
    assert len(one) == len(three)


def test_my_own_page_costs_the_same_with_one_entry_and_with_many(browser, office):
    volunteer = make.volunteer(office)
    served(volunteer.person, office, 10)
    browser.sign_in(volunteer).visit("/time-bank/")
    with queries() as one:
        browser.visit("/time-bank/")
    for _ in range(5):
        served(volunteer.person, office, 10)
    with queries() as six:
        browser.visit("/time-bank/")
    assert len(one) == len(six)


def test_entries_go_on_by_key(browser, office):
    volunteer = make.volunteer(office)
    for _ in range(service.PAGE + 1):
        make.record(volunteer.person, office, 10)
    served(volunteer.person, office, 10)
    page = browser.sign_in(volunteer).visit("/time-bank/")
    assert len(page.all("td", class_="num")) == service.PAGE
    (link,) = page.all("a", rel="next")
    assert len(browser.visit(link.get("href")).all("td", class_="num")) == 2


def test_accounts_go_on_by_key_and_are_found_by_pinyin(browser, office, coordinator):
    people = [make.person(f"志愿者{number}", at=office) for number in range(service.PAGE + 1)]
    make.saved(
        *(BankAccount(office_id=office.id, person_id=p.id, opened_at=make.NOW) for p in people)
    )
    page = browser.sign_in(coordinator).visit("/time-bank/accounts")
    (link,) = page.all("a", rel="next")
    assert len(browser.visit(link.get("href")).all("tbody")[0]) == 1
    only = make.person("欧阳娜娜", at=office)
    make.saved(BankAccount(office_id=office.id, person_id=only.id, opened_at=make.NOW))
    words = browser.visit("/time-bank/accounts?q=ouyang").words
    assert "欧阳娜娜" in words
    assert "志愿者1" not in words


@pytest.mark.parametrize("url", ["/time-bank/?before=x", "/time-bank/?bank=99999999999999999999"])
def test_nonsense_in_an_address_is_no_bug(browser, office, url):
    page = browser.sign_in(make.volunteer(office)).get(url)
    assert page.status_code in {200, 404}
