"""On which days a credential holds, and when to speak of its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from talent.rules.credentials import (
    Held,
    Lack,
    course_holds_until,
    highest_grade,
    holds_on,
    is_certified,
    lacking,
    lapses_within,
    notice,
)
from talent.rules.social_workers import Grade

DAY = date(2026, 6, 15)
ONE = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "withdrawn", "holds"),
    [
        (DAY, None, None, True),
        (DAY, DAY, None, True),
        (DAY + ONE, None, None, False),
        (date(2020, 1, 1), DAY - ONE, None, False),
        (date(2020, 1, 1), None, DAY, False),
        (date(2020, 1, 1), None, DAY + ONE, True),
    ],
)
def test_a_credential_holds_on_its_first_and_on_its_last_day(first, last, withdrawn, holds):
    assert holds_on(Held("first_aid", first, last, withdrawn), DAY) is holds


@pytest.mark.parametrize(
    ("completed", "months", "until"),
    [
        (date(2025, 1, 15), 12, date(2026, 1, 15)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2025, 1, 15), None, None),
    ],
)
def test_a_course_holds_for_its_months_and_ends_where_the_month_ends(completed, months, until):
    assert course_holds_until(completed, months) == until


def reasons(held, day=DAY):
    found = lacking("first_aid", "First aid", held, day=day)
    assert all("%(" not in str(reason.why) % reason.facts for reason in found)
    return [reason.why for reason in found]


def test_what_is_required_is_asked_for_the_day_of_the_shift():
    held = [Held("first_aid", date(2024, 1, 1), DAY)]
    assert reasons(held) == []
    assert reasons(held, DAY + ONE) == [Lack.LAPSED_BY_THEN]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ([], [Lack.NOT_HELD]),
        ([Held("driving", date(2020, 1, 1))], [Lack.NOT_HELD]),
        ([Held("first_aid", DAY + ONE)], [Lack.NOT_YET]),
        ([Held("first_aid", date(2020, 1, 1), withdrawn=DAY)], [Lack.WITHDRAWN]),
        ([Held("first_aid", date(2020, 1, 1), date(2021, 1, 1))], [Lack.LAPSED_BY_THEN]),
        (
            [
                Held("first_aid", date(2020, 1, 1), date(2021, 1, 1)),
                Held("first_aid", date(2025, 1, 1), date(2027, 1, 1)),
            ],
            [],
        ),
        (
            [
                Held("first_aid", date(2020, 1, 1), withdrawn=date(2020, 5, 1)),
                Held("first_aid", date(2024, 1, 1), date(2025, 1, 1)),
            ],
            [Lack.LAPSED_BY_THEN],
        ),
    ],
)
def test_a_missing_credential_says_why(held, why):
    assert reasons(held) == why


@pytest.mark.parametrize(
    ("days_left", "listed"),
    [(-1, None), (0, 30), (30, 30), (31, 60), (60, 60), (61, 90), (90, 90), (91, None)],
)
def test_what_lapses_stands_in_the_list_of_its_days(days_left, listed):
    held = Held("first_aid", date(2020, 1, 1), DAY + timedelta(days_left))
    assert notice(held, today=DAY) == listed


def test_what_never_lapses_or_does_not_hold_is_in_no_list():
    assert not lapses_within(Held("first_aid", date(2020, 1, 1)), 90, today=DAY)
    assert not lapses_within(Held("first_aid", DAY + ONE, DAY + ONE), 90, today=DAY)
    assert not lapses_within(Held("first_aid", DAY, DAY, DAY), 90, today=DAY)


def test_only_a_professional_certificate_makes_a_person_certified():
    aid = Held("first_aid", date(2020, 1, 1))
    assistant = Held("social_work", date(2020, 1, 1), grade=Grade.ASSISTANT)
    senior = Held("social_work", DAY, grade=Grade.SENIOR)
    assert not is_certified([aid], day=DAY)
    assert is_certified([aid, assistant], day=DAY)
    assert not is_certified([senior], day=DAY - ONE)
    assert highest_grade([aid, senior, assistant], day=DAY) is Grade.SENIOR
    assert highest_grade([senior, assistant], day=DAY - ONE) is Grade.ASSISTANT
    assert highest_grade([aid], day=DAY) is None
