"""Social workers: grades, registration, continuing education (职业水平证书登记)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from talent.rules.reason import Fact

ONE_DAY = timedelta(days=1)
REGISTERED_MONTHS = 36
WINDOW_MONTHS = 3
FIRST_REGISTRATION_MONTHS = 12
SENIOR_EXAM_MONTHS = 36
DEGREE = timedelta(hours=90)


class Grade(Word):
    """The three grades. A pass of the senior examination is not yet the senior grade."""

    ASSISTANT = "assistant", N_("Assistant social worker")
    SOCIAL_WORKER = "social_worker", N_("Social worker")
    SENIOR = "senior", N_("Senior social worker")


NEED = {
    Grade.ASSISTANT: timedelta(hours=72),
    Grade.SOCIAL_WORKER: timedelta(hours=90),
    Grade.SENIOR: timedelta(hours=90),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a registration is held to: its length, its window, its hours. The law's own by default.

    They are data of the kinds of credentials, so that a change of the law needs no release.
    """

    months: int = REGISTERED_MONTHS
    window: int = WINDOW_MONTHS
    minutes: Mapping[Grade, int] = field(default_factory=dict)

    def need(self, grade: Grade) -> int:
        """Minutes of continuing education in a term of this grade."""
        return self.minutes.get(grade, _minutes(NEED[grade]))


class RegistrationStatus(Word):
    """Where a registration stands on a day."""

    NONE = "none", N_("Not registered")
    VALID = "valid", N_("Registration valid")
    DUE = "due", N_("Re-registration due")
    LAPSED = "lapsed", N_("Registration lapsed")


class Refusal(StrEnum):
    """Why a registration cannot be renewed yet, or not any more."""

    NOT_REGISTERED = N_("There is no registration that could be renewed.")
    TOO_EARLY = N_("Re-registration is accepted from %(opens)s.")
    LAPSED = N_("The registration ended on %(ended)s.")
    HOURS_MISSING = N_(
        "%(hours)s h %(minutes)s min of continuing education are missing until %(ends)s."
    )


@dataclass(frozen=True, slots=True)
class Registration:
    """One term of registration, both days inclusive."""

    grade: Grade
    start: date
    end: date

    @classmethod
    def starting(
        cls, start: date, grade: Grade, *, months: int = REGISTERED_MONTHS
    ) -> Registration:
        """A term of three years (登记有效期为3年): 2023-05-10 to 2026-05-09."""
        return cls(grade, start, term_end(start, months))


@dataclass(frozen=True, slots=True)
class Learning:
    """Continuing education on one day: hours of training or of passed courses, in minutes."""

    on: date
    minutes: int


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def term_end(start: date, months: int) -> date:
    """The last day of a term whose first day counts.

    The day before the same day of the last month, or that month's last day if it has no such
    day: from 29 February 2024 three years run to 28 February 2027.
    """
    end = months_later(start, months)
    return end - ONE_DAY if end.day == start.day else end


def register_by(passed: date) -> date:
    """The last day for the first registration: within one year of passing."""
    return months_later(passed, FIRST_REGISTRATION_MONTHS)


def need(grade: Grade) -> int:
    """Minutes of continuing education in a term: 72, 90 and 90 hours."""
    return _minutes(NEED[grade])


def done(term: Registration, learning: Iterable[Learning], *, degrees: Iterable[date] = ()) -> int:
    """Minutes credited in a term, both its days inclusive.

    A degree in social work obtained in the term is 90 hours, once, however many there are.
    """
    minutes = sum(one.minutes for one in learning if term.start <= one.on <= term.end)
    if any(term.start <= day <= term.end for day in degrees):
        minutes += _minutes(DEGREE)
    return minutes


def gap(
    term: Registration,
    learning: Iterable[Learning],
    *,
    degrees: Iterable[date] = (),
    terms: Terms | None = None,
) -> int:
    """Minutes of continuing education that are still missing in a term."""
    return max(0, (terms or LAW).need(term.grade) - done(term, learning, degrees=degrees))


def closing(missing: int, offered: Iterable[Learning]) -> Sequence[Learning]:
    """Of the sessions on offer the first ones that close a gap together; all if they do not.

    None where nothing is missing. A session without minutes closes nothing.
    """
    chosen: list[Learning] = []
    for session in sorted(offered, key=lambda one: one.on):
        if missing <= 0:
            break
        if session.minutes > 0:
            chosen.append(session)
            missing -= session.minutes
    return chosen


def window_opens(term: Registration, *, terms: Terms | None = None) -> date:
    """The first day of the three months before the end in which re-registration is accepted."""
    return months_later(term.end, -(terms or LAW).window)


def current(terms: Iterable[Registration], *, today: date) -> Registration | None:
    """The term that ends last of those that have begun."""
    begun = [term for term in terms if term.start <= today]
    return max(begun, key=lambda term: (term.end, term.start), default=None)


def status(
    term: Registration | None, *, today: date, terms: Terms | None = None
) -> RegistrationStatus:
    """Valid; due within the window for re-registration; lapsed from the day after the end."""
    if term is None or today < term.start:
        return RegistrationStatus.NONE
    if today > term.end:
        return RegistrationStatus.LAPSED
    due = today >= window_opens(term, terms=terms)
    return RegistrationStatus.DUE if due else RegistrationStatus.VALID


def why_not_renew(
    term: Registration | None,
    learning: Iterable[Learning],
    *,
    today: date,
    degrees: Iterable[date] = (),
    terms: Terms | None = None,
) -> list[Because]:
    """Why a registration cannot be renewed today; an empty list means it can."""
    if term is None or today < term.start:
        return [Because(Refusal.NOT_REGISTERED)]
    reasons = []
    if today < (opens := window_opens(term, terms=terms)):
        reasons.append(Because(Refusal.TOO_EARLY, {"opens": opens}))
    if today > term.end:
        reasons.append(Because(Refusal.LAPSED, {"ended": term.end}))
    if missing := gap(term, learning, degrees=degrees, terms=terms):
        hours, minutes = divmod(missing, 60)
        facts: dict[str, Fact] = {"hours": hours, "minutes": minutes, "ends": term.end}
        reasons.append(Because(Refusal.HOURS_MISSING, facts))
    return reasons


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


LAW = Terms()
