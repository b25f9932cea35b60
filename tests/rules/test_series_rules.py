from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import series
from talent.rules.series import (
    LeftOut,
    Pattern,
    Rhythm,
    Scope,
    Stays,
    Unseried,
    Wall,
    carried,
    is_meant,
    months_without,
    occurrences,
    refusals,
    refusals_of_days,
    refusals_of_wall,
    rule,
    settled,
    stays,
)

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
MONDAY = date(2026, 6, 1)
NIGHT = Wall(time(1, 30), time(4), 0)


def pattern(rhythm=Rhythm.WEEKLY, first=MONDAY, **more):
    given_ = {"weekdays": frozenset({first.weekday()}), "count": 3} | more
    return Pattern(first, rhythm, **given_)


def days_of(one):
    found = rrulestr(rule(one), dtstart=datetime.combine(one.first_day, time(9)))
    return [moment.date() for moment in found]


@pytest.mark.parametrize(
    ("rhythm", "first", "more", "days"),
    [
        (Rhythm.WEEKLY, MONDAY, {}, ["2026-06-01", "2026-06-08", "2026-06-15"]),
        (
            Rhythm.WEEKLY, MONDAY, {"every": 2, "weekdays": frozenset({0, 2})},
            ["2026-06-01", "2026-06-03", "2026-06-15"],
        ),
        (
            Rhythm.WEEKLY, date(2026, 6, 2), {"weekdays": frozenset({0})},
            ["2026-06-08", "2026-06-15", "2026-06-22"],
        ),
        (Rhythm.DATE, date(2026, 1, 31), {}, ["2026-01-31", "2026-03-31", "2026-05-31"]),
        (Rhythm.DATE, date(2028, 2, 29), {"every": 12}, ["2028-02-29", "2032-02-29", "2036-02-29"]),
        (Rhythm.WEEKDAY, MONDAY, {}, ["2026-06-01", "2026-07-06", "2026-08-03"]),
        (Rhythm.WEEKDAY, date(2026, 6, 29), {}, ["2026-06-29", "2026-08-31", "2026-11-30"]),
        (Rhythm.LAST, date(2026, 6, 26), {}, ["2026-06-26", "2026-07-31", "2026-08-28"]),
        (Rhythm.LAST, date(2026, 6, 5), {}, ["2026-06-26", "2026-07-31", "2026-08-28"]),
    ],
)  # fmt: skip
def test_the_rule_says_the_days_that_were_meant(rhythm, first, more, days):
    one = pattern(rhythm, first, **more)
    assert [str(day) for day in days_of(one)] == days
    assert series.read(rule(one), first) == (
        one if rhythm is Rhythm.WEEKLY else Pattern(first, rhythm, one.every, count=3)
    )


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, []),
        ({"count": None}, [Unseried.NO_END]),
        ({"until": MONDAY}, [Unseried.TWO_ENDS]),
        ({"count": None, "until": MONDAY}, []),
        ({"count": None, "until": date(2026, 5, 31)}, [Unseried.TURNED]),
        ({"count": None, "until": date(2028, 6, 1)}, []),
        ({"count": None, "until": date(2028, 6, 2)}, [Unseried.TOO_LONG]),
        ({"count": 400}, []),
        ({"count": 401}, [Unseried.TOO_MANY]),
        ({"count": 0}, [Unseried.TOO_MANY]),
        ({"every": 0}, [Unseried.EVERY]),
        ({"every": 53}, [Unseried.EVERY]),
        ({"weekdays": frozenset()}, [Unseried.NO_WEEKDAY]),
    ],
)
def test_a_series_has_one_end_in_sight(more, reasons):
    assert whys(refusals(pattern(**more))) == reasons


def test_two_years_from_29_february_end_on_the_28th():
    assert series.latest_end(date(2028, 2, 29)) == date(2030, 2, 28)


def test_days_that_are_too_many_or_too_far_are_refused():
    one = pattern()
    assert whys(refusals_of_days(one, [MONDAY] * 400)) == []
    assert whys(refusals_of_days(one, [MONDAY] * 401)) == [Unseried.TOO_MANY]
    assert whys(refusals_of_days(one, [date(2028, 6, 2)])) == [Unseried.TOO_LONG]


@pytest.mark.parametrize(
    ("wall", "fine"),
    [
        (Wall(time(9), time(12)), True),
        (Wall(time(9), time(9)), False),
        (Wall(time(9), time(8)), False),
        (Wall(time(22), time(6), 1), True),
        (Wall(time(9), time(9), 7), True),
        (Wall(time(9), time(9, 1), 7), False),
    ],
)
def test_a_shift_ends_after_it_begins_and_within_a_week(wall, fine):
    assert whys(refusals_of_wall(wall)) == ([] if fine else [Unseried.NO_LENGTH])


# The two changes of the clock: 02:00 to 03:00 and back in Berlin, half an hour on Lord Howe.
@pytest.mark.parametrize(
    ("zone", "day", "wall", "start", "minutes"),
    [
        (BERLIN, "2026-03-28", NIGHT, "2026-03-28T00:30", 150),
        (BERLIN, "2026-03-29", NIGHT, "2026-03-29T00:30", 90),
        (BERLIN, "2026-03-30", NIGHT, "2026-03-29T23:30", 150),
        (BERLIN, "2026-10-24", NIGHT, "2026-10-23T23:30", 150),
        (BERLIN, "2026-10-25", NIGHT, "2026-10-24T23:30", 210),
        (BERLIN, "2026-10-26", NIGHT, "2026-10-26T00:30", 150),
        # a start that the clock skips is put off by what is skipped
        (BERLIN, "2026-03-29", Wall(time(2, 30), time(5)), "2026-03-29T01:30", 90),
        # a start that comes twice is the first of the two
        (BERLIN, "2026-10-25", Wall(time(2, 30), time(5)), "2026-10-25T00:30", 210),
        (BERLIN, "2026-10-25", Wall(time(2, 15), time(2, 45)), "2026-10-25T00:15", 30),
        (BERLIN, "2026-03-28", Wall(time(22), time(6), 1), "2026-03-28T21:00", 420),
        (BERLIN, "2026-10-24", Wall(time(22), time(6), 1), "2026-10-24T20:00", 540),
        (LORD_HOWE, "2026-10-03", NIGHT, "2026-10-02T15:00", 150),
        (LORD_HOWE, "2026-10-04", NIGHT, "2026-10-03T15:00", 120),
        (LORD_HOWE, "2026-10-05", NIGHT, "2026-10-04T14:30", 150),
        (LORD_HOWE, "2026-10-04", Wall(time(2, 15), time(4)), "2026-10-03T15:45", 75),
        (LORD_HOWE, "2026-04-04", NIGHT, "2026-04-03T14:30", 150),
        (LORD_HOWE, "2026-04-05", NIGHT, "2026-04-04T14:30", 180),
        (LORD_HOWE, "2026-04-06", NIGHT, "2026-04-05T15:00", 150),
        (LORD_HOWE, "2026-04-05", Wall(time(1, 45), time(4)), "2026-04-04T14:45", 165),
    ],
)  # fmt: skip
def test_the_wall_keeps_its_time_and_what_elapses_counts(zone, day, wall, start, minutes):
    span = wall.on(date.fromisoformat(day), zone)
    assert span.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert span.minutes == minutes


def test_what_the_clock_skips_wholly_is_left_out_and_said():
    day = date(2026, 3, 29)
    kept, left = occurrences([day], Wall(time(2, 30), time(3, 15)), BERLIN)
    assert (kept, whys(left)) == ([], [LeftOut.SKIPPED])
    kept, left = occurrences([day], Wall(time(2, 10), time(3, 15)), BERLIN)
    assert [o.span.minutes for o in kept] == [5]


def test_days_left_out_by_hand_and_holidays_are_named():
    days = [MONDAY, MONDAY + timedelta(7), MONDAY + timedelta(14)]
    kept, left = occurrences(
        days, NIGHT, BERLIN, without={days[0]}, holidays={days[1]: "端午节", date(2026, 1, 1): "x"}
    )
    assert [o.day for o in kept] == days[2:]
    assert whys(left) == [LeftOut.BY_HAND, LeftOut.HOLIDAY]


@pytest.mark.parametrize(
    ("rhythm", "first", "last", "months"),
    [
        (Rhythm.DATE, date(2026, 1, 31), date(2026, 6, 30), ["2026-02", "2026-04", "2026-06"]),
        (Rhythm.DATE, date(2027, 1, 29), date(2028, 3, 1), ["2027-02"]),
        (Rhythm.DATE, date(2026, 1, 28), date(2026, 12, 31), []),
        (Rhythm.WEEKDAY, date(2026, 6, 29), date(2026, 9, 1), ["2026-07", "2026-09"]),
        (Rhythm.LAST, date(2026, 6, 29), date(2027, 9, 1), []),
        (Rhythm.WEEKLY, MONDAY, date(2027, 9, 1), []),
    ],
)
def test_months_without_the_day_are_named(rhythm, first, last, months):
    found = months_without(pattern(rhythm, first), last)
    whys(found)
    assert [because.facts["month"] for because in found] == months


def test_a_number_of_times_becomes_a_last_day_so_that_the_series_can_be_divided():
    one = pattern()
    assert settled(one, days_of(one)) == pattern(count=None, until=date(2026, 6, 15))
    assert days_of(settled(one, days_of(one))) == days_of(one)


@pytest.mark.parametrize(
    ("scope", "meant"),
    [(Scope.THIS, [0, 1, 0]), (Scope.LATER, [0, 1, 1]), (Scope.ALL, [1, 1, 1])],
)
def test_the_scope_says_which_shifts_are_meant(scope, meant):
    days = [MONDAY, MONDAY + timedelta(7), MONDAY + timedelta(14)]
    assert [int(is_meant(scope, day, days[1])) for day in days] == meant


def test_what_has_begun_or_does_not_take_place_stays():
    now = datetime(2026, 6, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert stays(now + second, now, cancelled=False, closed=False) is None
    assert stays(now, now, cancelled=False, closed=False) is Stays.BEGUN
    assert stays(now + second, now, cancelled=True, closed=False) is Stays.CANCELLED
    assert stays(now + second, now, cancelled=False, closed=True) is Stays.CLOSED


def test_what_was_decided_for_one_shift_alone_is_not_carried_away():
    assert carried("食堂", "食堂", "礼堂") == "礼堂"
    assert carried("花园", "食堂", "礼堂") == "花园"


ZONES = st.sampled_from([BERLIN, LORD_HOWE, ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")])
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
PATTERNS = st.builds(
    Pattern,
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.sampled_from(Rhythm),
    st.integers(1, 6),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.none(),
    st.integers(1, 60),
)


@QUICK
@given(PATTERNS, TIMES, st.integers(5, 2000), ZONES)
def test_a_series_keeps_its_time_on_the_wall_ascends_and_has_each_day_once(
    one, starts, minutes, zone
):
    end = datetime.combine(MONDAY, starts) + timedelta(minutes=minutes)
    wall = Wall(starts, end.time(), (end.date() - MONDAY).days)
    days = days_of(one)
    assert len(days) == one.count
    kept, left = occurrences(days, wall, zone)
    assert len(kept) + len(left) == len(days)
    assert sorted({o.day for o in kept}) == [o.day for o in kept]
    assert [o.span.start for o in kept] == sorted({o.span.start for o in kept})
    for each in kept:
        local = each.span.start.astimezone(zone)
        assert each.span.length > timedelta(0)
        shown = datetime.combine(each.day, starts)
        skipped = local.replace(tzinfo=None) - shown
        # only a time that no clock shows on that day is another one
        real = datetime.combine(each.day, starts, zone)
        exists = real.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == shown
        assert (skipped == timedelta(0)) == exists
    assert series.read(rule(settled(one, days)), one.first_day).until == days[-1]


@QUICK
@given(PATTERNS)
def test_a_rule_is_read_as_it_was_written(one):
    again = series.read(rule(one), one.first_day)
    assert rule(again) == rule(one)
    assert days_of(again) == days_of(one)
