from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.attendance import (
    Counted,
    Outcome,
    Terms,
    Unattendable,
    Visit,
    credited,
    outcome,
    refusals_to_enter,
    refusals_to_miss,
    refusals_to_sign_in,
    refusals_to_sign_out,
    sign_in_window,
)
from talent.rules.span import Span

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
DAY = date(2026, 6, 10)


def at(hour, minute=0, day=10):
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


SHIFT = Span(at(9), at(12))
LATER = at(20)
SIXTY = Terms(least_share=Decimal("0.6"))


def credit(signed_in, signed_out, *breaks, terms=None, now=LATER, shift=SHIFT):
    visit = Visit(signed_in, signed_out, breaks)
    return credited(shift, visit, now, ZONE, terms or Terms())


def test_the_window_for_signing_in_opens_before_the_start_and_ends_with_the_shift():
    assert sign_in_window(SHIFT) == Span(at(8, 30), at(12))
    assert sign_in_window(SHIFT, timedelta(0)) == SHIFT


@pytest.mark.parametrize(
    ("now", "visit", "reasons"),
    [
        (at(8, 30) - SECOND, Visit(), [Unattendable.TOO_EARLY]),
        (at(8, 30), Visit(), []),
        (at(12) - SECOND, Visit(), []),
        (at(12), Visit(), [Unattendable.OVER]),
        (at(9), Visit(at(9)), [Unattendable.ALREADY_IN]),
        (at(9), Visit(at(8, 40), at(8, 50)), [Unattendable.ALREADY_IN]),
    ],
)
def test_signing_in_is_possible_once_and_inside_the_window(now, visit, reasons):
    assert whys(refusals_to_sign_in(SHIFT, visit, now)) == reasons


@pytest.mark.parametrize(
    ("now", "visit", "reasons"),
    [
        (at(12), Visit(at(9)), []),
        (at(9) + SECOND, Visit(at(9)), []),
        (at(9), Visit(at(9)), [Unattendable.OUT_NOT_AFTER_IN]),
        (at(8, 59), Visit(at(9)), [Unattendable.OUT_NOT_AFTER_IN]),
        (at(12), Visit(), [Unattendable.NOT_IN]),
        (at(12), Visit(at(9), at(11)), [Unattendable.ALREADY_OUT]),
        (at(18) - SECOND, Visit(at(9)), []),
        (at(18), Visit(at(9)), [Unattendable.OVER]),
    ],
)
def test_signing_out_is_possible_once_after_signing_in_until_it_counts_as_forgotten(
    now, visit, reasons
):
    assert whys(refusals_to_sign_out(SHIFT, visit, now)) == reasons


@pytest.mark.parametrize(
    ("signed_in", "signed_out", "reasons"),
    [
        (at(9), at(12), []),
        (at(9), None, []),
        (at(8), at(13), []),
        (at(11), at(11), [Unattendable.OUT_NOT_AFTER_IN]),
        (at(11), at(10), [Unattendable.OUT_NOT_AFTER_IN]),
        (at(12), at(13), [Unattendable.OUTSIDE]),
        (at(7), at(9), [Unattendable.OUTSIDE]),
        (at(12), None, [Unattendable.OUTSIDE]),
        (at(11), LATER, []),
        (at(11), LATER + SECOND, [Unattendable.FUTURE]),
        (at(9, day=11), at(12, day=11), [Unattendable.FUTURE] * 2 + [Unattendable.OUTSIDE]),
    ],
)
def test_times_from_paper_are_past_in_order_and_in_the_shift(signed_in, signed_out, reasons):
    assert whys(refusals_to_enter(SHIFT, signed_in, signed_out, LATER)) == reasons


@pytest.mark.parametrize(
    ("now", "visit", "reasons"),
    [
        (at(9) - SECOND, Visit(), [Unattendable.NOT_BEGUN]),
        (at(9), Visit(), []),
        (at(20), Visit(), []),
        (at(9), Visit(at(9)), [Unattendable.ALREADY_IN]),
    ],
)
def test_who_has_not_signed_in_is_missing_from_the_start_on(now, visit, reasons):
    assert whys(refusals_to_miss(SHIFT, visit, now)) == reasons


@pytest.mark.parametrize(
    ("visit", "now", "state"),
    [
        (Visit(), at(8), Outcome.EXPECTED),
        (Visit(), at(12), Outcome.EXPECTED),
        (Visit(), at(18) - SECOND, Outcome.EXPECTED),
        (Visit(), at(18), Outcome.ABSENT),
        (Visit(at(9)), at(18) - SECOND, Outcome.PRESENT),
        (Visit(at(9)), at(18), Outcome.REVIEW),
        (Visit(at(9), at(12)), at(12), Outcome.LEFT),
        (Visit(at(9), at(12)), at(20), Outcome.LEFT),
    ],
)
def test_how_attendance_stands_depends_on_what_was_written_down_and_on_the_time(visit, now, state):
    assert outcome(SHIFT, visit, now) is state


def test_an_office_may_wait_shorter_for_a_sign_out():
    terms = Terms(forgotten_after=timedelta(hours=1))
    assert outcome(SHIFT, Visit(at(9)), at(13), terms) is Outcome.REVIEW
    assert outcome(SHIFT, Visit(at(9)), at(13) - SECOND, terms) is Outcome.PRESENT


@pytest.mark.parametrize(
    ("signed_in", "signed_out", "minutes", "reasons"),
    [
        (at(9), at(12), 180, []),
        (at(8, 50), at(12, 20), 180, [Counted.FROM, Counted.UNTIL]),
        (at(8, 50), at(12), 180, [Counted.FROM]),
        (at(9), at(12, 20), 180, [Counted.UNTIL]),
        (at(9, 10), at(11, 50), 160, []),
        (at(9), at(9, 0) + 59 * SECOND, 0, []),
        (at(9), at(9, 1), 1, []),
        (at(8, 30), at(8, 50), 0, [Counted.OUTSIDE]),
        (at(8, 30), at(9), 0, [Counted.OUTSIDE]),
        (at(12), at(12, 30), 0, [Counted.OUTSIDE]),
    ],
)
def test_time_is_counted_inside_the_shift(signed_in, signed_out, minutes, reasons):
    given_ = credit(signed_in, signed_out)
    assert given_.minutes == minutes
    assert given_.by_day == (((DAY, minutes),) if minutes else ())
    assert whys(given_.reasons) == reasons
    assert given_.outcome is Outcome.LEFT
    assert not given_.needs_review


def test_the_reader_learns_from_when_and_until_when_time_counts():
    early, late = credit(at(8, 50), at(12, 20)).reasons
    assert early.facts == {"since": at(9)}
    assert late.facts == {"until": at(12)}


@pytest.mark.parametrize(
    ("terms", "minutes"),
    [
        (Terms(), 180),
        (Terms(early_grace=timedelta(minutes=5)), 185),
        (Terms(early_grace=timedelta(minutes=10), late_grace=timedelta(minutes=15)), 205),
        (Terms(early_grace=timedelta(minutes=30), late_grace=timedelta(minutes=30)), 210),
    ],
)
def test_graces_widen_what_counts(terms, minutes):
    assert credit(at(8, 50), at(12, 20), terms=terms).minutes == minutes


@pytest.mark.parametrize(
    ("breaks", "minutes", "facts"),
    [
        ([Span(at(10), at(10, 30))], 150, 30),
        ([Span(at(10), at(10, 30)), Span(at(11), at(11, 15))], 135, 45),
        ([Span(at(10), at(11)), Span(at(10, 30), at(11, 30))], 90, 90),  # overlapping breaks
        ([Span(at(8), at(9, 30))], 150, 30),  # begins before the shift
        ([Span(at(11, 30), at(13))], 150, 30),
        ([Span(at(8), at(13))], 0, 180),
        ([Span(at(7), at(8))], 180, None),
        ([Span(at(12), at(13))], 180, None),
    ],
)
def test_breaks_are_taken_out_once_and_only_where_time_counts(breaks, minutes, facts):
    given_ = credit(at(9), at(12), *breaks)
    assert given_.minutes == minutes
    told = [because.facts["minutes"] for because in given_.reasons]
    assert told == ([] if facts is None else [facts])
    whys(given_.reasons)


def test_a_night_shift_gives_each_day_its_own_minutes():
    night = Span(at(18), at(2, day=11))
    given_ = credit(at(18), at(2, day=11), shift=night, now=at(9, day=11))
    assert given_.by_day == ((DAY, 360), (date(2026, 6, 11), 120))
    assert given_.minutes == 480


def test_a_break_over_midnight_is_taken_from_both_days():
    night = Span(at(18), at(2, day=11))
    pause = Span(at(23, 30), at(0, 15, day=11))
    given_ = credit(at(18), at(2, day=11), pause, shift=night, now=at(9, day=11))
    assert given_.by_day == ((DAY, 330), (date(2026, 6, 11), 105))


def test_a_shift_that_ends_at_midnight_gives_its_hours_to_one_day():
    evening = Span(at(20), at(0, day=11))
    given_ = credit(at(20), at(0, day=11), shift=evening, now=at(9, day=11))
    assert given_.by_day == ((DAY, 240),)


def test_an_hour_that_the_clock_repeats_is_given_and_counted():
    shift = Span(datetime(2026, 10, 25, 1, tzinfo=BERLIN), datetime(2026, 10, 25, 4, tzinfo=BERLIN))
    visit = Visit(shift.start, shift.end)
    given_ = credited(shift, visit, shift.end, BERLIN)
    assert given_.by_day == ((date(2026, 10, 25), 240),)


@pytest.mark.parametrize(
    ("signed_in", "minutes", "reasons"),
    [
        (at(9), 180, [Counted.MISSING_SIGN_OUT]),
        (at(8, 40), 180, [Counted.MISSING_SIGN_OUT, Counted.FROM]),
        (at(10), 120, [Counted.MISSING_SIGN_OUT]),
        (at(12), 0, [Counted.MISSING_SIGN_OUT]),
        (at(13), 0, [Counted.MISSING_SIGN_OUT]),
    ],
)
def test_a_forgotten_sign_out_goes_to_review_with_the_planned_time_at_most(
    signed_in, minutes, reasons
):
    generous = Terms(early_grace=timedelta(hours=1), late_grace=timedelta(hours=1))
    for terms in (Terms(), generous):
        given_ = credit(signed_in, None, terms=terms)
        assert given_.outcome is Outcome.REVIEW
        assert given_.needs_review
        assert given_.minutes == minutes
        assert whys(given_.reasons) == reasons


def test_breaks_are_taken_out_of_what_is_proposed_as_well():
    given_ = credit(at(9), None, Span(at(10), at(11)))
    assert given_.minutes == 120


def test_who_is_still_there_has_no_hours_yet():
    given_ = credit(at(9), None, now=at(12))
    assert given_.outcome is Outcome.PRESENT
    assert given_.minutes == 0
    assert whys(given_.reasons) == [Counted.STILL_IN]
    assert not given_.needs_review


def test_who_did_not_come_has_none():
    given_ = credit(None, None)
    assert given_.outcome is Outcome.ABSENT
    assert given_.minutes == 0
    assert whys(given_.reasons) == [Counted.NO_SHOW]
    assert credit(None, None, now=at(12)).reasons == ()


@pytest.mark.parametrize("signed_out", [at(9), at(8, 59), at(9, day=9)])
def test_a_sign_out_that_is_not_later_gives_nothing_and_goes_to_review(signed_out):
    given_ = credit(at(9), signed_out)
    assert given_.minutes == 0
    assert given_.needs_review
    assert whys(given_.reasons) == [Counted.OUT_NOT_AFTER_IN]


@pytest.mark.parametrize(
    ("signed_out", "minutes", "reasons"),
    [
        (at(10, 48), 108, []),  # exactly 60 % of 180 minutes
        (at(10, 48) - SECOND, 0, [Counted.TOO_SHORT]),
        (at(10, 47), 0, [Counted.TOO_SHORT]),
        (at(12), 180, []),
    ],
)
def test_below_the_least_share_nothing_counts_and_exactly_that_share_counts(
    signed_out, minutes, reasons
):
    given_ = credit(at(9), signed_out, terms=SIXTY)
    assert given_.minutes == minutes
    assert whys(given_.reasons) == reasons


def test_who_was_there_too_short_learns_how_long_was_needed():
    (because,) = credit(at(9), at(10), terms=SIXTY).reasons
    assert because.facts == {"minutes": 60, "needed": 108}


def test_without_a_least_share_every_minute_counts():
    assert credit(at(9), at(9, 1)).minutes == 1


def test_breaks_count_towards_the_least_share_as_absence():
    given_ = credit(at(9), at(11), Span(at(9), at(10)), terms=SIXTY)
    assert given_.minutes == 0
    assert whys(given_.reasons) == [Counted.BREAKS, Counted.TOO_SHORT]


minutes_of_day = st.integers(0, 1439)
visits = st.builds(
    lambda a, b: (at(0) + timedelta(minutes=a), at(0) + timedelta(minutes=b)),
    minutes_of_day,
    minutes_of_day,
)


@QUICK
@given(visits, st.lists(visits, max_size=3), st.sampled_from([None, Decimal("0.6"), Decimal(1)]))
def test_nobody_is_ever_credited_less_than_nothing_or_more_than_was_planned_or_given(
    visit, pauses, share
):
    breaks = [Span(*sorted(pause)) for pause in pauses if pause[0] != pause[1]]
    given_ = credit(*visit, *breaks, terms=Terms(least_share=share), now=at(23, day=12))
    present = (visit[1] - visit[0]) // timedelta(minutes=1)
    assert 0 <= given_.minutes <= min(SHIFT.minutes, max(present, 0))
    assert given_.minutes == sum(minutes for _, minutes in given_.by_day)
    whys(given_.reasons)


@QUICK
@given(visits)
def test_who_gets_less_than_he_was_there_is_told_why(visit):
    given_ = credit(*visit, now=at(23, day=12))
    if given_.minutes != (visit[1] - visit[0]) // timedelta(minutes=1):
        assert given_.reasons


def test_moments_in_different_zones_are_the_same_moments():
    assert credit(at(9).astimezone(UTC), at(12).astimezone(BERLIN)) == credit(at(9), at(12))
