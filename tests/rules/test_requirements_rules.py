"""How much training is asked, how far it is done, and which places cover what is needed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.requirements import (
    Asked,
    Attended,
    Cover,
    Demand,
    Period,
    Standing,
    Unasked,
    Whom,
    Window,
    allocated,
    closes,
    in_force,
    refusals_to_ask,
    sessions_needed,
    standing,
    window,
)
from talent.rules.social_workers import Grade, Registration

DAY = date(2026, 6, 15)
ONE = timedelta(days=1)
YEARLY = Asked(Period.YEAR, times=1, minutes=600)
TERM = Registration.starting(date(2024, 3, 1), Grade.ASSISTANT)


@pytest.mark.parametrize(
    ("asked", "day", "span"),
    [
        (YEARLY, date(2026, 1, 1), Window(date(2026, 1, 1), date(2026, 12, 31))),
        (YEARLY, date(2026, 12, 31), Window(date(2026, 1, 1), date(2026, 12, 31))),
        (Asked(Period.MONTHS, months=12), DAY, Window(date(2025, 6, 16), DAY)),
        (
            Asked(Period.MONTHS, months=1),
            date(2026, 3, 31),
            Window(date(2026, 3, 1), date(2026, 3, 31)),
        ),
        (
            Asked(Period.MONTHS, months=24),
            date(2024, 2, 29),
            Window(date(2022, 3, 1), date(2024, 2, 29)),
        ),
        (Asked(Period.REGISTRATION), date(2024, 3, 1), Window(TERM.start, TERM.end)),
        (Asked(Period.REGISTRATION), TERM.end, Window(TERM.start, TERM.end)),
        (Asked(Period.REGISTRATION), TERM.end + ONE, None),
        (Asked(Period.REGISTRATION), TERM.start - ONE, None),
    ],
)
def test_the_window_in_which_it_has_to_be_done(asked, day, span):
    assert window(asked, day=day, term=TERM) == span


def test_who_is_in_no_term_is_asked_nothing():
    assert window(Asked(Period.REGISTRATION), day=DAY) is None
    assert standing(Asked(Period.REGISTRATION, minutes=60), [], day=DAY).met


@pytest.mark.parametrize(
    ("attended", "times", "minutes", "times_open", "minutes_open"),
    [
        ([], 0, 0, 1, 600),
        ([(DAY, 599)], 1, 599, 0, 1),
        ([(DAY, 600)], 1, 600, 0, 0),
        ([(date(2026, 1, 1), 300), (date(2026, 1, 1), 300)], 2, 600, 0, 0),
        ([(date(2025, 12, 31), 600)], 0, 0, 1, 600),
        ([(DAY + ONE, 600)], 0, 0, 1, 600),  # still to come
    ],
)
def test_what_is_done_and_what_is_open(attended, times, minutes, times_open, minutes_open):
    found = standing(YEARLY, [Attended(on, m) for on, m in attended], day=DAY)
    got = (found.times, found.minutes, found.times_open, found.minutes_open)
    assert got == (times, minutes, times_open, minutes_open)
    assert found.met is (times_open == minutes_open == 0)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (DAY, None, True),
        (DAY + ONE, None, False),
        (date(2020, 1, 1), DAY, False),  # the first day on which it no longer holds
        (date(2020, 1, 1), DAY + ONE, True),
    ],
)
def test_it_holds_from_a_day_up_to_but_without_another(first, last, holds):
    assert in_force(Asked(Period.YEAR, 1, valid_from=first, valid_to=last), day=DAY) is holds


OPEN = Standing(None, times_open=2, minutes_open=300)


@pytest.mark.parametrize(
    ("minutes", "sessions", "closed"),
    [(150, 2, True), (149, 2, False), (300, 1, False), (100, 3, True)],
)
def test_sessions_close_times_and_minutes_together(minutes, sessions, closed):
    assert closes(OPEN, minutes, sessions) is closed


@given(st.integers(0, 9), st.integers(0, 9_000), st.integers(1, 1_000))
def test_as_many_sessions_as_needed_close_it_and_one_fewer_does_not(times, left, minutes):
    open_ = Standing(None, times_open=times, minutes_open=left)
    needed = sessions_needed(open_, minutes)
    assert closes(open_, minutes, needed)
    assert needed == 0 or not closes(open_, minutes, needed - 1)


STATED = {"kinds": ["full_time"], "has_position": True, "source": "区民政局通知"}


@pytest.mark.parametrize(
    ("asked", "whom", "changed", "why"),
    [
        (YEARLY, Whom.VOLUNTEER, {}, []),
        (Asked(Period.YEAR), Whom.VOLUNTEER, {}, [Unasked.NOTHING]),
        (Asked(Period.YEAR, times=0, minutes=0), Whom.VOLUNTEER, {}, [Unasked.NOTHING]),
        (Asked(Period.YEAR, minutes=60), Whom.VOLUNTEER, {}, []),
        (Asked(Period.MONTHS, 1), Whom.LEADER, {}, [Unasked.NO_MONTHS]),
        (Asked(Period.MONTHS, 1, months=24), Whom.LEADER, {}, []),
        (YEARLY, Whom.STAFF, {"kinds": []}, [Unasked.NO_KINDS]),
        (YEARLY, Whom.LEADER, {"kinds": []}, []),
        (YEARLY, Whom.POSITION, {"has_position": False}, [Unasked.NO_POSITION]),
        (YEARLY, Whom.VOLUNTEER, {"source": " "}, [Unasked.NO_SOURCE]),
        (Asked(Period.YEAR, 1, valid_from=DAY, valid_to=DAY), Whom.LEADER, {}, [Unasked.TURNED]),
    ],
)
def test_a_requirement_says_enough_to_be_asked(asked, whom, changed, why):
    found = refusals_to_ask(asked, whom, **(STATED | changed))
    assert [reason.why for reason in found] == why


COURSES = st.frozensets(st.integers(1, 5), max_size=4)
DEMANDS = st.lists(
    st.builds(Demand, st.uuids().map(str), st.integers(0, 500), COURSES, st.booleans()), max_size=8
)
PLACES = st.dictionaries(st.integers(1, 5), st.integers(0, 100))


@given(DEMANDS, PLACES)
def test_no_place_is_counted_for_two_needs(demands, places):
    covers = allocated(demands, places, dict.fromkeys(range(1, 6), 1))
    assert covers.keys() == {one.key for one in demands}
    assert sum(cover.covered for cover in covers.values()) <= sum(places.values())
    for one in demands:
        cover = covers[one.key]
        assert cover.needed == one.needed == cover.covered + cover.open
        within = sum(places.get(course, 0) for course in one.courses)
        assert cover.covered <= within


def test_the_need_for_one_course_goes_before_the_need_for_any():
    any_ = Demand("any", 10, frozenset({1, 2}))
    one = Demand("one", 10, frozenset({1}))
    covers = allocated([any_, one], {1: 12, 2: 3}, {})
    assert (covers["one"].covered, covers["one"].open) == (10, 0)
    assert (covers["any"].covered, covers["any"].open) == (5, 5)


def test_a_need_in_minutes_takes_whole_places():
    hours = Demand("hours", 500, frozenset({1}), in_minutes=True)
    place = Demand("place", 3, frozenset({1}))
    covers = allocated([hours, place], {1: 6}, {1: 200})
    assert covers["place"].open == 0
    assert covers["hours"] == Cover(500, 600)
    assert (covers["hours"].covered, covers["hours"].open) == (500, 0)
    assert allocated([hours], {1: 2}, {1: 200})["hours"].open == 100
