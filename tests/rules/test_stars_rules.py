"""Stars, medals, evaluations and awards: every threshold on both of its sides."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import age
from talent.rules.reason import Minutes
from talent.rules.stars import (
    Condition,
    Level,
    Merit,
    Period,
    Quality,
    Rank,
    StarPeriod,
    Unawarded,
    Unevaluated,
    Unproved,
    Unstarred,
    Way,
    deciding,
    is_doubtful,
    is_new_period,
    missing,
    needs_verification,
    open_days,
    period,
    refusals_to_apply,
    refusals_to_decide,
    refusals_to_evaluate,
    refusals_to_levels,
    refusals_to_record,
    refusals_to_verify,
    star_level,
    twelve_months_to,
)

HOUR = 60
COMMON = (100, 300, 600, 1000, 1500)
TODAY = date(2026, 6, 1)
DAYS = st.dates(date(1970, 1, 1), date(2190, 12, 31))
EVALUATED = Condition(Quality.EVALUATIONS, Decimal("4.5"), 3)


@pytest.mark.parametrize(
    ("minutes", "level"),
    [
        (0, 0),
        (99 * HOUR + 54, 0),  # 99.9 hours
        (100 * HOUR - 1, 0),
        (100 * HOUR, 1),
        (300 * HOUR - 1, 1),
        (300 * HOUR, 2),
        (600 * HOUR, 3),
        (1000 * HOUR, 4),
        (1500 * HOUR - 1, 4),
        (1500 * HOUR, 5),
        (9000 * HOUR, 5),
    ],
)
def test_exactly_a_threshold_reaches_its_star(minutes, level):
    assert star_level(minutes, COMMON) == level


@QUICK
@given(st.integers(0, 10_000 * HOUR), st.integers(1, 9000))
def test_a_level_is_missing_something_just_when_it_is_not_reached(minutes, hours):
    found = missing(hours, Merit(minutes), Condition())
    assert (found == []) == (minutes >= hours * HOUR)
    if found:
        assert whys(found) == [Unawarded.HOURS]
        assert found[0].facts["missing"] == hours * HOUR - minutes
        assert isinstance(found[0].facts["missing"], Minutes)


@pytest.mark.parametrize(
    ("steps", "reasons"),
    [
        ([], [Unawarded.FEW_EVALUATIONS]),
        ([5, 5], [Unawarded.FEW_EVALUATIONS]),
        ([5, 5, 5], []),
        ([5, 4, 4], [Unawarded.LOW_EVALUATIONS]),
        ([5, 5, 4, 4], []),  # 4.5 exactly
        ([5, 5, 4, 4, 4], [Unawarded.LOW_EVALUATIONS]),
        ([1] * 40, [Unawarded.LOW_EVALUATIONS]),
    ],
)
def test_quality_counts_beside_the_hours(steps, reasons):
    merit = Merit(100 * HOUR, sum(steps), len(steps))
    assert whys(missing(100, merit, EVALUATED)) == reasons
    ratings = Condition(Quality.RATINGS, EVALUATED.least_average, EVALUATED.least_count)
    named = [why.name.replace("EVALUATIONS", "RATINGS") for why in reasons]
    assert [why.name for why in whys(missing(100, merit, ratings))] == named
    assert missing(100, merit, Condition()) == []


@QUICK
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=60),
    st.decimals(1, 5, places=2),
    st.integers(1, 10),
)
def test_an_average_is_compared_exactly_and_never_shown_better_than_it_is(steps, least, count):
    merit = Merit(0, sum(steps), len(steps))
    exact = Fraction(sum(steps), len(steps))
    asked = Condition(Quality.EVALUATIONS, least, count)
    met = len(steps) >= count and exact >= Fraction(least)
    assert (missing(1, Merit(HOUR, merit.steps, merit.count), asked) == []) == met
    assert Fraction(merit.average) <= exact < Fraction(merit.average) + Fraction(1, 100)
    if Fraction(merit.average) >= Fraction(least):
        assert exact >= Fraction(least)


def test_without_a_word_there_is_no_average():
    assert Merit(60).average is None


def test_a_scheme_that_asks_for_one_evaluation_at_least_is_not_met_by_none():
    found = missing(1, Merit(HOUR), Condition(Quality.EVALUATIONS, Decimal(0), 0))
    assert whys(found) == [Unawarded.FEW_EVALUATIONS]


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (date(2026, 6, 1), date(2025, 6, 2)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2025, 1, 2)),
        (date(2024, 2, 28), date(2023, 3, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2024, 3, 1), date(2023, 3, 2)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2025, 3, 1), date(2024, 3, 2)),
    ],
)
def test_twelve_months_end_on_a_day_and_hold_it(last, first):
    assert twelve_months_to(last) == first


@QUICK
@given(DAYS)
def test_twelve_months_are_a_whole_year_and_move_on_with_the_days(last):
    first = twelve_months_to(last)
    assert (last - first).days + 1 in {365, 366}
    assert twelve_months_to(last + timedelta(days=1)) >= first
    same = period(StarPeriod.ROLLING, last)
    assert (same.first, same.last) == (first, last)
    assert not is_new_period(same, last)
    following = last
    while not is_new_period(period(StarPeriod.ROLLING, following), last):
        following += timedelta(days=1)
    assert 365 <= (following - last).days <= 366


@QUICK
@given(DAYS)
def test_a_calendar_year_holds_its_first_and_last_day(day):
    year = period(StarPeriod.YEAR, day)
    assert year == Period(str(day.year), date(day.year, 1, 1), date(day.year, 12, 31))
    assert period(StarPeriod.YEAR, year.first) == period(StarPeriod.YEAR, year.last) == year
    assert open_days(StarPeriod.YEAR, day) == [day, date(day.year - 1, 12, 31)]


def test_a_lifetime_is_one_period():
    assert period(StarPeriod.LIFETIME, TODAY) == Period("all")
    assert open_days(StarPeriod.LIFETIME, TODAY) == [TODAY]
    assert open_days(StarPeriod.ROLLING, TODAY) == [TODAY]
    assert is_new_period(Period("all"), None)
    assert not is_new_period(Period("all"), TODAY)


def asked(**more):
    facts = {"way": Way.APPLICATION, "active": True, "held": False, "applied": False}
    facts = facts | {"decided_by": 1} | more
    return whys(refusals_to_apply(100, Merit(facts.pop("minutes", 6000)), Condition(), **facts))


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, []),
        ({"minutes": 5999}, [Unawarded.HOURS]),
        ({"held": True, "minutes": 0}, [Unawarded.HELD]),
        ({"applied": True}, [Unawarded.APPLIED]),
        ({"active": False}, [Unawarded.NOT_ACTIVE]),
        ({"way": Way.AUTOMATIC}, [Unawarded.AUTOMATIC]),
        ({"decided_by": None}, [Unawarded.NO_DECIDER]),
        ({"way": Way.AUTOMATIC, "decided_by": None}, [Unawarded.AUTOMATIC]),
    ],
)
def test_who_may_apply(more, reasons):
    assert asked(**more) == reasons


@pytest.mark.parametrize(
    ("levels_up", "kind", "office"),
    [
        (0, None, 9),
        (1, None, 4),
        (2, None, 1),
        (3, None, 1),  # above the root the root decides
        (0, "street", 4),
        (0, "community", 9),
        (0, "station", None),
        (7, "district", 1),
    ],
)
def test_which_office_decides(levels_up, kind, office):
    line = [(1, "district"), (4, "street"), (9, "community")]
    assert deciding(line, levels_up=levels_up, kind=kind) == office
    assert deciding([], levels_up=levels_up, kind=kind) is None


@pytest.mark.parametrize(
    ("decider", "reasons"),
    [(1, [Unawarded.OWN]), (2, [Unawarded.OWN]), (3, []), (None, [])],
)
def test_nobody_decides_on_his_own_star_or_his_childs(decider, reasons):
    assert whys(refusals_to_decide(decider=decider, volunteer=1, guardian=2)) == reasons
    assert refusals_to_decide(decider=2, volunteer=1) == []


@pytest.mark.parametrize(
    ("minutes", "kept_at", "doubtful"),
    [
        (6000, None, False),
        (5999, None, True),
        (5999, 5999, False),
        (5998, 5999, True),
        (6000, 7000, False),
        (5999, 7000, True),
    ],
)
def test_an_award_is_doubtful_below_its_threshold_and_again_below_what_was_looked_at(
    minutes, kept_at, doubtful
):
    assert is_doubtful(minutes, 100, kept_at) is doubtful


def levels(*hours):
    return [Level(each, f"{each}小时") for each in hours]


@pytest.mark.parametrize(
    ("given_", "reasons"),
    [
        (levels(*COMMON), []),
        (levels(1), []),
        (levels(*range(1, 13)), []),
        (levels(*range(1, 14)), [Unstarred.TOO_MANY]),
        ([], [Unstarred.NONE]),
        (levels(0, 10), [Unstarred.NOT_POSITIVE]),
        (levels(10, 10), [Unstarred.NOT_RISING]),
        (levels(20, 10), [Unstarred.NOT_RISING]),
        (levels(10, -5), [Unstarred.NOT_POSITIVE, Unstarred.NOT_RISING]),
        ([Level(1, " ")], [Unstarred.UNNAMED]),
    ],
)
def test_thresholds_rise_and_have_names(given_, reasons):
    found = refusals_to_levels(given_, Condition(), first=TODAY, last=None)
    assert whys(found) == reasons


@pytest.mark.parametrize(
    ("average", "count", "reasons"),
    [
        ("1", 1, []),
        ("5", 1, []),
        ("0.99", 1, [Unstarred.AVERAGE]),
        ("5.01", 1, [Unstarred.AVERAGE]),
        ("4", 0, [Unstarred.COUNT]),
    ],
)
def test_a_condition_of_quality_can_be_met(average, count, reasons):
    asked_ = Condition(Quality.EVALUATIONS, Decimal(average), count)
    assert whys(refusals_to_levels(levels(1), asked_, first=TODAY, last=TODAY)) == reasons
    none = Condition(Quality.NONE, Decimal(average), count)
    assert refusals_to_levels(levels(1), none, first=TODAY, last=TODAY) == []


def test_a_scheme_does_not_end_before_it_begins():
    found = refusals_to_levels(levels(1), Condition(), first=TODAY, last=TODAY - timedelta(days=1))
    assert whys(found) == [Unstarred.ENDS_EARLY]


@pytest.mark.parametrize(
    ("step", "day", "evaluator", "reasons"),
    [
        (1, TODAY, 2, []),
        (5, TODAY, None, []),
        (0, TODAY, 2, [Unevaluated.STEP]),
        (6, TODAY, 2, [Unevaluated.STEP]),
        (3, TODAY + timedelta(days=1), 2, [Unevaluated.FUTURE]),
        (3, TODAY, 1, [Unevaluated.OWN]),
    ],
)
def test_a_service_is_evaluated_in_five_steps_by_somebody_else_when_it_is_over(
    step, day, evaluator, reasons
):
    found = refusals_to_evaluate(step, day=day, today=TODAY, evaluator=evaluator, volunteer=1)
    assert whys(found) == reasons


@pytest.mark.parametrize(
    ("rank", "evidence", "recorder", "reasons"),
    [
        (Rank.OWN, False, 3, []),
        (Rank.COUNTY, False, 3, [Unproved.EVIDENCE]),
        (Rank.COUNTY, True, 3, []),
        (Rank.OTHER, False, 3, [Unproved.EVIDENCE]),
        (Rank.OTHER, True, 3, []),
        (Rank.OWN, False, 1, [Unproved.OWN]),
        (Rank.OWN, False, 2, [Unproved.OWN]),
        (Rank.OWN, False, None, []),
    ],
)
def test_what_an_award_needs_to_be_recorded(rank, evidence, recorder, reasons):
    found = refusals_to_record(
        rank, day=TODAY, today=TODAY, by_office=rank is Rank.OWN, evidence=evidence,
        recorder=recorder, volunteer=1, guardian=2,
    )  # fmt: skip
    assert whys(found) == reasons


@pytest.mark.parametrize(
    ("rank", "reasons"),
    [(Rank.OWN, [Unproved.NOT_OWN]), (Rank.COUNTY, []), (Rank.OTHER, [])],
)
def test_only_the_unit_that_keeps_an_award_gives_one_of_its_own(rank, reasons):
    found = refusals_to_record(
        rank, day=TODAY, today=TODAY, by_office=False, evidence=True, recorder=3, volunteer=1
    )
    assert whys(found) == reasons


def test_an_award_of_tomorrow_is_not_recorded():
    day = TODAY + timedelta(days=1)
    found = refusals_to_record(
        Rank.OWN, day=day, today=TODAY, by_office=True, evidence=True, recorder=3, volunteer=1
    )
    assert whys(found) == [Unproved.FUTURE]


@pytest.mark.parametrize(
    ("rank", "verified", "account", "verifier", "reasons"),
    [
        (Rank.OTHER, False, 8, 3, []),
        (Rank.OTHER, False, 7, 3, [Unproved.SAME_PERSON]),
        (Rank.OTHER, False, 8, 1, [Unproved.OWN]),
        (Rank.OTHER, False, 8, 2, [Unproved.OWN]),
        (Rank.OTHER, False, 8, None, []),
        (Rank.OTHER, True, 8, 3, [Unproved.VERIFIED]),
        (Rank.OWN, False, 8, 3, [Unproved.VERIFIED]),
        (Rank.COUNTY, False, 8, 3, [Unproved.VERIFIED]),
    ],
)
def test_a_second_person_verifies_an_award_of_another_unit(
    rank, verified, account, verifier, reasons
):
    found = refusals_to_verify(
        rank,
        verified=verified,
        account=account,
        recorded_by=7,
        verifier=verifier,
        volunteer=1,
        guardian=2,
    )
    assert whys(found) == reasons
    assert needs_verification(rank) is (rank is Rank.OTHER)


@QUICK
@given(DAYS, DAYS)
def test_the_latest_birth_is_the_border_of_who_needs_a_guardian(born, today):
    assert age.guardian_needed(born, today) is (born > age.latest_birth(today, 18))
