"""The chain of a ledger: what was written is found, and nothing else passes for it."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import chain
from talent.rules.chain import BEGINNING, Broken, Link, breaks, digest

FACTS = st.dictionaries(
    st.sampled_from(["minutes", "day", "reason", "at", "person"]),
    st.one_of(
        st.none(),
        st.integers(),
        st.text(max_size=20),
        st.dates(),
        st.datetimes(timezones=st.just(UTC)),
    ),
    min_size=1,
)


def chained(entries):
    links, before = [], BEGINNING
    for place, facts in enumerate(entries, 1):
        before = digest(before, facts)
        links.append(Link(place, facts, before))
    return links, before


def test_the_digest_is_what_it_was_when_the_first_chains_were_written():
    facts = {
        "person": 7, "minutes": -30, "day": date(2026, 6, 1), "reason": "重复", "evidence": None,
        "at": datetime(2026, 6, 1, 4, 0, tzinfo=UTC),
    }  # fmt: skip
    assert digest(BEGINNING, facts) == (
        "bc940dcdf6c09c995b6a72f53aeaf6f137352099258b1219d647288c6358a201"
    )


@given(st.lists(FACTS, max_size=6))
def test_a_chain_that_nobody_touched_is_whole(entries):
    links, end = chained(entries)
    assert breaks(links, length=len(links), end=end) == []


@given(st.lists(FACTS, min_size=1, max_size=6), st.data())
def test_another_fact_anywhere_breaks_it_there(entries, data):
    links, end = chained(entries)
    place = data.draw(st.integers(0, len(links) - 1))
    facts = data.draw(FACTS.filter(lambda one: digest("", one) != digest("", entries[place])))
    links[place] = Link(place + 1, facts, links[place].digest)
    (found,) = breaks(links, length=len(links), end=end)
    assert (found.why, found.facts) == (Broken.CHANGED, {"place": place + 1})


@given(st.lists(FACTS, min_size=2, max_size=6), st.data())
def test_an_entry_that_is_gone_is_missed(entries, data):
    links, end = chained(entries)
    place = data.draw(st.integers(0, len(links) - 2))
    left = links[:place] + links[place + 1 :]
    (found,) = breaks(left, length=len(links), end=end)
    assert (found.why, found.facts) == (Broken.MISSING, {"place": place + 1})


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_tail_that_is_cut_off_is_missed(cut):
    links, end = chained([{"minutes": number} for number in range(3)])
    (found,) = breaks(links[:-cut], length=3, end=end)
    assert (found.why, found.facts) == (Broken.SHORT, {"found": 3 - cut, "written": 3})


def test_a_chain_written_anew_has_another_end():
    _, end = chained([{"minutes": 60}, {"minutes": 30}])
    anew, _ = chained([{"minutes": 600}, {"minutes": 30}])
    assert [one.why for one in breaks(anew, length=2, end=end)] == [Broken.OTHER_END]


def test_two_entries_that_change_places_break_it():
    links, end = chained([{"minutes": 60}, {"minutes": 30}])
    swapped = [
        Link(1, links[1].facts, links[1].digest),
        Link(2, links[0].facts, links[0].digest),
    ]
    assert [one.why for one in breaks(swapped, length=2, end=end)] == [Broken.CHANGED]


def test_a_moment_is_the_same_in_every_zone_and_a_key_in_every_order():
    here = datetime(2026, 6, 1, 12, tzinfo=datetime.strptime("+0800", "%z").tzinfo)
    there = datetime(2026, 6, 1, 4, tzinfo=UTC)
    assert digest("", {"at": here, "a": 1}) == digest("", {"a": 1, "at": there})


@given(st.lists(FACTS, min_size=2, max_size=5))
def test_each_entry_says_what_stood_before_it(entries):
    links, _ = chained(entries)
    for before, after in pairwise(links):
        assert chain.digest(before.digest, after.facts) == after.digest
