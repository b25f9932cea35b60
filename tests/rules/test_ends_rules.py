"""When a post ends at worst, likely and at best: ages that are raised, probation, known ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from foreseen import DAYS, TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from said import QUICK

from talent.rules.forecast import (
    Cause,
    Certainty,
    Outlook,
    expected_end,
    months_on,
)
from talent.rules.identity import Sex
from talent.rules.retirement import AgeRule, Retirement, added, reached, retirement, rule_for


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 6, 1), 12, date(2027, 6, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_months_later(day, months, then):
    assert months_on(day, months) == then


STAFF = frozenset({"full_time"})
MEN = AgeRule(Sex.MALE, STAFF, 720, date(2025, 1, 1), most=756, step=4, early=36, late=36, notice=3)
WOMEN_55 = AgeRule(
    Sex.FEMALE, frozenset({"party"}), 660, date(2025, 1, 1), most=696, step=4, early=36, late=36
)
WOMEN_50 = AgeRule(Sex.FEMALE, STAFF, 600, date(2025, 1, 1), most=660, step=2, early=36, late=36)
OLD_MEN = AgeRule(Sex.MALE, STAFF, 720, date(1978, 6, 2), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("rule", "born", "more"),
    [
        (MEN, date(1965, 1, 1), 1),
        (MEN, date(1965, 4, 30), 1),
        (MEN, date(1965, 5, 1), 2),
        (MEN, date(1976, 8, 31), 35),
        (MEN, date(1976, 9, 1), 36),
        (MEN, date(1990, 1, 1), 36),
        (MEN, date(1964, 12, 31), 0),
        (WOMEN_55, date(1970, 1, 1), 1),
        (WOMEN_55, date(1981, 9, 1), 36),
        (WOMEN_50, date(1975, 1, 1), 1),
        (WOMEN_50, date(1975, 2, 28), 1),
        (WOMEN_50, date(1975, 3, 1), 2),
        (WOMEN_50, date(1984, 10, 31), 59),
        (WOMEN_50, date(1984, 11, 1), 60),
        (OLD_MEN, date(1960, 1, 1), 0),
    ],
)
def test_the_age_is_raised_month_by_month(rule, born, more):
    assert added(rule, born) == more


@pytest.mark.parametrize(
    ("born", "months", "day"),
    [
        (date(1965, 1, 15), 721, date(2025, 2, 15)),
        (date(1968, 2, 29), 720, date(2028, 2, 29)),
        (date(1968, 2, 29), 732, date(2029, 3, 1)),  # no such day: as with a birthday, 1 March
        (date(1965, 1, 31), 721, date(2025, 3, 1)),
        (date(1965, 12, 31), 720, date(2025, 12, 31)),
        (date(1965, 10, 31), 721, date(2025, 12, 1)),
        (date(1965, 12, 15), 721, date(2026, 1, 15)),
    ],
)
def test_the_day_on_which_an_age_is_reached(born, months, day):
    assert reached(born, months) == day


def test_nobody_goes_before_the_age_that_was_raised_nor_earlier_than_allowed():
    assert retirement(MEN, date(1965, 1, 15)) == Retirement(
        date(2025, 1, 15), date(2025, 2, 15), date(2028, 2, 15), 3
    )
    late = retirement(MEN, date(1976, 9, 10))  # 63, and three years earlier is 60
    assert (late.earliest, late.usual) == (date(2036, 9, 10), date(2039, 9, 10))
    assert retirement(OLD_MEN, date(1960, 3, 1)) == Retirement(*[date(2020, 3, 1)] * 3)


def test_the_rule_of_the_nearest_office_holds_and_only_for_who_reaches_its_age_in_its_time():
    own = AgeRule(Sex.MALE, STAFF, 690, date(2026, 1, 1), scope=7)
    rules = [MEN, OLD_MEN, WOMEN_50, own]

    def found(born, sex=Sex.MALE, kind="full_time", scopes=(9, 7, 1)):
        return rule_for(rules, born=born, sex=sex, kind=kind, scopes=scopes)

    assert found(date(1970, 1, 1)) is own
    assert found(date(1970, 1, 1), scopes=(8, 1)) is MEN
    assert found(date(1964, 12, 31)) is OLD_MEN
    assert found(date(1965, 1, 1), scopes=(9,)) is MEN
    assert found(date(1970, 1, 1), sex=Sex.FEMALE) is None  # she was 50 in 2020
    assert found(date(1976, 1, 1), sex=Sex.FEMALE) is WOMEN_50
    assert found(date(1970, 1, 1), kind="committee") is None


SOON = Retirement(date(2026, 9, 15), date(2027, 3, 15), date(2030, 3, 15), 3)
PAST = Retirement(date(2024, 1, 1), date(2026, 6, 1), date(2028, 1, 1), 3)


@pytest.mark.parametrize(
    ("known", "low", "likely", "high"),
    [
        ({}, (None, None), (None, None), (None, None)),
        ({"end": date(2026, 7, 1)}, *[(date(2026, 7, 1), Cause.END)] * 3),
        (
            {"probation_until": date(2026, 8, 31)},
            (date(2026, 9, 1), Cause.PROBATION),
            (None, None),
            (None, None),
        ),
        ({"probation_until": date(2026, 5, 31)}, *[(None, None)] * 3),
        (
            {"probation_until": TODAY},
            (date(2026, 6, 2), Cause.PROBATION),
            (None, None),
            (None, None),
        ),
        (
            {"retirement": SOON},
            (date(2026, 9, 15), Cause.RETIREMENT),
            (date(2027, 3, 15), Cause.RETIREMENT),
            (date(2030, 3, 15), Cause.RETIREMENT),
        ),
        # Who may go since long gives notice first.
        (
            {"retirement": Retirement(date(2025, 1, 1), date(2027, 1, 1), date(2027, 1, 1), 3)},
            (date(2026, 9, 1), Cause.RETIREMENT),
            (date(2027, 1, 1), Cause.RETIREMENT),
            (date(2027, 1, 1), Cause.RETIREMENT),
        ),
        # Nobody goes later at worst than as a rule.
        (
            {"retirement": Retirement(date(2025, 1, 1), date(2026, 7, 1), date(2026, 7, 1), 3)},
            *[(date(2026, 7, 1), Cause.RETIREMENT)] * 3,
        ),
        (
            {"retirement": Retirement(*[date(2020, 1, 1)] * 3)},  # without notice: tomorrow
            (date(2026, 6, 2), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
        (
            {"retirement": PAST},
            (date(2026, 9, 1), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
        # The first of several ends.
        (
            {"retirement": SOON, "end": date(2026, 12, 1)},
            (date(2026, 9, 15), Cause.RETIREMENT),
            (date(2026, 12, 1), Cause.END),
            (date(2026, 12, 1), Cause.END),
        ),
        # Appointed past the age: expected to stay.
        (
            {"start": date(2027, 4, 1), "retirement": SOON},
            (date(2027, 4, 1), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
    ],
)
def test_when_a_post_ends_at_worst_likely_and_at_best(known, low, likely, high):
    facts = {"start": date(2020, 1, 1), **known}
    assert [expected_end(one, today=TODAY, **facts) for one in Outlook] == [low, likely, high]


@given(
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | st.tuples(DAYS, st.integers(0, 900), st.integers(0, 900), st.integers(0, 6)),
    DAYS,
)
@settings(QUICK)
def test_a_post_never_ends_later_at_worst_than_at_best(end, probation, retires, start):
    found = retires and Retirement(
        retires[0],
        retires[0] + timedelta(days=retires[1]),
        retires[0] + timedelta(days=retires[1] + retires[2]),
        retires[3],
    )
    ends = [
        expected_end(
            one, today=TODAY, start=start, end=end, probation_until=probation, retirement=found
        ).end
        or date.max
        for one in Outlook
    ]
    assert ends == sorted(ends)
    if start <= TODAY and not (end and end <= TODAY):
        assert ends[0] > TODAY  # nothing uncertain changes what is


@pytest.mark.parametrize(
    ("certainty", "counts"),
    [
        (Certainty.CERTAIN, [True, True, True]),
        (Certainty.LIKELY, [False, True, True]),
        (Certainty.POSSIBLE, [False, False, True]),
    ],
)
def test_a_planned_post_counts_as_it_is_sure(certainty, counts):
    assert [certainty.counts(one) for one in Outlook] == counts
