"""Handing on a place: who may offer, answer, approve, and what time does to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from said import whys

from talent.rules.handovers import (
    OPEN,
    HandoverState,
    StandIns,
    Unhandable,
    overtaken,
    refusals_to_answer,
    refusals_to_approve,
    refusals_to_offer,
)
from talent.rules.signup import SignupState

START = datetime(2026, 6, 10, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CONFIRMED, WAITING = SignupState.CONFIRMED, SignupState.WAITING


@pytest.mark.parametrize(
    ("state", "now", "mode", "offered", "reasons"),
    [
        (CONFIRMED, START - SECOND, StandIns.FREE, False, []),
        (CONFIRMED, START - SECOND, StandIns.APPROVED, False, []),
        (CONFIRMED, START, StandIns.FREE, False, [Unhandable.STARTED]),
        (CONFIRMED, START - SECOND, StandIns.OFF, False, [Unhandable.OFF]),
        (CONFIRMED, START, StandIns.OFF, True, [Unhandable.OFF]),
        (CONFIRMED, START - SECOND, StandIns.FREE, True, [Unhandable.OFFERED_ALREADY]),
        (WAITING, START - SECOND, StandIns.FREE, False, [Unhandable.NO_PLACE]),
        (SignupState.RESERVE, START - SECOND, StandIns.FREE, False, [Unhandable.NO_PLACE]),
        (SignupState.OFFERED, START - SECOND, StandIns.FREE, False, [Unhandable.NO_PLACE]),
        (None, START - SECOND, StandIns.FREE, False, [Unhandable.NO_PLACE]),
    ],
)
def test_only_a_place_that_one_has_is_handed_on_and_until_the_start(
    state, now, mode, offered, reasons
):
    assert whys(refusals_to_offer(state, START, now, mode=mode, offered=offered)) == reasons


@pytest.mark.parametrize("state", HandoverState)
def test_only_what_is_offered_is_accepted_and_only_what_is_accepted_is_approved(state):
    now = START - SECOND
    answer = refusals_to_answer(state, CONFIRMED, START, now, mode=StandIns.FREE)
    assert (not answer) == (state is HandoverState.OFFERED)
    approval = whys(refusals_to_approve(state, CONFIRMED, START, now))
    wanted = {HandoverState.ACCEPTED: [], HandoverState.OFFERED: [Unhandable.NOT_ACCEPTED]}
    assert approval == wanted.get(state, [Unhandable.OVER])


@pytest.mark.parametrize(
    ("giver", "now", "reasons"),
    [
        (CONFIRMED, START, [Unhandable.STARTED]),
        (SignupState.CANCELLED, START - SECOND, [Unhandable.NO_PLACE]),
        (None, START - SECOND, [Unhandable.NO_PLACE]),
    ],
)
def test_without_the_givers_place_or_after_the_start_nothing_is_accepted(giver, now, reasons):
    free = StandIns.FREE
    assert whys(refusals_to_answer(HandoverState.OFFERED, giver, START, now, mode=free)) == reasons
    assert whys(refusals_to_approve(HandoverState.ACCEPTED, giver, START, now)) == reasons


def test_an_office_that_turned_it_off_meanwhile_is_obeyed():
    found = refusals_to_answer(
        HandoverState.OFFERED, CONFIRMED, START, START - SECOND, mode=StandIns.OFF
    )
    assert whys(found) == [Unhandable.OFF]


@pytest.mark.parametrize("state", HandoverState)
@pytest.mark.parametrize(
    ("giver", "now", "becomes"),
    [
        (CONFIRMED, START - SECOND, None),
        (CONFIRMED, START, HandoverState.LAPSED),
        (SignupState.REMOVED, START - SECOND, HandoverState.VOID),
        (SignupState.CANCELLED, START, HandoverState.VOID),
        (None, START - SECOND, HandoverState.VOID),
    ],
)
def test_an_open_one_lapses_at_the_start_and_is_void_without_the_place(state, giver, now, becomes):
    assert overtaken(state, giver, START, now) == (becomes if state in OPEN else None)
