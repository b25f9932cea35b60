"""Training and the second pair of eyes: who gets a seat, what is recorded, who verifies."""

from datetime import UTC, date, datetime, timedelta

import pytest
from said import whys

from talent.rules import credentials, training
from talent.rules.credentials import Held, Unverifiable
from talent.rules.training import Refusal

START = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
FREE = {"start": START, "end": END, "cancelled": False, "free": 1, "already": False}
DAY = date(2026, 6, 5)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changed", "now", "expected"),
    [
        ({}, START - SECOND, []),
        ({}, START, [Refusal.BEGUN]),
        ({}, END, [Refusal.OVER]),
        ({"at_the_door": True}, START, []),
        ({"at_the_door": True}, END - SECOND, []),
        ({"at_the_door": True}, END, [Refusal.OVER]),
        ({"free": 0}, START - SECOND, [Refusal.FULL]),
        ({"already": True}, START - SECOND, [Refusal.ALREADY]),
        ({"already": True, "free": 0}, START - SECOND, [Refusal.ALREADY]),
        ({"cancelled": True, "free": 0}, END, [Refusal.CANCELLED]),
        ({"free": 0}, START, [Refusal.BEGUN, Refusal.FULL]),
    ],
)
def test_a_seat_is_taken_before_the_session_while_one_is_free(changed, now, expected):
    assert whys(training.refusals_to_take(**(FREE | changed), now=now)) == expected


@pytest.mark.parametrize(
    ("live", "now", "expected"),
    [
        (True, START - SECOND, []),
        (True, START, [Refusal.BEGUN]),
        (False, START - SECOND, [Refusal.NOT_SIGNED_UP]),
    ],
)
def test_a_seat_is_given_back_before_the_session(live, now, expected):
    assert whys(training.refusals_to_give_back(start=START, live=live, now=now)) == expected


@pytest.mark.parametrize(
    ("cancelled", "live", "today", "expected"),
    [
        (False, True, DAY, []),
        (False, True, DAY - timedelta(days=1), [Refusal.NOT_YET]),
        (False, False, DAY, [Refusal.NOT_SIGNED_UP]),
        (True, True, DAY, [Refusal.CANCELLED]),
    ],
)
def test_attendance_is_taken_from_the_day_on(cancelled, live, today, expected):
    found = training.refusals_to_mark(first_day=DAY, cancelled=cancelled, live=live, today=today)
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("end", "places", "taken", "expected"),
    [
        (END, 5, 5, []),
        (END, 4, 5, [Refusal.TOO_FEW]),
        (START, 5, 0, [Refusal.TURNED]),
        (START - SECOND, 0, 1, [Refusal.TURNED, Refusal.TOO_FEW]),
    ],
)
def test_a_session_goes_forward_and_keeps_its_people(end, places, taken, expected):
    found = training.refusals_to_plan(start=START, end=end, places=places, taken=taken)
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("minutes", "held_on", "until", "expected"),
    [
        (1, DAY, None, []),
        (60, DAY, DAY, []),
        (0, DAY, None, [Refusal.NO_TIME]),
        (60, DAY + timedelta(days=1), None, [Refusal.IN_FUTURE]),
        (60, DAY, DAY - timedelta(days=1), [Refusal.ENDS_BEFORE]),
    ],
)
def test_what_is_recorded_has_taken_place_and_time(minutes, held_on, until, expected):
    found = training.refusals_to_record(
        held_on=held_on, minutes=minutes, valid_until=until, today=DAY
    )
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("issued", "last", "lapses", "expected"),
    [
        (DAY, None, False, []),
        (DAY, DAY, True, []),
        (DAY, None, True, [Unverifiable.NO_LAST_DAY]),
        (DAY, DAY - timedelta(days=1), True, [Unverifiable.TURNED]),
        (DAY + timedelta(days=1), None, False, [Unverifiable.IN_FUTURE]),
    ],
)
def test_a_credential_has_days_that_make_sense(issued, last, lapses, expected):
    found = credentials.refusals_to_state(issued=issued, last=last, lapses=lapses, today=DAY)
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("ended", "verified", "entered_it", "own", "expected"),
    [
        (False, False, False, False, []),
        (False, False, True, False, [Unverifiable.ENTERED_IT]),
        (False, False, False, True, [Unverifiable.OWN]),
        (False, False, True, True, [Unverifiable.ENTERED_IT, Unverifiable.OWN]),
        (False, True, True, True, [Unverifiable.VERIFIED]),
        (True, True, False, False, [Unverifiable.WITHDRAWN]),
    ],
)
def test_a_second_person_verifies(ended, verified, entered_it, own, expected):
    found = credentials.refusals_to_verify(
        ended=ended, verified=verified, entered_it=entered_it, own=own
    )
    assert whys(found) == expected


@pytest.mark.parametrize(
    ("left", "due"),
    [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_nearest_reminder_is_due(left, due):
    held = Held("first_aid", date(2020, 1, 1), DAY + timedelta(days=left))
    assert credentials.reminder(held, today=DAY) == due


def test_what_does_not_lapse_is_never_reminded_of():
    assert credentials.reminder(Held("x", date(2020, 1, 1)), today=DAY) is None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, []),
        ({"ended": True, "verified": True, "own": True}, [Refusal.WITHDRAWN]),
        ({"verified": True, "entered_it": True}, [Refusal.VERIFIED]),
        ({"entered_it": True}, [Refusal.ENTERED_IT]),
        ({"own": True}, [Refusal.OWN]),
        ({"entered_it": True, "own": True}, [Refusal.ENTERED_IT, Refusal.OWN]),
    ],
)
def test_outside_training_is_verified_by_a_second_person(facts, why):
    asked = dict.fromkeys(("ended", "verified", "entered_it", "own"), False) | facts
    assert [reason.why for reason in training.refusals_to_verify(**asked)] == why


def test_outside_training_comes_with_its_evidence():
    asked = {"held_on": DAY, "minutes": 60, "valid_until": None, "today": DAY}
    assert training.refusals_to_record(**asked) == []
    found = training.refusals_to_record(**asked, has_paper=False)
    assert [reason.why for reason in found] == [Refusal.NO_EVIDENCE]
