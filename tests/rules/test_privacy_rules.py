from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.privacy import (
    Life,
    Standing,
    Unasked,
    kept_until,
    longest,
    refusals_to_answer,
    refusals_to_ask,
    refusals_to_take,
    restricted,
    to_erase,
)

LAST = date(2016, 2, 29)


@pytest.mark.parametrize(
    ("life", "left"),
    [
        (Life(last_trace=LAST), True),
        (Life(), False),
        (Life(registered=True, last_trace=LAST), False),
        (Life(employed=True, last_trace=LAST), False),
        (Life(in_charge=True, last_trace=LAST), False),
    ],
)
def test_who_has_left_is_restricted(life, left):
    assert restricted(life) is left
    assert to_erase(life, 10, date(2100, 1, 1)) is left


@pytest.mark.parametrize(
    ("last", "years", "until"),
    [
        (date(2016, 6, 1), 10, date(2026, 6, 1)),
        (LAST, 10, date(2026, 3, 1)),
        (LAST, 12, date(2028, 2, 29)),
        (LAST, 3, date(2026, 3, 1)),  # never shorter than ten years
    ],
)
def test_records_are_kept_ten_years_at_least(last, years, until):
    assert kept_until(last, years) == until
    life = Life(last_trace=last)
    assert to_erase(life, years, until)
    assert not to_erase(life, years, until - timedelta(days=1))


@QUICK
@given(
    last=st.dates(date(1950, 1, 1), date(2080, 1, 1)),
    years=st.integers(0, 60),
    today=st.dates(date(1950, 1, 1), date(2150, 1, 1)),
)
def test_nothing_goes_within_ten_years(last, years, today):
    if to_erase(Life(last_trace=last), years, today):
        assert (today - last).days >= 3652


def test_of_several_offices_the_longest_decides():
    assert longest([10, 30, 12]) == 30
    assert longest([]) == 10


@pytest.mark.parametrize("said", ["", "  ", "\n"])
def test_what_says_nothing_is_not_taken(said):
    assert whys(refusals_to_ask(said)) == [Unasked.NOTHING_SAID]
    assert whys(refusals_to_take(said)) == [Unasked.NO_REASON]
    found = refusals_to_answer(Standing.ASKED, own=True, said=said)
    assert whys(found) == [Unasked.OWN, Unasked.NOTHING_SAID]


def test_a_request_is_answered_once_and_by_another():
    assert refusals_to_ask("出生日期") == refusals_to_take("法院") == []
    assert refusals_to_answer(Standing.ASKED, own=False, said="好") == []
    assert whys(refusals_to_answer(Standing.ASKED, own=True, said="好")) == [Unasked.OWN]
    for over in (Standing.DONE, Standing.REFUSED):
        assert whys(refusals_to_answer(over, own=False, said="好")) == [Unasked.ANSWERED]
