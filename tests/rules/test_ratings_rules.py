"""The law of ratings: who rates when, when a mean is shown, until when the office answers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import ratings as law
from talent.rules.ratings import Unrated
from talent.rules.workdays import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=3)


def why(reasons):
    return [reason.why for reason in reasons]


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ([5, 5, 5, 5, 5], "5.0"),
        ([1, 2, 3, 4, 5], "3.0"),
        ([4, 4, 4, 4, 5], "4.2"),
        ([4] * 19 + [5], "4.1"),  # 4.05, half up
        ([5] * 19 + [4], "5.0"),  # 4.95, half up
        ([4] * 3 + [5] * 17, "4.9"),  # 4.85, half up
        ([4, 4, 4, 4], None),
        ([], None),
    ],
)
def test_the_mean_has_one_decimal_rounded_half_up_and_needs_five_answers(steps, shown):
    found = law.average(sum(steps), len(steps), 5)
    assert (str(found) if found is not None else None) == shown


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(0, 20))
def test_the_mean_is_exact(steps, least):
    found = law.average(sum(steps), len(steps), least)
    if len(steps) < max(least, 1):
        assert found is None
    else:
        exact = Fraction(sum(steps), len(steps))
        assert -Fraction(1, 20) <= exact - Fraction(found) < Fraction(1, 20)  # half goes up
        assert 1 <= found <= 5
        assert found == found.quantize(Decimal("0.1"))


@pytest.mark.parametrize(
    ("steps", "worst", "bad"), [(1, 2, True), (2, 2, True), (3, 2, False), (1, 0, False)]
)
def test_the_office_says_which_ratings_it_answers(steps, worst, bad):
    assert law.is_bad(steps, worst) is bad


def test_the_answer_is_due_after_working_days():
    off = WorkCalendar(holidays=frozenset({date(2026, 6, 19)}))
    assert law.answer_due(date(2026, 6, 17), 2, off) == date(
        2026, 6, 22
    )  # Friday off, then weekend


@pytest.mark.parametrize(
    ("today", "answered", "overdue"),
    [(8, False, False), (9, False, True), (9, True, False)],
)
def test_overdue_is_the_day_after_the_last_one(today, answered, overdue):
    due = date(2026, 6, 8)
    assert law.is_overdue(due, date(2026, 6, today), answered=answered) is overdue
    assert law.is_overdue(None, date(2026, 6, today), answered=False) is False


@pytest.mark.parametrize(
    ("ended", "asked"),
    [
        ("2026-06-01 12:00", "2026-06-01 19:00"),
        ("2026-06-01 19:00", "2026-06-01 19:00"),
        ("2026-06-01 19:01", "2026-06-02 19:00"),
        ("2026-06-02 01:00", "2026-06-02 19:00"),
    ],
)
def test_one_is_asked_in_the_evening_after_the_service(ended, asked):
    at = datetime.fromisoformat(ended).replace(tzinfo=SHANGHAI)
    assert law.ask_at(at, SHANGHAI) == datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI)


def volunteer(*, present=True, made_at=None, now=END):
    return why(law.refusals_of_volunteer(present=present, ended_at=END, made_at=made_at, now=now))


def test_a_volunteer_rates_when_present_and_after_the_end():
    second = timedelta(seconds=1)
    assert volunteer() == []
    assert volunteer(present=False) == [Unrated.NOT_THERE]
    assert volunteer(now=END - second) == [Unrated.NOT_OVER]
    assert volunteer(now=END + law.ASKED_WITHIN) == []
    assert volunteer(now=END + law.ASKED_WITHIN + second) == [Unrated.LATE]


def test_a_volunteer_changes_the_rating_for_seven_days_and_no_longer():
    made = END + law.ASKED_WITHIN
    assert volunteer(made_at=made, now=made + law.CHANGEABLE) == []
    late = made + law.CHANGEABLE + timedelta(seconds=1)
    assert volunteer(made_at=made, now=late) == [Unrated.FINAL]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (START - timedelta(seconds=1), [Unrated.NOT_BEGUN]),
        (START, []),
        (END + timedelta(days=7), []),
        (END + timedelta(days=7, seconds=1), [Unrated.LATE]),
    ],
)
def test_a_link_holds_from_the_start_until_days_after_the_end(now, said):
    found = law.refusals_of_resident(starts_at=START, ended_at=END, valid_days=7, now=now)
    assert why(found) == said
