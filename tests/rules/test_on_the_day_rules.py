"""Modes, forgotten sign-outs, times read from a clock, and places on the earth."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import whys

from talent.rules.attendance import (
    Counted,
    SignMode,
    Unattendable,
    Visit,
    by_itself,
    credited,
    on_clock,
    refusals_to_sign_in,
    refusals_to_sign_out,
)
from talent.rules.changes import refusals_to_sign_otherwise
from talent.rules.forgotten import ANSWER_WITHIN, is_asked, proposed_sign_out, refusals_to_say
from talent.rules.location import Point, refusals_to_sign_here
from talent.rules.span import Span

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
SHIFT = Span(START, START + timedelta(hours=3))
SECOND = timedelta(seconds=1)
AUTOMATIC, IN_ONLY, IN_OUT = SignMode


def later(hours):
    return START + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("mode", "visit", "now", "counts"),
    [
        (AUTOMATIC, Visit(), SHIFT.end - SECOND, None),
        (AUTOMATIC, Visit(), SHIFT.end, Visit(SHIFT.start, SHIFT.end)),
        (AUTOMATIC, Visit(later(1), later(2)), SHIFT.end, None),
        (IN_ONLY, Visit(), SHIFT.end, None),
        (IN_ONLY, Visit(later(1)), SHIFT.end - SECOND, None),
        (IN_ONLY, Visit(later(1)), SHIFT.end, Visit(later(1), SHIFT.end)),
        (IN_ONLY, Visit(later(1), later(2)), SHIFT.end, None),
        (IN_ONLY, Visit(SHIFT.end), SHIFT.end, None),
        (IN_OUT, Visit(), later(9), None),
        (IN_OUT, Visit(later(1)), later(9), None),
    ],
)
def test_what_counts_without_a_signature(mode, visit, now, counts):
    assert by_itself(SHIFT, visit, now, mode) == counts


@pytest.mark.parametrize(
    ("mode", "visit", "in_", "out"),
    [
        (AUTOMATIC, Visit(), [Unattendable.NOBODY_SIGNS], [Unattendable.NOBODY_SIGNS]),
        (IN_ONLY, Visit(), [], [Unattendable.NOT_IN]),
        (IN_ONLY, Visit(later(0)), [Unattendable.ALREADY_IN], [Unattendable.IN_IS_ENOUGH]),
        (IN_OUT, Visit(later(0)), [Unattendable.ALREADY_IN], []),
    ],
)
def test_what_is_signed_in_each_mode(mode, visit, in_, out):
    assert whys(refusals_to_sign_in(SHIFT, visit, later(1), mode=mode)) == in_
    assert whys(refusals_to_sign_out(SHIFT, visit, later(1), mode=mode)) == out


@pytest.mark.parametrize(
    ("came", "colleagues", "proposed"),
    [
        (0, [], 3),  # the planned end
        (0, [2], 2),
        (0, [2, 2.5], 2),  # of two the earlier
        (0, [3.5, 1, 2.5], 2.5),
        (0, [4], 4),
        (2, [1, 1.5], 3),  # they had gone before this one came
        (2, [1, 2.5], 2.5),
        (3, [], None),
        (3.5, [1], None),
    ],
)
def test_the_sign_out_in_the_middle_is_proposed_or_the_planned_end(came, colleagues, proposed):
    found = proposed_sign_out(SHIFT, later(came), [later(hours) for hours in colleagues])
    assert found == (None if proposed is None else later(proposed))


@given(
    st.integers(0, 400),
    st.lists(st.integers(-60, 600).map(lambda m: START + timedelta(minutes=m)), max_size=9),
)
def test_what_is_proposed_lies_after_the_sign_in_and_somebody_left_then(came, outs):
    signed_in = START + timedelta(minutes=came)
    found = proposed_sign_out(SHIFT, signed_in, outs)
    assert found is None or (found > signed_in and found in {*outs, SHIFT.end})


@pytest.mark.parametrize(
    ("after", "said", "asked"),
    [
        (timedelta(0), None, True),
        (ANSWER_WITHIN - SECOND, None, True),
        (ANSWER_WITHIN, None, False),
        (timedelta(0), later(1), False),
    ],
)
def test_an_answer_is_taken_for_three_days(after, said, asked):
    assert is_asked(SHIFT.end, said, SHIFT.end + after) is asked


def test_nobody_is_asked_unasked():
    assert not is_asked(None, None, SHIFT.end)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (later(0), [Unattendable.OUT_NOT_AFTER_IN]),
        (later(0) + SECOND, []),
        (later(9), []),
        (later(9) + SECOND, [Unattendable.FUTURE]),
    ],
)
def test_another_sign_out_is_later_than_the_sign_in_and_past(said, why):
    assert whys(refusals_to_say(later(0), said, later(9))) == why


@pytest.mark.parametrize(
    ("left", "minutes", "review"), [(2, 120, False), (3, 180, False), (3.5, 180, True)]
)
def test_a_confirmed_proposal_counts_and_is_reviewed_after_the_planned_end(left, minutes, review):
    visit = Visit(later(0), later(left), estimated=True)
    credit = credited(SHIFT, visit, later(9), ZONE)
    assert (credit.minutes, credit.needs_review) == (minutes, review)
    assert (Counted.LATER_THAN_PLANNED in whys(credit.reasons)) is review


def test_without_an_answer_no_more_is_proposed_than_the_colleagues_show_and_what_was_said_stands():
    visit = Visit(later(0), proposed=later(2), said=later(2.5))
    credit = credited(SHIFT, visit, later(12), ZONE)
    assert (credit.minutes, credit.needs_review) == (120, True)
    assert whys(credit.reasons)[:2] == [Counted.MISSING_SIGN_OUT, Counted.SAID]


NIGHT = Span(datetime(2026, 6, 10, 22, tzinfo=ZONE), datetime(2026, 6, 11, 2, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("span", "typed", "day"),
    [
        (SHIFT, time(9), 10),
        (SHIFT, time(8, 50), 10),
        (SHIFT, time(12, 30), 10),
        (NIGHT, time(21, 50), 10),
        (NIGHT, time(22), 10),
        (NIGHT, time(0), 11),
        (NIGHT, time(1, 55), 11),
        (NIGHT, time(2, 10), 11),
    ],
)
def test_a_time_on_paper_belongs_to_the_shift(span, typed, day):
    assert on_clock(span, ZONE, typed) == datetime(
        2026, 6, day, typed.hour, typed.minute, tzinfo=ZONE
    )


def test_a_time_on_paper_is_read_on_the_wall_after_a_change_of_the_clock():
    berlin = ZoneInfo("Europe/Berlin")
    span = Span(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC))
    assert on_clock(span, berlin, time(5)).astimezone(UTC) == datetime(2026, 10, 25, 4, tzinfo=UTC)


SQUARE = Point(31.2304, 121.4737)


@pytest.mark.parametrize(
    ("other", "metres"),
    [
        (SQUARE, 0),
        (Point(31.2404, 121.4737), 1112),
        (Point(39.9042, 116.4074), 1067_000),
        (Point(-31.2304, -58.5263), 20_015_000),  # the other side of the earth
    ],
)
def test_metres_are_counted_along_the_surface(other, metres):
    assert SQUARE.metres_to(other) == pytest.approx(metres, rel=0.002, abs=1)
    assert other.metres_to(SQUARE) == SQUARE.metres_to(other)


def test_metres_are_counted_across_the_line_of_the_date():
    assert Point(0, 179.9995).metres_to(Point(0, -179.9995)) == pytest.approx(111, abs=1)


@pytest.mark.parametrize(
    ("place", "radius", "here", "accuracy", "consented", "why"),
    [
        (SQUARE, 150, SQUARE, 20, True, []),
        (SQUARE, 150, SQUARE, 200, True, []),
        (SQUARE, 150, SQUARE, 201, True, [Unattendable.VAGUE]),
        (SQUARE, 150, SQUARE, 20, False, [Unattendable.NO_CONSENT]),
        (None, 150, SQUARE, 20, True, [Unattendable.NO_POINT]),
        (SQUARE, None, SQUARE, 20, True, [Unattendable.NO_POINT]),
        (SQUARE, 1112, Point(31.2404, 121.4737), 20, True, []),
        (SQUARE, 1111, Point(31.2404, 121.4737), 20, True, [Unattendable.TOO_FAR]),
    ],
)
def test_who_agreed_and_is_near_signs_where_he_is(place, radius, here, accuracy, consented, why):
    found = refusals_to_sign_here(place, radius, here, accuracy, consented=consented)
    assert whys(found) == why


@pytest.mark.parametrize(("now", "refused"), [(START - SECOND, 0), (START, 1)])
def test_how_attendance_is_taken_is_known_before_a_shift_begins(now, refused):
    assert len(refusals_to_sign_otherwise(START, now)) == refused
