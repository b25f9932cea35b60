"""The board: who is on, what is short, who breaks a rule; assigning and moving; saved views."""

from __future__ import annotations

import re
from datetime import date, timedelta

import make
import plan
import pytest
from counting import queries
from sqlalchemy import select

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeRule, Setting
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.shifts.board.models import SavedView
from talent.shifts.models import (
    Attendance,
    AttendanceState,
    Need,
    Position,
    Requirement,
    Shift,
    ShiftState,
    Signup,
)
from talent.training.models import Course

WEEK = "/shifts/board?on=2026-06-03"
DAY = "/shifts/board?view=day&on=2026-06-03"


@pytest.fixture
def office(clock, app):
    return make.office()


@pytest.fixture
def project(office):
    return plan.project(office, positions=(Position(name="送餐员", name_en="Carrier"),))


@pytest.fixture
def boss(browser, office):
    return browser.sign_in(plan.coordinator(office))


def least(shift, *numbers):
    """So many people are needed at least, by position."""
    with writing():
        needs = db.session.query(Need).filter_by(shift_id=shift.id).order_by(Need.id)
        for need, number in zip(needs, numbers, strict=False):
            need.least = number
    return shift


def slots(page):
    return [e.get("id") for e in page.all("article", class_="slot")]


def marks(page):
    return page.said("span", class_="mark") + page.said("p", class_="mark")


def move_url(signup, need, back="/shifts/board"):
    return f"/shifts/board/move?signup={signup.id}&need={need.id}&back={back}"


# -- what is shown


def test_a_day_shows_who_is_on_what_is_free_and_who_waits(boss, office, project):
    shift = plan.shift(project, 48, places=2)
    wang = make.person("王秀兰", at=office)
    plan.place(shift, wang)
    for name in ("李强", "赵小雨"):
        plan.place(shift, make.person(name, at=office), state=SignupState.WAITING)
    page = boss.visit(DAY)
    assert slots(page) == [f"slot-{shift.id}"]
    assert page.said("h4") == ["09:00–12:00 Meals for neighbours"]
    assert page.said("span", class_="whole") == ["王秀兰"]
    assert "1/2" in page.said("span", class_="num")
    assert "2 waiting" in marks(page)
    assert "李强" not in page.text


@pytest.mark.parametrize(
    ("hours", "urgent"), [(47, True), (48, True), (49, False)], ids=["47 h", "48 h", "49 h"]
)
def test_what_is_short_is_urgent_from_48_hours_before_the_start(boss, project, hours, urgent):
    shift = least(plan.shift(project, hours, places=3), 2)
    page = boss.visit(f"/shifts/board?view=day&on={shift.day}")
    (slot,) = page.all("article", class_="slot")
    assert ("urgent" in slot.get("class")) is urgent
    assert ("lacking" in slot.get("class")) is not urgent
    assert "2 missing" in marks(page)
    (mark,) = [m for m in page.all("span", class_="mark") if "missing" in "".join(m.itertext())]
    assert ("bad" if urgent else "warn") in mark.get("class")
    assert len(mark) == 1  # a drawing and a word, never colour alone


def test_a_shift_that_is_over_or_called_off_is_not_short(boss, project):
    over = least(plan.shift(project, -5, hours=1), 2)
    least(plan.shift(project, 1, state=ShiftState.CANCELLED, cancel_reason="下雨"), 2)
    page = boss.visit(f"/shifts/board?view=day&on={over.day}")
    assert len(slots(page)) == 2
    assert not [m for m in marks(page) if "missing" in m]
    assert "Cancelled" in marks(page)


def test_a_led_shift_without_a_leader_says_so_until_there_is_one(boss, office):
    led = plan.project(office, positions=("送餐员", Position(name="组长", leads=True)))
    shift = plan.shift(led, 48, places=(2, 1))
    assert "No leader" in marks(boss.visit(DAY))
    plan.place(shift, make.person("陈立", at=office), need=shift.needs[1])
    assert "No leader" not in marks(boss.visit(DAY))


def test_whoever_lost_what_the_position_asks_for_is_a_conflict(boss, office, project):
    course = make.saved(Course(office_id=office.id, name_zh="急救", content="x", minutes=60))
    shift = plan.shift(project, 48)
    plan.place(shift, make.person("王秀兰", at=office))
    assert "1 conflict" not in marks(boss.visit(DAY))
    make.saved(Requirement(position_id=project.positions[0].id, course_id=course.id))
    page = boss.visit(DAY)
    assert "1 conflict" in marks(page)
    panel = boss.visit(f"/shifts/board/{shift.id}")
    assert "The training “急救” is needed first." in panel.words


def test_an_overlap_and_too_little_rest_are_conflicts_and_an_exception_is_none(
    boss, office, project
):
    first, second = plan.shift(project, 48), plan.shift(project, 52)
    wang = make.person("王秀兰", at=office)
    make.saved(
        OfficeRule(
            office_id=office.id, name=Setting.REST_MINUTES.value, value=120,
            valid_from=date(2026, 1, 1), set_at=make.NOW,
        )
    )  # fmt: skip
    one, other = plan.place(first, wang), plan.place(second, wang)
    page = boss.visit(DAY)
    assert [m for m in marks(page) if "conflict" in m] == ["1 conflict", "1 conflict"]
    with writing():
        for signup in (one, other):
            row = db.session.get(Signup, signup.id)
            row.overridden, row.override_reason = "REST", "自愿连续服务"
    page = boss.visit(DAY)
    assert not [m for m in marks(page) if "conflict" in m]
    assert page.said("span", class_="passed") == [", Exception"] * 2
    assert "自愿连续服务" in boss.visit(f"/shifts/board/{first.id}").words


def test_who_left_the_office_is_a_conflict(boss, office, project):
    shift = plan.shift(project, 48)
    wang = make.person("王秀兰", at=office)
    plan.place(shift, wang)
    with writing():
        row = db.session.query(Registration).filter_by(person_id=wang.id).one()
        row.state = RegistrationState.LEFT
    assert "1 conflict" in marks(boss.visit(DAY))


def test_a_week_has_its_seven_days_and_rows_by_place_project_or_position(boss, office, project):
    other = plan.project(
        office, "社区巡逻", name_en="Patrol", positions=(Position(name="送餐员", name_en="Carrier"),
        Position(name="组长", name_en="Leader")), place="东门",
    )  # fmt: skip
    one, two = plan.shift(project, 48), plan.shift(other, 50, places=(1, 1))
    heads = boss.visit(WEEK).said("th", scope="row")
    assert heads == sorted(["社区食堂", "东门"])
    page = boss.visit(WEEK + "&by=project")
    assert set(page.said("th", scope="row")) == {"Meals for neighbours", "Patrol"}
    page = boss.visit(WEEK + "&by=position")
    assert page.said("th", scope="row") == ["Leader", "Carrier"]
    assert len(slots(page)) == 3
    assert len(page.said("th", scope="col")) == 8
    assert {f"slot-{one.id}-{one.needs[0].id}"} <= set(slots(page))
    assert {f"slot-{two.id}-{n.id}" for n in two.needs} <= set(slots(page))


def test_a_shift_at_midnight_stands_on_the_day_on_which_it_begins(boss, project):
    shift = plan.shift(project, 39, hours=6)  # midnight in Shanghai, 3 June
    assert slots(boss.visit(DAY)) == [f"slot-{shift.id}"]
    assert slots(boss.visit("/shifts/board?view=day&on=2026-06-02")) == []
    assert slots(boss.visit("/shifts/board?view=day&on=2026-06-04")) == []


def test_a_month_counts_each_day_and_leads_to_it(boss, project):
    for hours in (48, 50, 24 * 20):
        least(plan.shift(project, hours, places=3), 1)
    plan.shift(project, 24 * 40)
    page = boss.visit("/shifts/board?view=month&on=2026-06-10")
    assert page.said("span", class_="tally") == [
        "2 shifts 2 short6 free",
        "1 shift 1 short3 free",
    ]
    (way, *_) = [a for a in page.all("a") if "view=day" in a.get("href") and a.get("hx-get")]
    assert way.get("href") == "/shifts/board?on=2026-06-03&view=day"
    assert len(slots(boss.visit(way.get("href")))) == 2


def test_what_is_past_is_neither_short_nor_free_in_the_counts(boss, project):
    least(plan.shift(project, -3, places=3), 1)
    least(plan.shift(project, 3, places=3), 1)
    page = boss.visit("/shifts/board?view=month&on=2026-06-01")
    assert page.said("span", class_="tally") == ["2 shifts 1 short3 free"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("state=draft", ["draft"]), ("short=1", ["short"]), ("project={other}", ["other"]),
        ("category=999", []), ("office=999", []),
        ("state=nonsense&view=nonsense&by=nonsense&on=2026-06-03&after=x",
         ["draft", "other", "short"]),
    ],
)  # fmt: skip
def test_filters_are_an_address(boss, office, project, query, kept):
    other = plan.project(office, "社区巡逻")
    made = {
        "draft": plan.shift(project, 48, state=ShiftState.DRAFT),
        "short": least(plan.shift(project, 50), 1),
        "other": plan.shift(other, 52),
    }
    page = boss.visit("/shifts/board?view=day&on=2026-06-03&" + query.format(other=other.id))
    if "nonsense" in query:
        page = boss.visit("/shifts/board?" + query)
    assert sorted(slots(page)) == sorted(f"slot-{made[name].id}" for name in kept)


@pytest.mark.parametrize(
    "on", ["0001-01-01", "9999-12-31", "2026-02-30", "", "2026-12-31", "2024-02-29"]
)
@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_any_day_of_the_calendar_opens(boss, project, on, view):
    page = boss.visit(f"/shifts/board?view={view}&on={on}")
    boss.visit(next(a for a in page.all("a", rel="next")).get("href"))
    boss.visit(next(a for a in page.all("a", rel="prev")).get("href"))


# -- whose board it is


def test_the_board_shows_the_shifts_of_the_readers_offices_alone(browser, office, project):
    there = make.office("荷花社区")
    mine, hers = plan.shift(project, 48), plan.shift(plan.project(there, "别处"), 48)
    plan.place(hers, make.person("别处的人", at=there))
    browser.sign_in(plan.leader(office))
    for query in ("", "&by=project", "&by=position", f"&office={there.id}", "&view=month"):
        page = browser.visit(WEEK + query)
        assert "别处" not in page.text
        assert "荷花" not in page.text
    assert slots(browser.visit(WEEK)) == [f"slot-{mine.id}"]
    browser.visit(f"/shifts/board/{hers.id}", 404)
    assert "别处" not in browser.visit("/shifts/board/paper?on=2026-06-03").text
    browser.visit(f"/shifts/board/paper?shift={hers.id}", 404)


def test_a_leader_sees_the_board_and_cannot_assign_or_move(browser, office, project):
    shift, other = plan.shift(project, 48), plan.shift(project, 60)
    one = plan.place(shift, make.person("王秀兰", at=office))
    browser.sign_in(plan.leader(office))
    panel = browser.visit(f"/shifts/board/{shift.id}?q=li")
    assert "q" not in panel.fields()
    assert "/move" not in panel.text
    assert 'draggable="true"' not in browser.visit(WEEK).text
    browser.send(f"/shifts/board/{shift.id}/assignment", 403, need=1, person=1)
    browser.send(move_url(one, other.needs[0]), 403)


def test_a_volunteer_has_no_board(browser, office):
    browser.sign_in(make.account(Role.VOLUNTEER, office))
    browser.visit("/shifts/board", 403)


# -- giving a place


def test_somebody_found_by_pinyin_is_given_a_place_in_place(boss, office, project):
    shift = plan.shift(project, 48)
    wang = make.person("王秀兰", at=office)
    page = boss.visit(f"/shifts/board/{shift.id}?q=wxl&back=/shifts/board?view=day")
    (form,) = [f for f in page.all("form") if "assignment" in (f.get("action") or "")]
    assert f"person={wang.id}" in form.get("action")
    answer = boss.send(form.get("action"), 200, htmx=True)
    assert "<html" not in answer.text
    assert answer.said("strong") == ["王秀兰"]
    assert "王秀兰 has a place." in answer.words
    assert plan.taken(shift) == [1]
    assert boss.send(form.get("action")).location.startswith(f"/shifts/board/{shift.id}?back=")
    assert plan.taken(shift) == [1]  # sent twice is done once


def test_an_exception_needs_the_reason_and_is_shown(boss, office, project):
    first, second = plan.shift(project, 48), plan.shift(project, 49)
    wang = make.person("王秀兰", at=office)
    plan.place(first, wang)
    url = f"/shifts/board/{second.id}/assignment?need={second.needs[0].id}&person={wang.id}"
    page = boss.visit(f"/shifts/board/{second.id}?q=wang")
    assert "It overlaps" in page.words
    assert "reason" in page.fields()
    boss.send(url, 409)
    assert plan.taken(second) == [0]
    boss.send(url, reason="人手不够")
    assert plan.taken(second) == [1]
    assert "人手不够" in boss.visit(f"/shifts/board/{second.id}").words


def test_who_is_removed_is_told_why_and_the_reader_is_back_on_the_board(boss, office, project):
    shift = plan.shift(project, 48)
    one = plan.place(shift, make.person("王秀兰", at=office))
    url = f"/shifts/signups/{one.id}/removal?back=/shifts/board/{shift.id}"
    assert boss.send(url, reason="换人").location == f"/shifts/board/{shift.id}"
    assert plan.states(shift) == {"removed": 1}
    evil = f"/shifts/signups/{one.id}/removal?back=//example.org"
    assert boss.send(evil, reason="x").location == f"/shifts/{shift.id}/roster"


# -- moving


def test_a_move_asks_first_and_gives_the_one_place_for_the_other(boss, office, project):
    here, there = plan.shift(project, 48, places=1), plan.shift(project, 60)
    wang, li = make.person("王秀兰", at=office), make.person("李强", at=office)
    one = plan.place(here, wang)
    plan.place(here, li, state=SignupState.WAITING)
    chooser = boss.visit(f"/shifts/board/move?signup={one.id}")
    assert str(there.needs[0].id) in [o.get("value") for o in chooser.all("option")]
    url = move_url(one, there.needs[0], back="/shifts/board?view=day")
    assert "No rule objects" in boss.visit(url).words
    assert plan.taken(there) == [0]
    assert boss.send(url, note="那边缺人").location == "/shifts/board?view=day"
    assert plan.states(there) == {"confirmed": 1}
    assert plan.states(here) == {"removed": 1, "confirmed": 1}  # the next in line moved up
    assert (plan.taken(here), plan.taken(there)) == ([1], [1])
    told = db.session.query(Message).filter_by(person_id=wang.id).all()
    assert {m.kind for m in told} == {MessageKind.SIGNED_UP, MessageKind.REMOVED}
    assert [m.facts["reason"] for m in told if m.kind is MessageKind.REMOVED] == ["那边缺人"]


def test_a_move_sent_twice_is_done_once(boss, office, project):
    here, there = plan.shift(project, 48), plan.shift(project, 60)
    one = plan.place(here, make.person("王秀兰", at=office))
    for _ in range(2):
        boss.send(move_url(one, there.needs[0]))
    assert (plan.taken(here), plan.taken(there)) == ([0], [1])
    assert db.session.query(Signup).count() == 2


def test_a_refused_move_loses_no_place(boss, office, project):
    here, full = plan.shift(project, 48), plan.shift(project, 60, places=1)
    one = plan.place(here, make.person("王秀兰", at=office))
    plan.place(full, make.person("李强", at=office))
    page = boss.visit(move_url(one, full.needs[0]))
    assert "Every place on this shift is taken." in page.words
    assert not [b for b in page.all("button", type="submit") if "".join(b.itertext()) == "Move"]
    page = boss.send(move_url(one, full.needs[0]), 422, reason="x")
    assert "Every place on this shift is taken." in page.words
    assert plan.states(here) == {"confirmed": 1}
    assert (plan.taken(here), plan.taken(full)) == ([1], [1])


def test_a_move_against_a_rule_needs_a_reason_which_is_kept(boss, office, project):
    here, third, there = (plan.shift(project, hours) for hours in (48, 60, 61))
    wang = make.person("王秀兰", at=office)
    one = plan.place(here, wang)
    plan.place(third, wang)
    url = move_url(one, there.needs[0])
    page = boss.send(url, 422, note="请帮忙")
    assert page.all("input", name="note")[0].get("value") == "请帮忙"
    assert page.all("input", name="reason")[0].get("aria-invalid") == "true"
    assert plan.taken(here) == [1]
    boss.send(url, reason="只有她会手语")
    row = db.session.query(Signup).filter_by(shift_id=there.id).one()
    assert (row.override_reason, row.overridden) == ("只有她会手语", "OVERLAP")


def test_the_shift_that_is_left_is_not_in_the_way_of_the_move(boss, office, project):
    here, there = plan.shift(project, 48), plan.shift(project, 49)
    one = plan.place(here, make.person("王秀兰", at=office))
    assert "No rule objects" in boss.visit(move_url(one, there.needs[0])).words
    boss.send(move_url(one, there.needs[0]))
    assert (plan.taken(here), plan.taken(there)) == ([0], [1])


def test_another_position_of_the_same_shift_keeps_the_sign_up(boss, office):
    two = plan.project(office, positions=("送餐员", "厨师"))
    shift = plan.shift(two, 48, places=(1, 1))
    one = plan.place(shift, make.person("王秀兰", at=office))
    for _ in range(2):
        boss.send(move_url(one, shift.needs[1]))
    assert plan.taken(shift) == [0, 1]
    row = db.session.query(Signup).one()
    assert (row.id, row.need_id, row.state) == (one.id, shift.needs[1].id, SignupState.CONFIRMED)


def test_a_full_position_of_the_same_shift_is_refused(boss, office):
    two = plan.project(office, positions=("送餐员", "厨师"))
    shift = plan.shift(two, 48, places=(1, 1))
    one = plan.place(shift, make.person("王秀兰", at=office))
    plan.place(shift, make.person("李强", at=office), need=shift.needs[1])
    boss.send(move_url(one, shift.needs[1]), 422, reason="x")
    assert plan.taken(shift) == [1, 1]


def test_nobody_is_moved_onto_a_shift_where_there_is_a_place_already(boss, office, project):
    here, there = plan.shift(project, 48), plan.shift(project, 60)
    wang = make.person("王秀兰", at=office)
    one = plan.place(here, wang)
    plan.place(there, wang)
    page = boss.send(move_url(one, there.needs[0]), 422, reason="x")
    assert "already signed up" in page.words
    assert (plan.taken(here), plan.taken(there)) == ([1], [1])


def test_nobody_who_signed_in_or_whose_shift_began_is_moved(boss, office, project):
    begun, soon, there = (plan.shift(project, hours) for hours in (-1, 0.2, 60))
    one = plan.place(begun, make.person("王秀兰", at=office))
    two = plan.place(soon, make.person("李强", at=office))
    make.saved(
        Attendance(
            signup_id=two.id, in_at=make.NOW, state=AttendanceState.PRESENT, changed_at=make.NOW
        )
    )
    assert "began" in boss.send(move_url(one, there.needs[0]), 422, reason="x").words
    assert "signed in" in boss.send(move_url(two, there.needs[0]), 422, reason="x").words.lower()
    assert plan.taken(there) == [0]


def test_nobody_is_moved_to_or_from_another_office(boss, office, project):
    elsewhere = make.office("荷花社区")
    here, there = plan.shift(project, 48), plan.shift(plan.project(elsewhere), 60)
    one = plan.place(here, make.person("王秀兰", at=office))
    boss.visit(move_url(one, there.needs[0]), 404)
    boss.send(move_url(one, there.needs[0]), 404)
    hers = plan.place(there, make.person("李强", at=elsewhere))
    boss.send(move_url(hers, here.needs[0]), 404)
    assert (plan.taken(here), plan.taken(there)) == ([1], [1])


# -- saved views


def test_filters_are_saved_without_their_day_renamed_and_removed(boss, office, project):
    query = "view=day&by=position&short=1&on=2026-06-03"
    boss.send(f"/shifts/board/views/new?{query}", 422, name=" ")
    to = boss.send(f"/shifts/board/views/new?{query}", name="缺人的岗位").location
    assert to == "/shifts/board?on=2026-06-03&view=day&by=position&short=1"
    page = boss.visit("/shifts/board")
    (link,) = [a for a in page.all("a") if "".join(a.itertext()) == "缺人的岗位"]
    assert link.get("href") == "/shifts/board?view=day&by=position&short=1"
    boss.send("/shifts/board/views/new?view=month", name="月")
    view = db.session.query(SavedView).filter_by(name="月").one()
    boss.send(f"/shifts/board/views/{view.id}/edit", 422, name="缺人的岗位")
    boss.send(f"/shifts/board/views/{view.id}/edit", name="整月")
    boss.send("/shifts/board/views/new?view=week&by=project", name="整月")  # the newer one holds
    assert [(v.name, v.query) for v in db.session.query(SavedView).order_by(SavedView.id)] == [
        ("缺人的岗位", "view=day&by=position&short=1"),
        ("整月", "by=project"),
    ]
    boss.send(f"/shifts/board/views/{view.id}/removal")
    assert db.session.query(SavedView).count() == 1


def test_saved_views_are_an_accounts_own(browser, office, project):
    browser.sign_in(plan.coordinator(office)).send("/shifts/board/views/new", name="我的")
    view = db.session.query(SavedView).one()
    browser.sign_in(plan.coordinator(office))
    assert "我的" not in browser.visit("/shifts/board").text
    browser.visit(f"/shifts/board/views/{view.id}/edit", 404)
    browser.send(f"/shifts/board/views/{view.id}/removal", 404)
    assert db.session.query(SavedView).count() == 1


# -- paper


def test_a_roster_names_who_is_on_and_gives_the_phone_of_the_office_alone(boss, office, project):
    with writing():
        db.session.get(type(office), office.id).contact_phone = "027-8123 4567"
    shift = plan.shift(project, 48)
    plan.place(shift, make.person("王秀兰", at=office, phone="+8613912345678"))
    page = boss.visit("/shifts/board/paper?view=day&on=2026-06-03")
    assert "王秀兰" in page.words
    assert "027-8123 4567" in page.words
    assert "13912345678" not in page.text
    told = boss.visit("/shifts/board/paper?view=day&on=2026-06-03&phones=1")
    assert "+8613912345678" in told.words


def test_the_phones_of_people_are_not_for_who_may_not_see_people(browser, office, project):
    shift = plan.shift(project, 48)
    plan.place(shift, make.person("王秀兰", at=office, phone="+8613912345678"))
    browser.sign_in(plan.leader(office))
    page = browser.visit("/shifts/board/paper?view=day&on=2026-06-03&phones=1")
    assert "王秀兰" in page.words
    assert "13912345678" not in page.text


def test_phones_are_shown_for_the_offices_alone_whose_people_the_reader_may_see(
    browser, office, project
):
    there = make.office("荷花社区")
    for number, home in enumerate((office, there)):
        shift = plan.shift(project if home is office else plan.project(there), 48)
        plan.place(shift, make.person("王秀兰", at=home, phone=f"+86139123456{number}8"))
    account = plan.leader(office)
    make.saved(
        Grant(account_id=account.id, office_id=there.id, role=Role.COORDINATOR, granted_at=make.NOW)
    )
    page = browser.sign_in(account).visit("/shifts/board/paper?on=2026-06-03&phones=1")
    assert re.findall(r"139123456\d8", page.words) == ["13912345618"]


def test_a_sign_in_sheet_is_in_the_order_of_names_whatever_the_position(boss, office):
    two = plan.project(office, positions=("送餐员", "厨师"))
    shift = plan.shift(two, 48, places=(2, 2))
    for name, need in (("王秀兰", 0), ("赵小雨", 0), ("李强", 1)):
        plan.place(shift, make.person(name, at=office), need=shift.needs[need])
    page = boss.visit(f"/shifts/board/paper?kind=signing&shift={shift.id}")
    assert page.said("th", scope="row") == ["李强", "王秀兰", "赵小雨"]


def test_a_sign_in_sheet_has_numbered_lines_and_space_for_those_who_walk_in(boss, office, project):
    shift = plan.shift(project, 48)
    plan.shift(project, 50, state=ShiftState.CANCELLED, cancel_reason="下雨")
    for name in ("王秀兰", "李强"):
        plan.place(shift, make.person(name, at=office))
    page = boss.visit("/shifts/board/paper?kind=signing&view=day&on=2026-06-03")
    assert len(page.all("section", class_="paper")) == 1
    assert page.said("th", scope="row") == ["李强", "王秀兰"]
    numbers = [t for t in page.said("td", class_="num") if t.isdigit()]
    assert numbers == [str(n) for n in range(1, 26)]
    assert page.text.count('class="segno"') == 1
    masked = boss.visit(f"/shifts/board/paper?kind=signing&shift={shift.id}&masked=1")
    assert masked.said("th", scope="row") == ["李*", "王*"]
    assert "秀兰" not in masked.text


# -- as fast for 2 000 as for 20


def spread(project, number, *, people=()):
    """So many shifts of one week with five positions each, in three statements."""
    positions = [position.id for position in project.positions]
    with writing():
        db.session.execute(
            Shift.__table__.insert(),
            [
                {
                    "project_id": project.id, "state": ShiftState.PUBLISHED, "made_at": make.NOW,
                    "starts_at": make.NOW + timedelta(hours=24 + index % 90),
                    "ends_at": make.NOW + timedelta(hours=26 + index % 90),
                    "place": f"第{index % 37}食堂", "scan_token": f"{index}-{project.id}",
                }
                for index in range(number)
            ],
        )  # fmt: skip
        made = select(Shift.id).where(Shift.project_id == project.id)
        db.session.execute(
            Need.__table__.insert(),
            [
                {"shift_id": id_, "position_id": position, "places": 4, "least": 2}
                for id_ in db.session.scalars(made)
                for position in positions
            ],
        )
        first = select(Need.id, Need.shift_id).where(Need.position_id == positions[0])
        rows = [
            {
                "shift_id": shift_id, "need_id": need_id, "person_id": person.id,
                "state": SignupState.CONFIRMED, "made_at": make.NOW, "queued_at": make.NOW,
            }
            for need_id, shift_id in db.session.execute(first)
            for person in people
        ]  # fmt: skip
        if rows:
            db.session.execute(Signup.__table__.insert(), rows)


def cost(browser, url):
    with queries() as sent:
        page = browser.visit(url)
    return len(sent), page


@pytest.mark.parametrize(
    "query",
    [
        "on=2026-06-03",
        "on=2026-06-02&view=day",
        "on=2026-06-03&view=month",
        "on=2026-06-03&by=position",
        "on=2026-06-03&by=project",
    ],
)
def test_the_board_asks_as_much_for_60_shifts_as_for_3(boss, office, project, query):
    people = [make.person(f"王秀{n}", at=office) for n in "甲乙"]
    five = plan.project(office, positions=[f"岗位{n}" for n in range(5)])
    spread(five, 3, people=people)
    url = "/shifts/board?" + query
    few, _ = cost(boss, url)
    more = plan.project(office, "更多", positions=[f"岗位{n}" for n in range(5)])
    spread(more, 57, people=people)
    many, page = cost(boss, url)
    assert many == few
    assert len(page.text) < 400_000


def test_2000_shifts_open_like_20(boss, office):
    five = plan.project(office, positions=[f"岗位{n}" for n in range(5)])
    spread(five, 20, people=[make.person("王秀兰", at=office)])
    few, small = cost(boss, WEEK)
    other = plan.project(office, "大项目", positions=[f"岗位{n}" for n in range(5)])
    spread(other, 1980)
    many, page = cost(boss, WEEK)
    assert many == few
    assert len(slots(small)) == 20
    assert len(slots(page)) == 40
    assert len(page.text) < 2.2 * len(small.text)
    assert "2000 shifts" in page.words
    seen, url = [], WEEK
    for _ in range(3):
        page = boss.visit(url)
        seen += slots(page)
        url = next(a for a in page.all("a") if a.get("hx-select") == ".region").get("href")
    assert len(set(seen)) == len(seen) == 120


def test_the_regions_of_a_board_make_it_whole(boss, office, project):
    five = plan.project(office, positions=[f"岗位{n}" for n in range(5)])
    spread(five, 90)
    for by, whole in (("place", 90), ("project", 90), ("position", 450)):
        url, seen = f"{WEEK}&by={by}", []
        while url:
            page = boss.visit(url)
            seen += slots(page)
            ways = [a.get("href") for a in page.all("a") if a.get("hx-select") == ".region"]
            url = ways[0] if ways else None
        assert len(seen) == len(set(seen)) == whole


def test_the_board_reads_in_chinese(boss, office, project):
    least(plan.shift(project, 47), 1)
    page = boss.speak("zh").visit(WEEK)
    assert not re.findall(r"\b(missing|Board|short|free)\b", page.words)
    assert "缺 1 人" in page.words
