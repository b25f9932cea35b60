"""The next 24 months: their days, population, who comes and goes, when an office falls below."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from foreseen import DAYS, HIGH, LIKELY, LONG_AGO, LOW, TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from said import QUICK

from talent.rules.forecast import (
    Cause,
    Change,
    Count,
    Fall,
    Method,
    Outlook,
    Piece,
    carried,
    changes,
    fall,
    last_two,
    method_of,
    month_ends,
    population,
    spread,
    worst,
)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 6, 1), date(2026, 6, 30), date(2028, 5, 31)),
        (date(2026, 6, 29), date(2026, 6, 30), date(2028, 5, 31)),
        (date(2026, 6, 30), date(2026, 7, 31), date(2028, 6, 30)),  # today is that day itself
        (date(2026, 12, 31), date(2027, 1, 31), date(2028, 12, 31)),
        (date(2028, 2, 28), date(2028, 2, 29), date(2030, 1, 31)),
        (date(2028, 2, 29), date(2028, 3, 31), date(2030, 2, 28)),
    ],
)
def test_the_forecast_looks_at_the_last_days_of_24_months(today, first, last):
    found = month_ends(today)
    assert (len(found), found[0], found[-1]) == (24, first, last)


@given(DAYS)
@settings(QUICK)
def test_each_month_has_one_day_and_it_is_its_last(today):
    found = month_ends(today)
    assert all(day > today and (day + timedelta(days=1)).day == 1 for day in found)
    assert len({(day.year, day.month) for day in found}) == 24


TWO = [Count(date(2024, 6, 1), 10_000), Count(date(2025, 6, 1), 10_365)]
YEAR_ON = date(2027, 6, 1)


def test_a_trend_goes_on_from_today_at_the_pace_of_the_last_two_figures():
    assert carried(Method.TREND, TWO, day=TODAY, today=TODAY) == 10_365
    assert carried(Method.TREND, TWO, day=TODAY + timedelta(days=1), today=TODAY) == 10_366
    assert carried(Method.TREND, TWO, day=YEAR_ON, today=TODAY) == 10_730


def test_a_planned_figure_is_reached_in_a_straight_line_and_then_kept():
    planned = [Count(date(2026, 12, 1), 10_365 + 183), Count(YEAR_ON, 10_365)]

    def on(day):
        return carried(Method.PLANNED, TWO, planned, day=day, today=TODAY)

    assert on(date(2026, 6, 2)) == 10_366
    assert on(date(2026, 12, 1)) == 10_548
    assert on(YEAR_ON) == on(date(2028, 5, 31)) == 10_365


@pytest.mark.parametrize(
    ("figures", "two"),
    [
        ([], None),
        (TWO[:1], None),
        (TWO, tuple(TWO)),
        ([*TWO, Count(date(2026, 12, 1), 1)], tuple(TWO)),  # a day to come is no figure
        # Too near: the one before it.
        ([*TWO, Count(date(2025, 7, 1), 10_400)], (TWO[0], Count(date(2025, 7, 1), 10_400))),
        ([Count(date(2025, 1, 1), 9), Count(date(2025, 6, 1), 10)], None),
        (
            [Count(date(2025, 1, 1), 9), Count(date(2025, 6, 30), 10)],
            (Count(date(2025, 1, 1), 9), Count(date(2025, 6, 30), 10)),
        ),
    ],
)
def test_of_which_two_figures_a_trend_is_drawn(figures, two):
    assert last_two(figures, today=TODAY) == two


@pytest.mark.parametrize(
    ("figures", "planned", "told", "method"),
    [
        (TWO[:1], [], (10_000, 10_000, 10_000), Method.STEADY),
        (TWO, [], (10_730, 10_730, 10_365), Method.TREND),
        (TWO, [Count(YEAR_ON, 12_000)], (12_000, 12_000, 10_365), Method.PLANNED),
        (TWO, [Count(YEAR_ON, 9_000)], (10_730, 9_000, 9_000), Method.PLANNED),
        (TWO[:1], [Count(YEAR_ON, 9_000)], (10_000, 9_000, 9_000), Method.PLANNED),
        (TWO, [Count(date(2026, 5, 1), 1)], (10_730, 10_730, 10_365), Method.TREND),
        ([Count(date(2020, 1, 1), 50), TWO[0]], [], (14_500, 14_500, 10_000), Method.TREND),
    ],
)
def test_at_worst_most_people_live_there_and_at_best_the_fewest(figures, planned, told, method):
    (found,) = population(figures, planned, days=[YEAR_ON], today=TODAY)
    if figures[0].number == 50:  # steep: only the order is asserted, the pace stands above
        assert found[LOW] == found[LIKELY] > found[HIGH] == 10_000
    else:
        assert tuple(found[one] for one in Outlook) == told
    assert method_of(figures, planned, today=TODAY) is method


def test_where_nothing_is_known_nothing_is_said_and_nobody_lives_below_zero():
    assert population([], [Count(YEAR_ON, 5)], days=[YEAR_ON], today=TODAY) == []
    falling = [Count(date(2025, 1, 1), 1_000), Count(date(2026, 1, 1), 100)]
    assert carried(Method.TREND, falling, day=date(2028, 5, 31), today=TODAY) == 0


FIGURES = st.lists(st.builds(Count, DAYS, st.integers(0, 10**9)), max_size=5)


@given(FIGURES, FIGURES, st.integers(0, 800))
@settings(QUICK)
def test_the_likely_population_lies_within_the_range_and_today_is_todays_figure(
    figures, planned, ahead
):
    day = TODAY + timedelta(days=ahead)
    known = sorted(figure for figure in figures if figure.day <= TODAY)
    for found in population(figures, planned, days=[day], today=TODAY):
        said = [carried(way, figures, planned, day=day, today=TODAY) for way in Method]
        said = [number for number in said if number is not None]
        assert (found[HIGH], found[LOW]) == (min(said), max(said))
        way = method_of(figures, planned, today=TODAY)
        assert found[LIKELY] == carried(way, figures, planned, day=day, today=TODAY)
        if not ahead:
            assert set(found.values()) == {known[-1].number}
    assert known or not population(figures, planned, days=[day], today=TODAY)


# who comes and goes

AT = [TODAY, date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]


def piece(person, start=LONG_AGO, end=None, *, place="a", share=1_000, post=1, **causes):
    return Piece(person, place, post, start, end, share, **causes)


def seen(*pieces, places=("a", "b")):
    return changes(pieces, days=AT, places=places)


@pytest.mark.parametrize(
    ("end", "at"),
    [
        (date(2026, 6, 2), 1),
        (date(2026, 6, 30), 1),  # the 29th was the last day
        (date(2026, 7, 1), 2),  # held on 30 June, and not in July
        (date(2026, 7, 15), 2),
        (date(2026, 7, 31), 2),
        (date(2026, 8, 31), 3),
        (date(2026, 9, 1), None),
    ],
)
def test_an_end_is_seen_in_the_month_of_its_first_day_without_the_post(end, at):
    found = seen(piece("w", end=end, ends=Cause.RETIREMENT))
    if at is None:
        assert found == []
    else:
        assert found == [Change(at, end, "w", 1, Cause.RETIREMENT, -1, -1_000)]


def test_who_loses_one_of_two_posts_still_counts():
    end = date(2026, 7, 1)
    assert seen(piece("w", end=end), piece("w", post=2)) == []
    both = seen(piece("w", end=end), piece("w", post=2, end=date(2026, 8, 1)))
    assert both == [Change(3, date(2026, 8, 1), "w", 2, Cause.END, -1, -1_000)]
    half = seen(piece("w", end=end, share=400), piece("w", post=2, share=500))
    assert half == [Change(2, end, "w", 1, Cause.END, 0, -400)]


def test_who_comes_is_seen_too_and_who_comes_and_goes_between_two_days_is_not():
    start = date(2026, 7, 1)
    assert seen(piece("w", start=start, begins=Cause.RETURN)) == [
        Change(2, start, "w", 1, Cause.RETURN, 1, 1_000)
    ]
    assert seen(piece("w", start=start, end=date(2026, 7, 20))) == []
    assert seen(piece("w", end=start, ends=Cause.LEAVE), piece("w", start=date(2026, 7, 31))) == []
    assert seen(piece("w", end=start, place="elsewhere")) == []


def test_a_move_within_the_places_changes_nothing():
    day = date(2026, 7, 10)
    assert seen(piece("w", end=day), piece("w", start=day, place="b")) == []
    assert seen(piece("w", end=day), piece("w", start=day, place="b"), places=("a",)) != []


PIECES = st.lists(
    st.builds(
        piece,
        st.integers(1, 3),
        st.dates(date(2026, 5, 1), date(2026, 9, 1)),
        st.none() | st.dates(date(2026, 5, 1), date(2026, 9, 1)),
        place=st.sampled_from("abc"),
        share=st.sampled_from([250, 500, 1_000]),
        post=st.integers(1, 4),
    ),
    max_size=8,
)


@given(PIECES)
@settings(QUICK)
def test_the_changes_add_up_to_the_difference_of_the_days(pieces):
    found = seen(*pieces)

    def on(day):
        held = {}
        for each in pieces:
            if each.place in "ab" and each.start <= day and (each.end is None or day < each.end):
                held[each.person] = min(1_000, held.get(each.person, 0) + each.share)
        return len(held), sum(held.values())

    for at in range(1, len(AT)):
        heads, share = (now - then for now, then in zip(on(AT[at]), on(AT[0]), strict=True))
        until = [one for one in found if one.at <= at]
        assert (sum(one.heads for one in until), sum(one.share for one in until)) == (heads, share)


@given(st.lists(st.builds(piece, st.integers(1, 9)), max_size=9))
@settings(QUICK)
def test_without_events_nobody_comes_or_goes(pieces):
    assert seen(*pieces) == []


# falling below


@pytest.mark.parametrize(
    ("missing", "first", "most"),
    [
        ([0, 0, 0], None, None),
        ([None, None], None, None),
        ([2, 3, 0], Fall(AT[0], 2, already=True), Fall(AT[1], 3)),
        ([0, 0, 1, 2], Fall(AT[2], 1), Fall(AT[3], 2)),
        ([0, 2, 1, 2], Fall(AT[1], 2), Fall(AT[1], 2)),
        ([None, 1], Fall(AT[1], 1), Fall(AT[1], 1)),
    ],
)
def test_the_month_in_which_an_office_falls_below(missing, first, most):
    told = list(zip(AT, missing, strict=False))
    assert (fall(told), worst(told)) == (first, most)


def test_a_range_needs_all_three():
    assert spread({LOW: 3, LIKELY: 1, HIGH: 2}) == (1, 3)
    assert spread({LOW: 3, LIKELY: None, HIGH: 2}) is None
    assert spread({}) is None
