from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.signup import (
    OVERRIDABLE,
    Candidate,
    Place,
    Refusal,
    overlap_refusals,
    refusals,
    remaining,
)
from talent.rules.span import Span
from talent.rules.workload import (
    LOOK_BACK,
    Engagement,
    Limits,
    Overload,
    joined,
    monday,
    pair,
    tolerated,
)
from talent.rules.workload import refusals as too_much

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NOW = datetime(2026, 1, 1, tzinfo=SHANGHAI)
HALL, YARD = "社区食堂", "活动室"


def at(text, zone=SHANGHAI, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def serving(start, end, where=HALL, *, zone=SHANGHAI, key=1, stands_by=False):
    """A shift from one wall time to another."""
    span = Span(at(start, zone), at(end, zone))
    return Engagement(span, "送餐", key, where, stands_by)


def day(number, first="09:00", last="12:00", *, month=6, **more):
    return serving(
        f"2026-{month:02}-{number:02}T{first}", f"2026-{month:02}-{number:02}T{last}", **more
    )


def found(new, *others, zone=SHANGHAI, now=NOW, **limits):
    return too_much(new, zone, others, Limits(**limits), now)


# Overlap and hand-over


@pytest.mark.parametrize(
    ("first", "last", "allowed", "because"),
    [
        ("09:00", "12:00", False, "equal"),
        ("10:00", "11:00", False, "contained"),
        ("10:00", "10:10", False, "contained and short"),
        ("09:00", "09:10", False, "contained, with the same start"),
        ("11:50", "12:00", False, "contained, with the same end"),
        ("08:00", "13:00", False, "containing"),
        ("09:00", "13:00", False, "containing, with the same start"),
        ("08:00", "12:00", False, "containing, with the same end"),
        ("12:00", "15:00", True, "touching at the end"),
        ("06:00", "09:00", True, "touching at the start"),
        ("11:46", "15:00", True, "one minute less than tolerated, at the end"),
        ("11:45", "15:00", True, "as long as tolerated, at the end"),
        ("11:44", "15:00", False, "one minute more than tolerated, at the end"),
        ("06:00", "09:14", True, "one minute less than tolerated, at the start"),
        ("06:00", "09:15", True, "as long as tolerated, at the start"),
        ("06:00", "09:16", False, "one minute more than tolerated, at the start"),
        ("11:45", "12:15", True, "half of a short one"),
        ("11:46", "12:13", False, "more than half of a short one"),
        ("15:00", "18:00", True, "apart"),
    ],
)
def test_a_hand_over_of_a_quarter_of_an_hour_is_tolerated_and_no_more(
    first, last, allowed, because
):
    limits = Limits(tolerance=15)
    new = day(10)
    place = Place(new.span, SHANGHAI, 1, 0, where=HALL, limits=limits)
    got = overlap_refusals(place, [day(10, first, last)])
    assert whys(got) == ([] if allowed else [Refusal.OVERLAP]), because


@pytest.mark.parametrize("minutes", [0, 15, 60, 240, 10_000])
def test_two_shifts_of_an_hour_never_run_at_once_however_much_is_tolerated(minutes):
    limits = Limits(tolerance=minutes)
    one = day(10, "09:00", "10:00")
    assert not tolerated(one, one, limits)
    assert not tolerated(one, day(10, "09:01", "10:01"), limits)
    assert not tolerated(one, day(10, "08:00", "11:00"), limits)
    assert tolerated(one, day(10, "09:30", "10:30"), limits) is (minutes >= 30)


def test_a_hand_over_is_at_one_place():
    limits = Limits(tolerance=15)
    new, late = day(10), day(10, "11:45", "15:00")
    assert tolerated(new, late, limits)
    assert tolerated(new, replace(late, where=" 社区 食堂"), limits)
    assert not tolerated(new, replace(late, where=YARD), limits)
    assert not tolerated(replace(new, where=""), replace(late, where=""), limits)


def test_what_is_tolerated_before_the_clock_goes_back_is_what_elapses():
    limits = Limits(tolerance=30)
    early = Engagement(
        Span(at("2026-10-24T23:00", BERLIN), at("2026-10-25T02:30", BERLIN)), "", 1, HALL
    )
    again = at("2026-10-25T02:30", BERLIN, fold=1)  # the second time that clocks show it
    late = Engagement(
        Span(at("2026-10-25T02:00", BERLIN), at("2026-10-25T06:00", BERLIN)), "", 2, HALL
    )
    assert tolerated(early, late, limits)
    wide = Engagement(Span(early.span.start, again), "", 1, HALL)  # 90 minutes
    assert not tolerated(wide, late, limits)


moments = st.integers(0, 60 * 24 * 60).map(lambda minute: NOW + minute * MINUTE)
spans = st.builds(
    lambda start, length: Span(start, start + length * MINUTE), moments, st.integers(1, 900)
)
shifts = st.builds(
    Engagement, spans, st.just("x"), st.integers(1, 9), st.sampled_from([HALL, YARD, ""])
)
tolerances = st.builds(Limits, tolerance=st.integers(0, 300))


@QUICK
@given(shifts, shifts, tolerances)
def test_what_is_tolerated_is_short_at_one_place_and_the_same_both_ways(one, other, limits):
    held = tolerated(one, other, limits)
    assert held is tolerated(other, one, limits)
    if held:
        common = one.span.common(other.span)
        assert common.minutes <= limits.tolerance
        assert one.where == other.where != ""
        assert not one.span.covers(other.span)
        assert not other.span.covers(one.span)


@QUICK
@given(shifts, shifts)
def test_without_tolerance_every_overlap_is_refused_and_nothing_else(one, other):
    place = Place(one.span, SHANGHAI, 1, 0, where=one.where)
    assert bool(overlap_refusals(place, [other])) is one.span.overlaps(other.span)


# Rest

ELEVEN = {"rest": 11 * 60}


@pytest.mark.parametrize(
    ("ends", "starts", "enough"),
    [
        ("2026-06-10T21:59", "2026-06-11T09:00", True),
        ("2026-06-10T22:00", "2026-06-11T09:00", True),
        ("2026-06-10T22:01", "2026-06-11T09:00", False),
        ("2026-06-10T22:00", "2026-06-11T08:59", False),
        ("2026-06-11T00:00", "2026-06-11T11:00", True),  # midnight
        ("2026-06-11T00:00", "2026-06-11T10:59", False),
        ("2026-06-11T00:01", "2026-06-11T11:00", False),
        ("2026-06-30T22:00", "2026-07-01T09:00", True),  # ends of months
        ("2026-06-30T22:01", "2026-07-01T09:00", False),
        ("2026-07-31T22:00", "2026-08-01T08:59", False),
        ("2026-12-31T22:00", "2027-01-01T09:00", True),
        ("2026-12-31T22:01", "2027-01-01T09:00", False),
        ("2026-02-28T22:00", "2026-03-01T09:00", True),  # a common year
        ("2026-02-28T22:01", "2026-03-01T09:00", False),
        ("2028-02-28T22:01", "2028-02-29T09:00", False),  # a leap year
        ("2028-02-28T22:01", "2028-03-01T09:00", True),
        ("2028-02-29T22:00", "2028-03-01T09:00", True),
        ("2028-02-29T22:01", "2028-03-01T09:00", False),
        ("2026-06-10T22:01", "2026-07-10T09:00", True),  # the day before the tenth, a month later
        ("2026-06-10T22:01", "2026-07-11T09:00", True),  # the day after the tenth, a month later
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_rest_is_what_lies_between_two_shifts_whichever_is_asked_for(ends, starts, enough, turned):
    early = Engagement(Span(at(ends) - 3 * HOUR, at(ends)), "送餐", 5, HALL)
    late = Engagement(Span(at(starts), at(starts) + 3 * HOUR), "清洁", 6, HALL)
    new, other = (early, late) if turned else (late, early)
    assert whys(found(new, other, **ELEVEN)) == ([] if enough else [Overload.REST])


def test_a_missing_rest_is_told_with_what_is_left_and_of_which_shift():
    early = serving("2026-06-10T19:00", "2026-06-10T22:01", key=5)
    (because,) = found(day(11), early, **ELEVEN)
    assert because.facts == {
        "needed": 660, "left": 659, "title": "送餐", "key": 5,
        "start": early.span.start, "end": early.span.end,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "ends", "starts", "minutes"),
    [
        (BERLIN, "2026-03-28T22:00", "2026-03-29T09:00", 600),  # an hour is lost
        (BERLIN, "2026-03-28T22:00", "2026-03-29T10:00", 660),
        (BERLIN, "2026-10-24T22:00", "2026-10-25T09:00", 720),  # an hour is won
        (BERLIN, "2026-10-24T22:00", "2026-10-25T08:00", 660),
        (LORD_HOWE, "2026-04-04T22:00", "2026-04-05T09:00", 690),  # half an hour is won
        (LORD_HOWE, "2026-04-04T22:00", "2026-04-05T08:30", 660),
        (LORD_HOWE, "2026-10-03T22:00", "2026-10-04T09:00", 630),  # half an hour is lost
        (LORD_HOWE, "2026-10-03T22:00", "2026-10-04T09:30", 660),
    ],
)
def test_rest_is_what_elapses_when_the_clock_is_changed(zone, ends, starts, minutes):
    early = Engagement(Span(at(ends, zone) - 3 * HOUR, at(ends, zone)), "送餐", 5, HALL)
    late = Engagement(Span(at(starts, zone), at(starts, zone) + 3 * HOUR), "", 0, HALL)
    assert found(late, early, zone=zone, rest=minutes) == []
    (because,) = found(late, early, zone=zone, rest=minutes + 1)
    assert because.facts["left"] == minutes


def test_shifts_of_one_place_without_a_gap_are_one_stint_that_needs_no_rest_within():
    morning, noon, evening = (
        day(10),
        day(10, "12:00", "15:00", key=2),
        day(10, "15:00", "18:00", key=3),
    )
    assert found(noon, morning, **ELEVEN) == []
    assert found(evening, morning, noon, **ELEVEN) == []  # the noon joins both
    assert found(noon, morning, evening, **ELEVEN) == []
    assert whys(found(evening, morning, **ELEVEN)) == [Overload.REST]  # without it they are two


def test_a_hand_over_that_is_tolerated_joins_a_stint_too():
    morning, late = day(10), day(10, "11:50", "15:00")
    assert found(late, morning, rest=660, tolerance=10) == []
    assert joined(late, morning, Limits(tolerance=10))
    assert not joined(late, morning, Limits(tolerance=9))


def test_a_gap_of_a_minute_and_another_place_ask_for_rest():
    morning = day(10)
    assert whys(found(day(10, "12:01", "15:00"), morning, **ELEVEN)) == [Overload.REST]
    assert whys(found(day(10, "12:00", "15:00", where=YARD), morning, **ELEVEN)) == [Overload.REST]


def test_what_overlaps_is_refused_for_overlapping_alone():
    place = Place(day(10).span, SHANGHAI, 1, 0, where=HALL, limits=Limits(rest=660, travel=30))
    who = Candidate(born=date(1990, 1, 1), engagements=(day(10, "10:00", "11:00", where=YARD),))
    assert whys(refusals(place, who, NOW)) == [Refusal.OVERLAP]


@QUICK
@given(shifts, st.lists(shifts, max_size=6), st.integers(0, 2000))
def test_rest_is_refused_exactly_where_a_gap_outside_the_stint_is_shorter(new, others, rest):
    got = {b.facts["start"] for b in found(new, *others, rest=rest)}
    for other in others:
        gap = new.span.rest_to(other.span)
        if gap >= rest * MINUTE or new.span.overlaps(other.span):
            assert other.span.start not in got or any(
                o.span.start == other.span.start
                and not new.span.overlaps(o.span)
                and new.span.rest_to(o.span) < rest * MINUTE
                for o in others
            )
        elif not any(joined(a, b, Limits()) for a in [new, *others] for b in others if a != b):
            assert other.span.start in got


# The way


@pytest.mark.parametrize(
    ("starts", "where", "reasons"),
    [
        ("12:29", YARD, [Overload.TRAVEL]),
        ("12:30", YARD, []),
        ("12:00", YARD, [Overload.TRAVEL]),  # touching, at another place
        ("12:00", HALL, []),
        ("12:29", HALL, []),
        ("12:29", " 社区食堂 ", []),
        ("12:29", "", []),  # nobody knows where
    ],
)
def test_the_way_to_another_place_takes_its_time(starts, where, reasons):
    later = day(10, starts, "15:00", where=where)
    assert whys(found(later, day(10), travel=30)) == reasons
    assert whys(found(day(10), later, travel=30)) == reasons


@pytest.mark.parametrize(
    "names",
    [("North Hall", "South Hall"), ("SOUTH  HALL ", "northhall"), ("Ｓouth Hall", "north hall")],
)
def test_a_way_that_the_office_knows_counts_before_the_usual_one_and_in_both_directions(names):
    ways = {pair("North Hall", "South Hall"): 50}
    here, there = names
    later = day(10, "12:45", "15:00", where=there)
    (because,) = found(later, day(10, where=here), travel=30, ways=ways)
    assert because.why is Overload.TRAVEL
    assert (because.facts["here"], because.facts["there"]) == (there, here)
    assert (because.facts["needed"], because.facts["left"]) == (50, 45)
    assert found(later, day(10, where=here), travel=60, ways={pair(*names): 45}) == []
    assert whys(found(later, day(10, where=here), ways=ways)) == [Overload.TRAVEL]


def test_rest_and_way_that_are_both_too_short_are_both_told():
    later = day(10, "12:10", "15:00", where=YARD)
    assert whys(found(later, day(10), rest=60, travel=30)) == [Overload.REST, Overload.TRAVEL]


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
