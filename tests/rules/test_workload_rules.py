"""How much is too much: the minutes of a day and a week, days in a row, shifts held ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from serving import (
    BERLIN,
    HALL,
    LORD_HOWE,
    MINUTE,
    NOW,
    SHANGHAI,
    YARD,
    at,
    day,
    found,
    serving,
    shifts,
)

from talent.rules.signup import (
    OVERRIDABLE,
    Candidate,
    Place,
    refusals,
    remaining,
)
from talent.rules.workload import (
    LOOK_BACK,
    Limits,
    Overload,
    monday,
    reach,
)

# The day


@pytest.mark.parametrize(("most", "reasons"), [(360, []), (359, [Overload.DAY_MINUTES]), (0, [])])
def test_the_minutes_of_a_day_are_added_up(most, reasons):
    assert whys(found(day(10, "15:00", "18:00"), day(10), day=most)) == reasons


def test_a_shift_across_midnight_counts_on_both_days():
    night = serving("2026-06-30T22:00", "2026-07-01T06:00")  # 2 h and 6 h
    assert found(night, day=360) == []
    (because,) = found(night, day=359)
    assert because.facts == {"day": date(2026, 7, 1), "total": 360, "most": 359}
    assert found(night, day(30, month=6), day=360) == []  # 5 h and 6 h
    both = found(night, day(30), day(1, month=7), day=299)
    assert [b.facts["day"] for b in both] == [date(2026, 6, 30), date(2026, 7, 1)]
    assert [b.facts["total"] for b in both] == [300, 540]


def test_only_the_days_of_the_shift_are_asked_and_a_month_later_is_another_day():
    full = [day(11, "00:00", "23:00"), day(10, "00:00", "23:00", month=7)]
    assert found(day(10), *full, day=180) == []


def test_what_overlaps_is_served_once():
    late = day(10, "11:45", "15:00")
    assert found(late, day(10), day=360, tolerance=15) == []
    assert whys(found(late, day(10), day=359, tolerance=15)) == [Overload.DAY_MINUTES]


def test_a_day_is_the_one_at_the_place_of_the_shift():
    late = serving(
        "2026-06-10T22:00", "2026-06-10T23:30", zone=ZoneInfo("UTC")
    )  # the 11th in Shanghai
    assert whys(found(day(11), late, day=200)) == [Overload.DAY_MINUTES]
    assert found(day(11), late, zone=ZoneInfo("UTC"), day=200) == []


@pytest.mark.parametrize(
    ("zone", "on", "minutes"),
    [
        (BERLIN, "2026-03-29", 240),
        (BERLIN, "2026-10-25", 360),
        (LORD_HOWE, "2026-04-05", 330),
        (LORD_HOWE, "2026-10-04", 270),
    ],
)
def test_a_day_on_which_the_clock_is_changed_has_the_minutes_that_elapse(zone, on, minutes):
    night = serving(f"{on}T00:00", f"{on}T05:00", zone=zone)
    assert found(night, zone=zone, day=minutes) == []
    assert whys(found(night, zone=zone, day=minutes - 1)) == [Overload.DAY_MINUTES]


# The week: 8 June 2026 is a Monday


@pytest.mark.parametrize(
    ("other", "counted"),
    [
        (day(7), False),  # the Sunday before
        (day(8), True),  # Monday
        (day(13), True),
        (day(14), True),  # Sunday
        (day(15), False),  # the next Monday
        (day(10, month=7), False),
        (day(10, month=5), False),
    ],
)
def test_a_week_is_from_monday_to_sunday(other, counted):
    got = found(day(10, "15:00", "18:00"), other, week=359)
    assert whys(got) == ([Overload.WEEK_MINUTES] if counted else [])
    assert found(day(10, "15:00", "18:00"), other, week=360) == []


def test_a_shift_from_sunday_to_monday_counts_in_both_weeks():
    night = serving("2026-06-14T22:00", "2026-06-15T06:00")
    (because,) = found(night, week=359)
    assert because.facts == {
        "first": date(2026, 6, 15), "last": date(2026, 6, 21), "total": 360, "most": 359,
    }  # fmt: skip
    both = found(night, day(10), day(20), week=299)
    assert [b.facts["first"] for b in both] == [date(2026, 6, 8), date(2026, 6, 15)]
    assert [b.facts["total"] for b in both] == [300, 540]


def test_a_week_across_the_ends_of_a_month_and_a_year_is_one_week():
    monday_, sunday = (
        serving("2026-12-28T09:00", "2026-12-28T12:00"),
        serving("2027-01-03T09:00", "2027-01-03T12:00"),
    )
    assert whys(found(sunday, monday_, week=359)) == [Overload.WEEK_MINUTES]


@pytest.mark.parametrize(("offset", "first"), [(0, 0), (6, 0), (7, 7), (-1, -7)])
def test_a_week_begins_on_its_monday(offset, first):
    start = date(2026, 6, 8)
    assert monday(start + timedelta(days=offset)) == start + timedelta(days=first)


def test_an_hour_that_is_won_counts_in_the_week():
    night = serving("2026-10-25T00:00", "2026-10-25T05:00", zone=BERLIN)
    assert whys(found(night, zone=BERLIN, week=359)) == [Overload.WEEK_MINUTES]
    assert found(night, zone=BERLIN, week=360) == []


@QUICK
@given(
    shifts,
    st.lists(shifts, max_size=8),
    st.integers(1, 3000),
    st.sampled_from([SHANGHAI, BERLIN, LORD_HOWE]),
)
def test_totals_of_day_and_week_are_those_that_a_minute_by_minute_count_gives(
    new, others, most, zone
):
    served = set()
    for one in [new, *others]:
        minute = one.span.start
        while minute < one.span.end:
            served.add(minute)
            minute += MINUTE
    days, weeks = {}, {}
    for minute in served:
        local = minute.astimezone(zone).date()
        days[local] = days.get(local, 0) + 1
        week = local - timedelta(days=local.weekday())
        weeks[week] = weeks.get(week, 0) + 1
    own = {m.astimezone(zone).date() for m in served if new.span.contains(m)}
    got = found(new, *others, zone=zone, day=most, week=most)
    assert {b.facts["day"]: b.facts["total"] for b in got if b.why is Overload.DAY_MINUTES} == {
        d: days[d] for d in own if days[d] > most
    }
    assert {b.facts["first"]: b.facts["total"] for b in got if b.why is Overload.WEEK_MINUTES} == {
        w: weeks[w] for w in {monday(d) for d in own} if weeks[w] > most
    }


# Days in a row


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        ([7, 8, 9], 4),
        ([11, 12, 13], 4),  # the shift is the first of them
        ([8, 9, 11, 12], 5),  # the shift closes the gap
        ([7, 8], 0),  # not on the day before
        ([12, 13, 14], 0),
        ([8, 9], 0),
        ([7, 9, 11, 13], 0),
    ],
)
def test_the_row_is_the_one_that_would_be_reached_with_the_shift(numbers, days):
    got = found(day(10), *[day(n) for n in numbers], days_in_row=3)
    assert [b.facts["days"] for b in got] == ([days] if days else [])
    assert whys(got) == ([Overload.DAYS_IN_ROW] if days else [])


@pytest.mark.parametrize(
    "starts",
    [
        "2026-01-30",
        "2026-02-26",
        "2028-02-27",
        "2026-04-28",
        "2026-12-29",
        "2026-03-27",
        "2026-10-23",
    ],
)
@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, LORD_HOWE])
def test_a_row_goes_on_over_the_end_of_a_month_and_changes_of_the_clock(starts, zone):
    first = date.fromisoformat(starts)
    line = [first + timedelta(days=n) for n in range(5)]
    *others, new = [serving(f"{d}T09:00", f"{d}T10:00", zone=zone) for d in line]
    assert found(new, *others, zone=zone, days_in_row=5) == []
    (because,) = found(new, *others, zone=zone, days_in_row=4)
    assert because.facts == {"days": 5, "first": line[0], "last": line[-1], "most": 4, "key": 1}


def test_the_same_days_of_other_months_make_no_row():
    others = [day(9, month=5), day(8, month=7), day(11, month=4), day(11, month=8)]
    assert found(day(10), *others, days_in_row=1) == []


def test_a_night_makes_two_days_of_service():
    night = serving("2026-06-09T22:00", "2026-06-10T06:00")
    assert found(night, days_in_row=2) == []
    assert whys(found(night, days_in_row=1)) == [Overload.DAYS_IN_ROW]
    assert whys(found(day(11), night, days_in_row=2)) == [Overload.DAYS_IN_ROW]
    until_midnight = serving("2026-06-09T22:00", "2026-06-10T00:00")
    assert found(until_midnight, days_in_row=1) == []


def test_a_second_shift_on_a_day_of_service_makes_the_row_no_longer():
    row = [day(n) for n in range(7, 12)]
    assert found(day(10, "15:00", "18:00"), *row, days_in_row=3) == []


@QUICK
@given(st.sets(st.integers(1, 28), max_size=20), st.integers(1, 28), st.integers(1, 10))
def test_a_row_is_as_long_as_counting_days_says(numbers, mine, most):
    got = found(day(mine), *[day(n, "13:00", "14:00", month=2) for n in numbers], days_in_row=most)
    assert got == []  # February is another month
    got = found(day(mine), *[day(n, "13:00", "14:00") for n in numbers], days_in_row=most)
    length, left, right = 1, mine - 1, mine + 1
    while left in numbers:
        length, left = length + 1, left - 1
    while right in numbers:
        length, right = length + 1, right + 1
    long = mine not in numbers and length > most
    assert [b.facts["days"] for b in got] == ([length] if long else [])


def test_a_coming_shift_that_makes_room_if_given_up_is_named_and_a_served_one_is_not():
    row = [day(8, key=8), day(9, key=9), day(11, key=11)]
    (because,) = found(day(10), *row, days_in_row=3)
    assert because.facts["key"] == 8
    (because,) = found(day(10), *row, days_in_row=3, now=at("2026-06-08T09:00"))
    assert because.facts["key"] == 9
    (because,) = found(day(10), *row, day(12, key=12), days_in_row=1, now=at("2026-06-11T09:00"))
    assert "key" not in because.facts  # the served ones alone are too many
    (because,) = found(day(10, "15:00", "18:00"), day(10, key=4), day(11, key=5), week=400)
    assert because.facts["key"] == 4
    (because,) = found(day(10, "15:00", "18:00"), day(10, key=4), day(11, key=5), week=200)
    assert "key" not in because.facts  # one alone is not enough


# How many ahead


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        ("2026-06-08T08:59:59", [Overload.AHEAD]),
        ("2026-06-08T09:00:00", []),  # the first of them begins: one fewer is ahead
    ],
)
def test_only_shifts_that_have_not_begun_are_held_ahead(now, reasons):
    held = [day(8), day(9)]
    assert whys(found(day(20), *held, now=at(now), ahead=2)) == reasons


def test_who_holds_too_many_learns_when_there_is_room_again():
    held = [day(n) for n in (12, 8, 9, 11)]
    (because,) = found(day(20), *held, ahead=3)
    assert because.facts == {"most": 3, "held": 4, "frees": day(9).span.start}
    assert found(day(20), *held, ahead=5) == []


def test_who_joins_a_shift_that_has_begun_holds_nothing_ahead_by_it():
    assert found(day(10), day(11), now=at("2026-06-10T09:00"), ahead=1) == []
    assert whys(found(day(10), day(11), now=at("2026-06-10T08:59:59"), ahead=1)) == [Overload.AHEAD]


# All together


def test_who_only_stood_by_on_a_shift_that_is_over_did_not_serve():
    stood = replace(day(9), stands_by=True)
    assert whys(found(day(10), stood, days_in_row=1)) == [Overload.DAYS_IN_ROW]
    assert found(day(10), stood, days_in_row=1, now=stood.span.end) == []
    assert whys(found(day(10), day(9), days_in_row=1, now=stood.span.end)) == [Overload.DAYS_IN_ROW]


def test_an_office_that_set_nothing_asks_for_nothing():
    others = [day(n, "00:00", "23:59") for n in range(1, 29)]
    assert found(day(10, "23:59", "23:59:30", where=YARD), *others) == []


def test_what_is_too_much_in_every_way_has_every_reason_and_all_may_be_passed_over():
    limits = Limits(rest=660, day=170, week=300, days_in_row=1, travel=720, ahead=1)
    place = Place(day(10).span, SHANGHAI, 1, 0, where=HALL, limits=limits)
    others = (day(9, "20:00", "23:00", where=YARD),)
    got = refusals(place, Candidate(born=date(1990, 1, 1), engagements=others), NOW)
    assert whys(got) == list(Overload)
    assert set(Overload) <= OVERRIDABLE
    assert remaining(got, override=True) == []
    assert remaining(got, override=False) == got


def test_what_is_looked_back_to_is_enough_for_the_longest_row_and_the_longest_rest():
    assert timedelta(days=32) <= LOOK_BACK


@QUICK
@given(shifts, st.lists(shifts, max_size=6))
def test_what_lies_before_all_that_is_looked_back_to_makes_no_difference(new, others):
    limits = {
        "rest": 2880,
        "day": 60,
        "week": 600,
        "days_in_row": 31,
        "travel": 480,
        "tolerance": 30,
    }
    near = [one for one in others if one.span.end > new.span.start - LOOK_BACK]
    assert found(new, *others, **limits) == found(new, *near, **limits)


NEARBY = (
    {}, {"rest": 600}, {"travel": 480}, {"rest": 60, "travel": 120, "tolerance": 30},
    {"day": 300}, {"week": 600}, {"day": 60, "week": 300, "rest": 2880},
)  # fmt: skip


@pytest.mark.parametrize("limits", NEARBY)
@QUICK
@given(new=shifts, others=st.lists(shifts, max_size=6))
def test_what_lies_beyond_the_reach_of_the_limits_makes_no_difference(limits, new, others):
    far = reach(Limits(**limits))
    since, until = new.span.start - far, new.span.end + far
    near = [one for one in others if one.span.end > since and one.span.start < until]
    assert found(new, *others, **limits) == found(new, *near, **limits)


@pytest.mark.parametrize(
    ("limits", "far"),
    [
        ({}, timedelta(0)), ({"rest": 600}, timedelta(hours=10)),
        ({"rest": 60, "travel": 480}, timedelta(hours=8)),
        ({"ways": {frozenset({"a", "b"}): 90}}, timedelta(minutes=90)),
        ({"day": 300}, timedelta(days=9)), ({"week": 1}, timedelta(days=9)),
        ({"days_in_row": 3}, None), ({"ahead": 5}, None),
    ],
)  # fmt: skip
def test_limits_reach_as_far_as_they_speak_of(limits, far):
    assert reach(Limits(**limits)) == far
