"""What the board shows: who is on, what is short, who breaks a rule; days, months, filters."""

from __future__ import annotations

import re

import make
import plan
import pytest
from boards import DAY, WEEK, least, marks, slots

from talent.db import db, writing
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.shifts.models import (
    Position,
    Requirement,
    ShiftState,
    Signup,
)
from talent.training.models import Course


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
    make.let(office, rest_minutes=120)
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


def test_the_board_reads_in_chinese(boss, office, project):
    least(plan.shift(project, 47), 1)
    page = boss.speak("zh").visit(WEEK)
    assert not re.findall(r"\b(missing|Board|short|free)\b", page.words)
    assert "缺 1 人" in page.words
