"""Many approvals as one act: shown first, done once, what stands against one of them said."""

from datetime import timedelta

import make
import pytest
from counting import queries
from together import together

from talent.access import Role
from talent.accounts.models import Account
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.approvals import service
from talent.hours.models import LedgerEntry, Origin, RecordFlag, RecordState, ServiceRecord, Waits
from talent.hours.proving import service as proving
from talent.hours.service import PAGE
from talent.rules.doubts import DoubtKind, Seen
from talent.rules.reason import Because, packed

PENDING = RecordState.PENDING
PATH = "/hours/review/approvals"


@pytest.fixture
def community(app):
    return make.office("春风社区", parent=make.office("清河街道"))


@pytest.fixture
def coordinator(browser, clock, community):
    account = make.account(Role.COORDINATOR, community, person=make.person("协调员", at=community))
    browser.sign_in(account)
    return account


def waiting(office, name="王秀兰", minutes=120, **more):
    person = more.pop("person", None) or make.person(name, at=office)
    state = more.pop("state", PENDING)
    waits = more.pop("waits_for", Waits.APPROVAL)
    return make.record(person, office, minutes, state=state, waits_for=waits, **more)


def flag(record):
    seen = packed(Because(Seen.DEVICE, {"people": 3, "least": 3}))
    make.saved(
        RecordFlag(record_id=record.id, kind=DoubtKind.DEVICE, facts=seen, raised_at=make.NOW)
    )
    return record


def asked(records, **more):
    query = "&".join(f"record={one.id}" for one in records)
    return f"{PATH}?{query}"


def mark(page):
    return page.all("input", name="seen")[0].get("value")


def states(records):
    db.session.expire_all()
    return [db.session.get(ServiceRecord, one.id).state for one in records]


def test_what_is_ticked_is_shown_first_and_then_done(browser, community, coordinator):
    made = [waiting(community, f"人{n}", 60 * n) for n in (1, 2, 3)]
    page = browser.visit(asked(made[:2]))
    for said in ("Approve 2 records", "3 h", "人1", "人2", "This cannot be undone"):
        assert said in page.words, said
    assert "人3" not in page.words
    assert ledger.total() == 0
    assert browser.send(PATH, seen=mark(page)).location == "/hours/review"
    assert states(made) == [RecordState.APPROVED, RecordState.APPROVED, PENDING]
    assert ledger.total() == 180
    assert {e.account_id for e in db.session.query(LedgerEntry)} == {coordinator.id}
    assert proving.reconcile() == []


def test_all_that_the_list_shows_goes_across_its_pages(browser, community, coordinator):
    person = make.person(at=community)
    for number in range(PAGE + 3):
        waiting(community, person=person, minutes=10, day=make.TODAY - timedelta(days=number))
    waiting(community, "按手", 30, origin=Origin.HAND, evidence="表", entered_by=1)
    page = browser.visit(f"{PATH}?all=1&part=waiting&kind=verified&record=1")
    assert f"Approve {PAGE + 3} records" in page.words
    assert "按手" not in page.words
    browser.send(PATH, seen=mark(page))
    assert ledger.total() == 10 * (PAGE + 3)


def test_it_leaves_out_what_one_may_not_approve_and_says_why(browser, community, coordinator):
    fine = waiting(community, "可以")
    held = {
        "Nobody approves hours of his own.": waiting(community, person=coordinator.person),
        "Nobody approves the hours of a child of his own.": waiting(
            community, person=make.person("小雨", at=community, guardian_id=coordinator.person_id)
        ),
        "approved by someone other than who entered them": waiting(
            community, "自己录", origin=Origin.IMPORTED, evidence="表", entered_by=coordinator.id
        ),
        "need a note of the evidence": waiting(community, "无凭据", origin=Origin.HAND),
        "approved by the level above the office": waiting(
            community, "太长", 780, state=RecordState.PENDING_ABOVE
        ),
        "Look into it first": flag(waiting(community, "可疑")),
        "This record was decided already.": make.record(
            make.person("已批", at=community), community
        ),
    }
    everything = [fine, *held.values()]
    page = browser.visit(asked(everything))
    assert "Approve 1 record" in page.words
    for said in held:
        assert said in page.words, said
    seen = " ".join(f"{one.id}:{one.claimed_minutes}" for one in everything)
    done = browser.send(PATH, status=200, seen=seen)
    assert "What came of it" in done.words
    assert all(said in done.words for said in held)
    assert states([fine]) == [RecordState.APPROVED]
    assert ledger.total() == 240  # with the one that was approved before


def test_who_has_two_accounts_is_one_person(browser, clock, community):
    """The second account has no person yet, or it is the same: a person has one account."""
    clerk = make.account(Role.COORDINATOR, community, person=make.person("我", at=community))
    one = waiting(community, origin=Origin.HAND, evidence="表", entered_by=clerk.id)
    other = make.account(Role.COORDINATOR, community)
    with writing():  # as when the file of the other account is found to be the same person's
        clerk.person_id, other.person_id = None, clerk.person_id
        one.person_id = other.person_id
    browser.sign_in(other)
    assert "Nobody approves hours of his own." in browser.visit(asked([one])).words


def test_sending_it_twice_does_nothing_twice(browser, community, coordinator):
    made = [waiting(community, f"人{n}") for n in range(2)]
    seen = mark(browser.visit(asked(made)))
    browser.send(PATH, seen=seen)
    again = browser.send(PATH, status=200, seen=seen)
    assert "Nothing was approved: every record was left out." in again.words
    assert again.words.count("This record was decided already.") == 2
    assert ledger.total() == 240


def test_what_changed_meanwhile_is_left_out_and_named(browser, community, coordinator):
    made = [waiting(community, f"人{n}") for n in range(4)]
    page = browser.visit(asked(made))
    with writing():
        db.session.get(ServiceRecord, made[0].id).claimed_minutes = 300
        db.session.get(ServiceRecord, made[1].id).state = RecordState.REFUSED
    flag(made[2])
    done = browser.send(PATH, status=200, seen=mark(page))
    assert "changed since you looked: 2 h became 5 h" in done.words
    assert "decided already" in done.words
    assert "Look into it first" in done.words
    assert states(made) == [PENDING, RecordState.REFUSED, PENDING, RecordState.APPROVED]


def test_records_of_another_office_do_not_exist(browser, community, coordinator):
    hidden = waiting(make.office("别处"), "外人")
    page = browser.visit(asked([hidden]))
    assert "Nothing was chosen" in page.words
    browser.send(PATH, status=200, seen=f"{hidden.id}:120")
    assert states([hidden]) == [PENDING]
    browser.visit(f"{PATH}?all=1&office={hidden.office_id}", status=404)


@pytest.mark.parametrize("seen", ["", "x", "1", "1:", ":5", "1:2:3", "９:1", "9" * 30 + ":1"])
def test_a_mark_that_nobody_wrote_approves_nothing(browser, community, coordinator, seen):
    waiting(community)
    browser.send(PATH, status=200, seen=seen)
    assert ledger.total() == 0


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.VOLUNTEER])
def test_it_is_for_those_who_review(browser, clock, community, role):
    one = waiting(community)
    browser.sign_in(make.account(role, community))
    browser.visit(asked([one]), status=403)
    browser.send(PATH, status=403, seen=f"{one.id}:120")


def test_more_than_fit_are_told_so(browser, community, coordinator, monkeypatch):
    monkeypatch.setattr(service, "MOST", 2)
    for number in range(3):
        waiting(community, f"人{number}")
    page = browser.visit(f"{PATH}?all=1")
    assert "These are the first 2" in page.words
    assert "Approve 2 records" in page.words


def test_the_preview_asks_no_more_for_more(browser, community, coordinator):
    made = [waiting(community, f"人{n}", entered_by=coordinator.id) for n in range(4)]
    one, four = asked(made[:1]), asked(made)
    browser.visit(one)
    with queries() as few:
        browser.visit(one)
    with queries() as many:
        browser.visit(four)
    assert len(many) == len(few)


def approve(start, account_id, seen):
    actor = db.session.get(Account, account_id).actor
    db.session.rollback()
    start()
    with writing():
        return len(service.approve(seen, actor=actor, now=make.NOW).records)


def test_two_clerks_at_once_approve_each_record_once(settings, app, community):
    """In opposite orders, over the same people and two offices: nobody waits for ever."""
    other = make.office("梧桐社区", parent=community.parent)
    people = [make.person(f"人{n}", at=community) for n in range(4)]
    made = [
        waiting(office, person=person, minutes=30)
        for office, order in ((community, people), (other, people[::-1]))
        for person in order
    ]
    accounts = [make.account(Role.MANAGER, community.parent).id for _ in range(3)]
    ids = [one.id for one in made]
    seen = (dict.fromkeys(ids[::step], 30) for step in (-1, 1, -1))
    found = together(settings, *zip([approve] * 3, accounts, seen, strict=True))
    assert sorted(found) == [0, 0, len(ids)]
    assert ledger.total() == 30 * len(ids)
    assert proving.reconcile() == []
