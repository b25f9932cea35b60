"""The staffing formulas, by table and by recount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import whys

from talent.rules.staffing import (
    Figure,
    Gap,
    PopulationKind,
    Post,
    Size,
    certificate_rate,
    counted,
    figure_on,
    together,
    unusual_size,
    without_population,
)
from talent.rules.standards import Owed

D = Decimal
DAY = date(2025, 6, 30)
KINDS = {"committee", "party", "full_time"}
URBAN = PopulationKind.URBAN_RESIDENT


def test_ten_tenths_of_full_time_are_one_worker():
    tenths = counted(
        [Post(i, "full_time", DAY, share=D("0.1")) for i in range(10)], day=DAY, kinds=KINDS
    )
    assert sum(tenths.values()) == 1  # floats make it 0.9999999999999999
    assert Owed(D(1)).shortfall(sum(tenths.values())) == 0


def test_one_person_in_many_posts_counts_once():
    posts = [Post("Wang", "party", DAY), Post("Wang", "committee", DAY), Post("Li", "party", DAY)]
    people = counted(posts, day=DAY, kinds=KINDS)
    assert people == {"Wang": 1, "Li": 1}


def test_half_posts_of_one_person_add_up():
    posts = [
        Post("Wang", "party", DAY, share=D("0.5")),
        Post("Wang", "committee", DAY, share=D("0.3")),
    ]
    assert counted(posts, day=DAY, kinds=KINDS) == {"Wang": D("0.8")}


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (DAY, None, True),
        (DAY + timedelta(1), None, False),
        (date(2020, 1, 1), DAY, False),
        (date(2020, 1, 1), DAY + timedelta(1), True),
        (DAY, DAY, False),
    ],
)
def test_a_post_counts_from_its_first_day_until_the_day_before_its_end(start, end, counts):
    assert bool(counted([Post(1, "party", start, end)], day=DAY, kinds=KINDS)) is counts


def test_kinds_that_do_not_count_are_left_out():
    posts = [Post(1, "grid_worker", DAY), Post(2, "party", DAY)]
    assert set(counted(posts, day=DAY, kinds=KINDS)) == {2}
    assert set(counted(posts, day=DAY, kinds=KINDS | {"grid_worker"})) == {1, 2}


def test_people_on_leave_count_unless_the_office_says_otherwise():
    posts = [Post(1, "party", DAY, on_leave=True), Post(2, "party", DAY)]
    assert set(counted(posts, day=DAY, kinds=KINDS)) == {1, 2}
    assert set(counted(posts, day=DAY, kinds=KINDS, count_on_leave=False)) == {2}


def test_leave_from_one_post_does_not_hide_another():
    posts = [Post(1, "party", DAY, on_leave=True), Post(1, "committee", DAY)]
    assert set(counted(posts, day=DAY, kinds=KINDS, count_on_leave=False)) == {1}


def test_the_certificate_rate_counts_heads_and_has_no_value_for_nobody():
    people = {1: D("0.5"), 2: D(1), 3: D(1), 4: D(1)}
    assert certificate_rate(people, {1, 4, 99}) == D("0.5")
    assert certificate_rate({}, {1}) is None
    assert certificate_rate({1: D(1)}, set()) == 0


@pytest.mark.parametrize(
    ("households", "warning"),
    [
        (None, []),
        (0, [Size.SMALL]),
        (999, [Size.SMALL]),
        (1_000, []),
        (3_000, []),
        (3_001, [Size.LARGE]),
    ],
)
def test_a_community_has_one_to_three_thousand_households_as_a_rule(households, warning):
    assert whys(unusual_size(households)) == warning


def test_the_latest_figure_of_the_kind_that_is_not_after_the_day_is_taken():
    figures = [
        Figure(URBAN, 100, date(2023, 12, 31)),
        Figure(URBAN, 120, DAY),
        Figure(URBAN, 140, DAY + timedelta(1)),
        Figure(PopulationKind.HOUSEHOLDS, 40, DAY),
    ]
    assert figure_on(figures, kind=URBAN, day=DAY) == figures[1]
    assert figure_on(figures, kind=URBAN, day=DAY - timedelta(1)) == figures[0]
    assert figure_on(figures, kind=URBAN, day=date(2020, 1, 1)) is None
    assert figure_on([*figures, Figure(URBAN, 121, DAY)], kind=URBAN, day=DAY) == Figure(
        URBAN, 121, DAY
    )


def why(reasons):
    return [reason.why for reason in reasons]


def test_the_official_ratio_is_not_computed_from_registered_population():
    registered = Figure(PopulationKind.REGISTERED, 9_000, DAY)
    assert why(without_population([registered], day=DAY)) == [Gap.ONLY_REGISTERED]


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([], Gap.NO_POPULATION),
        ([Figure(PopulationKind.HOUSEHOLDS, 40, DAY)], Gap.NO_POPULATION),
        ([Figure(URBAN, 40, DAY + timedelta(1))], Gap.ONLY_LATER),
        ([Figure(URBAN, 0, DAY)], Gap.NOBODY_LIVES_HERE),
    ],
)
def test_a_missing_denominator_has_a_reason(figures, reason):
    assert why(without_population(figures, day=DAY)) == [reason]


def test_a_standard_may_name_households_but_never_the_registered_population():
    figures = [
        Figure(PopulationKind.HOUSEHOLDS, 4_000, DAY),
        Figure(PopulationKind.REGISTERED, 9_000, DAY),
    ]
    for kind, reasons in (
        (PopulationKind.HOUSEHOLDS, []),
        (PopulationKind.REGISTERED, [Gap.NOT_REGISTERED]),
    ):
        assert why(without_population(figures, day=DAY, kind=kind)) == reasons


def test_only_what_every_community_has_is_missing_where_it_is_not_known():
    assert [kind for kind in PopulationKind if kind.everywhere] == list(PopulationKind)[:4]


def test_every_reason_finds_its_facts():
    for reasons in (
        without_population([], day=DAY),
        without_population([Figure(URBAN, 1, date(2026, 1, 1))], day=DAY),
        without_population([Figure(PopulationKind.REGISTERED, 1, DAY)], day=DAY),
    ):
        for reason in reasons:
            assert "%(" not in str(reason.why) % reason.facts


@pytest.mark.parametrize(
    ("leave", "on_leave"),
    [
        ((None, None), True),
        ((DAY, None), True),
        ((DAY + timedelta(1), None), False),
        ((None, DAY), False),
        ((None, DAY + timedelta(1)), True),
        ((date(2025, 1, 1), DAY), False),
    ],
)
def test_a_leave_has_a_first_day_and_an_end(leave, on_leave):
    one = Post(1, "party", date(2020, 1, 1), None, D(1), True, *leave)
    assert one.on_leave_on(DAY) is on_leave
    found = counted([one], day=DAY, kinds=KINDS, count_on_leave=False)
    assert set(found) == (set() if on_leave else {1})
    assert not Post(1, "party", date(2020, 1, 1), None, D(1), False, *leave).on_leave_on(DAY)


shares = st.decimals("0.1", "1", places=1)
post = st.builds(
    Post,
    person=st.integers(0, 12),
    kind=st.sampled_from(["party", "committee", "grid_worker"]),
    start=st.dates(date(2025, 6, 20), date(2025, 7, 5)),
    end=st.none() | st.dates(date(2025, 6, 25), date(2025, 7, 10)),
    share=shares,
    on_leave=st.booleans(),
)


@given(st.lists(st.lists(post, max_size=8), max_size=5), st.lists(post, max_size=5), st.booleans())
def test_a_roll_up_equals_a_recount(communities, own, leave):
    def count(posts):
        return counted(posts, day=DAY, kinds=KINDS, count_on_leave=leave)

    everyone = [one for posts in communities for one in posts] + own
    street = together([count(own), *map(count, communities)])
    assert street == count(everyone)
