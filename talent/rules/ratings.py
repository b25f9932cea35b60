"""Rating a service (好差评): the plan of 2021 (国办发〔2021〕56号), box on satisfaction.

The plan asks for a simple rating after a service; five steps and a text, the periods and the least
number of answers are by practice, and an office sets its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from talent.rules import workdays
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from talent.rules.workdays import WorkCalendar

LOWEST, HIGHEST = 1, 5  # steps
CHANGEABLE = timedelta(days=7)  # a volunteer's own rating, after it was made
ASKED_AT = time(19, 0)  # on the clock of the office, in the evening
ASKED_WITHIN = timedelta(days=14)  # after the service a volunteer may rate it
WINDOW = timedelta(minutes=10)
MOST_IN_WINDOW = 10  # ratings from one address
TENTH = Decimal("0.1")
LEAST_TOGETHER = 3  # with fewer, who answered knows or guesses what the others said


class Step(Word):
    """The five steps, as people call them."""

    FIVE = "5", N_("Very good")
    FOUR = "4", N_("Good")
    THREE = "3", N_("Fair")
    TWO = "2", N_("Poor")
    ONE = "1", N_("Very poor")


class Unrated(Word):
    """Why a service is not rated."""

    STEP = "step", N_("Choose one of the five steps.")
    NOT_THERE = "not_there", N_("Only those rate a service who were there.")
    NOT_OVER = "not_over", N_("This service is rated when it is over: after %(end)s.")
    NOT_BEGUN = "not_begun", N_("This service has not begun yet.")
    LATE = "late", N_("This service could be rated until %(end)s.")
    FINAL = "final", N_("This rating could be changed until %(end)s.")
    TWICE = "twice", N_("This service was rated from this device already.")
    MANY = (
        "many",
        N_("There were many ratings from here just now. Please try again in ten minutes."),
    )
    FROM_PAGE = "from_page", N_("Please open the link again and send the page that it shows.")


class Unanswered(Word):
    """Why a rating is not answered."""

    OWN = "own", N_("Nobody answers a rating of his own.")
    ANSWERED = "answered", N_("This rating was answered already.")


def average(total: int, number: int, least: int) -> Decimal | None:
    """The mean of the steps with one decimal, half up; None below the least number of answers."""
    if number < max(least, 1):
        return None
    return (Decimal(total) / number).quantize(TENTH, ROUND_HALF_UP)


def shown_of(number: int, least: int) -> int:
    """How many answers, the first ones, a public mean is of: whole groups of the least number.

    With each single answer added, the difference of two means would say what it was.
    """
    return number - number % max(least, 1)


def is_bad(steps: int, worst: int) -> bool:
    """Whether the office has to answer: at or below the step that it set."""
    return steps <= worst


def answer_due(made_on: date, within_workdays: int, calendar: WorkCalendar) -> date:
    """The last day on which the office answers in time: so many working days after the rating."""
    return workdays.after(made_on, within_workdays, calendar)


def is_overdue(due: date | None, today: date, *, answered: bool) -> bool:
    """Whether that day has passed without an answer."""
    return due is not None and not answered and today > due


def ask_at(ended_at: datetime, zone: ZoneInfo) -> datetime:
    """The first evening after the service: that day's, or the next one's."""
    local = ended_at.astimezone(zone)
    evening = datetime.combine(local.date(), ASKED_AT, zone)
    if evening < local:
        evening = datetime.combine(local.date() + timedelta(days=1), ASKED_AT, zone)
    return evening.astimezone(UTC)


def refusals_of_volunteer(
    *, present: bool, ended_at: datetime, made_at: datetime | None, now: datetime
) -> list[Because]:
    """Who signed in rates once, when the service is over, and changes it for seven days."""
    if not present:
        return [Because(Unrated.NOT_THERE)]
    if now < ended_at:
        return [Because(Unrated.NOT_OVER, {"end": ended_at})]
    if made_at is not None:
        until = made_at + CHANGEABLE
        return [Because(Unrated.FINAL, {"end": until})] if now > until else []
    until = ended_at + ASKED_WITHIN
    return [Because(Unrated.LATE, {"end": until})] if now > until else []


def refusals_of_resident(
    *, starts_at: datetime, ended_at: datetime, valid_days: int, now: datetime
) -> list[Because]:
    """Who was served rates while the link holds: from the start until some days after the end."""
    if now < starts_at:
        return [Because(Unrated.NOT_BEGUN)]
    until = ended_at + timedelta(days=valid_days)
    return [Because(Unrated.LATE, {"end": until})] if now > until else []
