from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.stars import (
    STAR_HOURS,
    Unstarred,
    minutes_to_next_star,
    refusals_to_thresholds,
    star_level,
)

HOUR = 60


@pytest.mark.parametrize(
    ("minutes", "level"),
    [
        (0, 0),
        (99 * HOUR + 54, 0),  # 99.9 hours
        (100 * HOUR - 1, 0),
        (100 * HOUR, 1),
        (300 * HOUR - 1, 1),
        (300 * HOUR, 2),
        (600 * HOUR, 3),
        (1000 * HOUR, 4),
        (1500 * HOUR - 1, 4),
        (1500 * HOUR, 5),
        (9000 * HOUR, 5),
    ],
)
def test_exactly_a_threshold_reaches_its_star(minutes, level):
    assert star_level(minutes) == level


@pytest.mark.parametrize(
    ("thresholds", "level"),
    [((100, 200, 500, 800, 1000), 2), ((30, 60, 100, 200, 300), 4), ((10, 20, 30, 40, 50), 5)],
)
def test_an_office_may_set_its_own_thresholds(thresholds, level):
    assert star_level(200 * HOUR, thresholds) == level


@pytest.mark.parametrize(
    ("minutes", "missing"),
    [
        (0, 100 * HOUR),
        (100 * HOUR - 1, 1),
        (100 * HOUR, 200 * HOUR),
        (1499 * HOUR, HOUR),
        (1500 * HOUR, None),
    ],
)
def test_what_is_missing_to_the_next_star(minutes, missing):
    assert minutes_to_next_star(minutes) == missing


@pytest.mark.parametrize(
    ("thresholds", "reasons"),
    [
        (STAR_HOURS, []),
        ((1,), []),
        ((), [Unstarred.NONE]),
        ((0, 10), [Unstarred.NOT_POSITIVE]),
        ((10, 10), [Unstarred.NOT_RISING]),
        ((20, 10), [Unstarred.NOT_RISING]),
        ((10, -5), [Unstarred.NOT_POSITIVE, Unstarred.NOT_RISING]),
    ],
)
def test_thresholds_rise(thresholds, reasons):
    assert whys(refusals_to_thresholds(thresholds)) == reasons


@QUICK
@given(st.integers(0, 2000 * HOUR))
def test_the_missing_minutes_lead_to_exactly_the_next_star(minutes):
    missing = minutes_to_next_star(minutes)
    if missing is not None:
        assert star_level(minutes + missing) == star_level(minutes) + 1
        assert star_level(minutes + missing - 1) == star_level(minutes)
