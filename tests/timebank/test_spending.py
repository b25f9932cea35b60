"""Banked time is asked for, reserved, booked or given back; what is not there is never spent."""

from datetime import date, timedelta

import make
import pytest
from banking import account, balance, correct, served, turn_on

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.people.models import Person
from talent.timebank import ledger
from talent.timebank.models import BankRequest, RequestState

TOMORROW = make.NOW + timedelta(days=1)


@pytest.fixture
def volunteer(community):
    one = make.volunteer(community)
    served(one.person, community, 120)
    return one


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community)


def ask(browser, community, minutes=60, status=303, **more):
    fields = {
        "what": "陪我去医院", "office_id": community.id,
        "starts_at": "2026-06-02T09:00", "minutes": minutes,
    } | more  # fmt: skip
    return browser.send("/time-bank/requests/new", status=status, **fields)


def request():
    db.session.rollback()
    return db.session.query(BankRequest).one()


def test_a_request_reserves_its_minutes_and_is_booked_after_the_service(
    browser, clock, street, community, volunteer, coordinator
):
    browser.sign_in(volunteer)
    ask(browser, community)
    assert (balance(volunteer.person, street), account(volunteer.person, street).reserved) == (
        120,
        60,
    )
    assert "陪我去医院" in browser.visit("/time-bank/").words
    number = request().id
    browser.sign_in(coordinator)
    assert "陪我去医院" in browser.visit("/time-bank/requests").words
    browser.send(f"/time-bank/requests/{number}/booking", status=422, minutes=60)
    browser.send(f"/time-bank/requests/{number}/taking")
    page = browser.send(f"/time-bank/requests/{number}/booking", status=422, minutes=60)
    assert "It is booked after that." in page.words
    clock.move_to(TOMORROW + timedelta(hours=2))
    browser.sign_in(coordinator)
    page = browser.send(f"/time-bank/requests/{number}/booking", status=422, minutes=61)
    assert "Only 1 h are reserved for this service." in page.words
    browser.send(f"/time-bank/requests/{number}/booking", minutes=50)
    browser.send(f"/time-bank/requests/{number}/booking", status=422, minutes=5)
    assert (balance(volunteer.person, street), account(volunteer.person, street).reserved) == (
        70,
        0,
    )
    assert ledger.reconcile() == []
    told = db.session.query(Message).filter_by(kind=MessageKind.BANK_REQUEST_MOVED)
    assert [m.facts["state"] for m in told.order_by(Message.id)] == ["taken", "booked"]


def test_the_office_returns_a_request_with_its_reason_and_the_minutes_are_free(
    browser, street, community, volunteer, coordinator
):
    browser.sign_in(volunteer)
    ask(browser, community)
    url = f"/time-bank/requests/{request().id}/return"
    browser.sign_in(coordinator).send(url, status=422, why=" ")
    browser.send(url, why="那天没有人")
    assert request().state is RequestState.RETURNED
    assert account(volunteer.person, street).reserved == 0
    assert "那天没有人" in browser.sign_in(volunteer).visit("/time-bank/").words


def test_who_asked_cancels_and_nobody_else_does(browser, street, community, volunteer):
    browser.sign_in(volunteer)
    ask(browser, community)
    url = f"/time-bank/requests/{request().id}/cancellation"
    browser.sign_in(make.volunteer(community, "李雷")).send(url, status=404)
    browser.sign_in(volunteer).send(url)
    browser.send(url, status=409)
    assert account(volunteer.person, street).reserved == 0
    assert request().state is RequestState.CANCELLED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"minutes": 121}, "Only 2 h are free to be spent."),
        ({"minutes": 0}, "Write a whole number of minutes, at least 1."),
        ({"starts_at": "2026-06-01T08:00"}, "Choose a time to come."),
        ({"starts_at": "2027-06-01T08:00"}, "Choose a time within the next 180 days."),
        ({"what": ""}, "Please fill in this field."),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_the_field(
    browser, street, community, volunteer, fields, said
):
    page = ask(browser.sign_in(volunteer), community, status=422, **fields)
    assert said in page.words
    assert db.session.query(BankRequest).count() == 0
    assert account(volunteer.person, street).reserved == 0


def test_what_is_reserved_is_not_spent_again(browser, street, community, volunteer):
    browser.sign_in(volunteer)
    ask(browser, community, 100)
    assert "Only 20 min are free" in ask(browser, community, 21, status=422).words
    ask(browser, community, 20)


def test_the_least_age_to_spend_is_the_office_s(browser, street, community, volunteer):
    make.let(street, since=make.TODAY, bank_spend_age=60)
    page = ask(browser.sign_in(volunteer), community, status=422)
    assert "Banked time is spent from the age of 60 on." in page.words


def test_below_zero_nothing_is_spent_and_nothing_booked(
    browser, clock, street, community, volunteer, coordinator
):
    record = served(volunteer.person, community, 60)
    browser.sign_in(volunteer)
    ask(browser, community, 180)
    browser.sign_in(coordinator).send(f"/time-bank/requests/{request().id}/taking")
    correct(record, -50)
    clock.move_to(TOMORROW + timedelta(hours=3))
    browser.sign_in(coordinator)
    page = browser.send(f"/time-bank/requests/{request().id}/booking", status=422, minutes=180)
    assert "The account holds only 2 h 10 min" in page.words
    assert balance(volunteer.person, street) == 130
    browser.send(f"/time-bank/requests/{request().id}/booking", minutes=130)
    correct(record, -10)
    assert balance(volunteer.person, street) == -10
    page = ask(browser.sign_in(volunteer), community, 1, status=422, starts_at="2026-06-03T09:00")
    assert "The account is below zero" in page.words
    assert "below zero" in browser.visit("/time-bank/").words


def test_nobody_decides_on_a_request_of_his_own(browser, street, community, volunteer):
    grant = {"office_id": community.id, "role": Role.COORDINATOR, "granted_at": make.NOW}
    make.saved(Grant(account_id=volunteer.id, **grant))
    browser.sign_in(volunteer)
    ask(browser, community)
    page = browser.send(f"/time-bank/requests/{request().id}/taking", status=409)
    assert "Nobody decides on a request of his own" in page.words


def test_nobody_decides_on_a_request_of_his_child_nor_gives_to_it(
    browser, street, community, volunteer
):
    guardian = make.account(Role.COORDINATOR, street, person=make.person("李四", at=community))
    with writing():
        child = db.session.get(Person, volunteer.person_id)
        child.guardian_id, child.birth_date = guardian.person_id, date(2012, 5, 17)
    ask(browser.sign_in(volunteer), community)
    page = browser.sign_in(guardian).send(f"/time-bank/requests/{request().id}/taking", status=409)
    assert "of a child of his own" in page.words
    gift = f"/time-bank/accounts/{request().account_id}/gift"
    page = browser.send(gift, status=422, minutes=5, reason="x")
    assert "or to a child of his own" in page.words


def test_an_office_sees_and_moves_its_own_requests_alone(
    browser, street, community, volunteer, coordinator
):
    browser.sign_in(volunteer)
    ask(browser, community)
    stranger = make.account(Role.COORDINATOR, make.office("秋水社区", parent=street))
    number = account(volunteer.person, street).id
    browser.sign_in(stranger)
    words = browser.visit("/time-bank/requests").words + browser.visit("/time-bank/accounts").words
    assert "陪我去医院" not in words
    assert volunteer.person.name not in words
    for door in ("taking", "return", "booking"):
        browser.send(f"/time-bank/requests/{request().id}/{door}", status=404, why="x", minutes=1)
    browser.visit(f"/time-bank/accounts/{number}", status=404)
    browser.visit(f"/time-bank/accounts/{number}/statement", status=404)
    browser.visit(f"/time-bank/pools/{street.id}", status=404)
    browser.sign_in(coordinator)
    assert volunteer.person.name in browser.visit("/time-bank/accounts").words
    assert "2 h" in browser.visit(f"/time-bank/accounts/{number}").words
    browser.visit(f"/time-bank/pools/{street.id}", status=404)
    browser.sign_in(make.account(Role.AUDITOR, street))
    assert "陪我去医院" in browser.visit("/time-bank/requests").words
    assert browser.visit(f"/time-bank/pools/{street.id}")
    browser.send(f"/time-bank/requests/{request().id}/taking", status=403)


def test_where_the_bank_is_off_there_is_no_door_and_no_word(browser, clock, app):
    office = make.office()
    volunteer, keeper = make.volunteer(office), make.account(Role.MANAGER, office)
    for account_, doors in (
        (volunteer, ["", "requests/new", "donations/new", "statement"]),
        (keeper, ["accounts", "requests", f"pools/{office.id}"]),
    ):
        browser.sign_in(account_)
        assert "time bank" not in browser.visit("/").words.lower()
        for door in doors:
            browser.visit(f"/time-bank/{door}", status=404)
    turn_on(office)
    assert "Time bank" in browser.visit("/").words
    browser.visit("/time-bank/accounts")
    assert "My time bank" in browser.sign_in(volunteer).visit("/").words
    browser.visit("/time-bank/")


def test_a_bank_that_was_turned_off_hides_what_is_in_it(
    browser, clock, street, community, volunteer, coordinator
):
    browser.sign_in(volunteer)
    ask(browser, community)
    make.let(street, since=make.TODAY + timedelta(days=1), time_bank="off")
    clock.move_to(TOMORROW)
    browser.sign_in(volunteer).visit("/time-bank/", status=404)
    browser.sign_in(coordinator).visit("/time-bank/accounts", status=404)
    number = account(volunteer.person, street).id
    browser.visit(f"/time-bank/accounts/{number}", status=404)
    browser.send(f"/time-bank/requests/{request().id}/taking", status=404)


def test_a_statement_adds_up(browser, clock, street, community, volunteer):
    page = browser.sign_in(volunteer).visit("/time-bank/statement")
    assert "Balance before" in page.words
    assert "+2 h" in page.words
    clock.move_to(TOMORROW)
    served(volunteer.person, community, 30)
    browser.sign_in(volunteer)
    words = browser.visit("/time-bank/statement?first=2026-06-02&last=2026-06-02").words
    assert "+30 min" in words
    assert "+2 h" not in words
    assert "2 h 30 min" in words
