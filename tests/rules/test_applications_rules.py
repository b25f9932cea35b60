from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from talent.rules.applications import (
    LATEST_INTERVIEW,
    InterviewState,
    Unqueued,
    refusals_to_invite,
    refusals_to_note,
    refusals_to_put_back,
    refusals_to_refer,
    refusals_to_take,
)

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLANNED, HELD = InterviewState.PLANNED, InterviewState.HELD
MISSED, OFF = InterviewState.MISSED, InterviewState.CALLED_OFF


def why(found):
    return [because.why for because in found]


@pytest.mark.parametrize(
    ("waiting", "taker", "refused"),
    [
        (True, None, []),
        (True, "李姐", [Unqueued.TAKEN]),
        (False, None, [Unqueued.NOT_WAITING]),
        (False, "李姐", [Unqueued.NOT_WAITING]),
    ],
)
def test_one_clerk_takes_what_waits(waiting, taker, refused):
    assert why(refusals_to_take(waiting=waiting, taker=taker)) == refused


@pytest.mark.parametrize(
    ("waiting", "taken", "refused"),
    [
        (True, True, []),
        (True, False, [Unqueued.NOT_TAKEN]),
        (False, True, [Unqueued.NOT_WAITING]),
    ],
)
def test_only_what_was_taken_is_put_back(waiting, taken, refused):
    assert why(refusals_to_put_back(waiting=waiting, taken=taken)) == refused


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, []),
        ({"waiting": False}, [Unqueued.NOT_WAITING]),
        ({"same": True}, [Unqueued.SAME_OFFICE]),
        ({"joinable": False}, [Unqueued.CLOSED]),
        ({"registered_there": True}, [Unqueued.REGISTERED_THERE]),
        ({"why": "  "}, [Unqueued.WHY]),
        ({"same": True, "why": ""}, [Unqueued.SAME_OFFICE, Unqueued.WHY]),
    ],
)
def test_an_application_goes_to_another_office_with_a_reason(facts, refused):
    given = {
        "waiting": True, "same": False, "joinable": True, "registered_there": False, "why": "近",
    }  # fmt: skip
    assert why(refusals_to_refer(**{**given, **facts})) == refused


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, []),
        ({"waiting": False, "starts_at": NOW}, [Unqueued.NOT_WAITING]),
        ({"starts_at": NOW}, [Unqueued.PAST]),
        ({"starts_at": NOW + SECOND}, []),
        ({"starts_at": NOW + LATEST_INTERVIEW}, []),
        ({"starts_at": NOW + LATEST_INTERVIEW + SECOND}, [Unqueued.PAST]),
        ({"minutes": 4}, [Unqueued.MINUTES]),
        ({"minutes": 5}, []),
        ({"minutes": 240}, []),
        ({"minutes": 241}, [Unqueued.MINUTES]),
        ({"where": " "}, [Unqueued.WHERE]),
    ],
)
def test_an_interview_is_to_come_has_a_length_and_a_place(facts, refused):
    given = {
        "waiting": True, "starts_at": NOW + timedelta(days=1), "minutes": 30, "where": "二楼",
        "now": NOW,
    }  # fmt: skip
    assert why(refusals_to_invite(**{**given, **facts})) == refused


@pytest.mark.parametrize(
    ("state", "to", "begins", "refused"),
    [
        (PLANNED, HELD, NOW, []),
        (PLANNED, MISSED, NOW, []),
        (PLANNED, HELD, NOW + SECOND, [Unqueued.NOT_BEGUN]),
        (PLANNED, MISSED, NOW + SECOND, [Unqueued.NOT_BEGUN]),
        (PLANNED, OFF, NOW + SECOND, []),
        (PLANNED, OFF, NOW - SECOND, []),
        (PLANNED, PLANNED, NOW, [Unqueued.INTERVIEW_OVER]),
        (HELD, MISSED, NOW, [Unqueued.INTERVIEW_OVER]),
        (OFF, HELD, NOW, [Unqueued.INTERVIEW_OVER]),
    ],
)
def test_what_became_of_an_interview_is_noted_once_and_not_before(state, to, begins, refused):
    assert why(refusals_to_note(state, to, begins, NOW)) == refused
