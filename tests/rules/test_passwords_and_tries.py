"""What is asked of a password, and how long one waits after wrong tries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.signing_in import (
    FREE_TRIES,
    LONGEST_WAIT,
    Weak,
    left_to_wait,
    refusals,
    wait_after,
)

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
KNOWN = ("王秀兰", "wang.xiulan", "13800138000", "春风社区", "Li")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", Weak.SHORT),
        ("ninechars", Weak.SHORT),
        ("tenletters", None),
        ("一二三四五六七八九", Weak.SHORT),
        ("一二三四五六七八九十", None),
        ("x7" * 100, Weak.COMMON),
        ("correct horse battery" * 10, Weak.LONG),
        ("1234567890", Weak.COMMON),
        ("9876543210", Weak.COMMON),
        ("abcdefghijkl", Weak.COMMON),
        ("qwertyuiop", Weak.COMMON),
        ("lkjhgfdsapoi", Weak.COMMON),
        ("aaaaaaaaaaaa", Weak.COMMON),
        ("Password2026", Weak.COMMON),
        ("woaini5201314", Weak.COMMON),
        ("志愿者志愿者志愿者12", Weak.COMMON),
        ("talent-admin-1", Weak.COMMON),
        ("13800138000", Weak.KNOWN),
        ("WANG.XIULAN1", Weak.KNOWN),
        ("我是王秀兰王秀兰啊啊", Weak.KNOWN),
        ("春风社区春风社区1234", Weak.KNOWN),
        ("Li likes rivers", None),
        ("王秀兰今天在河边唱歌", None),
        ("three quiet herons", None),
        ("Tr0ub4dor&3", None),
    ],
)
def test_a_password_is_long_and_neither_common_nor_known(password, expected):
    assert [because.why for because in refusals(password, KNOWN)] == (
        [expected] if expected else []
    )


@pytest.mark.parametrize(
    "password", ["terminator", "TERMINATOR", "terminator1!", "2026 terminator", "motherlode"]
)
def test_what_many_have_is_common_with_numbers_around_it_too(password):
    listed = frozenset({"terminator", "motherlode"})
    assert [because.why for because in refusals(password, (), listed)] == [Weak.COMMON]
    assert refusals("terminator of herons", (), listed) == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=10, max_size=64))
def test_any_character_counts_and_the_answer_is_the_same_twice(password):
    assert refusals(password) == refusals(password)
    assert not any(because.why in {Weak.SHORT, Weak.LONG} for because in refusals(password))


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (0, 0),
        (4, 0),
        (5, 15),
        (6, 30),
        (7, 60),
        (8, 120),
        (10, 480),
        (11, 960),
        (12, 1200),
        (100, 1200),
    ],
)
def test_the_wait_doubles_from_the_fifth_failure_to_twenty_minutes(failures, seconds):
    assert wait_after(failures) == timedelta(seconds=seconds)


@given(st.integers(0, 100_000))
def test_no_number_of_failures_locks_anybody_out(failures):
    assert wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("failures", "ago", "left"), [(4, 0, 0), (5, 0, 15), (5, 10, 5), (5, 15, 0), (5, 99, 0)]
)
def test_what_is_left_to_wait_shrinks_to_nothing(failures, ago, left):
    last = NOW - timedelta(seconds=ago)
    assert left_to_wait(failures, last, NOW) == timedelta(seconds=left)


def test_without_a_failure_nobody_waits():
    assert left_to_wait(0, None, NOW) == timedelta()


def test_at_most_a_hundred_tries_a_day_are_looked_at():
    moment, tries = NOW, 0
    while moment < NOW + timedelta(days=1):
        tries += 1
        moment += max(wait_after(tries), timedelta(milliseconds=1))
    assert FREE_TRIES < tries <= 100
