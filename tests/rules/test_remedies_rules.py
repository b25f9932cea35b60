from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from talent.rules.reason import Because, packed, unpacked
from talent.rules.remedies import Remedy, RemedyKind, remedy
from talent.rules.signup import (
    OVERRIDABLE,
    Candidate,
    Gate,
    GateKind,
    Held,
    Place,
    Refusal,
    refusals,
)
from talent.rules.span import Span
from talent.rules.workload import Engagement, Limits, Overload

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
NOW = START - timedelta(days=3)
PLACE = Place(Span(START, START + 3 * HOUR), ZONE, 3, 0, where="社区食堂")
ADULT = Candidate(born=date(1990, 1, 1))
COURSE, CREDENTIAL, SKILL = (
    Gate(GateKind.TRAINING, 31, "安全培训"),
    Gate(GateKind.CREDENTIAL, 32, "急救员证"),
    Gate(GateKind.SKILL, 33, "手语"),
)
DATE, TAKEN, SEEN = RemedyKind.DATE, RemedyKind.COURSE, RemedyKind.CREDENTIAL
ABLE, GIVEN_UP = RemedyKind.SKILL, RemedyKind.PLACE_GIVEN_UP
EARLY, LATE = date(2026, 6, 9), date(2026, 6, 11)


def busy(hours, length=3, key=77):
    start = START + hours * HOUR
    return Engagement(Span(start, start + length * HOUR), "清洁", key, "社区食堂")


def until(gate):
    return (Held(gate.kind, gate.key, None, EARLY),)


def since(gate):
    return (Held(gate.kind, gate.key, LATE),)


@pytest.mark.parametrize(
    ("place", "candidate", "kind", "value"),
    [
        ({"opens_at": START - HOUR}, {}, DATE, START - HOUR),
        ({"least_years": 40}, {}, DATE, date(2030, 1, 1)),
        ({"gates": (COURSE,)}, {}, TAKEN, 31),
        ({"gates": (COURSE,)}, {"held": until(COURSE)}, TAKEN, 31),
        ({"gates": (COURSE,)}, {"held": since(COURSE)}, DATE, LATE),
        ({"gates": (CREDENTIAL,)}, {}, SEEN, 32),
        ({"gates": (CREDENTIAL,)}, {"held": until(CREDENTIAL)}, SEEN, 32),
        ({"gates": (CREDENTIAL,)}, {"held": since(CREDENTIAL)}, DATE, LATE),
        ({"gates": (SKILL,)}, {}, ABLE, 33),
        ({}, {"engagements": (busy(1),)}, GIVEN_UP, 77),
        ({"limits": Limits(rest=660)}, {"engagements": (busy(4),)}, GIVEN_UP, 77),
        (
            {"limits": Limits(travel=90), "where": "活动室"},
            {"engagements": (busy(4),)},
            GIVEN_UP, 77,
        ),
        ({"limits": Limits(day=300)}, {"engagements": (busy(4),)}, GIVEN_UP, 77),
        ({"limits": Limits(week=300)}, {"engagements": (busy(28),)}, GIVEN_UP, 77),
        ({"limits": Limits(days_in_row=1)}, {"engagements": (busy(24),)}, GIVEN_UP, 77),
        ({"limits": Limits(ahead=1)}, {"engagements": (busy(-24),)}, DATE, START - 24 * HOUR),
    ],
)  # fmt: skip
def test_what_would_make_it_pass(place, candidate, kind, value):
    (because,) = refusals(replace(PLACE, **place), replace(ADULT, **candidate), NOW)
    assert remedy(because) == Remedy(kind, value)
    assert remedy(unpacked(packed(because))) == Remedy(kind, value)


@pytest.mark.parametrize(
    "why",
    [
        Refusal.CANCELLED, Refusal.NOT_PUBLISHED, Refusal.ENDED, Refusal.STARTED, Refusal.CLOSED,
        Refusal.ALREADY, Refusal.FULL, Refusal.NOT_ACTIVE, Refusal.BORN_UNKNOWN,
        Refusal.GUARDIAN_CONSENT, Refusal.RISKS_UNREAD,
    ],
)  # fmt: skip
def test_what_nobody_has_in_hand_has_no_remedy(why):
    assert remedy(Because(why)) is None


def test_a_limit_that_no_single_coming_shift_would_free_has_no_remedy():
    place, tight = (replace(PLACE, limits=Limits(week=most)) for most in (400, 200))
    others = (busy(24), busy(48))
    (because,) = refusals(tight, replace(ADULT, engagements=others), NOW)
    assert because.why is Overload.WEEK_MINUTES
    assert remedy(because) is None
    (because,) = refusals(
        place, replace(ADULT, engagements=(busy(-24), busy(24, 1))), START - 20 * HOUR
    )
    assert remedy(because) == Remedy(GIVEN_UP, 77)


def test_born_on_29_february_one_is_old_enough_on_1_march_of_a_common_year():
    young = Candidate(born=date(2012, 2, 29), guardian_consents=True)
    for day, passes in ((date(2026, 2, 28), False), (date(2026, 3, 1), True)):
        start = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
        place = replace(PLACE, span=Span(start, start + HOUR), least_years=14)
        got = refusals(place, young, start - HOUR)
        assert [remedy(b) for b in got] == ([] if passes else [Remedy(DATE, date(2026, 3, 1))])
    leap = datetime(2028, 2, 29, 9, tzinfo=ZONE)
    place = replace(PLACE, span=Span(leap, leap + HOUR), least_years=16)
    assert refusals(place, young, leap - HOUR) == []


def test_every_reason_of_an_office_is_one_that_may_be_passed_over():
    assert set(Overload) < OVERRIDABLE
