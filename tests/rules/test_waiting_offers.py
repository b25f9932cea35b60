"""How long an offered place is kept, who comes first, and what an answer is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from test_signup_rules import ADULT, END, NOW, PLACE, SECOND, START
from test_waiting_rules import INACTIVE, queue

from talent.rules import quiet
from talent.rules.quiet import QuietHours
from talent.rules.waiting import (
    LAST_ANSWER,
    SHORTEST_OFFER,
    Unanswerable,
    accept_by,
    has_lapsed,
    refusals_to_answer,
    refusals_to_stand_by,
    seating,
    shortened,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT, NONE = QuietHours(time(22), time(8)), QuietHours(time(8), time(8))
FAR = datetime(2026, 7, 1, tzinfo=UTC)


def wall(text, zone=SHANGHAI):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("freed", "hours", "until"),
    [
        ("06-01T09:00", 12, "06-01T21:00"),  # a whole day awake
        ("06-01T10:00", 12, "06-01T22:00"),  # just until the quiet hours
        ("06-01T10:01", 12, "06-02T08:01"),  # the minute that is left counts in the morning
        ("06-01T12:00", 12, "06-02T10:00"),
        ("06-01T21:59", 1, "06-02T08:59"),
        ("06-01T22:00", 1, "06-02T09:00"),  # freed in the night: counts from the morning
        ("06-02T03:30", 1, "06-02T09:00"),
        ("06-02T07:59:59", 1, "06-02T09:00"),
        ("06-02T08:00", 1, "06-02T09:00"),
        ("06-02T08:00:01", 1, "06-02T09:00:01"),
        ("06-30T20:00", 20, "07-02T12:00"),  # across a month: 2 + 14 + 4
    ],
)
def test_the_clock_of_an_offer_stands_still_in_the_quiet_hours(freed, hours, until):
    start = datetime(2026, 8, 1, tzinfo=UTC)
    found = accept_by(wall(freed), start, SHANGHAI, NIGHT, timedelta(hours=hours))
    assert found == wall(until)


@pytest.mark.parametrize(
    ("starts", "until"),
    [
        ("06-02T18:00", "06-01T21:00"),  # far enough
        ("06-01T22:00", "06-01T21:00"),  # an hour before the start it would end anyway
        ("06-01T21:59:59", "06-01T20:59:59"),
        ("06-01T12:00", "06-01T11:00"),
        ("06-01T10:30", "06-01T09:30"),  # half an hour to answer: just enough
        ("06-01T10:29:59", None),  # a second less is no offer
        ("06-01T09:30", None),
        ("06-01T09:00", None),
    ],
)
def test_an_offer_ends_an_hour_before_the_start_and_is_none_if_that_is_too_near(starts, until):
    found = accept_by(wall("06-01T09:00"), wall(starts), SHANGHAI, NIGHT, timedelta(hours=12))
    assert found == (until and wall(until))


@pytest.mark.parametrize(
    ("freed", "starts", "until"),
    [
        ("06-01T20:00", "06-02T08:30", "06-01T21:59"),  # the last hour lies in the night
        ("06-01T21:29", "06-02T08:30", "06-01T21:59"),
        ("06-01T21:29:01", "06-02T08:30", None),
        ("06-01T23:00", "06-02T08:30", None),  # nobody is awake between the two
        ("06-01T21:50", "06-02T09:20", "06-02T08:20"),  # ten minutes and twenty in the morning
        ("06-01T21:50", "06-02T09:19:59", None),
    ],
)
def test_only_time_awake_counts_between_a_freed_place_and_the_start(freed, starts, until):
    found = accept_by(wall(freed), wall(starts), SHANGHAI, NIGHT, timedelta(hours=12))
    assert found == (until and wall(until))


def test_without_quiet_hours_the_clock_runs_through():
    found = accept_by(wall("06-01T20:00"), FAR, SHANGHAI, NONE, timedelta(hours=12))
    assert found == wall("06-02T08:00")


@pytest.mark.parametrize(
    ("freed", "until"),
    [
        ("03-28T21:30", "03-29T08:30"),  # the night in which the clock goes forward
        ("10-24T21:30", "10-25T08:30"),  # and back
    ],
)
def test_a_night_is_a_night_whatever_is_done_to_the_clock(freed, until):
    found = accept_by(
        wall(freed, BERLIN), wall("12-31T12:00", BERLIN), BERLIN, NIGHT, timedelta(hours=1)
    )
    assert found == wall(until, BERLIN)


def test_quiet_hours_that_begin_in_the_skipped_hour_still_end_the_wait():
    hours = QuietHours(time(2, 30), time(8))
    found = accept_by(wall("03-29T01:30", BERLIN), FAR, BERLIN, hours, timedelta(hours=9))
    assert not hours.contains(found.astimezone(BERLIN).time())


def test_no_time_to_answer_means_that_places_are_given():
    assert accept_by(NOW, FAR, SHANGHAI, NIGHT, timedelta()) is None


@QUICK
@given(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)),
    st.integers(0, 72 * 60),
    st.integers(1, 48 * 60),
    st.sampled_from(
        (NIGHT, NONE, QuietHours(time(13), time(15)), QuietHours(time(0), time(7, 30)))
    ),
    st.sampled_from((SHANGHAI, BERLIN)),
)
def test_an_offer_is_neither_too_short_nor_too_long_nor_ends_at_night(
    moment, ahead, minutes, hours, zone
):
    now = moment.replace(tzinfo=UTC)
    start, length = now + timedelta(minutes=ahead), timedelta(minutes=minutes)
    until = accept_by(now, start, zone, hours, length)
    if until is None:
        return
    assert now < until <= start - LAST_ANSWER
    assert until - now >= min(length, SHORTEST_OFFER)
    assert not hours.contains((until - SECOND).astimezone(zone).time())
    if hours is NONE:
        assert until == min(now + length, start - LAST_ANSWER)


@QUICK
@given(st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)), st.sampled_from((NIGHT, NONE)))
def test_the_next_quiet_hours_begin_when_it_was_heard_a_second_before(moment, hours):
    now = moment.replace(tzinfo=UTC)
    begins = quiet.next_quiet(now, BERLIN, hours)
    if hours is NONE:
        assert begins is None
    else:
        assert now < begins <= now + timedelta(days=1, hours=1)
        assert not hours.contains((begins - SECOND).astimezone(BERLIN).time())
        assert hours.contains(begins.astimezone(BERLIN).time())


@pytest.mark.parametrize(
    ("answer_by", "starts", "until"),
    [
        ("06-01T21:00", "06-03T09:00", "06-01T21:00"),  # moved, but far away
        ("06-01T21:00", "06-01T20:00", "06-01T19:00"),
        ("06-01T21:00", "06-01T09:45", "06-01T09:30"),  # overtaken: half an hour is left
        ("06-01T21:00", "06-01T09:20", "06-01T09:20"),  # never beyond the start
    ],
)
def test_an_open_offer_is_shortened_when_the_shift_moves_towards_it(answer_by, starts, until):
    assert shortened(wall(answer_by), wall("06-01T09:00"), wall(starts)) == wall(until)


@pytest.mark.parametrize(("second", "lapsed"), [(-1, False), (0, True), (1, True)])
def test_an_answer_counts_until_the_second_that_was_said(second, lapsed):
    now = NOW + timedelta(seconds=second)
    assert has_lapsed(NOW, START, now) is lapsed
    expected = [Unanswerable.LAPSED] if lapsed else []
    assert whys(refusals_to_answer(NOW, START, now, offered=True)) == expected


@pytest.mark.parametrize(("second", "lapsed"), [(-1, False), (0, True), (1, True)])
def test_no_answer_counts_from_the_start_of_the_shift_on(second, lapsed):
    now = START + timedelta(seconds=second)
    assert has_lapsed(END, START, now) is lapsed
    assert bool(refusals_to_answer(END, START, now, offered=True)) is lapsed


def test_who_was_offered_nothing_has_nothing_to_answer():
    assert whys(refusals_to_answer(None, START, NOW, offered=False)) == [Unanswerable.NONE]


@pytest.mark.parametrize(("free", "reasons"), [(1, []), (0, [Unanswerable.NO_RESERVE])])
def test_as_many_stand_by_as_are_asked_for(free, reasons):
    assert whys(refusals_to_stand_by([], reserve_free=free)) == reasons


@pytest.mark.parametrize(
    ("free", "reserve", "waiting"),
    [
        (0, (), ()),
        (1, ("第1位",), ()),
        (2, ("第1位", "第2位"), ()),
        (3, ("第1位", "第2位"), ("第1位",)),
        (9, ("第1位", "第2位"), ("第1位", "第2位")),
    ],
)
def test_who_stands_by_comes_before_who_waits(free, reserve, waiting):
    place = replace(PLACE, places=9, taken=9 - free)
    first, then = seating(place, queue(ADULT, ADULT), queue(ADULT, ADULT), NOW)
    assert (first.promoted, then.promoted) == (reserve, waiting)


def test_who_stands_by_and_may_not_serve_is_passed_over_for_who_waits():
    place = replace(PLACE, places=1, taken=0)
    first, then = seating(place, queue(INACTIVE), queue(ADULT), NOW)
    assert (first.promoted, then.promoted) == ((), ("第1位",))
    assert [key for key, _ in first.passed_over] == ["第1位"]
