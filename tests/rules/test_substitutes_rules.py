"""Who is asked to step in first, how long an answer is waited for, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK

from talent.rules.fitting import CATEGORY, TIMES
from talent.rules.quiet import QUIET_HOURS, QuietHours
from talent.rules.substitutes import (
    LEAST_TO_ANSWER,
    MOST_REST,
    NEAR,
    Able,
    SearchEnd,
    Turn,
    answer_by,
    at_once,
    ended,
    fit,
    order,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NONE = QuietHours(time(0), time(0))
QUEUED = datetime(2026, 6, 1, tzinfo=UTC)


def test_the_order_is_reserve_waiting_fit_rest_calls_and_number():
    wanted = [
        Able(9, Turn.RESERVE, QUEUED, fit=-2),
        Able(8, Turn.RESERVE, QUEUED + SECOND, fit=7),
        Able(7, Turn.WAITING, QUEUED, fit=-2, calls=9),
        Able(6, Turn.WAITING, QUEUED + SECOND),
        Able(5, fit=4, rest=0 * HOUR, calls=9),
        Able(4, fit=3, rest=12 * HOUR, calls=9),
        Able(3, fit=3, rest=11 * HOUR),
        Able(2, fit=3, rest=10 * HOUR, calls=0),
        Able(1, fit=3, rest=10 * HOUR, calls=1),
        Able(10, fit=3, rest=10 * HOUR, calls=1),
    ]
    for some in permutations(wanted, 3):
        assert order(some) == [one.key for one in wanted if one in some]


def test_rest_counts_in_whole_hours_and_up_to_twelve():
    assert order([Able(1, rest=90 * MINUTE, calls=1), Able(2, rest=HOUR, calls=0)]) == [2, 1]
    assert order([Able(1, rest=5 * MOST_REST, calls=1), Able(2, rest=MOST_REST)]) == [2, 1]


def test_when_somebody_queued_counts_only_in_line():
    assert order([Able(1, queued_at=QUEUED + HOUR), Able(2, queued_at=QUEUED)]) == [1, 2]


@given(st.lists(st.builds(Able, st.integers(), fit=st.integers(-2, 7), calls=st.integers(0, 9))))
@QUICK
def test_the_order_is_the_same_however_they_are_found(able):
    assert order(able) == order(reversed(able))
    assert sorted(order(able)) == sorted(one.key for one in able)


def test_who_knows_the_project_goes_before_one_thing_that_suits_but_not_before_two():
    assert fit(0, served=False) == 0
    assert fit(TIMES, served=False) < fit(0, served=True) < fit(TIMES + CATEGORY, served=False)


@pytest.mark.parametrize(
    ("missing", "before", "number"),
    [
        (1, NEAR + SECOND, 1), (1, NEAR, 3), (2, NEAR + SECOND, 2), (2, MINUTE, 6), (0, MINUTE, 0),
        (-1, MINUTE, 0),
    ],
)  # fmt: skip
def test_one_is_asked_for_each_missing_place_and_three_near_the_start(missing, before, number):
    assert at_once(missing, START, START - before) == number


@pytest.mark.parametrize(
    ("now", "length", "quiet", "until"),
    [
        ("06-08T12:00", 2 * HOUR, NONE, "06-08T14:00"),
        ("06-08T12:00", 2 * HOUR, QUIET_HOURS, "06-08T14:00"),
        ("06-08T20:00", 2 * HOUR, QUIET_HOURS, "06-09T08:01"),
        ("06-08T21:00", 2 * HOUR, QUIET_HOURS, "06-09T09:01"),
        ("06-08T23:00", 2 * HOUR, QUIET_HOURS, "06-09T10:00"),
        ("06-10T05:00", 2 * HOUR, NONE, "06-10T06:00"),  # a quarter of four hours
        ("06-10T08:40", 2 * HOUR, NONE, "06-10T08:50"),  # ten minutes
        ("06-10T08:55", 2 * HOUR, NONE, "06-10T09:00"),  # never beyond the start
        ("06-10T08:56", 2 * HOUR, QUIET_HOURS, "06-10T09:00"),
    ],
)
def test_time_to_answer_stands_still_in_quiet_hours_and_shrinks_near_the_start(
    now, length, quiet, until
):
    asked = datetime.fromisoformat(f"2026-{now}").replace(tzinfo=ZONE)
    expected = datetime.fromisoformat(f"2026-{until}").replace(tzinfo=ZONE)
    assert answer_by(asked, START, length, ZONE, quiet) == expected


def test_a_shift_in_the_night_is_asked_about_in_the_night():
    start = datetime(2026, 6, 10, 6, tzinfo=ZONE)
    asked = datetime(2026, 6, 10, 2, tzinfo=ZONE)
    assert answer_by(asked, start, 2 * HOUR, ZONE, QUIET_HOURS) == asked + HOUR


@given(
    minutes=st.integers(1, 5 * 24 * 60), length=st.integers(1, 600), begins=st.integers(0, 23),
    ends=st.integers(0, 23),
)  # fmt: skip
@QUICK
def test_an_answer_is_waited_for_after_now_and_not_after_the_start(minutes, length, begins, ends):
    quiet = QuietHours(time(begins), time(ends))
    now = START - minutes * MINUTE
    until = answer_by(now, START, length * MINUTE, ZONE, quiet)
    assert now < until <= START
    assert until - now >= min(LEAST_TO_ANSWER, START - now)


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({}, None),
        ({"taken": 5}, SearchEnd.FILLED),
        ({"free": 0}, SearchEnd.FILLED),
        ({"now": START - SECOND}, None),
        ({"now": START}, SearchEnd.BEGUN),
        ({"now": START, "taken": 5}, SearchEnd.BEGUN),
        ({"takes_place": False, "taken": 5}, SearchEnd.CALLED_OFF),
    ],
)
def test_a_search_ends_when_it_is_filled_begun_or_called_off(facts, end):
    known = {"taken": 4, "goal": 5, "free": 1, "takes_place": True, "now": START - HOUR} | facts
    assert ended(start=START, **known) == end
