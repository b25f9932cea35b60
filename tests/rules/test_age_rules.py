from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.age import (
    Minority,
    age_on,
    birthday,
    guardian_needed,
    refusals_to_register,
    strict_notice_needed,
    too_young,
)

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2012, 6, 1), date(2026, 5, 31), 13),
        (date(2012, 6, 1), date(2026, 6, 1), 14),
        (date(2012, 6, 1), date(2026, 6, 2), 14),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2000, 12, 31), date(2026, 1, 1), 25),
        (date(1900, 2, 28), date(2000, 2, 28), 100),
    ],
)
def test_age_is_counted_in_completed_years(born, day, years):
    assert age_on(born, day) == years


def test_there_is_no_age_before_birth():
    with pytest.raises(ValueError, match="not born"):
        age_on(date(2026, 6, 2), TODAY)


def test_who_was_born_on_29_february_has_his_birthday_on_1_march_in_common_years():
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
    assert birthday(date(2008, 2, 28), 18) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("born", "strict", "guardian"),
    [
        (date(2012, 6, 2), True, True),  # 14 tomorrow
        (date(2012, 6, 1), False, True),  # 14 today
        (date(2008, 6, 2), False, True),  # 18 tomorrow
        (date(2008, 6, 1), False, False),  # 18 today
        (date(1950, 1, 1), False, False),
    ],
)
def test_guardian_below_18_and_strict_notice_below_14_change_on_the_birthday(
    born, strict, guardian
):
    assert strict_notice_needed(born, TODAY) is strict
    assert guardian_needed(born, TODAY) is guardian


@pytest.mark.parametrize(
    ("born", "given", "reasons"),
    [
        (date(2008, 6, 1), {}, []),
        (date(2008, 6, 2), {}, [Minority.GUARDIAN_UNNAMED, Minority.GUARDIAN_CONSENT]),
        (date(2008, 6, 2), {"guardian_named": True}, [Minority.GUARDIAN_CONSENT]),
        (date(2008, 6, 2), {"guardian_consents": True}, [Minority.GUARDIAN_UNNAMED]),
        (date(2008, 6, 2), {"guardian_named": True, "guardian_consents": True}, []),
        (
            date(2012, 6, 2),
            {"guardian_named": True, "guardian_consents": True},
            [Minority.STRICT_NOTICE],
        ),
        (
            date(2012, 6, 2),
            {},
            [Minority.GUARDIAN_UNNAMED, Minority.GUARDIAN_CONSENT, Minority.STRICT_NOTICE],
        ),
        (
            date(2012, 6, 2),
            {"guardian_named": True, "guardian_consents": True, "strict_notice_accepted": True},
            [],
        ),
        (date(2026, 6, 2), {}, [Minority.NOT_BORN]),
        (
            date(2026, 6, 1),  # today, and there is no youngest age
            {"guardian_named": True, "guardian_consents": True, "strict_notice_accepted": True},
            [],
        ),
        (date(1990, 1, 1), {"youngest_years": 14}, []),
    ],
)
def test_who_may_be_registered(born, given, reasons):
    assert whys(refusals_to_register(born, TODAY, **given)) == reasons


def test_an_office_may_set_a_youngest_age_and_says_from_when_on():
    born = date(2012, 6, 2)
    consents = {"guardian_named": True, "guardian_consents": True, "strict_notice_accepted": True}
    (because,) = refusals_to_register(born, TODAY, youngest_years=14, **consents)
    assert whys([because]) == [Minority.TOO_YOUNG]
    assert because.facts == {"least": 14, "from_day": date(2026, 6, 2)}
    assert refusals_to_register(born, date(2026, 6, 2), youngest_years=14, **consents) == []


dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@QUICK
@given(dates, st.integers(0, 40_000))
def test_a_day_makes_nobody_more_than_a_year_older(born, days):
    day = min(born + timedelta(days=days), date(2199, 1, 1))
    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in {0, 1}


@QUICK
@given(dates, st.integers(0, 99))
def test_the_birthday_is_the_first_day_of_an_age(born, years):
    day = birthday(born, years)
    assert age_on(born, day) == years
    assert too_young(born, day, years) == {}
    if years:
        eve = day - timedelta(days=1)
        assert age_on(born, eve) == years - 1
        assert too_young(born, eve, years) == {"least": years, "from_day": day}
