"""Places given on the board, taken away, and moved to another shift or position."""

from __future__ import annotations

import make
import plan
from boards import move_url

from talent.db import db
from talent.messages.models import Message, MessageKind
from talent.rules.signup import SignupState
from talent.shifts.models import (
    Attendance,
    AttendanceState,
    Signup,
)


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
