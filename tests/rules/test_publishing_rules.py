from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from said import whys

from talent.rules.publishing import (
    Announcement,
    Insurance,
    Position,
    Unpublishable,
    missing,
    refusals_to_publish_shift,
    uncovered,
    unmet,
)
from talent.rules.span import Span

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
SHIFT = Span(START, START + timedelta(hours=3))
NIGHT = Span(datetime(2026, 6, 10, 22, tzinfo=ZONE), datetime(2026, 6, 11, 2, tzinfo=ZONE))
NOW = START - timedelta(days=7)
WHOLE = Announcement(
    person_in_charge="李主任",
    content="陪老人散步",
    place="春风社区服务中心",
    sign_up_way="在本系统报名",
    risks="无",
    safeguards="饮水、急救包",
    positions=(Position("陪伴", 5, "无"),),
)
COVER = Insurance("PA-2026-001", date(2026, 6, 10), date(2026, 6, 10))
RISKY = replace(WHOLE, risky=True, insurance=COVER)


def test_a_complete_announcement_may_be_published():
    assert missing(WHOLE) == []
    assert refusals_to_publish_shift(WHOLE, SHIFT, zone=ZONE, now=NOW) == []


@pytest.mark.parametrize(
    ("gap", "reason"),
    [
        ({"person_in_charge": " "}, Unpublishable.PERSON_IN_CHARGE),
        ({"content": ""}, Unpublishable.CONTENT),
        ({"place": "\n"}, Unpublishable.PLACE),
        ({"sign_up_way": ""}, Unpublishable.SIGN_UP_WAY),
        ({"risks": ""}, Unpublishable.RISKS),
        ({"safeguards": ""}, Unpublishable.SAFEGUARDS),
        ({"positions": ()}, Unpublishable.POSITIONS),
        ({"positions": (Position("陪伴", 0, "无"),)}, Unpublishable.PLACES),
        ({"positions": (Position("陪伴", 5, " "),)}, Unpublishable.CONDITIONS),
    ],
)
def test_each_thing_that_volunteers_must_know_is_asked_for(gap, reason):
    lacking = replace(WHOLE, **gap)
    assert whys(missing(lacking)) == [reason]
    assert whys(refusals_to_publish_shift(lacking, SHIFT, zone=ZONE, now=NOW)) == [reason]


def test_a_single_place_is_enough():
    assert missing(replace(WHOLE, positions=(Position("陪伴", 1, "无"),))) == []


def test_all_that_is_missing_is_told_at_once_and_names_the_position():
    lacking = Announcement("", "", "", "", "", "", (Position("陪伴", 0, ""),), risky=True)
    found = missing(lacking)
    assert whys(found) == [
        Unpublishable.PERSON_IN_CHARGE,
        Unpublishable.CONTENT,
        Unpublishable.PLACE,
        Unpublishable.SIGN_UP_WAY,
        Unpublishable.RISKS,
        Unpublishable.SAFEGUARDS,
        Unpublishable.PLACES,
        Unpublishable.CONDITIONS,
        Unpublishable.POLICY_NUMBER,
        Unpublishable.COVER_DATES,
    ]
    assert found[6].facts == {"position": "陪伴"}


@pytest.mark.parametrize(
    ("insurance", "reasons"),
    [
        (COVER, []),
        (replace(COVER, policy_number=" "), [Unpublishable.POLICY_NUMBER]),
        (replace(COVER, first_day=None), [Unpublishable.COVER_DATES]),
        (replace(COVER, last_day=None), [Unpublishable.COVER_DATES]),
        (Insurance(), [Unpublishable.POLICY_NUMBER, Unpublishable.COVER_DATES]),
        (replace(COVER, last_day=date(2026, 6, 9)), [Unpublishable.COVER_TURNED]),
    ],
)
def test_a_risky_service_needs_a_policy_with_dates(insurance, reasons):
    assert whys(missing(replace(RISKY, insurance=insurance))) == reasons


def test_a_service_without_risk_needs_no_insurance():
    assert missing(replace(WHOLE, insurance=Insurance())) == []
    assert uncovered(replace(RISKY, risky=False), NIGHT, ZONE) == []


@pytest.mark.parametrize(
    ("shift", "first_day", "last_day", "covered"),
    [
        (SHIFT, date(2026, 6, 10), date(2026, 6, 10), True),
        (SHIFT, date(2026, 6, 1), date(2026, 6, 30), True),
        (SHIFT, date(2026, 6, 11), date(2026, 6, 30), False),
        (SHIFT, date(2026, 6, 1), date(2026, 6, 9), False),
        (NIGHT, date(2026, 6, 10), date(2026, 6, 11), True),
        (NIGHT, date(2026, 6, 10), date(2026, 6, 10), False),
        (NIGHT, date(2026, 6, 11), date(2026, 6, 11), False),
    ],
)
def test_insurance_covers_each_local_day_of_the_shift(shift, first_day, last_day, covered):
    announcement = replace(RISKY, insurance=Insurance("P", first_day, last_day))
    reasons = [] if covered else [Unpublishable.NOT_COVERED]
    assert whys(uncovered(announcement, shift, ZONE)) == reasons
    assert whys(refusals_to_publish_shift(announcement, shift, zone=ZONE, now=NOW)) == reasons


def test_the_day_that_is_not_covered_is_that_of_the_place():
    early = Span(datetime(2026, 6, 10, 6, tzinfo=ZONE), datetime(2026, 6, 10, 7, tzinfo=ZONE))
    assert early.start.date() == date(2026, 6, 9)  # in UTC
    assert uncovered(RISKY, early, ZONE) == []
    (because,) = uncovered(
        replace(RISKY, insurance=replace(COVER, first_day=date(2026, 6, 11))), early, ZONE
    )
    assert because.facts["day"] == date(2026, 6, 10)


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (SHIFT.start, []),
        (SHIFT.end - timedelta(seconds=1), []),
        (SHIFT.end, [Unpublishable.OVER]),
    ],
)
def test_a_shift_that_is_over_is_not_published_any_more(now, reasons):
    assert whys(refusals_to_publish_shift(WHOLE, SHIFT, zone=ZONE, now=now)) == reasons


LED = replace(
    WHOLE, leaders=("组长",), positions=(Position("组长", 1, "无", leads=True), WHOLE.positions[0])
)


@pytest.mark.parametrize(
    ("gap", "reasons"),
    [
        ({}, []),
        ({"positions": WHOLE.positions}, [Unpublishable.LEADER]),
        ({"positions": (Position("组长", 0, "无", leads=True),)}, [Unpublishable.LEADER]),
        ({"leaders": (), "positions": WHOLE.positions}, []),
        ({"positions": (Position("组长", 2, "无", 2, leads=True),)}, []),
        ({"positions": (Position("组长", 2, "无", 3, leads=True),)}, [Unpublishable.LEAST]),
        (
            {"positions": (Position("组长", 1, "无", leads=True, closed=("急救", "驾驶")),)},
            [Unpublishable.GATE_CLOSED, Unpublishable.GATE_CLOSED],
        ),
    ],
)
def test_a_least_a_gate_and_a_leader_that_cannot_be_met_are_named(gap, reasons):
    assert whys(unmet(replace(LED, **gap))) == reasons


def test_publishing_a_shift_names_what_is_missing_and_what_cannot_be_met_at_once():
    poor = replace(LED, person_in_charge="", positions=WHOLE.positions)
    assert whys(refusals_to_publish_shift(poor, SHIFT, zone=ZONE, now=NOW)) == [
        Unpublishable.PERSON_IN_CHARGE,
        Unpublishable.LEADER,
    ]
