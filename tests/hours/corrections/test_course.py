"""A record is doubted: who asks, who answers by when, who is told, and the way above."""

from __future__ import annotations

from datetime import UTC, date, datetime

import make
from doubting import asked, asked_of, steps, told

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db
from talent.hours import ledger
from talent.hours.models import (
    CorrectionRequest,
)
from talent.hours.proving import service as proving
from talent.messages.models import MessageKind
from talent.rules.corrections import CorrectionState, Step


def test_a_volunteer_says_that_a_record_is_wrong_and_gets_an_answer(browser, community, clock):
    account = make.volunteer(community)
    one = make.record(account.person, community, 60)
    browser.sign_in(account)
    browser.send(f"/hours/{one.id}/doubt", wrong="我做了两小时", wished=120)
    assert "already said" in browser.send(f"/hours/{one.id}/doubt", status=422, wrong="再问").words
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert "我做了两小时" in browser.visit("/hours/review/doubts").words
    asked = db.session.query(CorrectionRequest).one()
    browser.send(
        f"/hours/doubts/{asked.id}/answer", verdict="accept", to_minutes=120, reason="核实无误"
    )
    browser.send(
        f"/hours/doubts/{asked.id}/answer",
        status=422,
        verdict="accept",
        to_minutes=130,
        reason="再来",
    )
    assert ledger.total(person_id=account.person_id) == 120
    words = browser.sign_in(account).visit(f"/hours/{one.id}").words
    assert "核实无误" in words
    assert "−1 h" in words  # what this system saw
    assert "+2 h" in words  # what somebody states instead


def test_nobody_doubts_the_record_of_somebody_else(browser, community):
    one = make.record(make.person(at=community), community)
    browser.sign_in(make.volunteer(community, "李四"))
    browser.send(f"/hours/{one.id}/doubt", status=404, wrong="x")
    missing = browser.visit("/hours/999999", status=404).text
    assert browser.visit(f"/hours/{one.id}", status=404).text.count("999999") == 0
    assert len(missing) > 0


def test_both_sides_see_the_whole_course_and_only_the_office_sees_names(
    browser, clock, street, community, account, coordinator, manager
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account)
    browser.send(f"/hours/{one.id}/doubt", wrong="我做了两小时", wished=120)
    number = asked().id
    browser.sign_in(coordinator).send(f"/hours/doubts/{number}/taking-up")
    browser.send(f"/hours/doubts/{number}/answer", verdict="decline", reason="签到表是一小时")
    assert browser.sign_in(account).visit(f"/hours/{one.id}").words.count("签到表是一小时") == 1
    browser.send(f"/hours/doubts/{number}/appeal", why="签到表漏了一页")
    browser.sign_in(manager)
    browser.send(
        f"/hours/doubts/{number}/decision", verdict="accept", to_minutes=120, reason="补页核实"
    )
    assert ledger.total(person_id=account.person_id) == 120
    assert proving.reconcile() == []
    assert steps() == [
        Step.ASKED, Step.TAKEN_UP, Step.DECLINED, Step.APPEALED, Step.GRANTED, Step.CORRECTED,
    ]  # fmt: skip
    seen = browser.visit(f"/hours/doubts/{number}").words
    assert "陈干事" in seen
    assert "街道主任" in seen
    mine = browser.sign_in(account).visit(f"/hours/doubts/{number}").words
    for said in ("我做了两小时", "签到表是一小时", "签到表漏了一页", "补页核实", "1 h → 2 h"):
        assert said in mine
        assert said in seen
    assert "The level above the office" in mine
    assert "陈干事" not in mine
    assert "街道主任" not in mine


def test_everybody_concerned_is_told_of_each_step(
    browser, clock, community, account, coordinator, manager
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account).send(f"/hours/{one.id}/doubt", wrong="不对")
    number = asked().id
    browser.sign_in(coordinator)
    browser.send(f"/hours/doubts/{number}/answer", verdict="decline", reason="核过了")
    browser.sign_in(account).send(f"/hours/doubts/{number}/appeal", why="没核")
    browser.sign_in(manager)
    browser.send(f"/hours/doubts/{number}/decision", verdict="decline", reason="核过了")
    assert told(MessageKind.CORRECTION_WAITS) == [
        ("asked", coordinator.id, None),
        ("appealed", coordinator.id, None),
        ("appealed", manager.id, None),
        ("decided", coordinator.id, None),
    ]
    person = account.person_id
    assert told(MessageKind.CORRECTION_MOVED) == [
        ("answered", None, person),
        ("decided", None, person),
    ]


def test_the_answer_is_due_in_the_working_days_that_the_office_sets(
    browser, clock, community, account
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account).send(f"/hours/{one.id}/doubt", wrong="不对")
    assert asked().due_on == date(2026, 6, 15)
    make.let(community, since=make.TODAY, answer_days=3)
    other = make.record(account.person, community, 60, day=date(2026, 5, 20))
    browser.send(f"/hours/{other.id}/doubt", wrong="不对")
    db.session.rollback()
    assert db.session.query(CorrectionRequest).filter_by(record_id=other.id).one().due_on == date(
        2026, 6, 4
    )
    for url in ("/hours/doubts", f"/hours/doubts/{asked_of(other)}"):
        assert "Answer by Thu 4 Jun 2026" in browser.visit(url).words


def test_silence_beyond_the_term_opens_the_appeal(browser, clock, community, account, manager):
    one = make.record(account.person, community, 60)
    browser.sign_in(account).send(f"/hours/{one.id}/doubt", wrong="不对")
    number = asked().id
    url = f"/hours/doubts/{number}/appeal"
    assert "has time until" in browser.send(url, status=422, why="太慢").words
    assert "Appeal" not in browser.visit(f"/hours/doubts/{number}").said("a", class_="button")
    clock.move_to(datetime(2026, 6, 16, 1, tzinfo=UTC))
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert f"doubt-{number}" in browser.visit("/hours/review/doubts?part=overdue").text
    browser.sign_in(account)
    assert "Appeal to the level above" in browser.visit(f"/hours/doubts/{number}").words
    browser.send(url, why="十天没有回音")
    assert "appealed already" in browser.send(url, status=422, why="再来").words
    assert asked().state is CorrectionState.APPEALED
    assert asked().due_on == date(2026, 6, 30)  # counted anew
    browser.sign_in(manager)
    assert f"doubt-{number}" in browser.visit("/hours/review/doubts?part=appeals").text


def test_an_appeal_is_not_decided_by_the_office_nor_by_who_answered(
    browser, clock, street, community, account, manager
):
    own = make.account(Role.MANAGER, community)
    one = make.record(account.person, community, 60)
    number = make.doubt(one, state=CorrectionState.APPEALED, answered_by=manager.id).id
    url = f"/hours/doubts/{number}/decision"
    more = {"verdict": "decline", "reason": "不变"}
    browser.sign_in(own)
    assert "decided by the level above" in browser.send(url, status=422, **more).words
    browser.sign_in(make.account(Role.COORDINATOR, street)).send(url, status=403, **more)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处"))).send(url, status=404, **more)
    browser.sign_in(manager)
    assert "does not decide on the appeal" in browser.send(url, status=422, **more).words
    browser.sign_in(make.account(Role.MANAGER, street)).send(url, **more)
    assert asked().state is CorrectionState.REJECTED
    browser.sign_in(account)
    page = browser.send(f"/hours/doubts/{number}/appeal", status=422, why="还是不对")
    assert "That is final." in page.words


def test_at_the_root_another_person_decides(browser, clock, street):
    account = make.volunteer(street)
    first, second = (make.account(Role.MANAGER, street) for _ in range(2))
    one = make.record(account.person, street, 60)
    number = make.doubt(one, state=CorrectionState.APPEALED, answered_by=first.id).id
    url = f"/hours/doubts/{number}/decision"
    browser.sign_in(first).send(url, status=422, verdict="decline", reason="不变")
    browser.sign_in(second).send(url, verdict="decline", reason="不变")
    assert asked().state is CorrectionState.REJECTED


def test_nobody_answers_what_he_or_his_child_asks_for(browser, clock, community, account):
    child = make.person("小明", at=community, guardian_id=account.person_id)
    make.saved(
        Grant(
            account_id=account.id, office_id=community.id, role=Role.COORDINATOR,
            granted_at=make.NOW,
        )
    )  # fmt: skip
    for person in (account.person, child):
        number = make.doubt(make.record(person, community, 60)).id
        browser.sign_in(account)
        url = f"/hours/doubts/{number}/answer"
        page = browser.send(url, status=422, verdict="accept", to_minutes=90, reason="x")
        assert "Nobody answers what he asked for himself." in page.words
    assert ledger.total() == 120
