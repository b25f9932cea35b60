from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.bulk import (
    Lasting,
    Since,
    Unbulked,
    between,
    days_in,
    divided,
    refusals_to_divide,
    refusals_to_do,
    refusals_to_undo,
    times_of,
)
from talent.rules.series import Wall
from talent.rules.span import MINUTE, Span

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def span(minutes):
    return Span(START, START + timedelta(minutes=minutes))


def shown(spans):
    return [((s.start - START) // MINUTE, (s.end - START) // MINUTE) for s in spans]


@pytest.mark.parametrize(
    ("total", "minutes", "changeover", "even", "pieces"),
    [
        (360, 120, 0, False, [(0, 120), (120, 240), (240, 360)]),
        (400, 120, 0, False, [(0, 120), (120, 240), (240, 360)]),
        (400, 120, 0, True, [(0, 133), (133, 266), (266, 400)]),
        (300, 120, 0, True, [(0, 150), (150, 300)]),
        (100, 120, 0, True, [(0, 100)]),
        (375, 120, 15, False, [(0, 120), (135, 255)]),
        (390, 120, 15, False, [(0, 120), (135, 255), (270, 390)]),
        (375, 120, 15, True, [(0, 115), (130, 245), (260, 375)]),
        (220, 120, -20, False, [(0, 120), (100, 220)]),
        (230, 120, -20, True, [(0, 125), (105, 230)]),
        (120, 120, 30, False, [(0, 120)]),
    ],
)
def test_a_span_is_divided(total, minutes, changeover, even, pieces):
    assert shown(divided(span(total), minutes, changeover=changeover, even=even)) == pieces


@pytest.mark.parametrize(
    ("total", "minutes", "changeover", "reasons"),
    [
        (120, 120, 0, []),
        (119, 120, 0, [Unbulked.DOES_NOT_FIT]),
        (120, 5, 0, []),
        (120, 4, 0, [Unbulked.TOO_SHORT]),
        (120, 60, -55, []),
        (120, 60, -56, [Unbulked.OVERLAP]),
        (31 * 1440, 60, 0, []),
        (31 * 1440 + 1, 60, 0, [Unbulked.TOO_LONG]),
    ],
)
def test_a_span_that_cannot_be_divided_says_why(total, minutes, changeover, reasons):
    assert whys(refusals_to_divide(span(total), minutes, changeover)) == reasons


@QUICK
@given(st.integers(5, 31 * 1440), st.integers(5, 1440), st.integers(-60, 120), st.booleans())
def test_the_pieces_follow_one_another_and_stay_inside(total, minutes, changeover, even):
    whole = span(total)
    if refusals_to_divide(whole, minutes, changeover):
        return
    pieces = divided(whole, minutes, changeover=changeover, even=even)
    assert all(whole.covers(piece) for piece in pieces)
    gaps = {(b.start - a.end) // MINUTE for a, b in itertools.pairwise(pieces)}
    assert gaps <= {changeover}
    lengths = {piece.minutes for piece in pieces}
    if even:
        assert (pieces[0].start, pieces[-1].end) == (whole.start, whole.end)
        assert max(lengths) - min(lengths) <= 1
    else:
        assert lengths == {minutes}
        assert pieces[-1].end + (minutes + changeover) * MINUTE > whole.end


def test_a_list_of_times_goes_on_past_midnight():
    times, wrong = times_of("08:00 12:00, 18:00 2:00，08：00")
    assert wrong == []
    assert between(times) == [
        (0, Wall(time(8), time(12), 0)),
        (0, Wall(time(12), time(18), 0)),
        (0, Wall(time(18), time(2), 1)),
        (1, Wall(time(2), time(8), 0)),
    ]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", [Unbulked.FEW_TIMES]),
        ("08:00", [Unbulked.FEW_TIMES]),
        ("08:00 24:00", [Unbulked.NOT_A_TIME]),
        ("08:00 8 x", [Unbulked.NOT_A_TIME] * 2),
        ("08:00 8:60", [Unbulked.NOT_A_TIME]),
        ("08:00 08:00", [Unbulked.SAME_TIME]),
        ("08:00 ²:00", [Unbulked.NOT_A_TIME]),
    ],
)
def test_a_list_of_times_that_makes_no_sense_says_why(text, reasons):
    assert whys(times_of(text)[1]) == reasons


def test_a_list_of_days_names_what_is_no_day():
    assert days_in("2026-10-01，2026-10-02、2026-10-03 ") == (
        [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)], []
    )  # fmt: skip
    days, wrong = days_in("2026-02-29 2028-02-29 x")
    assert (days, whys(wrong)) == ([date(2028, 2, 29)], [Unbulked.NOT_A_DAY] * 2)


@pytest.mark.parametrize(
    ("count", "reasons"),
    [(0, [Unbulked.NOTHING]), (1, []), (400, []), (401, [Unbulked.TOO_MANY])],
)
def test_a_bulk_act_does_something_that_can_be_looked_over(count, reasons):
    assert whys(refusals_to_do(count)) == reasons


@pytest.mark.parametrize(
    ("after", "since", "undone", "reasons"),
    [
        (timedelta(0), Since(), False, []),
        (timedelta(hours=24), Since(), False, []),
        (timedelta(hours=24) + SECOND, Since(), False, [Lasting.TOO_LATE]),
        (timedelta(0), Since(signed_up=1), False, [Lasting.SIGNED_UP]),
        (
            timedelta(days=2), Since(1, 2, 3, 4, 5, 6, 7), False,
            [Lasting.TOO_LATE, Lasting.SIGNED_UP, Lasting.ATTENDED, Lasting.PUBLISHED,
             Lasting.EDITED, Lasting.ANSWERED, Lasting.BEGUN, Lasting.BUSY],
        ),
        (timedelta(0), Since(signed_up=1), True, [Lasting.UNDONE]),
    ],
)  # fmt: skip
def test_an_act_can_be_undone_for_a_day_unless_somebody_relied_on_it(after, since, undone, reasons):
    assert whys(refusals_to_undo(START, START + after, since, undone=undone)) == reasons
