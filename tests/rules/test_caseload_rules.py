"""Cases for each worker: ceilings alone and in pairs, shares of full time, sums over offices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.caseload import Ceiling, Load, Over, ceilings_on, most_of, over, together

D = Decimal
BEGAN = date(2026, 1, 1)
INVESTIGATIONS = Ceiling("investigations", D(12), BEGAN)
FAMILIES = Ceiling("families", D(17), BEGAN)
COMBINED = Ceiling("families", D(10), BEGAN, beside="investigations", beside_most=D(4))
CWLA = [INVESTIGATIONS, FAMILIES, COMBINED]


@pytest.mark.parametrize(
    ("counts", "too_many"),
    [
        ({"investigations": 12}, {}),
        ({"investigations": 13}, {"investigations": 1}),
        ({"families": 17}, {}),
        ({"families": 18}, {"families": 1}),
        ({"families": 10, "investigations": 4}, {}),
        ({"families": 11, "investigations": 4}, {"families": 1}),
        ({"families": 10, "investigations": 5}, {"investigations": 1}),
        ({"families": 17, "investigations": 12}, {"families": 7, "investigations": 8}),
        ({"families": 17, "investigations": 0}, {}),  # none of the other: the ceiling alone
        ({"foster": 99}, {}),  # no ceiling, nobody is over it
        ({}, {}),
    ],
)
def test_who_has_both_kinds_is_held_to_the_pair(counts, too_many):
    assert {one.kind: one.excess for one in over(counts, CWLA)} == too_many


@pytest.mark.parametrize(
    ("supervised", "excess"), [(5, None), (6, 1), (10, 5)], ids=["five", "six", "ten"]
)
def test_one_supervisor_for_five_workers(supervised, excess):
    found = over({"supervised": supervised}, [Ceiling("supervised", D(5), BEGAN)])
    assert [one.excess for one in found] == ([excess] if excess else [])


@pytest.mark.parametrize(
    ("share", "number", "excess"),
    [("1", 12, None), ("0.5", 6, None), ("0.5", 7, "1"), ("0.333", 4, "0.004"), ("0.1", 2, "0.8")],
)
def test_a_share_of_full_time_carries_that_share_of_the_ceiling(share, number, excess):
    found = over({"investigations": number}, [INVESTIGATIONS], D(share))
    assert [one.excess for one in found] == ([D(excess)] if excess else [])
    assert most_of({"investigations": number}, [INVESTIGATIONS], D(share)) == {
        "investigations": 12 * D(share)
    }


JUL = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "scopes", "most"),
    [
        (date(2025, 12, 31), (3, 1), {}),
        (BEGAN, (3, 1), {"cases": 30}),
        (JUL, (3, 1), {"cases": 20}),  # the nearest
        (JUL, (4, 1), {"cases": 25}),
        (date(2026, 8, 1), (3, 1), {"cases": 25}),  # the first day without the nearest
        (date(2026, 9, 1), (4, 1), {"cases": 24}),  # of one office the one begun last
        (JUL, (9,), {"cases": 30}),
    ],
)
def test_the_nearest_ceiling_in_force_holds(day, scopes, most):
    every = [
        Ceiling("cases", D(30), BEGAN),
        Ceiling("cases", D(20), JUL, date(2026, 8, 1), scope=3),
        Ceiling("cases", D(25), JUL, scope=1),
        Ceiling("cases", D(24), date(2026, 9, 1), scope=1),
        Ceiling("cases", D(1), BEGAN, scope=99),
    ]
    for order in (every, every[::-1]):
        found = ceilings_on(order, day=day, scopes=scopes)
        assert {one.kind: one.most for one in found} == most


def test_a_pair_and_a_ceiling_alone_hold_side_by_side():
    assert set(ceilings_on(CWLA, day=JUL, scopes=())) == set(CWLA)


def test_what_is_over_says_of_how_many():
    assert over({"families": 20}, CWLA) == [Over("families", 20, D(17))]


def test_nobody_counted_has_no_average():
    assert Load().for_each is None
    assert Load(0, frozenset({1})).for_each == 0


rows = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 100)), max_size=12)


@given(st.lists(rows, max_size=5))
def test_cases_over_offices_equal_a_recount(offices):
    loads = [
        together(Load(number, frozenset({person})) for person, number in office)
        for office in offices
    ]
    whole = together(loads)
    everything = [row for office in offices for row in office]
    people = {person for person, _ in everything}
    assert whole.number == sum(number for _, number in everything)
    assert whole.workers == people
    if people:
        assert whole.for_each == D(whole.number) / len(people)
