"""Who may ask and see: guardians, the office for who came, evidence, lists by key."""

from __future__ import annotations

import io
from datetime import date, timedelta

import make
import pytest
from counting import queries
from doubting import PNG, asked, told
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import (
    CorrectionRequest,
    CorrectionStep,
    RecordChange,
)
from talent.messages.models import MessageKind
from talent.rules.corrections import CorrectionState


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
    words = browser.visit(missing).words
    assert "小明" in words
    assert community.name_en in words
    assert community.name_zh not in words
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
