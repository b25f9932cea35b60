"""Ways round the second pair of eyes, and ways to count a minute twice: none leads anywhere."""

import make
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from talent.access import SYSTEM, Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import CorrectionRequest, EntryKind, Origin, RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.hours.recording import service as recording
from talent.hours.transfers.service import transfer
from talent.shifts.models import Attendance, AttendanceSource


def granted(account, role, office):
    make.saved(Grant(account_id=account.id, office_id=office.id, role=role, granted_at=make.NOW))
    return account


def test_a_parent_does_not_correct_the_hours_of_a_child(browser, community):
    parent = granted(make.volunteer(community, "家长"), Role.COORDINATOR, community)
    child = make.person("孩子", at=community, guardian_id=parent.person_id)
    one = make.record(child, community, 60)
    browser.sign_in(parent)
    page = browser.send(f"/hours/{one.id}/correction", status=422, to_minutes=240, reason="x")
    assert "of a child of his own" in page.words
    assert ledger.total() == 60
    words = {"activity": "别的", "place": "别处", "content": "别样", "person_in_charge": "别人"}
    page = browser.send(f"/hours/{one.id}/details", status=422, reason="x", **words)
    assert "of a child of his own" in page.words


def test_who_entered_hours_by_hand_does_not_raise_them_by_a_correction(browser, community):
    clerk = make.account(Role.COORDINATOR, community)
    one = make.record(
        make.person(at=community), community, 1, origin=Origin.HAND, entered_by=clerk.id
    )
    browser.sign_in(clerk)
    page = browser.send(f"/hours/{one.id}/correction", status=422, to_minutes=300, reason="x")
    assert "someone other than who entered them" in page.words
    assert ledger.total() == 1
    browser.send(f"/hours/{one.id}/correction", to_minutes=0, reason="弄错了")
    assert ledger.total() == 0


def test_a_correction_to_so_many_hours_is_for_the_level_above(browser, street, community):
    one = make.record(make.person(at=community), community, 60)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    page = browser.send(f"/hours/{one.id}/correction", status=422, to_minutes=800, reason="x")
    assert "the level above the office" in page.words
    assert ledger.total() == 60
    browser.send(f"/hours/{one.id}/correction", to_minutes=720, reason="签到表上是十二小时")
    browser.sign_in(make.account(Role.MANAGER, street))
    browser.send(f"/hours/{one.id}/correction", to_minutes=800, reason="签到表")
    assert ledger.total() == 800


def test_minutes_that_a_correction_adds_are_not_verified_by_the_system(browser, community):
    person = make.person(at=community)
    one = make.record(person, community, 60)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"/hours/{one.id}/correction", to_minutes=45, reason="提前离开")
    found = ledger.whole(person_id=person.id)
    assert (found.verified, found.stated) == (45, 0)
    browser.send(f"/hours/{one.id}/correction", to_minutes=300, reason="她说做了五小时")
    found = ledger.whole(person_id=person.id)
    assert (found.verified, found.stated) == (0, 300)
    assert db.session.get(ServiceRecord, one.id).origin is Origin.HAND
    assert proving.reconcile() == []


def test_a_copy_that_a_merge_took_back_is_not_raised_again(browser, community):
    one, other = make.person(at=community), make.person("同一人", at=community)
    make.record(one, community, 120)
    copy = make.record(other, community, 120)
    with writing():
        transfer(other, one, reason="同一个人", actor=SYSTEM, now=make.NOW)
    assert ledger.total(person_id=one.id) == 120
    browser.sign_in(make.account(Role.COORDINATOR, community))
    page = browser.send(f"/hours/{copy.id}/correction", status=422, to_minutes=120, reason="x")
    assert "are recorded already" in page.words
    assert ledger.total(person_id=one.id) == 120


def test_a_record_that_was_taken_back_leaves_its_time_to_the_right_one(browser, community):
    person = make.person(at=community)
    wrong = make.record(person, community, 120)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"/hours/{wrong.id}/correction", to_minutes=0, reason="活动不对")
    browser.send(
        f"/hours/people/{person.id}/entry",
        office_id=community.id,
        category_id=wrong.category_id,
        activity="打扫楼道",
        starts_at="2026-06-01T09:00",
        ends_at="2026-06-01T11:00",
        place="三号楼",
        content="打扫",
        person_in_charge="李主任",
        evidence="签到表",
        kind="service",
    )


def test_a_leader_who_writes_himself_down_waits_for_somebody_else(community):
    leader = granted(make.volunteer(community, "队长"), Role.LEADER, community)
    shift = make.shift(make.project(community), start=-4, hours=3)
    make.attended(shift, leader.person, left=180, source=AttendanceSource.LEADER)
    colleague = make.person("队员", at=community)
    make.attended(shift, colleague, left=180, source=AttendanceSource.LEADER)
    with writing():
        for attendance in db.session.query(Attendance):
            attendance.taken_by = leader.id
        recording.record_attendance(make.NOW)
    states = {one.person_id: one.state for one in db.session.query(ServiceRecord).all()}
    assert states == {
        leader.person_id: RecordState.PENDING,
        colleague.id: RecordState.APPROVED,
    }


def test_service_signed_by_oneself_needs_nobody_else(community):
    account = make.volunteer(community)
    shift = make.shift(make.project(community), start=-4, hours=3)
    make.attended(shift, account.person, left=180)
    with writing():
        db.session.query(Attendance).one().taken_by = account.id
        recording.record_attendance(make.NOW)
    assert db.session.query(ServiceRecord).one().state is RecordState.APPROVED
    assert EntryKind.EARNED in {
        entry.kind for entry in db.session.query(ServiceRecord).one().entries
    }


@pytest.fixture
def held():
    """What is held for writing, in its order, each table once."""
    found = []

    def note(state):
        if state.is_select and state.statement._for_update_arg is not None:
            name = state.statement.get_final_froms()[0].name
            if name not in found:
                found.append(name)

    event.listen(Session, "do_orm_execute", note)
    yield found
    event.remove(Session, "do_orm_execute", note)


def test_whoever_writes_hours_holds_the_person_first(browser, clock, community, held):
    one = make.record(make.person(at=community), community, 120)
    asked = make.doubt(one)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    order = ["person", "service_record", "ledger_chain"]
    held.clear()
    browser.send(f"/hours/{one.id}/correction", to_minutes=90, reason="x")
    assert held == order
    held.clear()
    answer = {"verdict": "accept", "to_minutes": 80, "reason": "x"}
    browser.send(f"/hours/doubts/{asked.id}/answer", **answer)
    assert held == ["person", "correction_request", *order[1:]]


def test_a_clerk_does_not_answer_what_he_wrote_down_for_somebody(browser, clock, community, street):
    clerk, manager = make.account(Role.COORDINATOR, community), make.account(Role.MANAGER, street)
    one = make.record(make.person(at=community), community, 60)
    browser.sign_in(clerk)
    browser.send(f"/hours/{one.id}/doubt", wrong="说做了八小时", wished=480)
    url = f"/hours/doubts/{db.session.query(CorrectionRequest.id).scalar()}"
    answer = {"verdict": "accept", "to_minutes": 480, "reason": "x"}
    said = "Nobody answers what he asked for himself."
    assert said in browser.send(f"{url}/answer", status=422, **answer).words
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.send(f"{url}/answer", verdict="decline", reason="名单上是一小时")
    browser.sign_in(manager)
    browser.send(f"{url}/appeal", why="她来街道说不对")
    assert said in browser.send(f"{url}/decision", status=422, **answer).words
    assert ledger.total() == 60
    browser.sign_in(make.account(Role.MANAGER, street))
    browser.send(f"{url}/decision", **answer)
    assert ledger.total() == 480


@pytest.mark.parametrize("page", ["/hours/review", "/hours/review/doubts", "/hours/"])
def test_a_number_that_no_record_can_have_is_not_found(browser, community, page):
    account = granted(make.volunteer(community), Role.COORDINATOR, community)
    browser.sign_in(account).visit(f"{page}?after={10**20}", status=404)
