"""Many days at once find whom one day finds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from said import QUICK

from talent.rules.presence import Stay, common, merged, presence, within
from talent.rules.staffing import CountMode, Post, counted, together

D = Decimal
DAY = date(2025, 6, 30)
DAYS = [DAY - timedelta(days=30), DAY, DAY + timedelta(days=30)]
TREE = {
    "one": ("one", "street", "district"),
    "two": ("two", "street", "district"),
    "far": ("far", "district"),
    "street": ("street", "district"),
}


def found(*stays, marks=None):
    return presence(stays, days=DAYS, above=TREE, marks=marks)


def test_somebody_counts_at_his_place_and_at_each_above_it():
    tallies = found(Stay(1, "one", DAY))
    assert {place: tally.heads for place, tally in tallies.items()} == {
        **{place: [0, 1, 1] for place in ("one", "street", "district")},
        **{place: [0, 0, 0] for place in ("two", "far")},
    }


def test_the_first_day_counts_and_the_day_of_the_end_does_not():
    for start, end, heads in (
        (DAYS[0], DAYS[2], [1, 1, 0]),
        (DAYS[0], DAYS[2] + timedelta(1), [1, 1, 1]),
        (DAYS[1] + timedelta(1), DAYS[2], [0, 0, 0]),
        (DAY, DAY, [0, 0, 0]),
    ):
        assert found(Stay(1, "one", start, end))["one"].heads == heads


def test_somebody_in_two_communities_counts_once_above_them():
    tallies = found(Stay(1, "one", DAY), Stay(1, "two", DAYS[0]), Stay(1, "street", DAYS[2]))
    assert tallies["street"].heads == tallies["district"].heads == [1, 1, 1]
    assert tallies["one"].heads == [0, 1, 1]


def test_shares_add_up_to_one_full_time_at_most():
    tallies = found(Stay(1, "one", DAY, None, 600), Stay(1, "two", DAYS[0], None, 600))
    assert tallies["one"].shares == [0, 600, 600]
    assert tallies["street"].shares == [600, 1_000, 1_000]
    assert tallies["street"].number(0, CountMode.FTE) == D("0.6")
    assert tallies["street"].number(1, CountMode.HEADCOUNT) == 1


def test_who_is_marked_counts_while_he_is_there_and_marked():
    marks = {
        1: [(DAY, DAYS[2]), (DAY, None)],
        2: [(DAYS[2] + timedelta(1), None)],
        9: [(DAY, None)],
    }
    tallies = found(Stay(1, "one", DAYS[0]), Stay(2, "one", DAYS[0]), marks=marks)
    assert tallies["one"].marked == tallies["district"].marked == [0, 1, 1]


def test_a_place_that_is_not_in_the_tree_counts_nowhere():
    assert found(Stay(1, "partner", DAY))["district"].heads == [0, 0, 0]


def test_times_that_overlap_or_touch_are_one():
    first, second, third = DAYS
    assert merged([(second, third), (first, second)]) == [(first, third)]
    assert merged([(first, None), (second, third)]) == [(first, None)]
    assert merged([(first, third), (second, None)]) == [(first, None)]
    assert merged([(second, second), (third, None)]) == [(third, None)]
    assert merged([(first, second), (third, None)]) == [(first, second), (third, None)]


def test_what_two_times_share():
    first, second, third = DAYS
    assert common((first, third), [(second, None)]) == [(second, third)]
    assert common((second, None), [(first, third), (third, None)]) == [
        (second, third),
        (third, None),
    ]
    assert common((first, second), [(second, third)]) == []
    assert common((first, None), [(first, None)]) == [(first, None)]


def test_a_day_lies_within_a_time_from_its_first_day_until_the_day_before_its_end():
    first, second, third = DAYS
    assert [within(day, [(first, third)]) for day in DAYS] == [True, True, False]
    assert within(third, [(second, None)])
    assert not within(first, [(second, None)])


posts = st.builds(
    Post,
    person=st.integers(0, 6),
    kind=st.sampled_from(["party", "grid"]),
    start=st.dates(date(2025, 5, 20), date(2025, 8, 5)),
    end=st.none() | st.dates(date(2025, 5, 25), date(2025, 8, 10)),
    share=st.decimals("0.001", 1, places=3),
)
spans = st.tuples(st.dates(DAYS[0], DAYS[2]), st.none() | st.dates(DAYS[0], DAYS[2]))


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from(sorted(TREE)), posts), max_size=25),
    st.dictionaries(st.integers(0, 6), st.lists(spans, max_size=3)),
)
def test_each_day_is_what_a_count_of_that_day_alone_finds(rows, marks):
    kinds = {"party"}
    stays = [
        Stay(one.person, place, one.start, one.end, int(one.share * 1_000))
        for place, one in rows
        if one.kind in kinds
    ]
    tallies = presence(stays, days=DAYS, above=TREE, marks=marks)
    for at, day in enumerate(DAYS):
        own = {
            place: counted([o for where, o in rows if where == place], day=day, kinds=kinds)
            for place in TREE
        }
        for upper, tally in tallies.items():
            people = together(own[place] for place, chain in TREE.items() if upper in chain)
            assert tally.number(at, CountMode.HEADCOUNT) == len(people)
            assert tally.number(at, CountMode.FTE) == sum(people.values())
            marked = [
                person
                for person in people
                if any(a <= day and (b is None or day < b) for a, b in marks.get(person, ()))
            ]
            assert tally.marked[at] == len(marked)
