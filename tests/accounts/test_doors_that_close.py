"""What is taken away is gone at the next request, also for who is signed in."""

import make
import pytest

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.people.models import Registration, RegistrationState

pytestmark = pytest.mark.usefixtures("clock")


def test_who_moves_to_another_office_sees_its_people_and_those_of_the_first_no_more(browser):
    first, second = make.office(), make.office()
    clerk = make.account(Role.COORDINATOR, first)
    here, there = make.person("张一", at=first), make.person("李二", at=second)
    browser.sign_in(clerk).visit(f"/people/{here.id}")
    browser.visit(f"/people/{there.id}", status=404)
    with writing():
        db.session.query(Grant).filter_by(account_id=clerk.id).one().office_id = second.id
    browser.visit(f"/people/{here.id}", status=404)
    assert "张一" not in browser.visit("/people/").words
    browser.visit(f"/people/{there.id}")


def test_who_has_left_takes_no_place_at_the_next_request(browser):
    office = make.office()
    account = make.account(person=make.person(at=office))
    browser.sign_in(account).visit("/shifts/handovers")
    with writing():
        row = db.session.query(Registration).filter_by(person_id=account.person_id).one()
        row.state = RegistrationState.LEFT
    browser.visit("/shifts/handovers", status=403)


def test_a_closed_account_is_asked_to_sign_in_at_the_next_request(browser):
    account = make.account(Role.COORDINATOR, make.office())
    browser.sign_in(account).visit("/people/")
    with writing():
        account.closed_at = make.NOW
    assert browser.get("/people/").location.startswith("/account/sign-in")
