"""What is kept of the board: saved views, and the roster and sign-in sheet on paper."""

from __future__ import annotations

import re

import make
import plan

from talent.access import Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.shifts.board.models import SavedView
from talent.shifts.models import (
    ShiftState,
)


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
