"""What lies between two shortfalls: parts that add up to the difference, as they are shown."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from said import QUICK

from talent.rules.differences import Cause, Part, explained
from talent.rules.outcomes import measured
from talent.rules.standards import Inverse, Ratio, Share

D = Decimal
PLAN = Ratio(D(18))


def outcome(number, base, terms=PLAN):
    return measured(terms, number=D(number), base=None if base is None else D(base))


def test_who_went_who_came_and_growth_are_told():
    parts = explained(
        outcome(18, 10_000), outcome(16, 10_500), outcome(16, 10_500),
        people={Cause.ENDED: {1: D(-1), 2: D(-1), 3: D(-1)}, Cause.BEGAN: {4: D(1)}},
    )  # fmt: skip
    assert parts == [
        Part(Cause.ENDED, D(3), (1, 2, 3)),
        Part(Cause.BEGAN, D(-1), (4,)),
        Part(Cause.GROWTH, D("0.9")),
        Part(Cause.ROUNDING, D("0.1")),
    ]
    assert outcome(16, 10_500).shortfall == 3


def test_another_standard_is_told_apart_from_those_who_count_by_it():
    higher = Ratio(D(25))
    parts = explained(
        outcome(18, 10_000), outcome(18, 10_000), outcome(20, 10_000, higher), people={}
    )
    assert parts == [Part(Cause.COUNTED, D(-2)), Part(Cause.STANDARD, D(7))]


def test_two_equal_days_differ_in_nothing():
    assert explained(outcome(9, 10_000), outcome(9, 10_000), outcome(9, 10_000), people={}) == []


def test_people_whose_going_and_coming_weigh_the_same_are_still_named():
    parts = explained(
        outcome(2, 10_000), outcome(2, 10_000), outcome(2, 10_000),
        people={Cause.SHARE: {1: D("0.5"), 2: D("-0.5")}},
    )  # fmt: skip
    assert parts == [Part(Cause.SHARE, D(0), (1, 2))]


def test_what_is_not_known_is_not_explained():
    known, unknown = outcome(9, 10_000), outcome(9, None)
    for sides in ((unknown, known, known), (known, unknown, known), (known, known, unknown)):
        assert explained(*sides, people={}) == []


terms = st.one_of(
    st.builds(Ratio, st.decimals("0.1", 99, places=2), st.decimals(1, 9_999, places=1)),
    st.builds(Inverse, st.decimals(1, 500, places=1), stepped=st.booleans()),
    st.builds(Share, st.decimals("0.1", 100, places=1)),
)
numbers = st.decimals(0, 500, places=3)


@QUICK
@given(terms, terms, numbers, numbers, st.integers(1, 10**6), st.integers(1, 10**6), numbers)
def test_the_parts_as_shown_add_up_to_the_difference(before, after, then, now, old, new, counted):
    sides = (
        measured(before, number=then, base=D(old)),
        measured(before, number=now, base=D(new)),
        measured(after, number=counted, base=D(new)),
    )
    changes = {Cause.ENDED: {1: now - then}} if now != then else {}
    parts = explained(*sides, people=changes)
    assert sum((part.amount for part in parts), D(0)) == sides[2].shortfall - sides[0].shortfall
    assert all(part.amount == round(part.amount, 4) for part in parts)
