"""Taps of devices: their clocks, and the one order in which they are told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import queue
from talent.rules.queue import SignAct

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
second = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("seconds", "off"), [(0, False), (299, False), (300, False), (301, True), (86400, True)]
)
@pytest.mark.parametrize("way", [1, -1])
def test_a_clock_is_off_by_more_than_five_minutes_either_way(seconds, off, way):
    assert queue.is_off(queue.skew(NOW, NOW - way * seconds * second)) is off


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**5), st.integers(0, 900))
def test_a_tap_is_put_right_to_the_second_and_never_into_the_future(wrong, ago, milliseconds):
    sent = NOW + timedelta(seconds=wrong, milliseconds=milliseconds)
    true = NOW - ago * second
    at = queue.corrected(sent - ago * second, queue.skew(NOW, sent), NOW)
    assert abs(at - true) <= second
    assert at <= NOW


def test_what_lies_after_the_sending_stays_there_to_be_refused():
    assert queue.corrected(NOW + 60 * second, timedelta(0), NOW) == NOW + 60 * second


@given(st.permutations(range(6)))
def test_the_order_of_telling_is_the_same_for_every_order_of_arrival(order):
    taps = [
        (act, NOW + minutes * 60 * second, device, number)
        for act, minutes, device, number in (
            (SignAct.OUT, 0, "a", 4),
            (SignAct.IN, 0, "b", 1),
            (SignAct.IN, 0, "a", 2),
            (SignAct.IN, 0, "a", 1),
            (SignAct.IN, -1, "c", 1),
            (SignAct.OUT, 9, "c", 2),
        )
    ]
    told = sorted((taps[place] for place in order), key=lambda tap: queue.turn(*tap))
    assert [taps.index(tap) for tap in told] == [4, 3, 2, 1, 0, 5]
