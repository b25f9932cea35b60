"""A place that is handed on to all: who waits comes first, then whoever may take it."""

from datetime import timedelta

import make
import plan
import pytest
from handing import answer, full, hand_on, handover, holders, settle, told

from talent.db import db
from talent.messages.models import MessageKind, Stopped
from talent.rules.handovers import HandoverState
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

pytestmark = pytest.mark.usefixtures("clock", "free")
SECOND = timedelta(seconds=1)


def test_to_all_whoever_may_take_it_is_told_and_the_first_to_accept_has_it(
    browser, office, wang, li
):
    zhao = make.volunteer(office, "赵云")
    quiet = make.volunteer(office, "孙静")
    make.saved(Stopped(person_id=quiet.person_id, kind=MessageKind.HANDOVER_OPEN, at=make.NOW))
    shift = full(office, wang)
    hand_on(browser, wang, shift)
    assert sorted(told(MessageKind.HANDOVER_OPEN)) == [("李建国", None), ("赵云", None)]
    for account in (zhao, li):
        words = browser.sign_in(account).visit("/shifts/handovers").words
        assert "A place is handed on by 王*: take it" in words
    answer(browser, zhao, "acceptance")
    assert "This is no longer offered." in answer(browser, li, "acceptance", status=409).words
    assert (holders(shift), plan.taken(shift)) == (["赵云"], [1])


def test_those_who_are_told_are_few(browser, office, wang):
    for number in range(23):
        make.volunteer(office, f"李{number}")
    hand_on(browser, wang, full(office, wang))
    assert len(told(MessageKind.HANDOVER_OPEN)) == 20


def test_open_to_all_the_first_who_waits_has_it_at_once(browser, office, wang, li):
    shift = full(office, wang)
    busy, second = make.person("甲", at=office), make.person("乙", at=office)
    for number, one in enumerate((busy, second)):
        plan.place(shift, one, state=SignupState.WAITING, at=make.NOW + number * SECOND)
    plan.place(plan.shift(plan.project(office)), busy)
    hand_on(browser, wang, shift)
    assert (holders(shift), plan.taken(shift)) == (["乙"], [1])
    assert handover().state is HandoverState.DONE
    assert told(MessageKind.HANDOVER_OPEN) == []


def test_where_places_are_offered_who_waits_is_asked_and_a_no_goes_to_the_next_and_then_to_all(
    browser, office, wang, li
):
    make.let(office, waiting_mode="offer")
    shift = full(office, wang)
    first, second = make.volunteer(office, "甲"), make.volunteer(office, "乙")
    for number, one in enumerate((first, second)):
        plan.place(shift, one.person, state=SignupState.WAITING, at=make.NOW + number * SECOND)
    hand_on(browser, wang, shift)
    assert told(MessageKind.HANDOVER_ASKED) == [("甲", None)]
    assert answer(browser, li, "acceptance", status=409)
    for _ in range(2):
        answer(browser, first, "refusal")
    assert told(MessageKind.HANDOVER_ASKED) == [("甲", None), ("乙", None)]
    answer(browser, second, "refusal")
    assert ("李建国", None) in told(MessageKind.HANDOVER_OPEN)
    answer(browser, li, "acceptance")
    assert (holders(shift), plan.taken(shift)) == (["李建国"], [1])
    assert plan.states(shift) == {"cancelled": 1, "confirmed": 1, "waiting": 2}


def test_whose_turn_is_over_is_passed_and_the_next_is_asked(browser, office, wang, clock):
    make.let(office, waiting_mode="offer")
    shift = full(office, wang)
    first, second = make.volunteer(office, "甲"), make.volunteer(office, "乙")
    for number, one in enumerate((first, second)):
        plan.place(shift, one.person, state=SignupState.WAITING, at=make.NOW + number * SECOND)
    hand_on(browser, wang, shift)
    until = handover().answer_by
    clock.move_to(until - SECOND)
    settle()
    assert told(MessageKind.HANDOVER_ASKED) == [("甲", None)]
    clock.move_to(until)
    settle()
    assert told(MessageKind.HANDOVER_ASKED) == [("甲", None), ("乙", None)]


def test_who_joins_the_waiting_list_later_still_comes_before_strangers(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift)
    waits = make.volunteer(office, "甲")
    plan.place(shift, waits.person, state=SignupState.WAITING)
    said = "Whoever stands on the waiting list comes first."
    assert said in answer(browser, li, "acceptance", status=409).words
    settle()
    assert holders(shift) == ["甲"]


def test_who_has_come_keeps_the_place_that_was_offered_to_all(browser, office, wang, li, clock):
    shift = full(office, wang, starts=1)
    hand_on(browser, wang, shift)
    one = db.session.query(Signup).filter_by(shift_id=shift.id).one()
    plan.attended(one, came=0.6)
    plan.place(shift, li.person, state=SignupState.WAITING)
    clock.move_to(make.hours_later(0.7))
    settle()
    assert holders(shift) == ["王秀兰"]


def test_after_a_no_nobody_is_asked_to_take_over_a_place_that_is_gone(browser, office, wang, li):
    make.let(office, waiting_mode="offer")
    zhao = make.volunteer(office, "赵云")
    shift = full(office, wang, starts=48)
    plan.place(shift, li.person, state=SignupState.WAITING)
    plan.place(shift, zhao.person, state=SignupState.WAITING)
    hand_on(browser, wang, shift)
    browser.send(f"/shifts/{shift.id}/cancellation")  # the place is kept for 李建国 as for anybody
    answer(browser, li, "refusal")
    assert [name for name, _ in told(MessageKind.HANDOVER_ASKED)] == ["李建国"]
    settle()
    assert handover().state is HandoverState.VOID


def test_who_waits_for_a_risky_place_without_having_read_has_it_all_the_same(
    browser, office, wang, li
):
    shift = plan.shift(plan.project(office, risky=True, risks="高空"), places=1)
    plan.place(shift, wang.person)
    plan.place(shift, li.person, state=SignupState.WAITING)
    hand_on(browser, wang, shift)
    assert (holders(shift), plan.taken(shift)) == (["李建国"], [1])
