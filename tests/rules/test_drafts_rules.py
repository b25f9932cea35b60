"""A rule is tried before it holds, and begins on a day to come."""

from datetime import date, timedelta

import pytest

from talent.rules.drafts import (
    MOST_DAYS,
    Untried,
    last_quarter,
    refusals_to_draft,
    refusals_to_put_in_force,
)

TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)


def whys(found):
    return [because.why for because in found]


def drafting(**changed):
    given = {
        "valid_from": TODAY + DAY,
        "first": TODAY - 10 * DAY,
        "last": TODAY - DAY,
        "today": TODAY,
        **changed,
    }
    return whys(refusals_to_draft({"a": 1}, **given))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_the_last_quarter_is_the_one_that_is_over(today, first, last):
    assert last_quarter(today) == (first, last)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"valid_from": TODAY}, [Untried.NOT_TO_COME]),
        ({"valid_from": TODAY - DAY}, [Untried.NOT_TO_COME]),
        ({"last": TODAY}, [Untried.NOT_OVER]),
        ({"first": TODAY - DAY}, []),
        ({"first": TODAY, "last": TODAY - DAY}, [Untried.TURNED]),
        ({"first": TODAY - MOST_DAYS * DAY}, []),
        ({"first": TODAY - (MOST_DAYS + 1) * DAY}, [Untried.TOO_LONG]),
    ],
)
def test_a_draft_is_tried_on_days_that_are_over_and_begins_on_one_to_come(changed, found):
    assert drafting(**changed) == found


def test_a_draft_changes_something():
    found = refusals_to_draft(
        {}, valid_from=TODAY + DAY, first=TODAY - DAY, last=TODAY - DAY, today=TODAY
    )
    assert whys(found) == [Untried.NOTHING]


@pytest.mark.parametrize(
    ("open_", "computed", "days", "found"),
    [
        (True, True, 1, []),
        (True, True, 0, [Untried.NOT_TO_COME]),
        (True, False, 1, [Untried.NOT_COMPUTED]),
        (False, True, 1, [Untried.DECIDED]),
        (True, False, -3, [Untried.NOT_COMPUTED, Untried.NOT_TO_COME]),
    ],
)
def test_it_is_put_in_force_once_computed_and_never_for_a_day_that_has_begun(
    open_, computed, days, found
):
    assert (
        whys(
            refusals_to_put_in_force(
                open_=open_, computed=computed, valid_from=TODAY + days * DAY, today=TODAY
            )
        )
        == found
    )
