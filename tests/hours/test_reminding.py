"""What is forgotten climbs: the leader, the office, the level above; each is told once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import RecordState
from talent.hours.reminding import jobs
from talent.messages.models import Message, MessageKind
from talent.rules.corrections import CorrectionState
from talent.shifts.models import ShiftState

DAY = timedelta(days=1)
PENDING = RecordState.PENDING


@pytest.fixture
def staff(street, community):
    return {
        "leader": make.account(Role.LEADER, community),
        "coordinator": make.account(Role.COORDINATOR, community),
        "above": make.account(Role.MANAGER, street),
    }


def run(job, now):
    for _ in range(2):  # a job that ran twice told nobody twice
        with writing():
            job(now)


def told(kind, staff):
    db.session.rollback()
    names = {account.id: name for name, account in staff.items()}
    messages = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [names[m.account_id] for m in messages]


def forgotten(community, **more):
    shift = make.shift(make.project(community), start=-5, hours=3, **more)
    make.attended(shift, make.person(at=community))
    return shift


def test_a_list_that_nobody_closes_climbs_from_the_leader_to_the_level_above(community, staff):
    shift = forgotten(community)
    ended = shift.ends_at
    expected: list[str] = []
    for days, who in ((0.9, None), (1, "leader"), (2.9, None), (3, "coordinator"), (7, "above")):
        run(jobs.remind_lists, ended + days * DAY)
        expected += [who] if who else []
        assert told(MessageKind.LIST_OPEN, staff) == expected
    messages = db.session.query(Message).filter_by(kind=MessageKind.LIST_OPEN)
    facts = messages.order_by(Message.id).first().facts
    assert facts["missing"] == 1
    assert facts["path"] == f"/shifts/{shift.id}/roster"


@pytest.mark.parametrize("state", [one for one in ShiftState if one is not ShiftState.PUBLISHED])
def test_only_a_list_that_stands_open_is_reminded_of(community, staff, state):
    forgotten(community, state=state)
    run(jobs.remind_lists, make.NOW + 30 * DAY)
    assert told(MessageKind.LIST_OPEN, staff) == []


def test_a_shift_that_nobody_came_to_and_one_of_long_ago_are_left_alone(community, staff):
    make.shift(make.project(community), start=-5, hours=3)
    shift = forgotten(community)
    run(jobs.remind_lists, shift.ends_at + 61 * DAY)
    assert told(MessageKind.LIST_OPEN, staff) == []


def test_the_office_sets_when_it_is_reminded(community, staff):
    shift = forgotten(community)
    make.let(community, close_leader_days=0, close_office_days=5)
    run(jobs.remind_lists, shift.ends_at + 4 * DAY)
    assert told(MessageKind.LIST_OPEN, staff) == []
    run(jobs.remind_lists, shift.ends_at + 5 * DAY)
    assert told(MessageKind.LIST_OPEN, staff) == ["coordinator"]


def test_a_request_is_reminded_of_before_and_after_its_last_day(community, staff):
    account = make.volunteer(community)
    make.doubt(make.record(account.person, community), due_on=date(2026, 6, 15))
    last = datetime(2026, 6, 15, 1, tzinfo=UTC)  # a Monday
    run(jobs.remind_requests, last - 5 * DAY)
    assert told(MessageKind.CORRECTION_WAITS, staff) == []
    run(jobs.remind_requests, last - 3 * DAY)  # Friday: two working days
    assert told(MessageKind.CORRECTION_WAITS, staff) == ["coordinator"]
    run(jobs.remind_requests, last)
    assert told(MessageKind.CORRECTION_WAITS, staff) == ["coordinator"]
    run(jobs.remind_requests, last + DAY)
    assert told(MessageKind.CORRECTION_WAITS, staff) == ["coordinator", "coordinator", "above"]
    moved = db.session.query(Message).filter_by(kind=MessageKind.CORRECTION_MOVED).one()
    assert (moved.person_id, moved.facts["event"]) == (account.person_id, "overdue")


@pytest.mark.parametrize("state", [CorrectionState.ACCEPTED, CorrectionState.REJECTED])
def test_what_is_answered_is_not_reminded_of(community, staff, state):
    make.doubt(
        make.record(make.person(at=community), community), due_on=date(2026, 5, 1), state=state
    )
    run(jobs.remind_requests, make.NOW)
    assert told(MessageKind.CORRECTION_WAITS, staff) == []


def test_once_a_week_the_level_above_hears_what_lies(community, staff):
    person = make.person(at=community)
    run(jobs.tell_lying, make.NOW)
    assert told(MessageKind.LEFT_LYING, staff) == []
    for days in (3, 8, 9):
        make.record(person, community, state=PENDING, due_on=make.TODAY - days * DAY)
    make.doubt(make.record(person, community), due_on=make.TODAY - DAY)
    forgotten(community)
    run(jobs.tell_lying, make.NOW)
    assert told(MessageKind.LEFT_LYING, staff) == ["above"]
    facts = db.session.query(Message).filter_by(kind=MessageKind.LEFT_LYING).one().facts
    assert (facts["offices"], facts["records"], facts["requests"]) == (1, 2, 1)
    assert facts["lists"] == 0
    run(jobs.tell_lying, make.NOW + 6 * DAY)
    assert told(MessageKind.LEFT_LYING, staff) == ["above"]
    run(jobs.tell_lying, make.NOW + 7 * DAY)
    assert told(MessageKind.LEFT_LYING, staff) == ["above", "above"]


def test_the_page_counts_what_lies_with_each_office_of_the_readers(
    browser, clock, street, community, staff
):
    other = make.office("夏雨社区", parent=street)
    stranger = make.office("别处")
    for office, number in ((community, 2), (other, 1), (stranger, 1)):
        person = make.person(at=office)
        for n in range(number):
            due = make.TODAY - (8 + n) * DAY
            make.record(person, office, state=PENDING, due_on=due)
    clock.move_to(make.NOW + 8 * DAY)
    forgotten(other)
    clock.move_to(make.NOW)
    page = browser.sign_in(staff["above"]).visit("/hours/review/lying")
    rows = [" ".join("".join(r.itertext()).split()) for r in page.all("tr")][1:]
    assert len(rows) == 2
    assert "2 0 0" in rows[0]
    assert "1 0 0" in rows[1]
    below = browser.sign_in(staff["coordinator"]).visit("/hours/review/lying")
    assert len(below.all("tr")) == 2
    nobody = make.account(Role.MANAGER, make.office("空"))
    assert "Nothing lies about" in browser.sign_in(nobody).visit("/hours/review/lying").words


def test_the_page_of_what_lies_pages_by_office_at_a_constant_cost(
    browser, clock, street, staff, monkeypatch
):
    def fill(name):
        office = make.office(name, parent=street)
        person = make.person(at=office)
        make.record(person, office, state=PENDING, due_on=make.TODAY - 8 * DAY)
        make.doubt(make.record(person, office), due_on=make.TODAY - DAY)
        shift = make.shift(make.project(office), start=-24 * 9, hours=3)
        make.attended(shift, person)

    browser.sign_in(staff["above"])
    fill("甲")
    browser.visit("/hours/review/lying")
    with queries() as one:
        assert "1 1 1" in browser.visit("/hours/review/lying").words
    fill("乙")
    fill("丙")
    with queries() as three:
        browser.visit("/hours/review/lying")
    assert len(three) == len(one), three
    monkeypatch.setattr("talent.hours.reminding.service.PAGE", 2)
    page = browser.visit("/hours/review/lying")
    assert len(page.all("tr")) == 3
    (more,) = page.all("a", rel="next")
    assert len(browser.visit(more.get("href")).all("tr")) == 2
