from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.guardianship import (
    WEEK,
    Permit,
    Unclear,
    Withheld,
    of_age,
    refusals,
    refusals_to_permit,
)
from talent.rules.signup import Candidate, Place, Refusal, age_refusals
from talent.rules.span import Span

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 6, 10)  # a Wednesday
ALL = Permit(None, DAY)
BORN = date(2012, 3, 4)


def shift(first=(9, 0), last=(12, 0), day=10, until=None):
    start = datetime(2026, 6, day, *first, tzinfo=ZONE)
    return Span(start, datetime(2026, 6, until or day, *last, tzinfo=ZONE))


def asked(*permits, kind="elderly", span=None):
    return refusals(permits, kind=kind, span=span or shift(), zone=ZONE)


def test_before_anything_is_named_the_consent_to_registering_covers_all():
    assert refusals(None, kind="elderly", span=shift(), zone=ZONE) == []


def test_when_all_that_was_named_is_withdrawn_nothing_is_covered():
    assert whys(asked()) == [Withheld.KIND]


@pytest.mark.parametrize(
    ("permit", "why"),
    [
        (ALL, []),
        (Permit("elderly", DAY), []),
        (Permit("traffic", DAY), [Withheld.KIND]),
        (Permit(None, DAY, DAY), []),
        (Permit(None, DAY + timedelta(days=1)), [Withheld.DAYS]),
        (Permit(None, date(2026, 1, 1), DAY - timedelta(days=1)), [Withheld.DAYS]),
        (Permit(None, DAY, weekdays=frozenset({2})), []),
        (Permit(None, DAY, weekdays=WEEK - {2}), [Withheld.DAYS]),
        (Permit(None, DAY, starts=time(9), ends=time(12)), []),
        (Permit(None, DAY, starts=time(9, 1)), [Withheld.HOURS]),
        (Permit(None, DAY, ends=time(11, 59)), [Withheld.HOURS]),
    ],
)
def test_a_consent_reaches_as_far_as_its_words(permit, why):
    assert whys(asked(permit)) == why


def test_one_of_several_is_enough_but_two_halves_are_not_one_whole():
    morning, afternoon = Permit(None, DAY, ends=time(11)), Permit(None, DAY, starts=time(11))
    assert whys(asked(morning, afternoon)) == [Withheld.HOURS]
    assert asked(morning, Permit("elderly", DAY)) == []


def test_the_reason_names_the_widest_time_of_that_day():
    narrow = Permit(None, DAY, starts=time(10), ends=time(11))
    wide = Permit(None, DAY, starts=time(10), ends=time(18, 30))
    (because,) = asked(narrow, wide)
    assert because.facts == {"starts": "10:00", "ends": "18:30"}
    (because,) = asked(Permit(None, DAY, starts=time(10)))
    assert because.facts == {"starts": "10:00", "ends": "24:00"}


def test_a_shift_over_midnight_needs_both_days_and_the_hours_of_each():
    night = shift((22, 0), (2, 0), until=11)
    assert asked(ALL, span=night) == []
    (because,) = asked(Permit(None, DAY, DAY), span=night)
    assert (because.why, because.facts["day"]) == (Withheld.DAYS, date(2026, 6, 11))
    assert whys(asked(Permit(None, DAY, ends=time(23)), span=night)) == [Withheld.HOURS]
    assert whys(asked(Permit(None, DAY, starts=time(8)), span=night)) == [Withheld.HOURS]


def test_a_shift_until_midnight_is_of_one_day_and_lasts_to_its_end():
    evening = shift((20, 0), (0, 0), until=11)
    assert asked(Permit(None, DAY, DAY), span=evening) == []
    assert whys(asked(Permit(None, DAY, ends=time(23, 59)), span=evening)) == [Withheld.HOURS]


def test_hours_are_those_of_the_place():
    span = Span(datetime(2026, 6, 10, 9, tzinfo=ZONE), datetime(2026, 6, 10, 10, tzinfo=ZONE))
    permit = [Permit(None, DAY, starts=time(9), ends=time(10))]
    assert refusals(permit, kind=None, span=span, zone=ZONE) == []
    assert refusals(permit, kind=None, span=span, zone=ZoneInfo("Asia/Tokyo"))


@QUICK
@given(
    starts=st.times(),
    ends=st.times(),
    first=st.integers(0, 23),
    length=st.integers(1, 12 * 60),
)
def test_a_shift_of_one_day_is_covered_if_it_lies_within(starts, ends, first, length):
    start = datetime(2026, 6, 10, first, tzinfo=ZONE)
    end = start + timedelta(minutes=length)
    if end.date() != DAY:
        end = datetime(2026, 6, 10, 23, 59, tzinfo=ZONE)
    within = starts <= start.time() and end.time() <= ends
    found = asked(Permit(None, DAY, starts=starts, ends=ends), span=Span(start, end))
    assert (found == []) is within


@pytest.mark.parametrize(
    ("permit", "why"),
    [
        (ALL, []),
        (Permit(None, DAY, DAY - timedelta(days=1)), [Unclear.BACKWARDS]),
        (Permit(None, date(2026, 1, 1), DAY - timedelta(days=1)), [Unclear.OVER]),
        (Permit(None, date(2026, 1, 1), DAY), []),
        (Permit(None, DAY, weekdays=frozenset()), [Unclear.NO_DAY]),
        (Permit(None, DAY, starts=time(9), ends=time(9)), [Unclear.NO_TIME]),
        (Permit(None, DAY, starts=time(9)), []),
        (Permit(None, date(2030, 3, 3)), []),
        (Permit(None, date(2030, 3, 4)), [Unclear.OF_AGE]),
    ],
)
def test_a_consent_is_clear_before_it_is_given(permit, why):
    assert whys(refusals_to_permit(permit, born=BORN, today=DAY)) == why


def test_of_age_nobody_else_consents():
    assert of_age(BORN) == date(2030, 3, 4)
    assert of_age(date(2008, 2, 29)) == date(2026, 3, 1)
    assert refusals_to_permit(ALL, born=None, today=DAY) == []


@pytest.mark.parametrize(
    ("born", "consents", "why"),
    [
        (date(2008, 6, 10), True, []),  # eighteen on the day of the shift
        (date(2008, 6, 11), True, [Withheld.KIND]),
        (date(2008, 6, 11), False, [Refusal.GUARDIAN_CONSENT]),
    ],
)
def test_what_is_named_counts_until_the_day_of_coming_of_age(born, consents, why):
    place = Place(shift(), ZONE, places=1, taken=0, category="elderly")
    who = Candidate(born=born, guardian_consents=consents, permits=[Permit("traffic", DAY)])
    assert whys(age_refusals(place, who)) == why
