"""What two shifts need between them: no overlap but a hand-over, rest, and the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from serving import (
    BERLIN,
    HALL,
    HOUR,
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
    tolerances,
)

from talent.rules.signup import (
    Candidate,
    Place,
    Refusal,
    overlap_refusals,
    refusals,
)
from talent.rules.span import Span
from talent.rules.workload import (
    Engagement,
    Limits,
    Overload,
    joined,
    pair,
    tolerated,
)

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
