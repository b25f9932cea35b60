"""The bank follows the ledger of hours, entry by entry, each once, and never touches it."""

from datetime import timedelta

import make
import pytest
from banking import account, balance, correct, credit, served, turn_on
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent.db import db, writing
from talent.timebank import ledger
from talent.timebank.models import BankAccount, BankEntry, BankKind

YESTERDAY = make.TODAY - timedelta(days=1)


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def person(community):
    return make.person(at=community)


def kinds(person, bank):
    found = db.session.query(BankEntry).filter_by(account_id=account(person, bank).id)
    return [(e.kind, e.minutes) for e in found.order_by(BankEntry.id)]


def test_approved_service_is_credited_once_to_the_bank_of_the_office_above(
    street, community, person
):
    turn_on(street)
    served(person, community, 90)
    credit()
    assert kinds(person, street) == [(BankKind.CREDITED, 90)]
    assert ledger.reconcile() == []


def test_where_no_office_turned_it_on_nothing_is_kept(community, person):
    served(person, community)
    assert db.session.query(BankAccount).count() == 0


def test_service_of_days_before_the_bank_is_not_credited(street, community, person):
    make.record(person, community, 60, day=YESTERDAY)
    turn_on(street)
    served(person, community, 30)
    assert balance(person, street) == 30


def test_an_office_below_can_have_a_bank_of_its_own_or_none(street, community, person):
    turn_on(street)
    turn_on(community)
    other = make.office("秋水社区", parent=street)
    make.let(other, since=make.TODAY, time_bank="off")
    served(person, community, 30)
    served(person, other, 40)
    served(person, street, 50)
    assert balance(person, community) == 30
    assert balance(person, street) == 50
    assert db.session.query(BankEntry).count() == 2


def test_what_was_late_for_the_first_look_is_credited_when_the_bank_was_turned_off_since(
    street, community, person
):
    turn_on(street, YESTERDAY)
    make.let(street, since=make.TODAY, time_bank="off")
    served(person, community, 30, day=YESTERDAY)
    served(person, community, 40)
    assert balance(person, street) == 30


def test_corrections_follow_and_a_record_taken_back_leaves_nothing(street, community, person):
    turn_on(street, bank_percent=50)
    record = served(person, community, 91)
    assert balance(person, street) == 45
    correct(record, -30)
    assert balance(person, street) == 30
    correct(record, -61)
    assert balance(person, street) == 0
    assert [k for k, _ in kinds(person, street)] == [
        BankKind.CREDITED, BankKind.CORRECTED, BankKind.CORRECTED,
    ]  # fmt: skip


def test_a_correction_undoes_what_was_credited_also_under_another_share(
    street, community, person, clock
):
    turn_on(street, bank_percent=50)
    record = served(person, community, 100)
    with writing():
        db.session.execute(text("UPDATE office_rule SET value = '80' WHERE name = 'bank_percent'"))
    correct(record, -20)
    assert balance(person, street) == 40
    correct(record, -80)
    assert balance(person, street) == 0


def test_what_exceeds_the_limit_goes_to_the_pool_and_comes_back_first(street, community, person):
    turn_on(street, bank_most_hours=1)
    record = served(person, community, 100)
    assert (balance(person, street), balance(None, street)) == (60, 40)
    correct(record, -30)
    assert (balance(person, street), balance(None, street)) == (60, 10)
    correct(record, -30)
    assert (balance(person, street), balance(None, street)) == (40, 0)
    assert ledger.reconcile() == []


def test_what_exceeds_the_limit_may_be_not_credited_and_the_page_says_so(
    street, community, browser
):
    turn_on(street, bank_most_hours=1, bank_excess="none")
    volunteer = make.volunteer(community)
    served(volunteer.person, community, 100)
    assert (balance(volunteer.person, street), balance(None, street)) == (60, 0)
    words = browser.sign_in(volunteer).visit("/time-bank/").words
    assert "40 min were above the upper limit and were not credited." in words


def test_many_entries_are_followed_in_batches(street, community, person, monkeypatch):
    monkeypatch.setattr("talent.timebank.crediting.BATCH", 3)
    turn_on(street)
    for _ in range(7):
        make.record(person, community, 10)
    credit()
    assert balance(person, street) == 70


def test_the_books_of_the_bank_only_grow(street, community, person):
    turn_on(street)
    served(person, community)
    statements = ["UPDATE bank_entry SET minutes = 999", "DELETE FROM bank_entry"]
    if db.engine.dialect.name == "postgresql":
        statements += ["TRUNCATE bank_entry CASCADE"]
    else:
        columns = "account_id, kind, minutes, excess, pooled, served, at"
        values = "1, 'spent', 5, 0, 0, 0, '2026-06-01'"
        statements += [
            f"REPLACE INTO bank_entry (id, {columns}) VALUES (1, {values})",  # noqa: S608
            f"REPLACE INTO bank_entry (ledger_entry_id, {columns}) VALUES (1, {values})",  # noqa: S608
        ]
    for statement in statements:
        with pytest.raises(DBAPIError, match="only grows"), writing():
            db.session.execute(text(statement))
    assert balance(person, street) == 120
