from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import span
from talent.rules.span import Span, Unspanned, first_moment, minutes_by_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")  # until 2019 its clocks skipped midnight
ZONES = [SHANGHAI, BERLIN, SAO_PAULO, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu"), UTC]


def at(hour, minute=0, day=1):
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


def hours(start, end):
    return Span(at(start), at(end))


moments = st.datetimes(
    datetime(1985, 1, 1),
    datetime(2030, 1, 1),
    timezones=st.just(UTC),
)
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=3))
spans = st.builds(lambda start, length: Span(start, start + length), moments, lengths)


def test_a_moment_without_a_zone_is_no_edge_of_a_span():
    naive = datetime(2026, 6, 1, 9)
    with pytest.raises(ValueError, match="start has no zone"):
        Span(naive, at(12))
    with pytest.raises(ValueError, match="end has no zone"):
        Span(at(8), naive)


@pytest.mark.parametrize("end", [at(9), at(8, 59), at(9) - timedelta(days=1)])
def test_a_span_of_no_or_negative_length_cannot_be_made_and_says_why(end):
    with pytest.raises(ValueError, match="is not after"):
        Span(at(9), end)
    assert whys(span.refusals(at(9), end)) == [Unspanned.END_NOT_AFTER_START]


def test_an_end_after_the_start_is_no_reason():
    assert span.refusals(at(9), at(9) + timedelta(seconds=1)) == []


def test_an_end_that_is_earlier_only_on_the_wall_is_later():
    before = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN, fold=0)
    after = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    assert span.refusals(before, after) == []
    assert Span(before, after).minutes == 30
    assert whys(span.refusals(after, before)) == [Unspanned.END_NOT_AFTER_START]


def test_a_span_is_the_same_in_whatever_zone_it_was_written():
    assert Span(at(9), at(12)) == Span(at(9).astimezone(BERLIN), at(12).astimezone(UTC))


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (hours(10, 12), True),  # equal
        (hours(9, 13), True),  # contains it
        (hours(10, 11), True),  # contained, same start
        (hours(11, 12), True),  # contained, same end
        (hours(9, 11), True),
        (hours(11, 13), True),
        (hours(8, 10), False),  # touches the start
        (hours(12, 14), False),  # touches the end
        (hours(7, 9), False),
        (hours(13, 15), False),
        (Span(at(8), at(10) + timedelta(seconds=1)), True),
        (Span(at(12) - timedelta(seconds=1), at(14)), True),
    ],
)
def test_spans_overlap_when_they_share_a_moment_and_not_when_they_touch(other, overlap):
    assert hours(10, 12).overlaps(other) is overlap
    assert other.overlaps(hours(10, 12)) is overlap


def test_a_span_contains_its_start_and_not_its_end():
    shift = hours(9, 12)
    assert shift.contains(at(9))
    assert shift.contains(at(12) - timedelta(microseconds=1))
    assert not shift.contains(at(12))
    assert not shift.contains(at(9) - timedelta(microseconds=1))


def test_a_span_covers_what_lies_wholly_in_it():
    assert hours(9, 12).covers(hours(9, 12))
    assert hours(9, 12).covers(hours(10, 11))
    assert not hours(9, 12).covers(hours(8, 11))
    assert not hours(9, 12).covers(hours(10, 13))


def test_the_common_part_of_two_spans():
    assert hours(9, 12).common(hours(11, 14)) == hours(11, 12)
    assert hours(9, 12).common(hours(12, 14)) is None


@pytest.mark.parametrize(
    ("pause", "left"),
    [
        (hours(10, 11), [hours(9, 10), hours(11, 12)]),
        (hours(9, 10), [hours(10, 12)]),
        (hours(11, 13), [hours(9, 11)]),
        (hours(8, 13), []),
        (hours(12, 13), [hours(9, 12)]),
    ],
)
def test_taking_a_span_out_leaves_no_one_or_two_pieces(pause, left):
    assert hours(9, 12).without(pause) == left


@pytest.mark.parametrize(
    ("other", "rest"),
    [
        (hours(14, 15), timedelta(hours=2)),
        (hours(6, 8), timedelta(hours=1)),
        (hours(12, 13), timedelta(0)),
        (hours(11, 13), timedelta(0)),
    ],
)
def test_rest_lies_between_two_spans_in_either_order(other, rest):
    assert hours(9, 12).rest_to(other) == rest
    assert other.rest_to(hours(9, 12)) == rest


def test_a_started_minute_is_not_a_minute():
    assert Span(at(9), at(9, 1) - timedelta(seconds=1)).minutes == 0
    assert Span(at(9), at(9, 1)).minutes == 1


def test_a_night_is_split_at_local_midnight():
    night = Span(at(18), at(2, day=2))
    assert night.by_day(SHANGHAI) == [(date(2026, 6, 1), 360), (date(2026, 6, 2), 120)]


def test_a_shift_that_ends_at_midnight_belongs_to_one_day():
    evening = Span(at(20), at(0, day=2))
    assert evening.by_day(SHANGHAI) == [(date(2026, 6, 1), 240)]
    assert evening.days(SHANGHAI) == [date(2026, 6, 1)]


def test_the_days_are_those_of_the_zone_that_is_asked():
    early = Span(at(6), at(9))  # 22:00 to 01:00 UTC
    assert early.by_day(SHANGHAI) == [(date(2026, 6, 1), 180)]
    assert early.by_day(UTC) == [(date(2026, 5, 31), 120), (date(2026, 6, 1), 60)]


def test_the_night_on_which_clocks_are_set_forward_is_an_hour_shorter():
    night = Span(
        datetime(2026, 3, 28, 22, tzinfo=BERLIN),
        datetime(2026, 3, 29, 6, tzinfo=BERLIN),
    )
    assert night.minutes == 7 * 60
    assert night.by_day(BERLIN) == [(date(2026, 3, 28), 120), (date(2026, 3, 29), 300)]


def test_the_night_on_which_clocks_are_set_back_is_an_hour_longer():
    night = Span(
        datetime(2026, 10, 24, 22, tzinfo=BERLIN),
        datetime(2026, 10, 25, 6, tzinfo=BERLIN),
    )
    assert night.by_day(BERLIN) == [(date(2026, 10, 24), 120), (date(2026, 10, 25), 420)]


def test_a_day_whose_midnight_is_skipped_begins_when_the_clock_jumps():
    assert first_moment(date(2018, 11, 4), SAO_PAULO) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    night = Span(
        datetime(2018, 11, 3, 23, tzinfo=SAO_PAULO),
        datetime(2018, 11, 4, 2, tzinfo=SAO_PAULO),
    )
    assert night.by_day(SAO_PAULO) == [(date(2018, 11, 3), 60), (date(2018, 11, 4), 60)]


def test_a_day_that_a_country_left_out_has_no_minutes():
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    crossing = Span(datetime(2011, 12, 29, 23, tzinfo=apia), datetime(2011, 12, 31, 1, tzinfo=apia))
    assert crossing.minutes == 120
    assert crossing.by_day(apia) == [(date(2011, 12, 29), 60), (date(2011, 12, 31), 60)]


def test_seconds_on_both_sides_of_midnight_make_one_minute_together():
    around = Span(at(0, day=2) - timedelta(seconds=30), at(0, day=2) + timedelta(seconds=30))
    assert around.minutes == 1
    assert around.by_day(SHANGHAI) == [(date(2026, 6, 2), 1)]


def test_pieces_of_odd_seconds_lose_nothing_when_they_are_added():
    pieces = [
        Span(at(9), at(9) + timedelta(seconds=90)),
        Span(at(10), at(10) + timedelta(seconds=90)),
    ]
    assert sum(piece.minutes for piece in pieces) == 2
    assert minutes_by_day(pieces, SHANGHAI) == [(date(2026, 6, 1), 3)]


@QUICK
@given(spans, st.sampled_from(ZONES))
def test_the_days_of_any_span_add_up_to_its_minutes(some, zone):
    by_day = some.by_day(zone)
    assert sum(minutes for _, minutes in by_day) == some.minutes
    assert all(minutes > 0 for _, minutes in by_day)
    assert [day for day, _ in by_day] == sorted({day for day, _ in by_day})


@QUICK
@given(spans, st.sampled_from(ZONES))
def test_each_day_of_any_span_is_a_local_date_of_a_moment_in_it(some, zone):
    first = some.start.astimezone(zone).date()
    last = (some.end - timedelta(microseconds=1)).astimezone(zone).date()
    days = some.days(zone)
    assert days[0] == first
    assert days[-1] == last


@QUICK
@given(spans, spans)
def test_two_spans_overlap_exactly_when_they_have_a_common_part(one, other):
    common = one.common(other)
    assert one.overlaps(other) is (common is not None)
    assert other.common(one) == common
    if common:
        assert one.covers(common)
        assert other.covers(common)


@QUICK
@given(spans, spans)
def test_what_is_left_and_what_is_taken_out_make_the_whole(one, other):
    left = sum((piece.length for piece in one.without(other)), timedelta(0))
    common = one.common(other)
    assert left + (common.length if common else timedelta(0)) == one.length


@QUICK
@given(spans, st.integers(-12, 14))
def test_a_span_does_not_depend_on_the_zone_of_its_edges(some, offset):
    zone = timezone(timedelta(hours=offset))
    assert Span(some.start.astimezone(zone), some.end.astimezone(zone)) == some
