"""Facility areas, with the worked example."""

from __future__ import annotations

from decimal import Decimal

from talent.rules.facilities import (
    activity_share,
    coverage,
    missing_activity_area,
    missing_area,
    square_metres_per_100_households,
)

D = Decimal


def test_the_worked_example_has_room_enough_and_too_little_of_it_for_residents():
    per_100 = square_metres_per_100_households(D(1240), 3900)
    assert per_100 is not None
    assert round(per_100, 2) == D("31.79")
    assert missing_area(D(1240), 3900) == 0
    share = activity_share(D(700), D(1240))
    assert share is not None
    assert round(share * 100, 2) == D("56.45")
    assert missing_activity_area(D(700), D(1240)) == 44


def test_what_lacks_to_thirty_square_metres_is_exact():
    assert missing_area(D("899.9"), 3000) == D("0.1")
    assert missing_area(D(900), 3000) == 0
    assert missing_activity_area(D(744), D(1240)) == 0


def test_nothing_is_divided_by_nothing():
    assert square_metres_per_100_households(D(10), 0) is None
    assert activity_share(D(0), D(0)) is None
    assert coverage(0, 0) is None
    assert coverage(11, 12) == D(11) / 12
