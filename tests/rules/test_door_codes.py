"""The changing code at the door: windows, and how long a scan is worth something."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import codes
from talent.rules.codes import SCAN_HOLDS, Uncoded

START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # the first moment of a window
SECRET = b"of this shift"
second = timedelta(seconds=1)


def shown(at):
    return codes.code(SECRET, codes.window(at))


def why(reasons):
    return [reason.why for reason in reasons]


@pytest.mark.parametrize(
    ("seen", "later", "taken"),
    [
        (0, 0, True),
        (0, 29, True),
        (0, 30, True),
        (0, 59, True),
        (0, 60, False),
        (29, 59, True),
        (29, 60, False),
        (30, 60, True),
        (30, 89, True),
        (30, 90, False),
        (30, 29, False),  # of a window to come
    ],
)
def test_a_code_holds_in_its_window_and_the_next(seen, later, taken):
    assert codes.fits(SECRET, shown(START + seen * second), START + later * second) is taken


@given(st.integers(0, 10**9), st.integers(0, 300))
def test_no_code_is_taken_a_minute_later_and_each_is_at_once(at, later):
    seen = datetime.fromtimestamp(at, UTC)
    fits = codes.fits(SECRET, shown(seen), seen + later * second)
    if later <= 30:
        assert fits
    if later >= 60:
        assert not fits


def test_a_code_of_another_shift_and_a_shorter_one_open_nothing():
    other = codes.code(b"of another", codes.window(START))
    for wrong in (other, "", shown(START)[:-1], shown(START) + "a", "签到"):
        assert not codes.fits(SECRET, wrong, START)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), []),
        (SCAN_HOLDS - second, []),
        (SCAN_HOLDS, [Uncoded.SCAN_OLD]),
        (-second, [Uncoded.SCAN_OLD]),
    ],
)
def test_a_scan_holds_for_five_minutes(ago, said):
    assert why(codes.refusals_of_scan(START - ago, START)) == said


def test_without_a_scan_it_is_asked_for():
    assert why(codes.refusals_of_scan(None, START)) == [Uncoded.NEEDED]
