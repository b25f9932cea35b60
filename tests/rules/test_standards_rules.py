"""Every kind of standard, by the worked examples and at its edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.outcomes import measured, plain, rolled_up, shown
from talent.rules.staffing import CountMode, Gap
from talent.rules.standards import (
    Band,
    Bands,
    Inverse,
    Malformed,
    Owed,
    PerUnit,
    Ratio,
    Remark,
    Share,
    Standard,
    StandardKind,
    by_scope,
    nearest,
)

D = Decimal
DAY = date(2025, 6, 30)
HOME = Inverse(D(200), least=D(1))  # social workers of homes for the elderly
SCHOOL = Inverse(D(35), step=D("0.5"))
SHAANXI = Bands((Band(1_000, 2_000, D(5)), Band(2_000, 4_000, D(7)), Band(4_000, None, D(9))))
COMMITTEE = Bands((Band(0, 3_000, D(5), most=D(7)), Band(3_000, None, D(7), most=D(9))))


@pytest.mark.parametrize(
    ("population", "number", "target", "ratio", "on_page", "needed", "missing"),
    [
        (52_300, "78.5", 18, "15.0096", "15.01", "94.14", 16),
        (52_300, "78.5", 25, "15.0096", "15.01", "130.75", 53),
        (50_010, "90", 18, "17.9964", "18.00", "90.018", 1),
        (10_000, "18", 18, "18.0000", "18.00", "18", 0),
        (8_000, "15", 18, "18.7500", "18.75", "14.4", 0),
        (2_800, "0", 25, "0.0000", "0.00", "7", 7),  # floats make it 8
    ],
)
def test_the_worked_examples_come_out_to_the_last_digit(
    population, number, target, ratio, on_page, needed, missing
):
    found = measured(Ratio(D(target)), number=D(number), base=D(population))
    assert found.ratio is not None
    assert round(found.ratio, 4) == D(ratio)
    assert str(shown(found.ratio)) == on_page
    assert found.required == D(needed)
    assert found.shortfall == missing
    assert found.met is (missing == 0)
    assert whys(found.reasons) == []


def test_a_ratio_that_shows_as_the_standard_may_still_miss_it():
    found = measured(Ratio(D(18)), number=D(90), base=D(50_010))
    assert found.ratio is not None
    assert (str(shown(found.ratio)), found.met, found.shortfall) == ("18.00", False, 1)


@pytest.mark.parametrize(
    ("terms", "base", "needed"),
    [
        (HOME, 0, "1"),
        (HOME, 1, "1"),
        (HOME, 199, "1"),
        (HOME, 200, "1"),
        (HOME, 201, "2"),
        (HOME, 400, "2"),
        (HOME, 450, "3"),
        (SCHOOL, 0, "0"),
        (SCHOOL, 1, "0.5"),
        (SCHOOL, 35, "0.5"),
        (SCHOOL, 36, "1.0"),
        (SCHOOL, 70, "1.0"),
        (SCHOOL, 71, "1.5"),
        (Inverse(D(250), stepped=False), 625, "2.5"),
        (Inverse(D(250), stepped=False, least=D(1)), 100, "1"),
        (Inverse(D(250), stepped=False, least=D(1)), 250, "1"),
        (Inverse(D(5)), 6, "2"),  # one supervisor for five workers
        (PerUnit(D(1)), 12, "12"),
        (PerUnit(D(2)), 3, "6"),
        (SHAANXI, 1_000, "5"),
        (SHAANXI, 1_999, "5"),
        (SHAANXI, 2_000, "7"),
        (SHAANXI, 3_999, "7"),
        (SHAANXI, 4_000, "9"),
        (SHAANXI, 90_000, "9"),
        (COMMITTEE, 2_999, "5"),
        (COMMITTEE, 3_000, "7"),
        (Share(D(50)), 9, "4.5"),
        (Share(D(60)), 5, "3"),
    ],
)
def test_each_kind_asks_for_so_many(terms, base, needed):
    found = measured(terms, number=D(0), base=D(base))
    assert found.required == D(needed)
    assert found.shortfall == ceil(D(needed))
    exact = measured(terms, number=D(needed), base=D(base))
    assert (exact.met, exact.shortfall, exact.surplus) == (True, 0, 0)


@pytest.mark.parametrize(
    ("terms", "number", "base", "ratio"),
    [
        (Ratio(D(18)), 9, 5_000, "18"),
        (Ratio(D(1), D(100)), 3, 150, "2"),
        (HOME, 3, 450, "150"),
        (SHAANXI, 7, 2_100, "300"),
        (PerUnit(D(2)), 3, 2, "1.5"),
        (Share(D(50)), 1, 4, "25"),
    ],
)
def test_the_figure_shown_is_the_one_of_the_kind(terms, number, base, ratio):
    assert measured(terms, number=D(number), base=D(base)).ratio == D(ratio)


@pytest.mark.parametrize(
    ("terms", "base", "why"),
    [
        (Ratio(D(18)), 0, Gap.NOBODY_LIVES_HERE),
        (PerUnit(D(1)), 0, Gap.NO_UNIT),
        (Share(D(50)), 0, Gap.NO_STAFF),
        (SHAANXI, 999, Gap.NO_BAND),
        (SHAANXI, 0, Gap.NO_BAND),
    ],
)
def test_where_nothing_can_be_asked_the_reason_is_said(terms, base, why):
    found = measured(terms, number=D(0), base=D(base))
    assert whys(found.reasons) == [why]
    assert (found.required, found.met, found.shortfall, found.surplus) == (None,) * 4
    assert found.ratio is None


def test_without_a_size_or_a_standard_there_is_no_verdict():
    found = measured(Ratio(D(18)), number=D(3), base=None)
    assert (found.number, found.required, found.met, found.ratio) == (3, None, None, None)
    found = measured(None, number=D(3), base=D(100))  # the ratio of the plan, without a verdict
    assert (found.number, found.required, found.met, found.ratio) == (3, None, None, 300)


def test_residents_for_each_worker_have_no_value_without_a_worker():
    assert measured(HOME, number=D(0), base=D(10)).ratio is None


def test_more_than_the_most_of_a_band_is_remarked_and_meets_it():
    over = measured(COMMITTEE, number=D(8), base=D(2_999))
    assert (whys(over.remarks), over.met) == ([Remark.OVER_MOST], True)
    assert over.remarks[0].facts == {"number": 8, "most": 7}
    assert whys(measured(COMMITTEE, number=D(7), base=D(2_999)).remarks) == []


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        (SHAANXI, [Remark.STARTS, Remark.BOUND, Remark.BOUND]),
        (COMMITTEE, [Remark.BOUND]),
        (Bands((Band(0, 2_500, D(5)), Band(2_000, None, D(7)))), [Remark.OVERLAP]),
        (Bands((Band(0, None, D(5)), Band(2_000, None, D(7)))), [Remark.OVERLAP]),
        (Bands((Band(0, 10, D(5)), Band(20, 30, D(7)))), [Remark.HOLE, Remark.ENDS]),
        (Bands((Band(2_000, None, D(7)), Band(0, 2_000, D(5)))), [Remark.BOUND]),
        (Bands(()), []),
    ],
)
def test_where_bands_meet_overlap_or_leave_a_hole_is_said(bands, said):
    assert whys(bands.remarks()) == said


def test_the_end_of_a_band_is_no_part_of_it():
    bands = Bands((Band(0, 10, D(5)), Band(20, 30, D(7))))
    needs = [measured(bands, number=D(0), base=D(n)).required for n in (9, 10, 20, 29, 30)]
    assert needs == [5, None, 7, 7, None]


def test_of_overlapping_bands_the_one_that_begins_later_holds():
    bands = Bands((Band(0, 2_500, D(5)), Band(2_000, None, D(7))))
    needs = [measured(bands, number=D(0), base=D(n)).required for n in (1_999, 2_000, 2_499, 2_500)]
    assert needs == [5, 7, 7, 7]
    assert bands.remarks()[0].facts == {"least": 2_000, "below": 2_500}


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Ratio(D(18)), []),
        (Ratio(D(0)), [Malformed.NUMBER]),
        (Ratio(D(1), D(0)), [Malformed.PER]),
        (Inverse(D(0), D(0)), [Malformed.NUMBER, Malformed.PER]),
        (Inverse(D(5), least=D(-1)), [Malformed.LEAST]),
        (PerUnit(D(-1)), [Malformed.NUMBER]),
        (Share(D(0)), [Malformed.PERCENT]),
        (Share(D(100)), []),
        (Share(D("100.1")), [Malformed.PERCENT]),
        (SHAANXI, []),
        (Bands(()), [Malformed.NO_BANDS]),
        (Bands((Band(5, 5, D(1)),)), [Malformed.TURNED]),
        (Bands((Band(5, 6, D(1)), Band(5, 9, D(1)))), [Malformed.TWICE]),
        (Bands((Band(5, None, D(0)),)), [Malformed.NUMBER]),
        (Bands((Band(5, None, D(3), D(2)),)), [Malformed.FEWER]),
    ],
)
def test_numbers_that_make_no_standard_are_refused(terms, why):
    assert whys(terms.refusals()) == why


def test_the_standard_of_the_nearest_scope_that_is_in_force_is_taken():
    country = Standard(Ratio(D(18)), date(2021, 12, 27))
    district = Standard(Ratio(D(25)), date(2024, 1, 1), date(2025, 7, 1), scope="district")
    newer = Standard(Ratio(D(26)), date(2025, 1, 1), date(2025, 4, 1), scope="district")
    elsewhere = Standard(Ratio(D(99)), date(2021, 1, 1), scope="other")
    every = [country, district, newer, elsewhere]
    chain = ["community", "street", "district"]
    assert nearest(by_scope(every, day=date(2023, 1, 1)), chain) == country
    assert nearest(by_scope(every, day=date(2025, 3, 31)), chain) == newer
    assert nearest(by_scope(every, day=date(2025, 6, 30)), chain) == district
    assert nearest(by_scope(every, day=date(2025, 7, 1)), chain) == country
    assert nearest(by_scope(every, day=date(2020, 1, 1)), chain) is None


def test_a_street_is_the_sum_of_its_communities_and_not_the_average():
    terms = Ratio(D(18))
    below = [
        measured(terms, number=D(30), base=D(10_000)),
        measured(terms, number=D(10), base=D(30_000)),
    ]
    street = rolled_up(below, terms=terms, number=D(40))
    assert street.ratio == 10  # the average of 30 and 3.33 would be 16.67
    assert street.shortfall == 32
    assert sum(one.shortfall or 0 for one in below) == 44


def test_steps_and_bands_ask_each_place_for_itself():
    for terms, sizes, needed in ((SHAANXI, (1_500, 2_500), 12), (HOME, (1, 1, 201), 4)):
        below = [measured(terms, number=D(0), base=D(size)) for size in sizes]
        assert rolled_up(below, terms=terms, number=D(0)).required == needed
    half = [measured(SCHOOL, number=D(0), base=D(1)) for _ in range(3)]
    street = rolled_up(half, terms=SCHOOL, number=D(1))
    assert (street.required, street.shortfall) == (D("1.5"), 1)
    assert sum(one.shortfall or 0 for one in half) == 3  # each rounds up for itself


def test_one_place_without_a_size_leaves_those_above_without_a_verdict():
    for terms in (Ratio(D(18)), SHAANXI):
        below = [
            measured(terms, number=D(1), base=None),
            measured(terms, number=D(1), base=D(2_000)),
        ]
        street = rolled_up(below, terms=terms, number=D(2))
        assert whys(street.reasons) == [Gap.CHILDREN_WITHOUT_POPULATION]
        assert (street.number, street.base, street.met) == (2, None, None)


def test_one_place_outside_all_bands_is_told_above_it_too():
    below = [measured(SHAANXI, number=D(0), base=D(n)) for n in (10, 2_000)]
    street = rolled_up(below, terms=SHAANXI, number=D(0))
    assert (whys(street.reasons), street.required) == ([Gap.NO_BAND], None)


def test_a_figure_is_written_without_idle_zeros():
    assert [str(plain(D(x))) for x in ("18.0000", "1E+3", "0.50", "7")] == [
        *("18", "1000", "0.5", "7")
    ]


def test_what_is_shown_is_rounded_half_up():
    assert [str(shown(D(x))) for x in ("0.005", "0.015", "2.675", "0.004")] == [
        *("0.01", "0.02", "2.68", "0.00")
    ]


positive = st.decimals("0.1", 10_000, places=2)
ratios = st.builds(Ratio, positive, positive)
inverses = st.builds(
    Inverse, positive, positive, st.decimals(0, 50, places=1), stepped=st.booleans()
)
shares = st.builds(Share, st.decimals("0.1", 100, places=1))
units = st.builds(PerUnit, positive)
every_kind = st.one_of(ratios, inverses, shares, units, st.just(SHAANXI), st.just(COMMITTEE))
numbers = st.decimals(0, 100_000, places=3)


@QUICK
@given(every_kind, numbers, st.integers(0, 10**7))
def test_met_no_shortfall_and_enough_people_are_the_same_thing(terms, number, base):
    found = measured(terms, number=number, base=D(base), mode=CountMode.FTE)
    if found.owed is None:
        assert found.reasons
        return
    exact = Fraction(found.owed.amount) / Fraction(found.owed.per)
    gap = exact - Fraction(number)
    assert found.met is (gap <= 0)
    assert found.shortfall == max(0, ceil(gap))
    assert found.surplus == max(0, floor(-gap))


@QUICK
@given(every_kind, st.lists(st.integers(1_000, 9_000), min_size=1, max_size=6))
def test_what_is_asked_of_a_whole_is_what_is_asked_of_its_parts(terms, sizes):
    below = [measured(terms, number=D(1), base=D(size)) for size in sizes]
    whole = rolled_up(below, terms=terms, number=D(len(sizes)))
    parts = sum((Fraction(b.owed.amount) / Fraction(b.owed.per) for b in below), Fraction(0))
    assert Fraction(whole.owed.amount) / Fraction(whole.owed.per) == parts
    assert whole.base == sum(sizes)


def test_what_is_owed_in_different_parts_adds_up_exactly():
    assert Owed(D(1), D(3)) + Owed(D(2), D(3)) == Owed(D(3), D(3))
    assert (Owed(D(1), D(3)) + Owed(D(2))).required == Owed(D(7), D(3)).required
    assert (Owed(D(2)) + Owed(D(1), D(3))).met_by(D("2.3333")) is False
    assert (Owed(D(1), D(3)) + Owed(D(1), D(6))).met_by(D("0.5")) is True
    thirds = D("0." + "3" * 28)  # as near to a third as a division comes, and not one
    assert Owed(D(1), D(3)).required == thirds
    assert Owed(D(1), D(3)).met_by(thirds) is False


def test_each_kind_knows_its_word():
    terms = (Ratio(D(1)), Inverse(D(1)), PerUnit(D(1)), COMMITTEE, Share(D(1)))
    assert [one.kind for one in terms] == list(StandardKind)
