"""What the nightly check of the ledger found is shown, and told when it is bad."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import LedgerProof, Tally
from talent.hours.proofs import jobs
from talent.hours.proving.jobs import prove
from talent.messages.models import Message, MessageKind

DAY = timedelta(days=1)


@pytest.fixture
def community(app):
    return make.office("春风社区")


@pytest.fixture
def auditor(community):
    return make.account(Role.AUDITOR, community)


def spoil(person):
    """A total that no entry stands behind."""
    with writing():
        db.session.query(Tally).filter_by(person_id=person.id).update({"minutes": 999})


def test_the_last_check_of_each_office_is_shown_to_those_who_see_its_hours(
    browser, clock, community, auditor
):
    make.record(make.person(at=community), community, 60)
    other = make.office("别处")
    make.record(make.person(at=other), other, 60)
    assert "Not checked yet" in browser.sign_in(auditor).visit("/hours/ledger/").words
    prove(make.NOW)
    page = browser.visit("/hours/ledger/")
    digest = db.session.query(LedgerProof).filter_by(office_id=community.id).one().digest
    assert "In order" in page.words
    assert page.said("code") == [digest[:12]]
    assert f"/hours/ledger/{other.id}" not in page.text
    browser.visit(f"/hours/ledger/{other.id}", status=404)
    browser.sign_in(make.account(Role.LEADER, community)).visit("/hours/ledger/", status=403)


def test_faults_are_said_in_words_and_earlier_checks_stay(browser, clock, community, auditor):
    person = make.person(at=community)
    make.record(person, community, 60)
    prove(make.NOW)
    spoil(person)
    prove(make.NOW + DAY)
    browser.sign_in(auditor)
    assert "1 fault" in browser.visit("/hours/ledger/").words
    page = browser.visit(f"/hours/ledger/{community.id}")
    assert "A total differs from its entries" in page.words
    assert len(page.all("article", class_="card")) == 2
    assert page.words.index("1 fault") < page.words.index("In order")


def test_administrators_are_told_of_a_fault_once_and_of_another_one_again(
    browser, clock, community
):
    administrator = make.account(Role.ADMINISTRATOR, community)
    make.account(Role.MANAGER, community)
    person = make.person(at=community)
    make.record(person, community, 60)

    def told(now):
        prove(now)
        for _ in range(2):
            with writing():
                jobs.tell_faults(now)
        found = db.session.query(Message).filter_by(kind=MessageKind.LEDGER_FAULTS)
        return [message.account_id for message in found.order_by(Message.id)]

    assert told(make.NOW) == []
    spoil(person)
    assert told(make.NOW + DAY) == [administrator.id]
    assert told(make.NOW + 2 * DAY) == [administrator.id]
    make.record(person, community, 60, day=make.TODAY - DAY)
    assert told(make.NOW + 3 * DAY) == [administrator.id, administrator.id]


def test_the_lists_page_by_key_at_a_constant_cost(browser, clock, community, auditor, monkeypatch):
    def fill(name):
        office = make.office(name, parent=community)
        make.record(make.person(at=office), office, 60)

    fill("甲")
    prove(make.NOW)
    browser.sign_in(auditor).visit("/hours/ledger/")
    with queries() as one:
        browser.visit("/hours/ledger/")
    fill("乙")
    fill("丙")
    prove(make.NOW)
    with queries() as three:
        browser.visit("/hours/ledger/")
    assert len(three) == len(one), three
    monkeypatch.setattr("talent.hours.proofs.service.PAGE", 2)
    page = browser.visit("/hours/ledger/")
    (more,) = page.all("a", rel="next")
    assert len(browser.visit(more.get("href")).all("tr")) == 2
    office_id = db.session.query(LedgerProof).order_by(LedgerProof.id).first().office_id
    for days in (1, 2):
        prove(make.NOW + days * DAY)
    page = browser.visit(f"/hours/ledger/{office_id}")
    (more,) = page.all("a", rel="next")
    assert len(browser.visit(more.get("href")).all("article", class_="card")) == 1
