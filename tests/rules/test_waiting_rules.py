from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from test_signup_rules import ADULT, END, NOW, PLACE, SECOND, START, at, busy

from talent.rules.signup import Refusal
from talent.rules.waiting import promotion, refusals_to_wait

BUSY = replace(ADULT, engagements=(busy(at(9), at(10)),))
INACTIVE = replace(ADULT, active=False)
CHILD = replace(ADULT, born=date(2015, 1, 1))


def queue(*candidates):
    return [(f"第{place}位", candidate) for place, candidate in enumerate(candidates, 1)]


def test_a_full_shift_is_what_the_waiting_list_is_for():
    assert refusals_to_wait(replace(PLACE, taken=3), ADULT, NOW) == []


@pytest.mark.parametrize(
    ("place", "candidate", "now", "reason"),
    [
        ({"taken": 3}, {"already": True}, NOW, Refusal.ALREADY),
        ({"taken": 3}, {"active": False}, NOW, Refusal.NOT_ACTIVE),
        ({"taken": 3, "cancelled": True}, {}, NOW, Refusal.CANCELLED),
        ({"taken": 3, "closes_at": NOW}, {}, NOW, Refusal.CLOSED),
        ({"taken": 3}, {}, START, Refusal.STARTED),
        ({"taken": 3}, {"engagements": (busy(at(9), at(10)),)}, NOW, Refusal.OVERLAP),
    ],
)
def test_whatever_else_stands_against_a_place_stands_against_waiting(place, candidate, now, reason):
    found = refusals_to_wait(replace(PLACE, **place), replace(ADULT, **candidate), now)
    assert whys(found) == [reason]


def test_one_free_place_promotes_the_first_and_nobody_else():
    result = promotion(replace(PLACE, taken=2), queue(ADULT, ADULT, ADULT), NOW)
    assert result.promoted == ("第1位",)
    assert result.passed_over == ()


def test_as_many_are_promoted_as_there_are_places_in_their_order():
    result = promotion(replace(PLACE, taken=1), queue(ADULT, ADULT, ADULT), NOW)
    assert result.promoted == ("第1位", "第2位")


def test_a_shift_without_a_free_place_promotes_nobody():
    assert promotion(replace(PLACE, taken=3), queue(ADULT), NOW).promoted == ()


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (BUSY, Refusal.OVERLAP),
        (INACTIVE, Refusal.NOT_ACTIVE),
        (CHILD, Refusal.GUARDIAN_CONSENT),
    ],
)
def test_who_may_not_serve_is_passed_over_with_the_reason_and_the_next_moves_up(first, reason):
    result = promotion(PLACE, queue(first, ADULT, ADULT), NOW)
    assert result.promoted == ("第2位",)
    ((who, reasons),) = result.passed_over
    assert who == "第1位"
    assert whys(reasons) == [reason]


def test_nobody_behind_the_last_one_promoted_is_passed_over():
    assert promotion(PLACE, queue(ADULT, INACTIVE), NOW).passed_over == ()


@pytest.mark.parametrize(
    ("now", "promoted"), [(START - SECOND, ("第1位",)), (START, ()), (END, ())]
)
def test_nobody_is_moved_into_a_shift_that_has_begun(now, promoted):
    assert promotion(PLACE, queue(ADULT), now).promoted == promoted


@pytest.mark.parametrize("change", [{"cancelled": True}, {"published": False}])
def test_nobody_is_moved_into_a_shift_that_does_not_take_place(change):
    assert promotion(replace(PLACE, **change), queue(ADULT), NOW).promoted == ()


@pytest.mark.parametrize("change", [{"closes_at": NOW}, {"opens_at": NOW + timedelta(hours=1)}])
def test_the_window_for_signing_up_does_not_hold_back_who_waits_already(change):
    assert promotion(replace(PLACE, **change), queue(ADULT), NOW).promoted == ("第1位",)


def test_the_waiting_sign_up_itself_is_no_second_one():
    assert promotion(PLACE, queue(replace(ADULT, already=True)), NOW).promoted == ("第1位",)


@QUICK
@given(st.integers(0, 6), st.integers(0, 6), st.lists(st.booleans(), max_size=9))
def test_no_place_stays_free_while_somebody_who_may_take_it_waits(places, taken, fit):
    place = replace(PLACE, places=places, taken=taken)
    waiting = list(enumerate(ADULT if able else INACTIVE for able in fit))
    result = promotion(place, waiting, NOW)
    able = [key for key, one in enumerate(fit) if one]
    assert list(result.promoted) == able[: place.free]
    assert not {key for key, _ in result.passed_over} & set(result.promoted)
