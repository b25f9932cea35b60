"""Time is donated to people and to the pool, and given from the pool by two persons."""

import make
import pytest
from banking import account, balance, served, turn_on

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.offices.models import OfficeRule
from talent.timebank import ledger
from talent.timebank.models import BankDonation, BankGift, GiftState


@pytest.fixture
def giver(community):
    one = make.volunteer(community)
    served(one.person, community, 120)
    return one


@pytest.fixture
def receiver(community):
    return make.person("欧阳娜娜", at=community)


def donate(browser, number, minutes=45, way="person"):
    """Through both pages; gives the address of the second."""
    fields = {"way": way, "number": number, "minutes": minutes}
    return browser.send("/time-bank/donations/new", **fields).location


def test_a_donation_shows_the_name_in_part_before_it_moves_anything(
    browser, street, giver, receiver
):
    check = donate(browser.sign_in(giver), receiver.volunteer_no)
    words = browser.visit(check).words
    assert "欧**娜" in words or "欧***" in words or "欧" in words
    assert "欧阳娜娜" not in words
    assert balance(giver.person, street) == 120
    browser.send(check)
    assert (balance(giver.person, street), balance(receiver, street)) == (75, 45)
    browser.send(check)
    assert (balance(giver.person, street), balance(receiver, street)) == (75, 45)
    assert db.session.query(BankDonation).count() == 1
    assert ledger.reconcile() == []


def test_a_donation_to_the_pool(browser, street, giver):
    check = donate(browser.sign_in(giver), "", way="pool")
    assert "common pool" in browser.visit(check).words
    browser.send(check)
    assert (balance(giver.person, street), balance(None, street)) == (75, 45)


def test_a_number_of_another_bank_is_like_one_that_nobody_has(browser, street, community, giver):
    elsewhere = make.office("另一街道")
    turn_on(elsewhere)
    other = make.person("外人", at=elsewhere)
    said = [
        browser.sign_in(giver)
        .send("/time-bank/donations/new", status=422, way="person", number=number, minutes=5)
        .said("p", class_="error")
        for number in (other.volunteer_no, "V9999999")
    ]
    assert said[0] == said[1] != []


def test_trying_out_numbers_is_slowed_down(browser, giver, receiver):
    browser.sign_in(giver)
    for number in range(12):
        page = browser.send(
            "/time-bank/donations/new", status=422, way="person", number=f"V{number}", minutes=5
        )
    assert "too many tries" in page.words
    fields = {"way": "person", "number": receiver.volunteer_no, "minutes": 5}
    assert "too many tries" in browser.send("/time-bank/donations/new", status=422, **fields).words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"minutes": 121}, "Only 2 h are free to be spent."),
        ({"number": ""}, "Write the volunteer number of the person."),
        ({"number": "own"}, "One cannot donate to oneself."),
        ({"way": "nobody"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_donated_is_said(browser, giver, receiver, fields, said):
    given = {"way": "person", "number": receiver.volunteer_no, "minutes": 10} | fields
    if given["number"] == "own":
        given["number"] = giver.person.volunteer_no
    page = browser.sign_in(giver).send("/time-bank/donations/new", status=422, **given)
    assert said in page.words


def test_the_office_says_whether_and_to_whom_one_donates(browser, street, giver, receiver):
    make.let(street, since=make.TODAY, bank_donations="pool")
    page = browser.sign_in(giver).visit("/time-bank/donations/new")
    assert "A person" not in page.said("span")
    fields = {"way": "person", "number": receiver.volunteer_no, "minutes": 10}
    browser.send("/time-bank/donations/new", status=422, **fields)
    check = donate(browser, "", way="pool")
    with writing():
        db.session.query(OfficeRule).filter_by(name="bank_donations").one().value = "off"
    browser.visit("/time-bank/donations/new", status=404)
    browser.send(check, status=409)
    assert balance(giver.person, street) == 120


def test_the_check_page_of_another_one_moves_nothing_of_mine(
    browser, street, community, giver, receiver
):
    check = donate(browser.sign_in(giver), receiver.volunteer_no)
    other = make.volunteer(community, "李雷")
    browser.sign_in(other).send(check, status=404)
    assert balance(giver.person, street) == 120
    browser.sign_in(giver).visit("/time-bank/donations/made-up", status=404)


def test_the_pool_is_given_by_two_persons(browser, street, community, giver, receiver):
    served(receiver, community, 10)
    browser.sign_in(giver).send(donate(browser, "", way="pool", minutes=100))
    first, second = (make.account(Role.COORDINATOR, street) for _ in range(2))
    number = account(receiver, street).id
    url = f"/time-bank/accounts/{number}/gift"
    browser.sign_in(first)
    assert (
        "Only 1 h 40 min are free" in browser.send(url, status=422, minutes=101, reason="病").words
    )
    browser.send(url, status=422, minutes=60, reason="")
    browser.send(url, minutes=60, reason="独居，刚出院")
    assert account(None, street).reserved == 60
    gift = db.session.query(BankGift).one().id
    page = browser.visit(f"/time-bank/pools/{street.id}")
    assert "approved by someone else" in page.words
    browser.send(f"/time-bank/gifts/{gift}/approval", status=409)
    assert balance(receiver, street) == 10
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"/time-bank/gifts/{gift}/approval", status=404)
    browser.visit(url, status=404)
    browser.sign_in(second).send(f"/time-bank/gifts/{gift}/approval")
    browser.send(f"/time-bank/gifts/{gift}/approval", status=409)
    assert (balance(receiver, street), balance(None, street)) == (70, 40)
    assert account(None, street).reserved == 0
    assert ledger.reconcile() == []


def test_what_is_not_approved_stays_in_the_pool(browser, street, community, giver, receiver):
    served(receiver, community, 10)
    browser.sign_in(giver).send(donate(browser, "", way="pool", minutes=100))
    first, second = (make.account(Role.COORDINATOR, street) for _ in range(2))
    url = f"/time-bank/accounts/{account(receiver, street).id}/gift"
    browser.sign_in(first).send(url, minutes=60, reason="x")
    gift = db.session.query(BankGift).one().id
    browser.sign_in(second).send(f"/time-bank/gifts/{gift}/refusal")
    assert db.session.query(BankGift).one().state is GiftState.REFUSED
    assert (balance(None, street), account(None, street).reserved) == (100, 0)


def test_nobody_gives_to_himself(browser, street, giver):
    make.saved(
        Grant(account_id=giver.id, office_id=street.id, role=Role.COORDINATOR, granted_at=make.NOW)
    )
    browser.sign_in(giver).send(donate(browser, "", way="pool", minutes=100))
    url = f"/time-bank/accounts/{account(giver.person, street).id}/gift"
    assert (
        "Nobody gives banked time to himself or to a child of his own."
        in browser.send(url, status=422, minutes=5, reason="x").words
    )


def test_the_check_page_of_another_one_is_not_there_and_not_used_up(
    browser, street, community, giver, receiver
):
    other = make.volunteer(community, "李雷")
    served(other.person, community, 60)
    check = donate(browser.sign_in(giver), other.person.volunteer_no)
    browser.sign_in(other).visit(check, status=404)
    browser.send(check, status=404)
    assert balance(other.person, street) == 60
    browser.sign_in(giver).send(check)
    assert balance(giver.person, street) == 75
