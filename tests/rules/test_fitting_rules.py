"""How well a shift suits somebody: points by tables, sentences, and one order for equal facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import fitting
from talent.rules.fitting import Fit, Fitting, Job, Step, Wish, best_first, fit, minutes_within
from talent.rules.free_times import Window
from talent.rules.span import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)  # Monday, nine o'clock
SECOND = timedelta(seconds=1)
WAY = (
    Step(1, "清河区", frozenset({"清河区", "Qinghe"})),
    Step(2, "梨园街道", frozenset({"梨园街道"})),
    Step(3, "春风社区", frozenset({"春风社区"})),
)


def span(start, end):
    """From and to on the wall in Shanghai, in June: day and time."""
    first, last = (
        datetime.fromisoformat(f"2026-06-{t}").replace(tzinfo=SHANGHAI) for t in (start, end)
    )
    return Span(first, last)


JOB = Job(span("10T09:00", "10T12:00"), SHANGHAI, places=4, free=0, category=7, way=WAY)
WEDNESDAY = 2


def window(starts, ends, weekday=WEDNESDAY):
    return Window(weekday, time.fromisoformat(starts), time.fromisoformat(ends))


def found(wish, job=JOB, now=NOW):
    told = fit(wish, job, now)
    return told.score, whys(told.reasons)


def test_who_gave_nothing_and_a_shift_that_needs_nobody_do_not_fit_at_all():
    assert found(Wish()) == (0, [])


@pytest.mark.parametrize(
    ("windows", "points", "reasons"),
    [
        ([window("09:00", "12:00")], 240, [Fitting.TIMES]),
        ([window("08:00", "13:00")], 240, [Fitting.TIMES]),
        ([window("09:01", "12:00")], 80, [Fitting.HALF_TIMES]),
        ([window("09:00", "10:00"), window("10:00", "12:00")], 240, [Fitting.TIMES]),
        ([window("09:00", "10:00"), window("11:00", "12:00")], 80, [Fitting.HALF_TIMES]),
        ([window("10:30", "20:00")], 80, [Fitting.HALF_TIMES]),  # just the half
        ([window("10:31", "20:00")], 0, []),
        ([window("12:00", "20:00")], 0, []),
        ([window("09:00", "12:00", weekday=3)], 0, []),
    ],
)
def test_times_count_whole_half_or_not_at_all(windows, points, reasons):
    assert found(Wish(windows=tuple(windows))) == (points, reasons)


@pytest.mark.parametrize(
    ("windows", "within"),
    [
        ([window("20:00", "23:59")], 240),  # the end of the day is midnight
        ([window("20:00", "23:58")], 238),
        ([window("00:00", "02:00", weekday=3)], 120),
        ([window("20:00", "23:59"), window("00:00", "02:00", weekday=3)], 360),
    ],
)
def test_a_shift_past_midnight_is_measured_on_both_days(windows, within):
    assert minutes_within(span("10T20:00", "11T02:00"), SHANGHAI, windows) == (360, within)


@pytest.mark.parametrize(
    ("home", "points", "reason"),
    [
        ((1, 2, 3), 150, Fitting.OWN_OFFICE),
        ((1, 2, 4), 90, Fitting.NEARBY),  # another community of the street
        ((1, 2), 90, Fitting.NEARBY),  # the street itself
        ((1, 2, 3, 9), 90, Fitting.NEARBY),  # a station below it
        ((1, 5, 6), 40, Fitting.NEARBY),  # another street of the district
        ((1,), 40, Fitting.NEARBY),
        ((1, 5, 6, 8), 0, None),
        ((8, 2, 3), 0, None),  # another tree
        ((), 0, None),
    ],
)
def test_the_nearer_in_the_tree_of_offices_the_better(home, points, reason):
    assert found(Wish(homes=(home,))) == (points, [reason] if reason else [])


@pytest.mark.parametrize(
    ("area", "points", "name"),
    [
        ("春风社区", 150, "春风社区"),
        (" 梨园 街道 ", 90, "梨园街道"),
        ("qinghe", 40, "清河区"),
        ("别处", 0, None),
        ("", 0, None),
    ],
)
def test_an_area_counts_where_an_office_on_the_way_is_called_so(area, points, name):
    told = fit(Wish(area=area), JOB, NOW)
    assert told.score == points
    assert [b.facts["office"] for b in told.reasons] == ([name] if name else [])


def test_the_nearest_of_several_offices_counts_once():
    assert found(Wish(homes=((1, 5, 6), (1, 2, 3)), area="清河区"))[0] == 150


@pytest.mark.parametrize(
    ("missing", "starts_in", "points", "reason"),
    [
        (0, timedelta(days=1), 0, None),
        (1, timedelta(days=3) + SECOND, 310, Fitting.ONE_MISSING),
        (1, timedelta(days=3), 410, Fitting.ONE_MISSING),
        (3, timedelta(days=9), 330, Fitting.MISSING),
        (5, timedelta(days=9), 350, Fitting.MISSING),
        (9, timedelta(days=9), 350, Fitting.MISSING),
    ],
)
def test_where_people_are_missing_comes_first_and_what_begins_soon_more_so(
    missing, starts_in, points, reason
):
    job = replace(JOB, missing=missing)
    now = job.span.start - starts_in
    assert found(Wish(), job, now) == (points, [reason] if reason else [])


@pytest.mark.parametrize(("free", "points"), [(0, 0), (1, 10), (3, 30), (4, 40)])
def test_an_emptier_shift_comes_before_a_fuller_one(free, points):
    assert found(Wish(), replace(JOB, free=free)) == (points, [])


def test_wanted_skills_that_one_has_count_up_to_two():
    job = replace(JOB, skills={1: "理发", 2: "电脑", 3: "唱歌"})
    assert found(Wish(skills=frozenset({1})), job) == (120, [Fitting.SKILL])
    assert found(Wish(skills=frozenset({1, 2, 3})), job) == (240, [Fitting.SKILL] * 2)
    assert found(Wish(skills=frozenset({9})), job) == (0, [])


def test_a_kind_of_service_that_was_chosen_counts():
    assert found(Wish(categories=frozenset({7, 8}))) == (160, [Fitting.CATEGORY])
    assert found(Wish(categories=frozenset({8}))) == (0, [])


def test_the_weightiest_reason_is_said_first():
    wish = Wish(windows=(window("09:00", "12:00"),), categories=frozenset({7}), homes=((1, 2, 3),))
    assert found(wish, replace(JOB, missing=2, free=4)) == (
        300 + 20 + 40 + 240 + 160 + 150,
        [Fitting.MISSING, Fitting.TIMES, Fitting.CATEGORY, Fitting.OWN_OFFICE],
    )


def test_equal_fits_stand_in_the_order_of_their_beginning_and_then_of_their_number():
    early, late = NOW, NOW + SECOND
    fits = [(Fit(5), late, 1), (Fit(5), early, 3), (Fit(5), early, 2), (Fit(9), late, 4)]
    assert best_first(fits) == [4, 2, 3, 1]


@QUICK
@given(st.permutations(list(range(6))), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_order_does_not_depend_on_the_order_of_asking(order, scores):
    fits = [(Fit(scores[key]), NOW, key) for key in order]
    assert best_first(fits) == best_first(sorted(fits, key=lambda each: each[2]))


@QUICK
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 23)).filter(
            lambda each: each[1] < each[2]
        ),
        max_size=4,
    ),
    st.integers(0, 200),
    st.integers(1, 40),
)
def test_points_for_times_grow_only_with_minutes_in_them(windows, starts, hours):
    spanned = Span(
        NOW + timedelta(hours=starts), NOW + timedelta(hours=starts) + timedelta(hours=hours)
    )
    given_ = {w: Window(w, time(a), time(b)) for w, a, b in windows}  # one a day: none overlap
    whole, within = minutes_within(spanned, SHANGHAI, tuple(given_.values()))
    assert (whole, 0 <= within <= whole) == (hours * 60, True)
    score = fit(Wish(windows=tuple(given_.values())), replace(JOB, span=spanned), NOW).score
    assert score == (
        fitting.TIMES if within == whole else fitting.HALF_TIMES * (2 * within >= whole)
    )
