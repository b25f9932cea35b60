"""Working days: Order 67 Art. 11 (2021-02-01), with the yearly calendar of holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

RECORD_WITHIN_WORKDAYS = 10  # working days after the activity ended

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off on weekdays, and days worked at the weekend to make up for them.

    A day that stands in both lists is worked.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Monday to Friday without holidays, and the days that make up."""
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays


def after(day: date, workdays: int, calendar: WorkCalendar) -> date:
    """The working day that is `workdays` after `day`; `day` itself does not count.

    Raises ValueError below one, and OverflowError when the calendar leaves no such day.
    """
    if workdays < 1:
        message = f"not a number of days to wait: {workdays}"
        raise ValueError(message)
    left = workdays
    while left:
        day += _DAY
        left -= calendar.is_workday(day)
    return day


def due_date(
    ended_on: date,
    calendar: WorkCalendar,
    workdays: int = RECORD_WITHIN_WORKDAYS,
) -> date:
    """Art. 11: the last day on which the service is recorded in time."""
    return after(ended_on, workdays, calendar)


def is_overdue(
    ended_on: date,
    today: date,
    calendar: WorkCalendar,
    *,
    recorded_on: date | None = None,
    workdays: int = RECORD_WITHIN_WORKDAYS,
) -> bool:
    """Art. 11: the due date has passed, and nothing was recorded up to it."""
    settled_on = today if recorded_on is None else recorded_on
    return settled_on > due_date(ended_on, calendar, workdays)
