"""A record is wrong or missing: asked, answered in time, appealed, decided; both see all of it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import make
import papers
import pytest
from counting import queries
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import (
    CorrectionRequest,
    CorrectionStep,
    Origin,
    RecordChange,
    RecordState,
    ServiceRecord,
)
from talent.hours.proving import service as proving
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeRule, Setting
from talent.rules.corrections import CorrectionState, Step, Wrong

PNG = papers.PNG
MORNING = datetime(2026, 5, 29, 1, 0, tzinfo=UTC)


@pytest.fixture
def street(app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def account(community):
    return make.volunteer(community)


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community, name="陈干事")


@pytest.fixture
def manager(street):
    return make.account(Role.MANAGER, street, name="街道主任")


def asked():
    db.session.rollback()
    return db.session.query(CorrectionRequest).one()


def steps():
    db.session.rollback()
    found = db.session.query(CorrectionStep).order_by(CorrectionStep.id)
    return [step.kind for step in found]


def told(kind):
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(m.facts["event"], m.account_id, m.person_id) for m in found]


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
    with writing():
        db.session.add(
            OfficeRule(
                office_id=community.id, name=Setting.ANSWER_DAYS.value, value=3,
                valid_from=make.TODAY, set_at=make.NOW,
            )
        )  # fmt: skip
    other = make.record(account.person, community, 60, day=date(2026, 5, 20))
    browser.send(f"/hours/{other.id}/doubt", wrong="不对")
    db.session.rollback()
    assert db.session.query(CorrectionRequest).filter_by(record_id=other.id).one().due_on == date(
        2026, 6, 4
    )
    for url in ("/hours/doubts", f"/hours/doubts/{asked_of(other)}"):
        assert "Answer by Thu 4 Jun 2026" in browser.visit(url).words


def asked_of(record):
    db.session.rollback()
    return db.session.query(CorrectionRequest).filter_by(record_id=record.id).one().id


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


def test_a_guardian_asks_for_a_child_and_hears_the_answer(
    browser, clock, community, account, coordinator
):
    child = make.person("小明", at=community, guardian_id=account.person_id)
    one = make.record(child, community, 60)
    browser.sign_in(account)
    assert "This is wrong" in browser.visit(f"/hours/{one.id}").words
    browser.send(f"/hours/{one.id}/doubt", wrong="孩子做了两小时")
    assert not asked().by_office
    number = asked().id
    assert "孩子做了两小时" in browser.visit("/hours/doubts").words
    browser.sign_in(coordinator)
    browser.send(f"/hours/doubts/{number}/answer", verdict="decline", reason="核过")
    readers = {person for _, _, person in told(MessageKind.CORRECTION_MOVED)}
    assert readers == {child.id, account.person_id}
    browser.sign_in(account).send(f"/hours/doubts/{number}/appeal", why="没核")
    missing = f"/hours/people/{child.id}/missing"
    assert "小明" in browser.visit(missing).words
    browser.sign_in(make.volunteer(community, "李四")).visit(missing, status=404)


def test_the_office_writes_down_for_somebody_who_came(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60)
    browser.sign_in(coordinator)
    assert "came to the office" in browser.visit(f"/hours/{one.id}/doubt").words
    browser.send(f"/hours/{one.id}/doubt", wrong="老人家说做了两小时")
    assert asked().by_office
    assert asked().made_by == coordinator.id
    words = browser.sign_in(account).visit(f"/hours/doubts/{asked().id}").words
    assert "who came in person" in words
    auditor = make.account(Role.AUDITOR, community)
    browser.sign_in(auditor).visit(f"/hours/{one.id}/doubt", status=404)


def test_evidence_is_kept_and_shown_to_both_sides_alone(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account)
    url = f"/hours/{one.id}/doubt"
    text = (io.BytesIO(b"not a picture"), "a.png")
    page = browser.send(url, status=422, files_=True, wrong="不对", file=text)
    assert "Only PDF, PNG and JPEG" in page.words
    assert db.session.query(CorrectionRequest).count() == 0
    browser.send(url, files_=True, wrong="不对", file=(io.BytesIO(PNG), "合影.png"))
    address = f"/hours/doubts/{asked().id}/evidence"
    for reader in (account, coordinator):
        assert browser.sign_in(reader).get(address).data == PNG
    for stranger in (
        make.volunteer(community, "李四"),
        make.account(Role.MANAGER, make.office("别处")),
    ):
        browser.sign_in(stranger).visit(address, status=404)
        browser.visit(f"/hours/doubts/{asked().id}", status=404)


def test_an_office_sees_and_answers_only_requests_to_itself(browser, clock, community, account):
    other = make.office("别处")
    number = make.doubt(make.record(account.person, community, 60)).id
    browser.sign_in(make.account(Role.MANAGER, other))
    assert f"doubt-{number}" not in browser.visit("/hours/review/doubts").text
    for act in ("answer", "decision", "appeal"):
        browser.visit(f"/hours/doubts/{number}/{act}", status=404)
    browser.send(f"/hours/doubts/{number}/taking-up", status=404)


def test_the_parts_of_the_list_and_what_is_done(browser, clock, community, account, coordinator):
    states = {state: make.doubt(make.record(
        account.person, community, 10, day=date(2026, 5, 1 + n)), state=state
    ).id for n, state in enumerate(CorrectionState)}  # fmt: skip
    browser.sign_in(coordinator)

    def shown(part):
        text = browser.visit(f"/hours/review/doubts?part={part}").text
        return {state for state, number in states.items() if f'id="doubt-{number}"' in text}

    assert shown("open") == {CorrectionState.ASKED}
    assert shown("appeals") == {CorrectionState.APPEALED}
    assert shown("overdue") == set()
    assert shown("done") == set(CorrectionState) - {CorrectionState.ASKED, CorrectionState.APPEALED}
    clock.move_to(make.NOW + timedelta(days=15))
    browser.sign_in(coordinator)
    assert shown("overdue") == {CorrectionState.ASKED, CorrectionState.APPEALED}


@pytest.mark.parametrize("part", ["open", "overdue", "appeals", "done"])
def test_each_part_pages_by_key(browser, clock, community, account, coordinator, part, monkeypatch):
    monkeypatch.setattr("talent.hours.service.PAGE", 2)
    monkeypatch.setattr("talent.hours.requests.service.PAGE", 2)
    state = {"appeals": CorrectionState.APPEALED, "done": CorrectionState.DECLINED}
    late = make.TODAY - timedelta(days=1)
    numbers = {
        make.doubt(
            make.record(account.person, community, 10, day=date(2026, 5, 1 + n)),
            state=state.get(part, CorrectionState.ASKED),
            due_on=late,
        ).id
        for n in range(5)
    }
    browser.sign_in(coordinator)
    url, seen = f"/hours/review/doubts?part={part}", []
    while url:
        page = browser.visit(url)
        seen += [int(e.get("id").partition("-")[2]) for e in page.all("article", class_="card")]
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    assert len(seen) == 5
    assert set(seen) == numbers


@pytest.mark.parametrize("url", ["/hours/review/doubts?part=done", "/hours/doubts"])
def test_lists_of_requests_cost_as_many_queries_with_three_as_with_one(
    browser, clock, community, account, coordinator, url
):
    def fill(day):
        record = make.record(account.person, community, 10, day=date(2026, 5, day))
        make.doubt(record, state=CorrectionState.DECLINED)

    browser.sign_in(coordinator if "review" in url else account)
    fill(1)
    browser.visit(url)
    with queries() as one:
        browser.visit(url)
    fill(2)
    fill(3)
    with queries() as three:
        browser.visit(url)
    assert len(three) == len(one), three


def test_the_words_of_a_record_are_corrected_by_the_office_itself(
    browser, clock, community, account, coordinator
):
    one = make.record(account.person, community, 60)
    browser.sign_in(coordinator)
    given = {
        "activity": "为老送餐",
        "place": "北区食堂",
        "content": "送餐",
        "person_in_charge": "李主任",
    }
    assert browser.send(f"/hours/{one.id}/details", status=422, reason=" ", **given)
    browser.send(f"/hours/{one.id}/details", reason="写错了", **given)
    fields = {c.field: (c.old, c.new) for c in db.session.query(RecordChange)}
    assert fields == {"place": ("社区食堂", "北区食堂"), "content": ("给老人送午餐", "送餐")}
    browser.sign_in(make.account(Role.COORDINATOR, make.office("别处")))
    browser.visit(f"/hours/{one.id}/details", status=404)


@pytest.mark.parametrize("rows", [CorrectionStep, RecordChange])
def test_the_course_and_the_old_words_cannot_be_changed_behind_the_programme(
    browser, clock, community, account, coordinator, rows
):
    one = make.record(account.person, community, 60)
    browser.sign_in(account).send(f"/hours/{one.id}/doubt", wrong="不对")
    given = {"activity": "送餐", "place": "食堂", "content": "送餐", "person_in_charge": "李"}
    browser.sign_in(coordinator).send(f"/hours/{one.id}/details", reason="写错了", **given)
    for act in (update(rows).values(account_id=7), delete(rows)):
        with pytest.raises(SQLAlchemyError), writing():
            db.session.execute(act)
        db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(rows)) > 0
