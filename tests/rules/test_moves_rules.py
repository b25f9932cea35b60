"""The fewest moves from surplus to shortfall: the answer is the one that trying all finds."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import QUICK

from talent.rules import moves as law
from talent.rules.moves import Mover, Place, proposal

HEAD = 1_000


def tried(places, movers):
    """The best score over all ways to send each mover somewhere, or nowhere."""
    known = {place.place: place for place in places}
    takers = [place.place for place in places if place.lacks]
    best = None
    for ways in product([None, *takers], repeat=len(movers)):
        given_, lacks = {}, {key: known[key].lacks for key in takers}
        number = far = 0
        for mover, target in zip(movers, ways, strict=True):
            if target is not None:
                given_[mover.place] = given_.get(mover.place, 0) + mover.weight
                lacks[target] -= mover.weight
                number += 1
                far += known[mover.place].near != known[target].near
        if any(amount > known[key].spare for key, amount in given_.items()):
            continue
        score = (sum(max(0, each) for each in lacks.values()), number, far)
        best = score if best is None or score < best else best
    return best


def places_of(sizes):
    return [
        Place(f"office {at}", f"street {street}", max(0, size), max(0, -size))
        for at, (street, size) in enumerate(sizes)
    ]


WEIGHTS = st.sampled_from([250, 500, 750, 1_000])
SIZES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-9, 9).map(lambda n: n * 250)), min_size=2, max_size=4
)


@given(SIZES, st.lists(st.tuples(st.integers(0, 3), WEIGHTS), max_size=6))
@settings(QUICK, max_examples=150)
def test_people_of_any_share_move_as_trying_all_ways_would_have_them(sizes, who):
    places = places_of(sizes)
    movers = [Mover(at, f"office {place % len(sizes)}", w) for at, (place, w) in enumerate(who)]
    found = proposal(places, movers)
    assert found.proved
    assert found.score == tried(places, movers)


@given(SIZES, st.lists(st.integers(0, 3), max_size=6), WEIGHTS)
@settings(QUICK, max_examples=150)
def test_people_of_one_share_move_as_trying_all_ways_would_have_them(sizes, who, weight):
    places = places_of(sizes)
    movers = [Mover(at, f"office {place % len(sizes)}", weight) for at, place in enumerate(who)]
    assert proposal(places, movers).score == tried(places, movers)


@given(SIZES, st.lists(st.tuples(st.integers(0, 3), WEIGHTS), max_size=6))
@settings(QUICK)
def test_nobody_falls_short_by_giving_and_nobody_moves_twice(sizes, who):
    places = places_of(sizes)
    movers = [Mover(at, f"office {place % len(sizes)}", w) for at, (place, w) in enumerate(who)]
    found = proposal(places, movers).moves
    weights = {mover.person: mover for mover in movers}
    assert len({move.person for move in found}) == len(found)
    for place in places:
        gives = sum(weights[move.person].weight for move in found if move.source == place.place)
        assert gives <= place.spare


@pytest.mark.parametrize(
    ("places", "movers", "score", "proved"),
    [
        ([], [], (0, 0, 0), True),
        ([Place("a", 1, 2 * HEAD)], [Mover(1, "a", HEAD)], (0, 0, 0), True),
        ([Place("a", 1, 0, HEAD)], [], (HEAD, 0, 0), True),
        ([Place("a", 1, HEAD), Place("b", 1, 0, HEAD)], [], (HEAD, 0, 0), True),
        ([Place("a", 1, HEAD), Place("b", 1, 0, HEAD)], [Mover(1, "a", HEAD)], (0, 1, 0), True),
        ([Place("a", 1, HEAD), Place("b", 2, 0, HEAD)], [Mover(1, "a", HEAD)], (0, 1, 1), True),
        # A half is spared, a whole person is not.
        ([Place("a", 1, 500), Place("b", 1, 0, HEAD)], [Mover(1, "a", HEAD)], (HEAD, 0, 0), True),
        # One whole person fills what two halves would.
        (
            [Place("a", 1, HEAD), Place("b", 1, 0, HEAD)],
            [Mover(1, "a", 500), Mover(2, "a", 500), Mover(3, "a", HEAD)],
            (0, 1, 0),
            True,
        ),
        # Near is chosen only among proposals that are as short.
        (
            [Place("a", 1, HEAD), Place("b", 2, HEAD), Place("c", 1, 0, HEAD)],
            [Mover(1, "b", HEAD), Mover(2, "a", 500), Mover(3, "a", 500)],
            (0, 1, 1),
            True,
        ),
    ],
)
def test_a_proposal_by_hand(places, movers, score, proved):
    found = proposal(places, movers)
    assert (found.score, found.proved) == (score, proved)


def test_near_offices_come_first_among_equal_proposals():
    places = [
        Place("a", "north", 2 * HEAD),
        Place("b", "south", 0, HEAD),
        Place("c", "north", 0, HEAD),
        Place("d", "north", 0, HEAD),
    ]
    movers = [Mover(1, "a", HEAD), Mover(2, "a", HEAD), Mover(3, "a", HEAD)]
    found = proposal(places, movers)
    assert [(move.target, move.near) for move in found.moves] == [("c", True), ("d", True)]
    assert found.missing == {"b": HEAD, "c": 0, "d": 0}


def test_a_large_district_of_one_share_is_still_exact():
    places = [Place(at, at % 20, 3 * HEAD) for at in range(150)]
    places += [Place(at, at % 20, 0, 4 * HEAD) for at in range(150, 300)]
    movers = [Mover((at, each), at, HEAD) for at in range(150) for each in range(6)]
    found = proposal(places, movers)
    assert found.proved
    assert found.score[:2] == (150 * HEAD, 450)


@pytest.mark.parametrize("limit", ["STATES", "DEEPEST"])
def test_what_is_too_much_to_look_at_is_not_said_to_be_the_shortest(monkeypatch, limit):
    monkeypatch.setattr(law, limit, 3)
    places = places_of([(0, 2_000), (1, 1_500), (0, -1_250), (1, -1_750)])
    movers = [Mover(at, f"office {at % 2}", weight) for at, weight in enumerate([1_000, 500] * 3)]
    found = proposal(places, movers)
    assert not found.proved
    assert sum(found.missing.values()) < 3_000
