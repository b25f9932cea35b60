"""Registration terms, the window for re-registration and continuing education."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.social_workers import (
    Grade,
    Learning,
    Refusal,
    Registration,
    RegistrationStatus,
    Terms,
    closing,
    current,
    done,
    gap,
    months_later,
    need,
    register_by,
    status,
    term_end,
    why_not_renew,
    window_opens,
)

HOUR = 60
TERM = Registration.starting(date(2023, 5, 10), Grade.ASSISTANT)


def hours(count, on=date(2024, 1, 1)):
    return [Learning(on, count * HOUR)]


def test_the_worked_example_lacks_twelve_hours_and_is_reminded_from_february():
    assert TERM.end == date(2026, 5, 9)
    assert gap(TERM, hours(60)) == 12 * HOUR
    assert window_opens(TERM) == date(2026, 2, 9)


@pytest.mark.parametrize(
    ("grade", "minutes"), [("assistant", 4320), ("social_worker", 5400), ("senior", 5400)]
)
def test_each_grade_needs_its_hours(grade, minutes):
    assert need(Grade(grade)) == minutes


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2023, 5, 10), date(2026, 5, 9)),
        (date(2023, 1, 1), date(2025, 12, 31)),
        (date(2023, 3, 1), date(2026, 2, 28)),
        (date(2021, 3, 1), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2023, 12, 31), date(2026, 12, 30)),
    ],
)
def test_a_term_of_three_years_counts_its_first_day(start, end):
    assert Registration.starting(start, Grade.SENIOR).end == end


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 5, 31), -3, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
        (date(2025, 6, 30), 0, date(2025, 6, 30)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2023, 5, 9), "none"),
        (date(2023, 5, 10), "valid"),
        (date(2026, 2, 8), "valid"),
        (date(2026, 2, 9), "due"),
        (date(2026, 5, 9), "due"),
        (date(2026, 5, 10), "lapsed"),
    ],
)
def test_the_status_turns_on_the_day(today, expected):
    assert status(TERM, today=today) == expected


def test_without_a_term_nobody_is_registered():
    assert status(None, today=TERM.start) is RegistrationStatus.NONE


def test_a_degree_counts_ninety_hours_once_and_only_inside_the_term():
    inside, outside = date(2025, 7, 1), TERM.end + timedelta(1)
    assert done(TERM, hours(2), degrees=[inside]) == 92 * HOUR
    assert done(TERM, hours(2), degrees=[inside, inside]) == 92 * HOUR
    assert done(TERM, hours(2), degrees=[outside]) == 2 * HOUR
    assert gap(TERM, [], degrees=[inside]) == 0


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (TERM.start - timedelta(1), False),
        (TERM.start, True),
        (TERM.end, True),
        (TERM.end + timedelta(1), False),
    ],
)
def test_learning_counts_on_both_ends_of_the_term(on, counts):
    assert bool(done(TERM, hours(5, on))) is counts


def test_more_than_enough_leaves_no_gap():
    assert gap(TERM, hours(72)) == 0
    assert gap(TERM, hours(73)) == 0
    assert gap(TERM, [Learning(TERM.start, 72 * HOUR - 1)]) == 1


def test_the_current_term_is_the_one_that_ends_last_of_those_begun():
    renewed = Registration.starting(date(2026, 5, 10), Grade.SOCIAL_WORKER)
    assert current([renewed, TERM], today=date(2026, 5, 9)) == TERM
    assert current([TERM, renewed], today=date(2026, 5, 10)) == renewed
    assert current([], today=date(2026, 5, 10)) is None


@pytest.mark.parametrize(
    ("term", "today", "learnt", "reasons"),
    [
        (TERM, date(2026, 2, 9), 72, []),
        (TERM, date(2026, 2, 8), 72, [Refusal.TOO_EARLY]),
        (TERM, date(2026, 5, 9), 71, [Refusal.HOURS_MISSING]),
        (TERM, date(2026, 5, 10), 72, [Refusal.LAPSED]),
        (TERM, date(2025, 1, 1), 0, [Refusal.TOO_EARLY, Refusal.HOURS_MISSING]),
        (None, date(2026, 2, 9), 72, [Refusal.NOT_REGISTERED]),
    ],
)
def test_re_registration_is_refused_with_its_reasons(term, today, learnt, reasons):
    found = why_not_renew(term, hours(learnt), today=today)
    assert [reason.why for reason in found] == reasons
    assert all("%(" not in str(reason.why) % reason.facts for reason in found)


def test_a_pass_leads_to_registration_within_a_year():
    assert register_by(date(2024, 2, 29)) == date(2025, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 120))
def test_terms_follow_one_another_without_a_day_between(start, months):
    end = term_end(start, months)
    assert end > start - timedelta(1)
    if start.day <= 28:
        assert months_later(start, months) == end + timedelta(1)


@pytest.mark.parametrize(
    ("missing", "minutes", "chosen"),
    [
        (0, [60, 60], 0),
        (60, [60, 60], 1),
        (61, [60, 60], 2),
        (500, [60, 60], 2),  # all, though they do not close it
        (60, [0, 60], 1),
        (-5, [60], 0),
    ],
)
def test_the_first_sessions_that_together_close_a_gap(missing, minutes, chosen):
    offered = [Learning(date(2026, 7, 1) + timedelta(days=n), m) for n, m in enumerate(minutes)]
    found = closing(missing, reversed(offered))
    assert len(found) == chosen
    assert list(found) == sorted(found, key=lambda one: one.on)


def test_what_the_kinds_say_replaces_what_the_law_says():
    term = Registration.starting(date(2023, 5, 10), Grade.ASSISTANT, months=24)
    assert term.end == date(2025, 5, 9)
    terms = Terms(months=24, window=6, minutes={Grade.ASSISTANT: 48 * 60})
    assert window_opens(term, terms=terms) == date(2024, 11, 9)
    assert gap(term, [], terms=terms) == 48 * 60
    assert gap(term, []) == 72 * 60
    assert terms.need(Grade.SENIOR) == 90 * 60
    opens = date(2024, 11, 9)
    assert status(term, today=opens, terms=terms) is RegistrationStatus.DUE
    assert status(term, today=opens) is RegistrationStatus.VALID
    early = why_not_renew(term, [], today=opens - timedelta(days=1), terms=terms)
    assert [because.why.name for because in early] == ["TOO_EARLY", "HOURS_MISSING"]
