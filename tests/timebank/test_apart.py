"""Whatever the bank does, the certified hours, the tallies and the certificates are the same."""

from contextlib import suppress

import make
import pytest
from banking import correct, credit, turn_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger as hours
from talent.hours.models import LedgerEntry, Tally
from talent.timebank import donations, ledger, pool, requests, service
from talent.timebank.models import BankAccount, BankGift, BankRequest

ACTS = st.tuples(
    st.sampled_from(
        ["serve", "correct", "ask", "book", "return", "donate", "pool", "give", "approve"]
    ),
    st.integers(0, 2),
    st.integers(1, 300),
)


@pytest.fixture
def bank(clock, app):
    office = make.office("清河街道")
    turn_on(office, bank_most_hours=4, bank_percent=80)
    return office


def certified():
    """All that the certified side says: entries, tallies, totals."""
    db.session.rollback()
    entries = db.session.query(
        LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.person_id, LedgerEntry.minutes
    )
    tallies = db.session.query(Tally.person_id, Tally.year, Tally.minutes)
    return sorted(map(tuple, entries)), sorted(map(tuple, tallies)), hours.total()


def act(what, bank, people, which, minutes):
    """One act of the bank; what the law refuses changes nothing."""
    now, person = make.NOW, people[which]
    with writing():
        bank = db.session.merge(bank)
        person = db.session.merge(person)
        account = service.account_of(bank.id, person.id)
        if what == "ask":
            when = make.hours_later(1)
            requests.ask(
                person, bank, bank, what="x", starts_at=when, minutes=minutes, actor=SYSTEM, now=now
            )
        elif what in {"book", "return"}:
            found = db.session.query(BankRequest).order_by(BankRequest.id.desc()).first()
            if found and what == "return":
                requests.give_back(found, "x", actor=SYSTEM, now=now)
            elif found:
                if found.state == "asked":
                    requests.take(found, actor=SYSTEM, now=now)
                requests.book(found, minutes, actor=SYSTEM, now=make.hours_later(2))
        elif what in {"donate", "pool"}:
            to = None if what == "pool" else people[(which + 1) % 3].volunteer_no
            wish = donations.wish(
                person, bank, typed=to, minutes=minutes, note=None, address="x", now=now
            )
            donations.donate(person, bank, wish, actor=SYSTEM, now=now)
        elif what == "give" and account:
            pool.propose(account, minutes, "x", actor=SYSTEM, now=now)
        elif what == "approve":
            found = db.session.query(BankGift).order_by(BankGift.id.desc()).first()
            if found:
                pool.approve(found, actor=SYSTEM, now=now)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=5, max_size=14))
def test_the_bank_never_touches_the_certified_hours_and_its_books_always_agree(bank, acts):
    people = [make.person(name, at=bank) for name in ("甲", "乙", "丙")]
    records = {person.id: make.record(person, bank, 200) for person in people}
    credit()
    for what, which, minutes in acts:
        if what == "serve":
            make.record(people[which], bank, minutes)
        elif what == "correct":
            record = records[people[which].id]
            db.session.rollback()
            db.session.refresh(record)
            if record.minutes >= minutes:
                correct(record, -minutes)
        before = certified()
        credit()
        if what not in {"serve", "correct"}:
            with suppress(Refused):
                act(what, bank, people, which, minutes)
        assert certified() == before
        assert ledger.reconcile() == []
        assert db.session.query(BankAccount).filter(BankAccount.reserved < 0).count() == 0
    db.session.rollback()
