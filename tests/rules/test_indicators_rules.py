"""Indicators of a plan: every formula at its edges, and a roll-up that equals a recount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.indicators import (
    NOTHING_ASKED,
    Better,
    Formula,
    Known,
    Measure,
    Measured,
    Pair,
    Target,
    Terms,
    lacking,
    meets,
    of_place,
    rolled_up,
    shown,
    target_on,
    value,
    wanted,
)

D = Decimal


@pytest.mark.parametrize(
    ("formula", "numerator", "denominator", "printed"),
    [
        (Formula.PER_100, 1_240, 3_900, "31.79"),  # m² per 100 households
        (Formula.SHARE, 700, 1_240, "56.45"),  # activity area
        (Formula.SHARE, 4, 5, "80.00"),
        (Formula.SHARE, 0, 5, "0.00"),
        (Formula.PER_10K, 90, 50_010, "18.00"),  # 17.9964…
        (Formula.PER_10K, D("78.5"), 52_300, "15.01"),
        (Formula.EACH, 25, 2, "12.50"),
        (Formula.NUMBER, 600, 1, "600.00"),
        (Formula.SHARE, 1, 800, "0.13"),  # half up
    ],
)
def test_a_value_as_the_worked_examples_have_it(formula, numerator, denominator, printed):
    assert str(shown(value(formula, Pair(D(numerator), D(denominator))))) == printed


@pytest.mark.parametrize("formula", [f for f in Formula if f is not Formula.NUMBER])
def test_nothing_is_divided_by_zero(formula):
    assert value(formula, Pair(D(3), D(0))) is None


@pytest.mark.parametrize(
    ("formula", "numerator", "denominator", "level", "met", "gap"),
    [
        (Formula.PER_100, 1_240, 3_900, 30, True, "0"),
        (Formula.PER_100, 1_170, 3_900, 30, True, "0"),  # exactly 30
        (Formula.PER_100, D("1169.99"), 3_900, 30, False, "0.01"),
        (Formula.SHARE, 700, 1_240, 60, False, "44"),
        (Formula.SHARE, 744, 1_240, 60, True, "0"),
        (Formula.PER_10K, 90, 50_010, 18, False, "0.018"),
        (Formula.PER_10K, 18, 10_000, 18, True, "0"),
        (Formula.EACH, 23, 2, 12, False, "1"),
        (Formula.EACH, 24, 2, 12, True, "0"),
        (Formula.NUMBER, 599, 1, 600, False, "1"),
        (Formula.NUMBER, 600, 1, 600, True, "0"),
        (Formula.SHARE, 0, 0, 60, True, "0"),  # nothing is asked of nothing
    ],
)
def test_a_target_is_met_exactly_or_not(formula, numerator, denominator, level, met, gap):
    pair = Pair(D(numerator), D(denominator))
    assert meets(formula, pair, D(level)) is met
    assert lacking(formula, pair, D(level)) == D(gap)


def test_whole_ones_are_missing_of_what_is_counted():
    pair = Pair(D(90), D(50_010))
    assert lacking(Formula.PER_10K, pair, D(18), measure=Measure.COUNT) == 1
    sites = Pair(D(7), D(10))
    assert lacking(Formula.SHARE, sites, D(80), measure=Measure.YES_NO) == 1


@pytest.mark.parametrize(("number", "met", "over"), [(5, True, 0), (6, False, 1), (4, True, 0)])
def test_less_may_be_better(number, met, over):
    pair = Pair(D(number), D(100))
    assert meets(Formula.SHARE, pair, D(5), Better.LESS) is met
    assert lacking(Formula.SHARE, pair, D(5), Better.LESS) == over


def test_the_floating_point_trap_is_none():
    assert wanted(Formula.PER_10K, Pair(D(0), D(2_800)), D(25)) == 7


JAN, JUL, DEC = date(2025, 1, 1), date(2025, 7, 1), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("day", "scopes", "level"),
    [
        (date(2024, 12, 31), (3, 1), None),  # before any began
        (JAN, (3, 1), 18),
        (JAN, (9, 8), 18),  # everybody's
        (JUL, (3, 1), 25),  # the nearer one, from its first day
        (JUL, (4, 1), 20),  # a district's
        (date(2025, 12, 30), (3, 1), 25),
        (DEC, (3, 1), 20),  # the first day on which it no longer holds
        (date(2026, 6, 1), (4, 1), 22),  # of one office the one that began last
    ],
)
def test_the_nearest_target_in_force_holds(day, scopes, level):
    targets = [
        Target(D(18), JAN),
        Target(D(25), JUL, DEC, scope=3),
        Target(D(20), JUL, scope=1),
        Target(D(22), date(2026, 1, 1), scope=1),
    ]
    found = target_on(targets, day=day, scopes=scopes)
    assert (found and found.level) == level


def test_who_did_not_state_is_named_and_leaves_it_unsaid():
    known = rolled_up([of_place("a", D(30), D(100)), of_place("b", None, D(100))])
    assert known.pair == Pair(D(30), D(100))
    assert known.missing == ("b",)
    measured = Measured(Terms(Formula.SHARE), known, D(10))
    assert measured.value == 30
    assert measured.met is None
    assert measured.lacking is None


def test_what_the_upper_office_states_stands_where_somebody_below_is_missing():
    below = [of_place("a", D(30), D(100)), of_place("b", None)]
    own = of_place("street", D(70), D(200))
    assert rolled_up(below, own) == Known(Pair(D(70), D(200)), ("street",), whole=True)
    complete = [of_place("a", D(30), D(100)), of_place("b", D(40), D(90))]
    assert rolled_up(complete, own).pair == Pair(D(70), D(190))


def test_of_a_place_that_is_not_asked_nobody_is_missing():
    assert rolled_up([NOTHING_ASKED, NOTHING_ASKED]) == Known()
    assert rolled_up([NOTHING_ASKED, of_place("a", D(1))]).missing == ()


numbers = st.one_of(st.none(), st.integers(0, 10**6).map(D))
places = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6)


@given(st.lists(st.lists(places, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_roll_up_over_two_levels_equals_a_recount_of_the_communities(district):
    streets, flat = [], []
    for s, street in enumerate(district):
        below = []
        for g, group in enumerate(street):
            known = [of_place((s, g, p), n, d) for p, (n, d) in enumerate(group)]
            flat += known
            below.append(rolled_up(known))
        streets.append(rolled_up(below))
    assert rolled_up(streets) == rolled_up(flat)
    both = [each.pair for each in flat if each.pair]
    total = rolled_up(streets).pair
    assert (total.numerator if total else 0) == sum(pair.numerator for pair in both)
    assert (total.denominator if total else 0) == sum(pair.denominator for pair in both)


@given(
    st.sampled_from(list(Formula)), st.sampled_from(list(Better)),
    st.integers(0, 10**7), st.integers(1, 10**7), st.integers(0, 10**4),
)  # fmt: skip
def test_met_and_lacking_say_the_same(formula, better, numerator, denominator, level):
    pair = Pair(D(numerator), D(denominator))
    met = meets(formula, pair, D(level), better)
    assert met == (lacking(formula, pair, D(level), better) == 0)
