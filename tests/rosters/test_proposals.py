"""A coordinator asks for a roster, sees it as a difference, and takes all, some or none of it."""

from __future__ import annotations

from datetime import time, timedelta

import make
import plan
import pytest
from counting import queries

from talent import schedule
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.people.models import FreeTime
from talent.rosters import service
from talent.rosters.models import ProposalState, ProposedPlace, RosterProposal
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

minute = timedelta(minutes=1)
DAYS = {"first_day": "2026-06-02", "last_day": "2026-06-08", "seconds": "5", "project_id": ""}


@pytest.fixture
def office(app, clock):
    return make.office()


@pytest.fixture
def boss(browser, office):
    return browser.sign_in(plan.coordinator(office))


def compute():
    [job] = [job for job in schedule.SCHEDULE if job.name == "rosters.compute"]
    assert schedule.run(job, make.NOW)
    db.session.rollback()


def proposed(browser, office, **fields):
    page = browser.send("/rosters/new", office_id=office.id, **(DAYS | fields))
    compute()
    return page.location


def stored():
    db.session.rollback()
    return db.session.query(RosterProposal).order_by(RosterProposal.id.desc()).first()


def test_places_are_proposed_and_nobody_is_told_before_they_are_taken(boss, office):
    shift = plan.shift(plan.project(office), places=2)
    people = [make.volunteer(office, name=name).person for name in ("张三", "李四", "王五")]
    plan.place(shift, people[0])
    url = proposed(boss, office)
    page = boss.visit(url)
    assert stored().state is ProposalState.READY
    assert "张三" in page.words
    assert page.words.count("＋ ") == 1
    assert db.session.query(Message).filter_by(kind=MessageKind.PLACE_OFFERED).count() == 0
    assert plan.taken(shift) == [1]


def test_taking_all_asks_each_and_keeps_the_place_for_the_answer(boss, browser, office):
    shift = plan.shift(plan.project(office), 72, places=1)
    account = make.volunteer(office, name="张三")
    url = proposed(boss, office)
    boss.send(f"{url}/taking", which="all")
    one = db.session.query(Signup).one()
    assert one.state is SignupState.OFFERED
    assert one.answer_by < shift.starts_at
    assert plan.taken(shift) == [1]
    told = db.session.query(Message).filter_by(kind=MessageKind.PLACE_OFFERED).one()
    assert told.person_id == account.person_id
    words = boss.visit(url).words
    assert "asked" in words
    assert words.count("张三") == 1
    browser.sign_in(account)
    assert "Accept" in browser.visit(f"/shifts/{shift.id}").words


def test_taking_some_leaves_the_others_alone(boss, office):
    project = plan.project(office)
    first, second = plan.shift(project, 48), plan.shift(project, 72)
    make.volunteer(office, name="张三")
    url = proposed(boss, office)
    chosen = db.session.query(ProposedPlace).filter_by(need_id=first.needs[0].id).one().id
    boss.send(f"{url}/taking", place=chosen)
    assert (plan.taken(first), plan.taken(second)) == ([1], [0])


def test_taking_none_is_refused_and_putting_aside_asks_nobody(boss, office):
    shift = plan.shift(plan.project(office))
    make.volunteer(office)
    url = proposed(boss, office)
    assert boss.send(f"{url}/taking").location == url
    assert "Choose at least one place." in boss.visit(url).words
    boss.send(f"{url}/dropping")
    assert stored().state is ProposalState.DROPPED
    boss.send(f"{url}/taking", status=409, which="all")
    assert plan.taken(shift) == [0]


@pytest.mark.parametrize(
    ("site", "shown"), [("http://localhost", True), ("http://b.example", False)]
)
def test_a_refused_act_leads_back_to_the_page_it_came_from(boss, office, site, shown):
    url = proposed(boss, office)
    boss.send(f"{url}/dropping")
    came = {"Referer": site + url}
    refused = boss.post(f"{url}/taking", data={"which": "all"}, headers=came)
    assert refused.status_code == 409
    assert ("Back to where you were" in refused.text) is shown


def test_what_changed_meanwhile_is_refused_by_the_law_and_the_rest_is_taken(boss, office):
    project = plan.project(office)
    first, second = plan.shift(project, 48), plan.shift(project, 72)
    person = make.volunteer(office, name="张三").person
    url = proposed(boss, office)
    plan.place(plan.shift(plan.project(office, name="别的"), 48), person)
    boss.send(f"{url}/taking", which="all")
    assert (plan.taken(first), plan.taken(second)) == ([0], [1])
    assert "It overlaps" in boss.visit(url).words


def test_given_times_are_respected(boss, office):
    plan.shift(plan.project(office), 48, places=1)  # Wednesday, nine to twelve
    make.volunteer(office, name="张三")
    early = make.volunteer(office, name="李四").person
    make.saved(FreeTime(person_id=early.id, weekday=2, starts=time(8), ends=time(13)))
    page = boss.visit(proposed(boss, office))
    assert "＋ 李四" in page.words
    assert "＋ 张三" not in page.words


def test_an_open_place_says_why_nobody_is_proposed(boss, office):
    plan.shift(plan.project(office, minimum_age=70), places=1)
    make.volunteer(office)
    page = boss.visit(proposed(boss, office))
    assert "This position is for those of 70 and over." in page.words


def test_whom_the_first_shift_does_not_reach_is_proposed_for_the_others(boss, office):
    here, there = make.office("甲社区", parent=office), make.office("乙社区", parent=office)
    plan.shift(plan.project(here), 30)
    plan.shift(plan.project(there), 50)
    make.volunteer(there, name="乙的人")
    assert "＋ 乙的人" in boss.visit(proposed(boss, office)).words


def test_a_shift_that_began_while_the_worker_was_busy_is_left_out(boss, office, clock):
    plan.shift(plan.project(office), 1 / 60)
    make.volunteer(office, name="张三")
    url = boss.send("/rosters/new", office_id=office.id, **DAYS | {"first_day": "2026-06-01"})
    clock.move_to(make.NOW + 2 * minute)
    compute()
    assert "＋ 张三" not in boss.visit(url.location).words


def test_a_draft_and_another_office_are_no_part_of_it(boss, office):
    elsewhere = make.office("别的社区")
    plan.shift(plan.project(elsewhere, name="别处"))
    make.volunteer(elsewhere, name="外人")
    plan.shift(plan.project(office))
    page = boss.visit(proposed(boss, office))
    assert "外人" not in page.words
    url = proposed(boss, office)
    boss.sign_in(plan.coordinator(elsewhere))
    boss.visit(url, status=404)
    boss.send(f"{url}/taking", status=404, which="all")
    boss.send("/rosters/new", status=422, office_id=office.id, **DAYS)


def test_bad_days_are_said_beside_the_field_and_stay(boss, office):
    page = boss.send("/rosters/new", status=422, office_id=office.id,
                     **(DAYS | {"first_day": "2026-06-09"}))  # fmt: skip
    assert "The last day is before the first." in page.words
    assert page.all("input", name="first_day")[0].get("value") == "2026-06-09"


def test_who_stops_it_sees_what_there_is(boss, office):
    plan.shift(plan.project(office))
    make.volunteer(office)
    url = boss.send("/rosters/new", office_id=office.id, **DAYS).location
    page = boss.visit(url)
    assert page.response.headers["Refresh"] == "3"
    boss.send(f"{url}/stop")
    compute()
    assert stored().state is ProposalState.READY


def test_a_proposal_whose_worker_died_is_computed_by_another(boss, office, clock):
    plan.shift(plan.project(office))
    make.volunteer(office)
    boss.send("/rosters/new", office_id=office.id, **DAYS)
    with writing():
        assert service.claim(make.NOW)
    with writing():
        assert service.claim(make.NOW) is None
    with writing():
        assert service.claim(make.NOW + 2 * service.LEASE)


def test_the_page_asks_as_many_questions_for_ten_shifts_as_for_one(boss, office):
    project = plan.project(office)
    plan.shift(project)
    make.volunteer(office)
    url = proposed(boss, office)
    with queries() as few:
        boss.visit(url)
    for hours in range(50, 130, 8):
        plan.shift(project, hours)
    url = proposed(boss, office)
    with queries() as many:
        boss.visit(url)
    assert len(few) == len(many)
