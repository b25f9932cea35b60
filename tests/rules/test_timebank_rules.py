"""The law of the time bank: nothing is spent twice, and a record's credit is always its share."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import timebank as law
from talent.rules.timebank import (
    Credited,
    Donations,
    Holding,
    Terms,
    Ungiven,
    Unmoved,
    Unspent,
)

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
GROWN = date(1960, 1, 1)
FREE = Terms(most_minutes=None)


def why(reasons):
    return [reason.why for reason in reasons]


def spend(minutes, holding, terms=FREE, born=GROWN):
    return why(law.refusals_to_spend(minutes, holding, terms, birth_date=born, day=TODAY))


@pytest.mark.parametrize(
    ("minutes", "percent", "credited"),
    [(0, 100, 0), (61, 100, 61), (61, 50, 30), (1, 50, 0), (-5, 100, 0), (199, 1, 1), (99, 1, 0)],
)
def test_the_share_is_whole_minutes_rounded_down(minutes, percent, credited):
    assert law.share(minutes, percent) == credited


changes = st.lists(st.integers(-600, 600).filter(bool), min_size=1, max_size=12)


@given(changes, st.integers(1, 100), st.integers(0, 2000), st.integers(-500, 2000))
def test_however_a_record_is_corrected_its_credit_is_its_share(moves, percent, most, balance):
    terms = Terms(most_minutes=most, percent=percent)
    so_far, served = Credited(), 0
    for move in moves:
        if served + move < 0:
            continue
        served += move
        changed = law.credit(move, so_far, balance, terms)
        so_far = Credited(
            so_far.served + changed.served,
            so_far.kept + changed.kept,
            so_far.excess + changed.excess,
        )
        balance += changed.kept
        assert so_far.served == served
        assert so_far.kept + so_far.excess == law.share(served, percent)
        assert so_far.excess >= 0
        assert changed.kept <= 0 or balance <= most


@given(st.integers(1, 5000), st.integers(1, 100), st.integers(0, 3000), st.integers(0, 5000))
def test_a_record_that_is_taken_back_leaves_nothing(minutes, percent, most, balance):
    terms = Terms(most_minutes=most, percent=percent)
    first = law.credit(minutes, Credited(), balance, terms)
    back = law.credit(-minutes, first, balance + first.kept, terms)
    assert (first.kept + back.kept, first.excess + back.excess) == (0, 0)


def test_what_exceeds_the_limit_is_not_kept():
    terms = Terms(most_minutes=100)
    assert law.credit(60, Credited(), 70, terms) == Credited(60, 30, 30)
    assert law.credit(60, Credited(), 40, terms) == Credited(60, 60, 0)
    assert law.credit(60, Credited(), 120, terms) == Credited(60, 0, 60)


def test_what_comes_off_is_first_what_exceeded_then_the_account_even_below_zero():
    so_far = Credited(120, 30, 90)
    assert law.credit(-80, so_far, 30, FREE) == Credited(-80, 0, -80)
    assert law.credit(-120, so_far, 5, FREE) == Credited(-120, -30, -90)


@given(
    st.integers(-1000, 1000),
    st.integers(0, 1000),
    st.lists(st.integers(-10, 400), max_size=20),
)
def test_what_is_free_is_never_spent_twice(balance, reserved, asked):
    holding = Holding(balance, reserved)
    room = max(balance - reserved, 0)
    taken = 0
    for minutes in asked:
        if not spend(minutes, holding):
            taken += minutes
            holding = Holding(balance, holding.reserved + minutes)
    assert taken <= room
    assert holding.reserved <= max(balance, reserved)


def test_below_zero_nothing_can_be_spent():
    assert spend(1, Holding(-1, 0)) == [Unspent.BELOW]
    assert spend(1, Holding(0, 0)) == [Unspent.SHORT]
    assert spend(1, Holding(1, 0)) == []
    assert spend(1, Holding(60, 60)) == [Unspent.SHORT]
    assert spend(0, Holding(60, 0)) == [Unspent.NOTHING]


def test_one_service_takes_at_most_twelve_hours():
    assert spend(720, Holding(9000, 0)) == []
    assert spend(721, Holding(9000, 0)) == [Unspent.LONG]


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1966, 6, 1), []),
        (date(1966, 6, 2), [Unspent.AGE]),
        (None, [Unspent.NO_BIRTH_DATE]),
    ],
)
def test_the_least_age_is_reached_on_the_birthday(born, said):
    terms = Terms(least_age=60)
    assert spend(10, Holding(100, 0), terms, born) == said
    assert spend(10, Holding(100, 0), FREE, born) == []


def test_a_service_is_asked_for_ahead():
    assert why(law.refusals_of_time(NOW, NOW)) == [Unspent.PAST]
    assert law.refusals_of_time(NOW + timedelta(minutes=1), NOW) == []
    assert law.refusals_of_time(NOW + law.AHEAD, NOW) == []
    assert why(law.refusals_of_time(NOW + law.AHEAD + timedelta(minutes=1), NOW)) == [Unspent.FAR]


@pytest.mark.parametrize(
    ("minutes", "balance", "start", "said"),
    [
        (60, 60, NOW, []),
        (30, 60, NOW, []),
        (0, 60, NOW, [Unspent.NOTHING]),
        (61, 90, NOW, [Unmoved.MORE]),
        (60, 59, NOW, [Unmoved.SHORT]),
        (60, 60, NOW + timedelta(seconds=1), [Unmoved.NOT_BEGUN]),
    ],
)
def test_a_service_is_booked_after_it_within_what_is_reserved_and_there(
    minutes, balance, start, said
):
    found = law.refusals_to_book(minutes, 60, Holding(balance, 60), start=start, now=NOW)
    assert why(found) == said


@pytest.mark.parametrize(
    ("allowed", "to_pool", "said"),
    [
        (Donations.OFF, True, [Ungiven.OFF]),
        (Donations.OFF, False, [Ungiven.OFF]),
        (Donations.POOL, True, []),
        (Donations.POOL, False, [Ungiven.NOT_TO_PEOPLE]),
        (Donations.PERSON, True, [Ungiven.NOT_TO_POOL]),
        (Donations.PERSON, False, []),
        (Donations.BOTH, True, []),
        (Donations.BOTH, False, []),
    ],
)
def test_the_office_says_to_whom_time_is_donated(allowed, to_pool, said):
    terms = Terms(donations=allowed)
    assert why(law.refusals_to_donate(10, Holding(10, 0), terms, to_pool=to_pool)) == said


def test_nobody_donates_more_than_is_free_or_more_than_fits():
    terms = Terms(most_minutes=100)
    give = law.refusals_to_donate
    assert why(give(11, Holding(20, 10), terms, to_pool=True)) == [Unspent.SHORT]
    assert give(10, Holding(20, 10), terms, to_pool=False, receiver_balance=90) == []
    found = give(10, Holding(20, 10), terms, to_pool=False, receiver_balance=91)
    assert why(found) == [Ungiven.FULL]


def test_the_pool_gives_what_it_has_and_what_fits():
    terms = Terms(most_minutes=100)
    give = law.refusals_to_give
    assert give(10, Holding(10, 0), terms, receiver_balance=90) == []
    assert why(give(11, Holding(10, 0), terms, receiver_balance=0)) == [Ungiven.POOL_SHORT]
    assert why(give(10, Holding(10, 0), terms, receiver_balance=91)) == [Ungiven.FULL]
    assert why(give(0, Holding(10, 0), terms, receiver_balance=0)) == [Unspent.NOTHING]


@pytest.mark.parametrize(
    ("by", "decides", "receiver", "own", "said"),
    [
        (1, 2, 3, 4, []),
        (1, 1, 3, 4, [Ungiven.SAME]),
        (1, 2, 3, 3, [Ungiven.OWN]),
        (1, 2, None, None, []),
        (None, None, 3, 4, []),
    ],
)
def test_a_second_person_decides_who_is_not_the_one_who_gets_it(by, decides, receiver, own, said):
    found = law.refusals_to_decide(proposed_by=by, decides=decides, receiver=receiver, own=own)
    assert why(found) == said
