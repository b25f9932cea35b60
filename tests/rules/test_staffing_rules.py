"""The staffing formulas, by table and by recount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import whys

from talent.rules.staffing import (
    CountMode,
    Figure,
    Gap,
    PopulationKind,
    Post,
    Size,
    Staffing,
    Standard,
    certificate_rate,
    counted,
    figure_on,
    meets,
    number_of,
    per_worker,
    ratio_per_10k,
    required,
    rolled_up,
    shortfall,
    shown,
    staffing_of,
    standard_on,
    surplus,
    together,
    unusual_size,
    without_population,
)

D = Decimal
DAY = date(2025, 6, 30)
KINDS = {"committee", "party", "full_time"}
URBAN = PopulationKind.URBAN_RESIDENT


@pytest.mark.parametrize(
    ("population", "number", "per_10k", "ratio", "on_page", "needed", "missing"),
    [
        (52_300, "78.5", 18, "15.0096", "15.01", "94.14", 16),
        (52_300, "78.5", 25, "15.0096", "15.01", "130.75", 53),
        (50_010, "90", 18, "17.9964", "18.00", "90.018", 1),
        (10_000, "18", 18, "18.0000", "18.00", "18", 0),
        (8_000, "15", 18, "18.7500", "18.75", "14.4", 0),
    ],
)
def test_the_worked_examples_come_out_to_the_last_digit(
    population, number, per_10k, ratio, on_page, needed, missing
):
    exact = ratio_per_10k(D(number), population)
    assert exact is not None
    assert round(exact, 4) == D(ratio)
    assert str(shown(exact)) == on_page
    assert required(D(per_10k), population) == D(needed)
    assert shortfall(D(number), D(needed)) == missing
    assert meets(D(number), per_10k=D(per_10k), population=population) == (missing == 0)


def test_a_ratio_that_shows_as_the_standard_may_still_miss_it():
    office = Staffing(people=dict.fromkeys(range(90), D(1)), population=50_010, per_10k=D(18))
    assert office.ratio is not None
    assert str(shown(office.ratio)) == "18.00"
    assert office.met is False
    assert office.shortfall == 1


def test_a_need_of_exactly_seven_is_seven():
    assert required(D(25), 2_800) == 7  # floats make it 7.000000000000001, so 8
    assert shortfall(D(0), required(D(25), 2_800)) == 7


def test_ten_tenths_of_full_time_are_one_worker():
    tenths = counted(
        [Post(i, "full_time", DAY, share=D("0.1")) for i in range(10)], day=DAY, kinds=KINDS
    )
    assert number_of(tenths, CountMode.FTE) == 1  # floats make it 0.9999999999999999
    assert shortfall(number_of(tenths, CountMode.FTE), D(1)) == 0


def test_what_is_shown_is_rounded_half_up():
    assert [str(shown(D(x))) for x in ("0.005", "0.015", "2.675", "0.004")] == [
        "0.01",
        "0.02",
        "2.68",
        "0.00",
    ]


def test_a_surplus_counts_whole_people_only():
    assert surplus(D(20), D("17.2")) == 2
    assert surplus(D(17), D("17.2")) == 0


def test_one_person_in_many_posts_counts_once():
    posts = [Post("Wang", "party", DAY), Post("Wang", "committee", DAY), Post("Li", "party", DAY)]
    people = counted(posts, day=DAY, kinds=KINDS)
    assert number_of(people, CountMode.HEADCOUNT) == 2
    assert number_of(people, CountMode.FTE) == 2


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


def test_residents_for_each_worker():
    assert per_worker(10_000, D(18)) == D(10_000) / 18
    assert per_worker(10_000, D(0)) is None


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
    office = staffing_of({1: D(1)}, figures=[registered], standard=Standard(D(18), DAY), day=DAY)
    assert why(office.reasons) == [Gap.ONLY_REGISTERED]
    assert (office.population, office.ratio, office.met, office.shortfall) == (None,) * 4
    assert office.number == 1


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
    office = staffing_of({1: D(1)}, figures=figures, standard=Standard(D(18), DAY), day=DAY)
    assert (office.ratio, office.met, office.required, office.surplus) == (None,) * 4


def test_a_standard_may_name_households_but_never_the_registered_population():
    figures = [
        Figure(PopulationKind.HOUSEHOLDS, 4_000, DAY),
        Figure(PopulationKind.REGISTERED, 9_000, DAY),
    ]
    standard = Standard(D(18), DAY)

    def office(kind):
        return staffing_of({1: D(1)}, figures=figures, standard=standard, day=DAY, kind=kind)

    assert office(PopulationKind.HOUSEHOLDS).ratio == D("2.5")
    assert office(PopulationKind.REGISTERED).population is None
    assert why(office(PopulationKind.REGISTERED).reasons) == [Gap.NOT_REGISTERED]


def test_every_reason_finds_its_facts():
    for reasons in (
        without_population([], day=DAY),
        without_population([Figure(URBAN, 1, date(2026, 1, 1))], day=DAY),
        without_population([Figure(PopulationKind.REGISTERED, 1, DAY)], day=DAY),
        rolled_up([Staffing({}, None, D(18))], standard=None, day=DAY).reasons,
    ):
        for reason in reasons:
            assert "%(" not in str(reason.why) % reason.facts


def test_the_standard_of_the_nearest_scope_that_is_in_force_is_taken():
    country = Standard(D(18), date(2021, 12, 27))
    district = Standard(D(25), date(2024, 1, 1), date(2025, 7, 1), scope="district")
    newer = Standard(D(26), date(2025, 1, 1), date(2025, 4, 1), scope="district")
    elsewhere = Standard(D(99), date(2021, 1, 1), scope="other")
    every = [country, district, newer, elsewhere]
    chain = ["community", "street", "district"]
    assert standard_on(every, day=date(2023, 1, 1), scopes=chain) == country
    assert standard_on(every, day=date(2025, 3, 31), scopes=chain) == newer
    assert standard_on(every, day=date(2025, 6, 30), scopes=chain) == district
    assert standard_on(every, day=date(2025, 7, 1), scopes=chain) == country
    assert standard_on(every, day=date(2020, 1, 1), scopes=chain) is None


def test_no_standard_leaves_a_ratio_without_a_verdict():
    office = staffing_of({1: D(1)}, figures=[Figure(URBAN, 10_000, DAY)], standard=None, day=DAY)
    assert why(office.reasons) == [Gap.NO_STANDARD]
    assert (office.ratio, office.met, office.shortfall) == (D(1), None, None)


def staff(ids, population, per_10k=18):
    return Staffing(dict.fromkeys(ids, D(1)), population, D(per_10k))


def test_a_street_is_the_sum_of_its_communities_and_not_the_average():
    rich, poor = staff(range(30), 10_000), staff(range(100, 110), 30_000)
    street = rolled_up([rich, poor], standard=Standard(D(18), DAY), day=DAY)
    assert street.ratio == 10  # the average of 30 and 3.33 would be 16.67
    assert street.shortfall == 32
    assert street.shortfall_of_children == 44


def test_a_person_of_two_communities_and_the_street_counts_once_in_the_street():
    one, two = staff([1, 2], 5_000), staff([2, 3], 5_000)
    street = rolled_up([one, two], own={3: D(1), 4: D(1)}, standard=Standard(D(18), DAY), day=DAY)
    assert street.number == 4
    assert street.shortfall == 14


def test_a_community_without_population_leaves_the_street_without_a_ratio():
    street = rolled_up(
        [staff([1], None), staff([2], 10_000)], standard=Standard(D(18), DAY), day=DAY
    )
    assert why(street.reasons) == [Gap.CHILDREN_WITHOUT_POPULATION]
    assert (street.number, street.population, street.ratio) == (2, None, None)


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
    for mode in CountMode:
        street = rolled_up(
            [Staffing(count(posts), 1_000, D(18), mode) for posts in communities],
            own=count(own),
            standard=Standard(D(18), DAY),
            day=DAY,
            mode=mode,
        )
        assert street.number == number_of(count(everyone), mode)
        assert street.people == together([count(everyone)])
        assert (street.population or 0) == 1_000 * len(communities)


@given(st.integers(1, 10**7), st.decimals(0, 10_000, places=1), st.decimals("0.1", 60, places=2))
def test_met_no_shortfall_and_enough_people_are_the_same_thing(population, number, per_10k):
    needed = required(per_10k, population)
    missing = shortfall(number, needed)
    assert meets(number, per_10k=per_10k, population=population) == (missing == 0)
    assert number + missing >= needed
    assert missing == 0 or number + missing - 1 < needed
    assert missing == 0 or surplus(number, needed) == 0
