from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK

from talent.rules.workdays import WorkCalendar, after, due_date, is_overdue

PLAIN = WorkCalendar()
OCTOBER = [date(2025, 10, day) for day in range(1, 9)]
CHINA_2025 = WorkCalendar(frozenset(OCTOBER), frozenset({date(2025, 9, 28), date(2025, 10, 11)}))
FRIDAY = date(2025, 9, 26)


def test_ten_working_days_across_the_october_holidays():
    assert due_date(FRIDAY, CHINA_2025) == date(2025, 10, 16)


def test_without_the_calendar_the_same_record_would_be_due_too_early():
    assert due_date(FRIDAY, PLAIN) == date(2025, 10, 10)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 9, 26), True),
        (date(2025, 9, 27), False),  # Saturday
        (date(2025, 9, 28), True),  # Sunday that makes up
        (date(2025, 10, 1), False),  # Wednesday, holiday
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # Saturday that makes up
        (date(2025, 10, 12), False),
    ],
)
def test_which_days_are_worked(day, worked):
    assert CHINA_2025.is_workday(day) is worked


def test_a_day_in_both_lists_is_worked():
    day = date(2026, 1, 1)
    assert WorkCalendar(frozenset({day}), frozenset({day})).is_workday(day)


@pytest.mark.parametrize(
    ("ended_on", "due"),
    [
        (date(2026, 6, 1), date(2026, 6, 15)),  # Monday
        (date(2026, 6, 5), date(2026, 6, 19)),  # Friday
        (date(2026, 6, 6), date(2026, 6, 19)),  # Saturday
        (date(2026, 6, 7), date(2026, 6, 19)),  # Sunday
        (date(2026, 12, 25), date(2027, 1, 8)),  # across the year
    ],
)
def test_the_day_of_the_end_does_not_count(ended_on, due):
    assert due_date(ended_on, PLAIN) == due


@pytest.mark.parametrize(
    ("today", "recorded_on", "overdue"),
    [
        (date(2025, 10, 16), None, False),
        (date(2025, 10, 17), None, True),
        (date(2025, 12, 31), date(2025, 10, 16), False),
        (date(2025, 12, 31), date(2025, 10, 17), True),
        (date(2025, 9, 26), None, False),
    ],
)
def test_a_record_is_overdue_from_the_day_after_the_due_date(today, recorded_on, overdue):
    assert is_overdue(FRIDAY, today, CHINA_2025, recorded_on=recorded_on) is overdue


def test_another_number_of_days_may_be_asked_for():
    assert due_date(FRIDAY, CHINA_2025, 1) == date(2025, 9, 28)
    with pytest.raises(ValueError, match="not a number of days"):
        after(FRIDAY, 0, PLAIN)


days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    WorkCalendar, st.frozensets(days, max_size=40), st.frozensets(days, max_size=20)
)


@QUICK
@given(days, st.integers(1, 30), calendars)
def test_a_due_date_is_a_working_day_with_the_right_number_of_them_up_to_it(day, number, calendar):
    due = after(day, number, calendar)
    between = [day + timedelta(days=step) for step in range(1, (due - day).days + 1)]
    assert calendar.is_workday(due)
    assert sum(calendar.is_workday(one) for one in between) == number
