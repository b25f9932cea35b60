from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.trees import (
    SKILL_LEVELS,
    Unplaced,
    below,
    covered,
    height,
    line,
    refusals_to_place,
)

# 1 > 2 > 3, 1 > 4, and 5 alone
ABOVE = {1: None, 2: 1, 3: 2, 4: 1, 5: None}


@pytest.mark.parametrize(
    ("key", "way"), [(1, [1]), (2, [2, 1]), (3, [3, 2, 1]), (5, [5]), (9, [9])]
)
def test_the_line_goes_from_a_key_to_its_root(key, way):
    assert line(key, ABOVE) == way


def test_a_circle_in_the_facts_ends_where_it_began():
    assert line(1, {1: 2, 2: 1}) == [1, 2]


@pytest.mark.parametrize(
    ("held", "meets"),
    [([], set()), ([3], {1, 2, 3}), ([4], {1, 4}), ([3, 5], {1, 2, 3, 5}), ([1], {1})],
)
def test_who_has_a_skill_meets_those_above_it_and_not_those_below(held, meets):
    assert covered(held, ABOVE) == meets


@pytest.mark.parametrize(
    ("asked", "found"),
    [([], set()), ([1], {1, 2, 3, 4}), ([2], {2, 3}), ([5], {5}), ([2, 5], {2, 3, 5})],
)
def test_below_is_the_other_way_round(asked, found):
    assert below(asked, ABOVE) == found


@pytest.mark.parametrize(("key", "levels"), [(1, 3), (2, 2), (3, 1), (5, 1), (9, 1)])
def test_the_height_of_a_branch(key, levels):
    assert height(key, ABOVE) == levels


@pytest.mark.parametrize(
    ("key", "under", "refused"),
    [
        (None, None, []),
        (None, 2, []),
        (None, 3, [Unplaced.TOO_DEEP]),  # a fourth level
        (5, 2, []),
        (5, 3, [Unplaced.TOO_DEEP]),
        (1, 5, [Unplaced.TOO_DEEP]),  # three levels below another one
        (2, 5, []),
        (2, 4, [Unplaced.TOO_DEEP]),
        (1, 1, [Unplaced.ITSELF]),
        (1, 3, [Unplaced.ITSELF]),
        (2, None, []),
    ],
)
def test_nothing_goes_below_itself_or_too_deep(key, under, refused):
    found = refusals_to_place(key, under, ABOVE, most=SKILL_LEVELS)
    assert [b.why for b in found] == refused


@given(st.lists(st.integers(0, 30), max_size=30), st.data())
def test_moves_that_are_not_refused_never_make_a_circle_or_a_deep_branch(sources, data):
    above = {}
    for key, source in enumerate(sources):
        under = source if source in above else None
        if not refusals_to_place(None, under, above, most=3):
            above[key] = under
    for _ in range(10):
        if not above:
            return
        key = data.draw(st.sampled_from(sorted(above)))
        under = data.draw(st.sampled_from([None, *sorted(above)]))
        if not refusals_to_place(key, under, above, most=3):
            above[key] = under
    for key in above:
        way = line(key, above)
        assert above[way[-1]] is None
        assert len(way) <= 3
        assert covered([key], above) == set(way)
        assert key in below([way[-1]], above)
