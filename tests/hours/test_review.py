"""The office decides, and the old value stays."""

from datetime import timedelta

import make
import pytest

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind, Origin, RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.messages.models import Message, MessageKind


def test_the_level_above_approves_more_than_twelve_hours(browser, street, community):
    person = make.person(at=community)
    one = make.record(person, community, 780, state=RecordState.PENDING_ABOVE)
    browser.sign_in(make.account(Role.MANAGER, community))
    assert "level above" in browser.send(f"/hours/{one.id}/approval", status=409).words
    browser.sign_in(make.account(Role.COORDINATOR, street))
    browser.send(f"/hours/{one.id}/approval", status=409)
    browser.sign_in(make.account(Role.MANAGER, street))
    browser.send(f"/hours/{one.id}/approval")
    assert ledger.total(person_id=person.id) == 780


def test_nobody_approves_his_own_hours(browser, community):
    account = make.volunteer(community)
    make.saved(
        Grant(
            account_id=account.id,
            office_id=community.id,
            role=Role.COORDINATOR,
            granted_at=make.NOW,
        )
    )
    one = make.record(account.person, community, state=RecordState.PENDING)
    page = browser.sign_in(account).send(f"/hours/{one.id}/approval", status=409)
    assert "Nobody approves hours of his own." in page.words


def test_the_page_of_a_record_says_why_its_reader_cannot_approve_it(browser, community):
    enters, other = (make.account(Role.COORDINATOR, community) for _ in range(2))
    one = make.record(
        make.person(at=community), community, state=RecordState.PENDING, origin=Origin.HAND,
        entered_by=enters.id, evidence="签到表",
    )  # fmt: skip
    words = "approved by someone other than who entered them"
    page = browser.sign_in(enters).visit(f"/hours/{one.id}")
    assert words in page.words
    assert not page.all("form", action=f"/hours/{one.id}/approval")
    page = browser.sign_in(other).visit(f"/hours/{one.id}")
    assert words not in page.words
    assert page.all("form", action=f"/hours/{one.id}/approval")


def test_an_approval_in_place_answers_with_the_card(browser, community):
    one = make.record(make.person(at=community), community, state=RecordState.PENDING)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    page = browser.send(f"/hours/{one.id}/approval", status=200, htmx=True)
    assert page.all("article", id=f"record-{one.id}")
    assert "Approved" in page.words
    assert browser.send(f"/hours/{one.id}/approval", status=409, htmx=True)
    assert ledger.total() == 120


def test_a_refusal_keeps_the_record_and_its_reason(browser, community):
    account = make.volunteer(community)
    one = make.record(account.person, community, state=RecordState.PENDING)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert browser.send(f"/hours/{one.id}/refusal", status=422, why=" ")
    browser.send(f"/hours/{one.id}/refusal", why="当天活动取消")
    assert ledger.total() == 0
    assert "当天活动取消" in browser.sign_in(account).visit(f"/hours/{one.id}").words


def test_a_correction_is_a_new_entry_and_the_old_value_stays(browser, community, clock):
    account = make.volunteer(community)
    one = make.record(account.person, community, 120)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"/hours/{one.id}/correction", to_minutes=90, reason="提前离开半小时")
    kinds = [(e.kind, e.minutes) for e in db.session.get(ServiceRecord, one.id).entries]
    assert kinds == [(EntryKind.EARNED, 120), (EntryKind.CORRECTED, -30)]
    assert ledger.total(person_id=account.person_id) == 90
    assert proving.reconcile() == []
    assert db.session.query(Message).one().kind is MessageKind.HOURS_CORRECTED
    words = browser.sign_in(account).visit(f"/hours/{one.id}").words
    assert "2 h" in words
    assert "−30 min" in words
    assert "提前离开半小时" in words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"to_minutes": 120, "reason": "x"}, "The record says so already."),
        ({"to_minutes": -1, "reason": "x"}, "Enter whole minutes"),
        ({"to_minutes": 60, "reason": ""}, "Please fill in this field."),
    ],
)
def test_a_correction_that_says_nothing_is_refused(browser, community, fields, said):
    one = make.record(make.person(at=community), community, 120)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert said in browser.send(f"/hours/{one.id}/correction", status=422, **fields).words
    assert ledger.total() == 120


def test_an_office_sees_only_its_own_queue(browser, community, clock):
    other = make.office("别处")
    make.record(make.person("本社区人", at=community), community, state=RecordState.PENDING)
    elsewhere = make.person("外人", at=other)
    hidden = make.record(elsewhere, other, state=RecordState.PENDING)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    words = browser.visit("/hours/review").words
    assert "本社区人" in words
    assert "外人" not in words
    for act in ("approval", "refusal", "correction"):
        browser.send(f"/hours/{hidden.id}/{act}", status=404)
    browser.visit(f"/hours/people/{elsewhere.id}", status=404)


def test_what_ten_working_days_have_passed_by_is_overdue(browser, community, clock):
    person = make.person(at=community)
    late = make.record(
        person,
        community,
        state=RecordState.PENDING,
        activity="早就该记",
        due_on=make.TODAY - timedelta(days=1),
    )
    make.record(
        person, community, state=RecordState.PENDING, activity="今天到期", due_on=make.TODAY
    )
    browser.sign_in(make.account(Role.COORDINATOR, community))
    words = browser.visit("/hours/review/overdue").words
    assert f"record-{late.id}" in browser.visit("/hours/review/overdue").text
    assert "早就该记" in words
    assert "今天到期" not in words


def test_hours_by_hand_need_evidence_even_when_they_were_imported_so(browser, community):
    one = make.record(
        make.person(at=community), community, state=RecordState.PENDING, origin=Origin.HAND
    )
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert "note of the evidence" in browser.send(f"/hours/{one.id}/approval", status=409).words
    with writing():
        one.evidence = "签到表"
    browser.send(f"/hours/{one.id}/approval")
