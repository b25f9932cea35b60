"""The board asks as much for 2 000 shifts as for 20."""

from __future__ import annotations

from datetime import timedelta

import make
import plan
import pytest
from boards import WEEK, slots
from counting import queries
from sqlalchemy import select

from talent.db import db, writing
from talent.rules.signup import SignupState
from talent.shifts.models import (
    Need,
    Shift,
    ShiftState,
    Signup,
)


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
