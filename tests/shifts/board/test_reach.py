"""Whose board it is: the offices of the reader alone, and what a leader may not do."""

from __future__ import annotations

import make
import plan
from boards import WEEK, move_url, slots

from talent.access import Role


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
