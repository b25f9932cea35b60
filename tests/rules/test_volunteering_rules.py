from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from said import whys

from talent.rules.span import Span
from talent.rules.volunteering import (
    ActivityKind,
    Incomplete,
    NotVolunteering,
    Registration,
    missing_fields,
    refusals_on_duty,
    refusals_to_record,
)

WHOLE = Registration(
    name="张三",
    sex="female",
    born=date(1990, 1, 1),
    document_number="E12345678",
    area="春风社区",
    contact="13800000000",
    skills="急救",
    services=1,
)


def hours(start, end):
    return Span(datetime(2026, 6, 1, start, tzinfo=UTC), datetime(2026, 6, 1, end, tzinfo=UTC))


def test_with_all_eight_fields_nothing_is_missing():
    assert missing_fields(WHOLE) == []


@pytest.mark.parametrize(
    ("gap", "reason"),
    [
        ({"name": " "}, Incomplete.NAME),
        ({"sex": None}, Incomplete.SEX),
        ({"born": None}, Incomplete.BORN),
        ({"document_number": ""}, Incomplete.DOCUMENT),
        ({"area": ""}, Incomplete.AREA),
        ({"contact": "\t"}, Incomplete.CONTACT),
        ({"skills": None}, Incomplete.SKILLS),
        ({"services": 0}, Incomplete.SERVICES),
    ],
)
def test_each_of_the_eight_fields_is_asked_for(gap, reason):
    assert whys(missing_fields(replace(WHOLE, **gap))) == [reason]


def test_all_that_is_missing_is_told_at_once():
    empty = Registration("", None, None, "", "", "", None, 0)
    assert whys(missing_fields(empty)) == list(Incomplete)


def test_no_special_skills_is_an_answer():
    assert missing_fields(replace(WHOLE, skills="")) == []


@pytest.mark.parametrize("kind", [kind for kind in ActivityKind if kind != ActivityKind.SERVICE])
def test_what_is_not_volunteering_gives_no_hours(kind):
    reason = NotVolunteering.TRAINING if kind is ActivityKind.TRAINING else NotVolunteering.KIND
    assert whys(refusals_to_record(kind)) == [reason]


def test_voluntary_service_is_recorded():
    assert refusals_to_record(ActivityKind.SERVICE) == []


@pytest.mark.parametrize(
    ("duty", "clash"),
    [
        (hours(8, 17), True),
        (hours(8, 13), True),
        (hours(11, 12), True),
        (hours(8, 10), False),
        (hours(14, 17), False),
    ],
)
def test_staff_volunteer_outside_their_paid_hours(duty, clash):
    found = refusals_on_duty(hours(10, 14), [duty])
    assert whys(found) == ([NotVolunteering.PAID_DUTY] if clash else [])


def test_each_clash_with_paid_duty_is_named_in_order():
    found = refusals_on_duty(hours(8, 18), [hours(13, 17), hours(8, 12), hours(18, 20)])
    assert [because.facts for because in found] == [
        {"start": duty.start, "end": duty.end} for duty in (hours(8, 12), hours(13, 17))
    ]
