from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from said import whys

from talent.rules.changes import (
    CANCEL_NOTICE,
    Uncancellable,
    Unchangeable,
    cancel_deadline,
    is_asked,
    is_late,
    refusals_to_cancel,
    refusals_to_move,
    refusals_to_resize,
    refusals_to_stay_away,
)
from talent.rules.signup import SignupState
from talent.rules.span import Unspanned

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
END = datetime(2026, 6, 10, 12, tzinfo=ZONE)
DEADLINE = datetime(2026, 6, 9, 21, tzinfo=ZONE)
CONFIRMED, WAITING = SignupState.CONFIRMED, SignupState.WAITING
CANCELLED, REMOVED = SignupState.CANCELLED, SignupState.REMOVED


def test_the_deadline_lies_before_the_start_across_midnight_too():
    assert cancel_deadline(START) == DEADLINE
    assert timedelta(hours=12) == CANCEL_NOTICE
    assert cancel_deadline(START, timedelta(0)) == START


def test_the_notice_elapses_and_is_not_read_off_the_wall():
    zone = ZoneInfo("Europe/Berlin")  # sets its clocks forward in that night
    start = datetime(2026, 3, 29, 12, tzinfo=zone)
    assert cancel_deadline(start) == datetime(2026, 3, 28, 23, tzinfo=zone)


@pytest.mark.parametrize(
    ("state", "now", "by_office", "reasons"),
    [
        (CONFIRMED, DEADLINE - SECOND, False, []),
        (CONFIRMED, DEADLINE, False, []),
        (CONFIRMED, DEADLINE + SECOND, False, [Uncancellable.TOO_LATE]),
        (CONFIRMED, DEADLINE.astimezone(UTC) + SECOND, False, [Uncancellable.TOO_LATE]),
        (CONFIRMED, DEADLINE + SECOND, True, []),
        (CONFIRMED, START - SECOND, True, []),
        (CONFIRMED, START, True, [Uncancellable.STARTED]),
        (CONFIRMED, START, False, [Uncancellable.STARTED]),
        (WAITING, DEADLINE + SECOND, False, []),
        (WAITING, START - SECOND, False, []),
        (WAITING, START, False, [Uncancellable.STARTED]),
        (CANCELLED, DEADLINE - SECOND, False, [Uncancellable.NOT_LIVE]),
        (REMOVED, DEADLINE - SECOND, True, [Uncancellable.NOT_LIVE]),
    ],
)
def test_a_place_is_given_back_until_the_second_of_the_deadline(state, now, by_office, reasons):
    assert whys(refusals_to_cancel(state, START, now, by_office=by_office)) == reasons


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (DEADLINE + SECOND, []),
        (START - SECOND, []),
        (START, [Uncancellable.STARTED]),
    ],
)
def test_who_is_asked_about_another_time_may_say_no_until_the_start(now, reasons):
    assert whys(refusals_to_cancel(SignupState.CONFIRMED, START, now, asked=True)) == reasons


@pytest.mark.parametrize("state", SignupState)
def test_who_engaged_for_an_older_version_is_asked(state):
    engaged = state in {SignupState.CONFIRMED, SignupState.RESERVE}
    assert is_asked(state, 1, 2) is engaged
    assert is_asked(state, 2, 2) is False


def test_without_a_notice_one_may_withdraw_until_the_shift_begins():
    before = refusals_to_cancel(CONFIRMED, START, START - SECOND, notice=timedelta(0))
    at_start = refusals_to_cancel(CONFIRMED, START, START, notice=timedelta(0))
    assert before == []
    assert whys(at_start) == [Uncancellable.STARTED]


def test_who_is_too_late_learns_until_when_it_was_possible():
    (because,) = refusals_to_cancel(CONFIRMED, START, DEADLINE + SECOND)
    assert because.facts == {"deadline": DEADLINE}


@pytest.mark.parametrize(
    ("places", "taken", "reasons"),
    [
        (5, 0, []),
        (5, 5, []),
        (4, 5, [Unchangeable.BELOW_TAKEN]),
        (1, 0, []),
        (0, 0, [Unchangeable.NO_PLACES]),
        (-1, 0, [Unchangeable.NO_PLACES]),
        (0, 3, [Unchangeable.NO_PLACES]),
    ],
)
def test_a_shift_shrinks_to_the_taken_places_and_not_below(places, taken, reasons):
    assert whys(refusals_to_resize(places, taken)) == reasons


@pytest.mark.parametrize(
    ("start", "end", "now", "facts", "reasons"),
    [
        (START, END, START - SECOND, {}, []),
        (START, END, END - SECOND, {}, []),
        (START, END, END, {}, [Unchangeable.OVER]),
        (START, START, START - SECOND, {}, [Unspanned.END_NOT_AFTER_START]),
        (END, START, START - SECOND, {}, [Unspanned.END_NOT_AFTER_START]),
        (START, END, START - SECOND, {"cancelled": True}, [Unchangeable.CANCELLED]),
        (START, END, START - SECOND, {"recorded": True}, [Unchangeable.RECORDED]),
    ],
)
def test_a_shift_is_moved_while_it_is_neither_over_nor_recorded(start, end, now, facts, reasons):
    assert whys(refusals_to_move(start, end, now, **facts)) == reasons


@pytest.mark.parametrize(
    ("now", "late"), [(DEADLINE - SECOND, False), (DEADLINE, False), (DEADLINE + SECOND, True)]
)
def test_late_is_after_the_second_of_the_deadline(now, late):
    assert is_late(START, now) == late


@pytest.mark.parametrize(
    ("state", "now", "reasons"),
    [
        (CONFIRMED, DEADLINE + SECOND, []),
        (CONFIRMED, START - SECOND, []),
        (CONFIRMED, START, [Uncancellable.STARTED]),
        (CANCELLED, START - SECOND, [Uncancellable.NOT_LIVE]),
    ],
)
def test_who_cannot_come_says_so_until_the_start(state, now, reasons):
    assert whys(refusals_to_stay_away(state, START, now)) == reasons
