"""Several want the last hour of one account in the same moment: one of them gets it."""

import multiprocessing
from datetime import timedelta

import make
import pytest
from banking import account, served, turn_on

from talent.access import SYSTEM
from talent.app import create_app
from talent.db import db, writing
from talent.errors import Refused
from talent.offices.models import Office
from talent.people.models import Person
from talent.timebank import jobs, ledger, requests
from talent.timebank.models import BankEntry

FORK = multiprocessing.get_context("fork")
SPENDERS = 4


def spend(settings, start, answers, person_id, office_id):
    """A process of its own with an app of its own."""
    with create_app(settings).app_context():
        start.wait(timeout=60)
        try:
            with writing():
                office = db.session.get(Office, office_id)
                requests.ask(
                    db.session.get(Person, person_id), office, office, what="x",
                    starts_at=make.NOW + timedelta(days=1), minutes=60, actor=SYSTEM, now=make.NOW,
                )  # fmt: skip
            answers.put("taken")
        except Refused:
            answers.put("refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
            answers.put(repr(error))


def credit(settings, start, answers):
    with create_app(settings).app_context():
        start.wait(timeout=60)
        try:
            jobs.credit(make.NOW)
            answers.put("")
        except Exception as error:  # noqa: BLE001
            answers.put(repr(error))


def run(target, number, *given):
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(number), FORK.Queue()
    settings, *rest = given
    runners = [
        FORK.Process(target=target, args=(settings, start, answers, *rest)) for _ in range(number)
    ]
    for runner in runners:
        runner.start()
    found = sorted(answers.get(timeout=90) for _ in runners)
    for runner in runners:
        runner.join(timeout=30)
    return found


@pytest.fixture
def office(app):
    one = make.office()
    turn_on(one)
    return one


def test_the_last_hour_is_spent_once(settings, clock, office):
    person = make.person(at=office)
    served(person, office, 60)
    found = run(spend, SPENDERS, settings, person.id, office.id)
    assert found == ["refused"] * (SPENDERS - 1) + ["taken"]
    assert account(person, office).reserved == 60
    assert ledger.reconcile() == []


def test_several_workers_credit_each_entry_once(settings, clock, office):
    people = [make.person(f"志愿者{number}", at=office) for number in range(5)]
    for person in people:
        make.record(person, office, 30)
    assert run(credit, 3, settings) == [""] * 3
    assert db.session.query(BankEntry).count() == 5
    assert ledger.reconcile() == []
