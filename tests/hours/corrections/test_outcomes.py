"""What comes of it: words corrected, a record taken back, service that was missing entered."""

from __future__ import annotations

from datetime import date

import make
import pytest
from doubting import MORNING, asked, steps

from talent.access import Role
from talent.db import db
from talent.hours import ledger
from talent.hours.models import (
    CorrectionRequest,
    Origin,
    RecordChange,
    RecordState,
    ServiceRecord,
)
from talent.hours.proving import service as proving
from talent.rules.corrections import Step, Wrong


def test_words_of_a_record_are_corrected_and_the_old_ones_stay(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account)
    same = {"activity": "为老送餐", "content": "给老人送午餐", "person_in_charge": "李主任"}
    url = f"/hours/{one.id}/doubt?kind=details"
    page = browser.send(url, status=422, wrong="地点错了", place="社区食堂", **same)
    assert "what the record should say instead" in page.words
    browser.send(url, wrong="地点错了", place="二楼活动室", **same)
    assert asked().wished == {"place": "二楼活动室"}
    number = asked().id
    browser.sign_in(coordinator)
    form = browser.visit(f"/hours/doubts/{number}/answer")
    assert [e.get("value") for e in form.all("input", name="place")] == ["二楼活动室"]
    url = f"/hours/doubts/{number}/answer"
    wish = {"verdict": "accept", "reason": "核实", **same}
    assert "says so already" in browser.send(url, status=422, place="社区食堂", **wish).words
    browser.send(url, place="二楼活动室", **wish)
    change = db.session.query(RecordChange).one()
    assert (change.field, change.old, change.new) == ("place", "社区食堂", "二楼活动室")
    assert (change.reason, change.account_id) == ("核实", coordinator.id)
    words = browser.visit(f"/hours/{one.id}").words
    assert "社区食堂" in words
    assert "二楼活动室" in words
    assert ledger.total() == 60


def test_a_record_that_was_somebody_elses_is_taken_back(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account).send(f"/hours/{one.id}/doubt?kind=not_mine", wrong="那天我不在")
    number = asked().id
    assert asked().kind is Wrong.NOT_MINE
    browser.sign_in(coordinator)
    browser.send(f"/hours/doubts/{number}/answer", verdict="accept", reason="核实")
    assert ledger.total() == 0
    assert proving.reconcile() == []


def test_a_record_that_still_waits_is_decided_on_first(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60, state=RecordState.PENDING)
    number = make.doubt(one, kind=Wrong.TIME).id
    browser.sign_in(coordinator)
    url = f"/hours/doubts/{number}/answer"
    page = browser.send(url, status=422, verdict="accept", to_minutes=90, reason="x")
    assert "Approve or refuse it first." in page.words
    other = make.record(
        account.person, community, 60, state=RecordState.PENDING, day=date(2026, 5, 9)
    )
    number = make.doubt(other, kind=Wrong.NOT_MINE).id
    browser.send(f"/hours/doubts/{number}/answer", verdict="accept", reason="不是本人")
    assert db.session.get(ServiceRecord, other.id).state is RecordState.REFUSED


MISSED = {
    "shift_id": "0",
    "activity": "社区大扫除",
    "starts_at": "2026-05-29T09:00",
    "ends_at": "2026-05-29T11:00",
    "wrong": "领队没有带签到表",
}


def test_service_that_is_missing_is_entered_by_hand_and_approved_by_another(
    browser, clock, community, account, coordinator
):
    browser.sign_in(account)
    url = f"/hours/people/{account.person_id}/missing"
    browser.send(url, office_id=community.id, **MISSED)
    number = asked().id
    assert asked().record_id is None
    browser.sign_in(coordinator)
    given = {
        "verdict": "enter", "record_id": "0", "category_id": make.category().id,
        "activity": "社区大扫除", "starts_at": "2026-05-29T09:00", "ends_at": "2026-05-29T11:00",
        "place": "小广场", "content": "清扫", "person_in_charge": "李主任", "reason": "邻居作证",
    }  # fmt: skip
    url = f"/hours/doubts/{number}/answer"
    page = browser.send(url, status=422, evidence=" ", **given)
    assert "need a note of the evidence" in page.words
    assert db.session.query(ServiceRecord).count() == 0
    browser.send(url, evidence="邻居签字的条子", **given)
    db.session.rollback()
    record = db.session.query(ServiceRecord).one()
    assert (record.origin, record.state) == (Origin.HAND, RecordState.PENDING)
    assert record.day == date(2026, 5, 29)
    assert ledger.total() == 0
    assert steps() == [Step.ASKED, Step.ACCEPTED, Step.ENTERED]
    same = browser.send(f"/hours/{record.id}/approval", status=409)
    assert "someone other than who entered" in same.words
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"/hours/{record.id}/approval")
    assert ledger.total(person_id=account.person_id) == 120
    assert f"/hours/{record.id}" in browser.sign_in(account).visit(f"/hours/doubts/{number}").text


def test_service_that_was_recorded_meanwhile_is_pointed_at(
    browser, clock, community, account, coordinator
):
    browser.sign_in(account)
    url = f"/hours/people/{account.person_id}/missing"
    browser.send(url, office_id=community.id, **MISSED)
    number = asked().id
    record = make.record(account.person, community, 120, day=date(2026, 5, 29), starts_at=MORNING)
    strange = make.record(make.person("别人", at=community), community, day=date(2026, 5, 29))
    browser.sign_in(coordinator)
    url = f"/hours/doubts/{number}/answer"
    given = {"verdict": "found", "category_id": make.category().id, "reason": "已补记"}
    browser.send(url, status=422, record_id=strange.id, **given)
    browser.send(url, status=422, record_id=0, **given)
    browser.send(url, record_id=record.id, **given)
    assert steps() == [Step.ASKED, Step.ACCEPTED, Step.FOUND]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"activity": ""}, "Choose a shift or write what it was."),
        ({"starts_at": "", "ends_at": ""}, "Say from when to when."),
        ({"ends_at": "2026-05-29T08:00"}, "The end must be later than the beginning."),
        ({"ends_at": "2026-06-01T09:30"}, "This time has not come yet."),
        ({"wrong": " "}, "Please fill in this field."),
        ({"shift_id": "999"}, "Not a valid choice"),
        ({"office_id": "999"}, "Not a valid choice"),
    ],
)
def test_a_report_of_missing_service_that_cannot_be_is_refused(
    browser, clock, community, account, more, said
):
    browser.sign_in(account)
    url = f"/hours/people/{account.person_id}/missing"
    page = browser.send(url, status=422, **({"office_id": community.id} | MISSED | more))
    assert said in page.words
    assert db.session.query(CorrectionRequest).count() == 0


def test_service_that_stands_on_record_is_not_missing(browser, clock, community, account):
    make.record(account.person, community, 30, day=date(2026, 5, 29), starts_at=MORNING)
    browser.sign_in(account)
    url = f"/hours/people/{account.person_id}/missing"
    page = browser.send(url, status=422, office_id=community.id, **MISSED)
    assert "This service is on record." in page.words


def test_a_shift_without_a_record_is_named_and_gives_its_times(browser, clock, community, account):
    shift = make.shift(make.project(community, name="夜间巡逻"), start=-30, hours=3)
    make.signup(shift, account.person)
    browser.sign_in(account)
    url = f"/hours/people/{account.person_id}/missing"
    assert "夜间巡逻" in browser.visit(url).words
    browser.send(url, office_id=community.id, shift_id=shift.id, wrong="没有签到表")
    request = asked()
    assert (request.activity, request.starts_at) == ("夜间巡逻", shift.starts_at)
    page = browser.send(url, status=422, office_id=community.id, shift_id=shift.id, wrong="再报")
    assert "already said" in page.words
