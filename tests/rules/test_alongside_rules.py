"""Volunteers beside staff: who is which on a shift, and how many of either are too few."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from talent.rules.alongside import (
    Duty,
    Sides,
    TooFew,
    Volunteering,
    covered,
    needed,
    sides,
    too_few,
)

DAY = date(2026, 6, 1)
PATH = "/1/2/5/"


@pytest.mark.parametrize(
    ("path", "start", "end", "works"),
    [
        (PATH, date(2020, 1, 1), None, True),
        ("/1/2/", date(2020, 1, 1), None, True),  # above
        ("/1/2/5/8/", date(2020, 1, 1), None, True),  # its station
        ("/1/2/6/", date(2020, 1, 1), None, False),  # a neighbour serves in his own time
        ("/1/2/51/", date(2020, 1, 1), None, False),
        (PATH, DAY, None, True),  # on the first day
        (PATH, date(2026, 6, 2), None, False),
        (PATH, date(2020, 1, 1), DAY, False),  # no longer
        (PATH, date(2020, 1, 1), date(2026, 6, 2), True),
    ],
)
def test_a_worker_is_appointed_in_the_offices_own_line_on_that_day(path, start, end, works):
    found = sides(["a", "b"], [Duty("a", path, start, end)], path=PATH, day=DAY)
    assert found.workers == ({"a"} if works else set())
    assert found.volunteers == ({"b"} if works else {"a", "b"})


def test_whoever_has_no_place_counts_on_neither_side():
    found = sides(["b"], [Duty("a", PATH, DAY)], path=PATH, day=DAY)
    assert found == Sides(frozenset(), frozenset({"b"}))


def test_two_posts_are_one_worker():
    posts = [Duty("a", PATH, DAY), Duty("a", "/1/", DAY)]
    assert sides(["a"], posts, path=PATH, day=DAY).workers == {"a"}


@pytest.mark.parametrize(
    ("served", "each", "asked"),
    [(0, 8, 0), (1, 8, 1), (8, 8, 1), (9, 8, 2), (16, 8, 2), (17, 8, 3), (50, 0, 0)],
)
def test_one_for_each_and_one_more_for_the_rest(served, each, asked):
    assert needed(served, each) == asked


def some(workers, volunteers):
    return Sides(frozenset(range(workers)), frozenset(range(100, 100 + volunteers)))


@pytest.mark.parametrize(
    ("served", "workers", "volunteers", "lacks"),
    [
        (None, 0, 0, []),
        (0, 0, 0, []),
        (40, 1, 5, []),
        (41, 1, 6, [TooFew.WORKERS]),
        (40, 0, 5, [TooFew.WORKERS]),
        (40, 1, 4, [TooFew.VOLUNTEERS]),
        (41, 1, 5, [TooFew.WORKERS, TooFew.VOLUNTEERS]),
    ],
)
def test_a_shift_lacks_either_or_both(served, workers, volunteers, lacks):
    reasons = too_few(served, some(workers, volunteers), for_worker=40, for_volunteer=8)
    assert [reason.why for reason in reasons] == lacks


def test_what_is_lacking_is_said_in_numbers():
    (reason,) = too_few(41, some(1, 99), for_worker=40, for_volunteer=0)
    assert reason.facts == {"served": 41, "needed": 2, "each": 40, "there": 1}


def test_volunteers_for_each_worker():
    assert some(2, 5).volunteers_each == Decimal("2.5")
    assert some(0, 5).volunteers_each is None


def test_figures_of_an_office():
    told = Volunteering(130, 52, 7_530, 2, 3, 10_000)
    assert told.registered_per_100 == Decimal("1.3")
    assert told.active_share == 40
    assert told.hours_per_resident == Decimal("0.01255")
    assert told.coverage == Decimal(200) / 3


def test_without_residents_or_volunteers_nothing_is_divided():
    told = Volunteering(0, 0, 60, 0, 0, None, ("a",))
    assert (told.registered_per_100, told.hours_per_resident) == (None, None)
    assert (told.active_share, told.coverage) == (None, None)
    assert Volunteering(1, 1, 60, 0, 1, 0).registered_per_100 is None


def test_communities_with_service_count_once():
    assert covered({1, 2, 3}, {2, 3, 9}) == 2
