"""A proposed roster keeps every rule, fills what is needed first, and says what it cannot fill."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent.rosters import solver
from talent.rules import rosters, signup
from talent.rules.rosters import Proposed, Seat, Unproposable, Volunteer
from talent.rules.signup import Candidate, Gate, GateKind, Held, Place, Refusal
from talent.rules.span import Span
from talent.rules.workload import Engagement, Limits

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
STRICT = Limits(rest=11 * 60, day=8 * 60, week=20 * 60, days_in_row=3, travel=30, ahead=6)


def seat(key, *, shift=None, starts=24, hours=3, free=1, missing=1, **more):
    span = Span(NOW + timedelta(hours=starts), NOW + timedelta(hours=starts + hours))
    shift = key if shift is None else shift
    where = more.pop("where", "食堂")
    place = Place(span=span, zone=ZONE, places=free, taken=0, least_years=0, where=where, **more)
    return Seat(key, shift, place, Engagement(span, f"{shift}", shift, where), free, missing)


def volunteer(key, seats, **more):
    held = tuple(Held(GateKind.SKILL, skill) for skill in more.pop("skills", ()))
    candidate = Candidate(born=date(1980, 1, 1), held=held)
    return Volunteer(key, candidate, frozenset(s.shift for s in seats), **more)


def scene(seed, people=12, shifts=14, limits=STRICT):
    """Shifts of two positions over some days, and people with some skills and some wishes."""
    chance = random.Random(seed)
    seats = [
        seat(
            shift * 10 + position, shift=shift,
            starts=24 + 24 * (shift % 5) + chance.choice([0, 3, 8]), hours=chance.choice([2, 3, 5]),
            free=chance.choice([1, 2]), missing=chance.choice([0, 1]),
            where=chance.choice(["东", "西"]), limits=limits,
            gates=(Gate(GateKind.SKILL, position, "技能"),) if chance.random() < 0.4 else (),
        )
        for shift in range(shifts)
        for position in range(2)
    ]  # fmt: skip
    volunteers = [
        replace(
            volunteer(
                key, seats, skills=[s for s in range(2) if chance.random() < 0.6],
                likes={s.key: chance.randrange(100) for s in seats if chance.random() < 0.5},
                load=chance.randrange(3),
            ),
            open_to=frozenset(s.shift for s in seats if chance.random() < 0.8),
        )
        for key in range(people)
    ]  # fmt: skip
    return seats, volunteers


def assert_lawful(proposal, seats, volunteers):
    """Asked of the law one by one, in any order of time, as a place would be taken."""
    by_key = {s.key: s for s in seats}
    assert len(set(proposal)) == len(proposal)
    taken = Counter(one.seat for one in proposal)
    assert all(taken[s.key] <= s.free for s in seats)
    for person in volunteers:
        own = [by_key[one.seat] for one in proposal if one.volunteer == person.key]
        assert len({s.shift for s in own}) == len(own), "two positions of one shift"
        for one in own:
            others = tuple(s.engagement for s in own if s is not one)
            candidate = replace(
                person.candidate, active=one.shift in person.open_to, engagements=others
            )
            found = signup.person_refusals(one.place, candidate, NOW)
            found = [b for b in found if "coming shifts" not in str(b.why)]
            assert not found, found
        assert len(own) <= STRICT.ahead


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_every_proposal_of_one_pass_keeps_every_rule(seed):
    seats, volunteers = scene(seed)
    assert_lawful(rosters.greedy(seats, volunteers, NOW), seats, volunteers)


@pytest.mark.parametrize("seed", range(4))
def test_the_optimiser_keeps_every_rule_and_is_never_worse(seed):
    seats, volunteers = scene(seed)
    one_pass = rosters.greedy(seats, volunteers, NOW)
    found, better = solver.propose(
        seats, volunteers, now=NOW, seconds=3, told=lambda _progress: True
    )
    assert_lawful(found, seats, volunteers)
    gained = rosters.worth(found, seats, volunteers) - rosters.worth(one_pass, seats, volunteers)
    assert gained > 0 if better else gained == 0


def test_the_optimiser_finds_what_one_pass_misses():
    """All three places of one morning can be filled, but only by whom each suits less."""
    seats = [seat(1), seat(2, starts=25), seat(3, starts=26)]
    people = [
        volunteer(1, seats[:1]),
        volunteer(2, seats, likes={1: 100}),
        volunteer(3, seats[1:], likes={2: 100}),
    ]
    assert len(rosters.greedy(seats, people, NOW)) == 2
    found, better = solver.propose(seats, people, now=NOW, seconds=5, told=lambda _progress: True)
    assert better
    assert found == [Proposed(1, 1), Proposed(2, 3), Proposed(3, 2)]


def test_without_the_optimiser_there_is_the_roster_of_one_pass(monkeypatch):
    seats, volunteers = scene(1)
    monkeypatch.setattr(solver, "available", lambda: False)
    found, better = solver.propose(seats, volunteers, now=NOW, seconds=3, told=lambda _p: True)
    assert (found, better) == (rosters.greedy(seats, volunteers, NOW), False)


def test_who_stops_at_once_has_the_roster_of_one_pass():
    seats, volunteers = scene(2)
    found, better = solver.propose(seats, volunteers, now=NOW, seconds=60, told=lambda _p: False)
    assert (found, better) == (rosters.greedy(seats, volunteers, NOW), False)


def test_what_a_shift_needs_comes_before_what_it_could_use():
    roomy, needy = seat(1, free=3, missing=0), seat(2, free=1, missing=1, starts=24)
    people = [volunteer(1, [roomy, needy], likes={1: 100})]
    assert rosters.greedy([roomy, needy], people, NOW) == [Proposed(2, 1)]


def test_the_load_is_spread():
    seats = [seat(key, starts=24 * key) for key in range(1, 7)]
    people = [volunteer(1, seats, likes={s.key: 10 for s in seats}), volunteer(2, seats)]
    shares = Counter(one.volunteer for one in rosters.greedy(seats, people, NOW))
    assert max(shares.values()) - min(shares.values()) <= 1


def test_somebody_with_shifts_already_comes_after_others():
    only = seat(1)
    people = [volunteer(1, [only], load=5), volunteer(2, [only])]
    assert rosters.greedy([only], people, NOW) == [Proposed(1, 2)]


def test_an_empty_place_is_never_better_than_a_busy_person():
    assert rosters.seat_cost(10_000) < rosters.WELCOME
    assert rosters.NEEDED > 100 * rosters.WELCOME // 2


def test_each_open_place_says_why_nobody_has_it():
    needs_skill = seat(1, gates=(Gate(GateKind.SKILL, 7, "手语"),), free=2, missing=1)
    people = [volunteer(1, [needs_skill]), volunteer(2, [needs_skill]), volunteer(3, [])]
    [left] = rosters.unfilled([], [needs_skill], people, NOW)
    assert (left.open, left.missing) == (2, 1)
    assert [(b.why, n) for b, n in left.why] == [
        (Refusal.SKILL_MISSING, 2),
        (Refusal.NOT_ACTIVE, 1),
    ]


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), None),
        (date(2026, 6, 2), date(2026, 6, 1), Unproposable.TURNED),
        (date(2026, 5, 30), date(2026, 5, 31), Unproposable.PAST),
        (date(2026, 6, 1), date(2026, 8, 1), None),
        (date(2026, 6, 1), date(2026, 8, 2), Unproposable.TOO_LONG),
    ],
)
def test_a_range_of_days_that_can_be_asked_for(first, last, why):
    found = rosters.refusals_to_ask(first, last, date(2026, 6, 1))
    assert [because.why for because in found] == ([why] if why else [])
