"""Waiting, prerequisites, dates, part attendance: truthfully to the minute, or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import training as law
from talent.rules.ratings import ASKED_WITHIN
from talent.rules.reason import Because
from talent.rules.signup import Gate, GateKind, Held
from talent.rules.training import (
    Part,
    Presence,
    Refusal,
    Signing,
    Uncertified,
    Uncounted,
    Unevaluated,
    Unsigned,
)

START = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = date(2026, 6, 5)
ONE = timedelta(days=1)
MORNING = Part(START, START + 180 * MINUTE)
AFTERNOON = Part(START + 300 * MINUTE, START + 420 * MINUTE)


# ---- the waiting list
@pytest.mark.parametrize(
    ("found", "free", "waiting", "expected"),
    [
        ([Refusal.FULL], 0, False, []),
        ([Refusal.FULL], 0, True, [Refusal.WAITING]),
        ([], 1, False, [Refusal.FREE]),
        ([], 0, False, []),
        ([Refusal.CANCELLED], 1, False, [Refusal.CANCELLED]),
        ([Refusal.ALREADY], 0, False, [Refusal.ALREADY]),
    ],
)
def test_one_waits_only_because_it_is_full(found, free, waiting, expected):
    reasons = [Because(why) for why in found]
    assert whys(law.refusals_to_wait(reasons, free=free, waiting=waiting)) == expected


def test_what_is_lacking_stands_against_a_seat_and_against_waiting():
    lacking = [Because(Refusal.NEEDS_TRAINING, {"name": "入门"})]
    found = law.refusals_to_take(
        start=START, end=START + MINUTE, cancelled=False, free=0, already=False,
        now=START - MINUTE, unprepared=lacking,
    )  # fmt: skip
    assert whys(found) == [Refusal.FULL, Refusal.NEEDS_TRAINING]
    assert law.refusals_to_wait(found, free=0, waiting=False) == lacking


# ---- what must be held before
COURSE = Gate(GateKind.TRAINING, 1, "入门")
PAPER = Gate(GateKind.CREDENTIAL, 1, "救护员证")


@pytest.mark.parametrize(
    ("gates", "held", "expected"),
    [
        ([], [], []),
        ([COURSE], [], [Refusal.NEEDS_TRAINING]),
        ([PAPER], [], [Refusal.NEEDS_CREDENTIAL]),
        ([COURSE], [Held(GateKind.TRAINING, 1)], []),
        ([COURSE], [Held(GateKind.CREDENTIAL, 1)], [Refusal.NEEDS_TRAINING]),
        ([COURSE], [Held(GateKind.TRAINING, 2)], [Refusal.NEEDS_TRAINING]),
        ([COURSE], [Held(GateKind.TRAINING, 1, None, DAY)], []),
        ([COURSE], [Held(GateKind.TRAINING, 1, None, DAY - ONE)], [Refusal.LAPSED]),
        ([COURSE], [Held(GateKind.TRAINING, 1, DAY, None)], []),
        ([COURSE], [Held(GateKind.TRAINING, 1, DAY + ONE, None)], [Refusal.NOT_VALID_YET]),
        (
            [COURSE],
            [Held(GateKind.TRAINING, 1, None, DAY - ONE), Held(GateKind.TRAINING, 1, DAY)],
            [],
        ),
        ([COURSE, PAPER], [], [Refusal.NEEDS_TRAINING, Refusal.NEEDS_CREDENTIAL]),
        ([COURSE, PAPER], [Held(GateKind.CREDENTIAL, 1)], [Refusal.NEEDS_TRAINING]),
    ],
)
def test_what_a_course_asks_for_is_valid_on_the_first_day(gates, held, expected):
    assert whys(law.unprepared(gates, held, DAY)) == expected


@pytest.mark.parametrize(
    ("course", "needed", "asks", "expected"),
    [
        (1, 1, {}, [Refusal.ITSELF]),
        (1, 2, {}, []),
        (1, 2, {1: {2}}, [Refusal.ASKED_ALREADY]),
        (1, 2, {2: {1}}, [Refusal.CIRCLE]),
        (1, 2, {2: {3}, 3: {1}}, [Refusal.CIRCLE]),
        (1, 2, {2: {3}, 3: {2}}, []),  # an older circle of others does not hang the question
        (1, 2, {2: {3, 4}, 3: {5}, 4: {5}}, []),
        (1, 2, {3: {1}}, []),
    ],
)
def test_courses_do_not_ask_for_each_other_in_circles(course, needed, asks, expected):
    assert whys(law.refusals_to_ask_for(course, needed, asks, "甲")) == expected


@QUICK
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=20))
def test_asking_one_after_the_other_never_makes_a_circle(wanted):
    asks = {}
    for course, needed in wanted:
        if not law.refusals_to_ask_for(course, needed, asks, "甲"):
            asks.setdefault(course, set()).add(needed)
    done = set()
    while rest := {each for each in range(1, 7) if each not in done}:
        free = {each for each in rest if asks.get(each, set()) <= done}
        assert free, asks
        done |= free


# ---- dates
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (AFTERNOON, []),
        (Part(MORNING.end, AFTERNOON.start), []),
        (Part(MORNING.end - SECOND, AFTERNOON.start), [Refusal.PARTS_OVERLAP]),
        (Part(START - ONE, START), []),
        (Part(START - ONE, START + SECOND), [Refusal.PARTS_OVERLAP]),
        (MORNING, [Refusal.PARTS_OVERLAP]),
        (Part(START, START), [Refusal.TURNED]),
        (Part(START, START - SECOND), [Refusal.TURNED]),
    ],
)
def test_dates_go_forward_and_lie_apart(part, expected):
    assert whys(law.refusals_of_part(part, [MORNING])) == expected


@pytest.mark.parametrize(
    ("now", "place"),
    [
        (START - law.EARLY - SECOND, None),
        (START - law.EARLY, 0),
        (MORNING.end - SECOND, 0),
        (MORNING.end + law.LATE - SECOND, 0),
        (MORNING.end + law.LATE, None),
        (AFTERNOON.start - law.EARLY, 1),
        (AFTERNOON.end + law.LATE, None),
    ],
)
def test_one_signs_into_the_date_that_is_now(now, place):
    assert law.part_now([MORNING, AFTERNOON], now) == place


def test_of_two_dates_that_touch_the_earlier_is_left_until_the_later_begins():
    later = Part(MORNING.end, MORNING.end + 60 * MINUTE)
    assert law.part_now([MORNING, later], MORNING.end - SECOND) == 0
    assert law.part_now([MORNING, later], MORNING.end) == 1
    gap = Part(MORNING.end + 10 * MINUTE, MORNING.end + 60 * MINUTE)
    assert law.part_now([MORNING, gap], MORNING.end + 5 * MINUTE) == 0
    assert law.part_now([], START) is None


# ---- signing in and out
@pytest.mark.parametrize(
    ("presence", "now", "expected"),
    [
        (None, START - law.EARLY - SECOND, [Unsigned.CLOSED]),
        (None, START - law.EARLY, []),
        (None, MORNING.end - SECOND, []),
        (None, MORNING.end, [Unsigned.CLOSED]),
        (Presence(START), START + MINUTE, [Unsigned.ALREADY_IN]),
    ],
)
def test_signing_in_is_open_from_shortly_before_until_the_end(presence, now, expected):
    assert whys(law.refusals_to_come(presence, MORNING, now)) == expected


@pytest.mark.parametrize(
    ("presence", "now", "expected"),
    [
        (None, START, [Unsigned.NOT_IN]),
        (Presence(START), START + SECOND, []),
        (Presence(START), START, [Unsigned.BACKWARDS]),
        (Presence(START, START + MINUTE), START + 2 * MINUTE, [Unsigned.ALREADY_OUT]),
    ],
)
def test_signing_out_comes_once_and_after_signing_in(presence, now, expected):
    assert whys(law.refusals_to_leave(presence, now)) == expected


@pytest.mark.parametrize(
    ("came", "left", "now", "expected"),
    [
        (0, 180, 180, []),
        (0, 180, 179, [Unsigned.FUTURE]),
        (-1, 180, 200, [Unsigned.OUTSIDE]),
        (0, 181, 200, [Unsigned.OUTSIDE]),
        (5, 5, 200, [Unsigned.BACKWARDS]),
        (6, 5, 200, [Unsigned.BACKWARDS]),
    ],
)
def test_times_that_are_put_right_lie_in_the_date_and_have_come(came, left, now, expected):
    at = [START + minutes * MINUTE for minutes in (came, left, now)]
    assert whys(law.refusals_of_times(at[0], at[1], MORNING, at[2])) == expected


# ---- minutes
@pytest.mark.parametrize(
    ("presence", "signing", "minutes"),
    [
        (None, Signing.IN_ONLY, 0),
        (Presence(START), Signing.IN_ONLY, 180),
        (Presence(START), Signing.IN_OUT, 0),  # nobody says when he left
        (Presence(START - 20 * MINUTE), Signing.IN_ONLY, 180),
        (Presence(START + 30 * MINUTE), Signing.IN_ONLY, 150),
        (Presence(START + 30 * MINUTE + SECOND), Signing.IN_ONLY, 149),
        (Presence(START, START + 90 * MINUTE), Signing.IN_ONLY, 90),
        (Presence(START, START + 90 * MINUTE), Signing.IN_OUT, 90),
        (Presence(START, START + 90 * MINUTE - SECOND), Signing.IN_OUT, 89),
        (Presence(START, MORNING.end + 20 * MINUTE), Signing.IN_OUT, 180),
        (Presence(MORNING.end, MORNING.end + MINUTE), Signing.IN_OUT, 0),
        (Presence(START - ONE, START - MINUTE), Signing.IN_OUT, 0),
    ],
)
def test_only_the_minutes_within_a_date_count(presence, signing, minutes):
    assert law.attended(MORNING, presence, signing) == minutes


@pytest.mark.parametrize(
    ("attended", "planned", "share", "expected"),
    [
        (144, 180, 80, True),  # exactly 80 per cent
        (143, 180, 80, False),
        (180, 180, 100, True),
        (179, 180, 100, False),
        (1, 180, 0, True),
        (0, 180, 0, False),  # who was not there at all was not there
        (1, 3, 33, True),
        (1, 3, 34, False),
        (2, 3, 66, True),
        (2, 3, 67, False),
    ],
)
def test_exactly_the_least_share_suffices(attended, planned, share, expected):
    assert law.suffices(attended, planned, share) is expected


@pytest.mark.parametrize(
    ("course", "attended", "planned", "learned"),
    [
        (150, 180, 180, 150),  # breaks are not learning
        (150, 144, 180, 120),
        (150, 145, 180, 120),  # a begun minute does not count
        (240, 180, 180, 180),  # nobody learns longer than he was there
        (150, 0, 180, 0),
        (1, 90, 180, 0),
        (150, 10, 0, 0),
    ],
)
def test_learning_time_is_what_was_attended(course, attended, planned, learned):
    assert law.learned(course, attended, planned) == learned


@QUICK
@given(st.integers(1, 2000), st.integers(0, 600), st.integers(1, 600))
def test_learning_time_is_never_more_than_the_course_or_the_presence(course, attended, planned):
    attended = min(attended, planned)
    learned = law.learned(course, attended, planned)
    assert 0 <= learned <= min(course, attended)
    if attended == planned:
        assert learned == min(course, planned)


@pytest.mark.parametrize(
    ("stays", "signing", "share", "quiz_lacks", "expected"),
    [
        ([None, None], Signing.IN_ONLY, 80, False, [Uncounted.NOT_THERE]),
        ([Presence(START), None], Signing.IN_ONLY, 60, False, []),  # 180 of 300
        ([Presence(START), None], Signing.IN_ONLY, 61, False, [Uncounted.TOO_LITTLE]),
        ([Presence(START), None], Signing.IN_ONLY, 60, True, [Uncounted.NO_QUIZ]),
        ([Presence(START), None], Signing.IN_ONLY, 61, True, [Uncounted.TOO_LITTLE]),
        (
            [Presence(START), None],
            Signing.IN_OUT,
            60,
            False,
            [Uncounted.NO_SIGN_OUT, Uncounted.TOO_LITTLE],
        ),
        (
            [Presence(START, MORNING.end), Presence(AFTERNOON.start)],
            Signing.IN_OUT,
            60,
            False,
            [Uncounted.NO_SIGN_OUT],
        ),
        ([Presence(START, MORNING.end), None], Signing.IN_OUT, 60, False, []),
        (
            [Presence(START, MORNING.end), Presence(AFTERNOON.start, AFTERNOON.end)],
            Signing.IN_OUT,
            100,
            False,
            [],
        ),
        (
            [Presence(START, MORNING.end), Presence(AFTERNOON.start, AFTERNOON.end - SECOND)],
            Signing.IN_OUT,
            100,
            False,
            [Uncounted.TOO_LITTLE],
        ),
    ],
)
def test_part_attendance_counts_from_the_least_share_on(
    stays, signing, share, quiz_lacks, expected
):
    found = law.refusals_to_count(
        [MORNING, AFTERNOON], stays, signing=signing, least_share=share, quiz_lacks=quiz_lacks
    )
    assert whys(found) == expected


# ---- afterwards
@pytest.mark.parametrize(
    ("there", "evaluated", "now", "expected"),
    [
        (False, False, MORNING.end, [Unevaluated.NOT_THERE]),
        (True, False, MORNING.end - SECOND, [Unevaluated.NOT_OVER]),
        (True, False, MORNING.end, []),
        (True, False, MORNING.end + ASKED_WITHIN, []),
        (True, False, MORNING.end + ASKED_WITHIN + SECOND, [Unevaluated.LATE]),
        (True, True, MORNING.end, [Unevaluated.TWICE]),
    ],
)
def test_who_was_there_evaluates_once_in_time(there, evaluated, now, expected):
    found = law.refusals_to_evaluate(
        there=there, evaluated=evaluated, ended_at=MORNING.end, now=now
    )
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("held_here", "stands", "expected"),
    [
        (True, True, []),
        (False, True, [Uncertified.HELD_ELSEWHERE]),
        (True, False, [Uncertified.WITHDRAWN]),
        (False, False, [Uncertified.WITHDRAWN]),
    ],
)
def test_who_held_it_certifies_it_while_it_stands(held_here, stands, expected):
    assert whys(law.refusals_to_certify(held_here=held_here, stands=stands)) == expected
