"""Several want the last hour of one account in the same moment: one of them gets it."""

from datetime import timedelta

import make
import pytest
from banking import account, served, turn_on
from together import together

from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.offices.models import Office
from talent.people.models import Person
from talent.timebank import jobs, ledger, requests
from talent.timebank.models import BankEntry

SPENDERS = 4


def spend(start, person_id, office_id):
    start()
    try:
        with writing():
            office = db.session.get(Office, office_id)
            requests.ask(
                db.session.get(Person, person_id), office, office, what="x",
                starts_at=make.NOW + timedelta(days=1), minutes=60, actor=SYSTEM, now=make.NOW,
            )  # fmt: skip
    except Refused:
        return "refused"
    return "taken"


def credit(start):
    start()
    jobs.credit(make.NOW)


@pytest.fixture
def office(app):
    one = make.office()
    turn_on(one)
    return one


def test_the_last_hour_is_spent_once(settings, clock, office):
    person = make.person(at=office)
    served(person, office, 60)
    found = together(settings, *[(spend, person.id, office.id)] * SPENDERS)
    assert sorted(found) == ["refused"] * (SPENDERS - 1) + ["taken"]
    assert account(person, office).reserved == 60
    assert ledger.reconcile() == []


def test_several_workers_credit_each_entry_once(settings, clock, office):
    people = [make.person(f"志愿者{number}", at=office) for number in range(5)]
    for person in people:
        make.record(person, office, 30)
    assert together(settings, *[(credit,)] * 3) == [None] * 3
    assert db.session.query(BankEntry).count() == 5
    assert ledger.reconcile() == []
