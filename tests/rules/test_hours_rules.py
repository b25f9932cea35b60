from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.hours import (
    Approval,
    Deed,
    Unapprovable,
    Uncorrectable,
    Unrecordable,
    approval_needed,
    approval_of_day,
    in_hours,
    missing_fields,
    refusals_to_approve,
    refusals_to_correct,
    refusals_to_record,
    shown,
)
from talent.rules.span import Span

DAY = date(2026, 6, 10)
NEXT = date(2026, 6, 11)
TODAY = date(2026, 6, 12)
ITSELF, OFFICE, LEVEL_ABOVE = Approval
WHOLE = Deed(
    activity="陪老人散步",
    day=DAY,
    place="春风社区",
    content="陪伴",
    minutes=90,
    organiser="春风社区居委会",
    person_in_charge="李主任",
)


def hours(start, end):
    return Span(datetime(2026, 6, 10, start, tzinfo=UTC), datetime(2026, 6, 10, end, tzinfo=UTC))


def test_with_all_seven_fields_nothing_is_missing():
    assert missing_fields(WHOLE) == []


@pytest.mark.parametrize(
    ("gap", "reason"),
    [
        ({"activity": " "}, Unrecordable.ACTIVITY),
        ({"day": None}, Unrecordable.DAY),
        ({"place": ""}, Unrecordable.PLACE),
        ({"content": "\n"}, Unrecordable.CONTENT),
        ({"minutes": 0}, Unrecordable.MINUTES),
        ({"minutes": -60}, Unrecordable.MINUTES),
        ({"organiser": ""}, Unrecordable.ORGANISER),
        ({"person_in_charge": ""}, Unrecordable.PERSON_IN_CHARGE),
        ({"by_hand": True}, Unrecordable.EVIDENCE),
        ({"by_hand": True, "evidence": " "}, Unrecordable.EVIDENCE),
    ],
)
def test_each_of_the_seven_fields_is_asked_for_and_evidence_for_hours_by_hand(gap, reason):
    assert whys(missing_fields(replace(WHOLE, **gap))) == [reason]


def test_hours_by_hand_with_evidence_are_complete():
    assert missing_fields(replace(WHOLE, by_hand=True, evidence="签到表第3页")) == []


def test_a_single_minute_is_time_of_service():
    assert missing_fields(replace(WHOLE, minutes=1)) == []


@pytest.mark.parametrize(
    ("minutes", "level"),
    [
        (0, ITSELF),
        (479, ITSELF),
        (480, ITSELF),
        (481, OFFICE),
        (720, OFFICE),
        (721, LEVEL_ABOVE),
        (1440, LEVEL_ABOVE),
    ],
)
def test_up_to_8_hours_a_day_approve_themselves_up_to_12_the_office_above_the_level_above(
    minutes, level
):
    assert approval_of_day(minutes) is level
    assert approval_needed({DAY: minutes}, {}) is level


@pytest.mark.parametrize(
    ("new", "recorded", "level"),
    [
        ({DAY: 270}, {DAY: 300}, OFFICE),  # 5 h and 4.5 h with two organisers
        ({DAY: 180}, {DAY: 300}, ITSELF),
        ({DAY: 181}, {DAY: 300}, OFFICE),
        ({DAY: 240}, {DAY: 481}, LEVEL_ABOVE),
        ({DAY: 300}, {NEXT: 300}, ITSELF),  # another day
        ({DAY: 60, NEXT: 60}, {NEXT: 450}, OFFICE),  # the second day of a night
        ({DAY: 481, NEXT: 721}, {}, LEVEL_ABOVE),
        ({}, {DAY: 900}, ITSELF),
    ],
)
def test_a_day_is_judged_by_all_that_the_person_did_on_it(new, recorded, level):
    assert approval_needed(new, recorded) is level


@pytest.mark.parametrize("facts", [{"by_hand": True}, {"needs_review": True}])
def test_what_was_entered_by_hand_or_needs_review_is_seen_by_the_office_at_least(facts):
    assert approval_needed({DAY: 60}, {}, **facts) is OFFICE
    assert approval_needed({DAY: 721}, {}, **facts) is LEVEL_ABOVE


def test_an_office_may_set_other_levels():
    stricter = {"self_approved_minutes": 120, "office_approved_minutes": 240}
    assert approval_needed({DAY: 120}, {}, **stricter) is ITSELF
    assert approval_needed({DAY: 121}, {}, **stricter) is OFFICE
    assert approval_needed({DAY: 241}, {}, **stricter) is LEVEL_ABOVE


@pytest.mark.parametrize(
    ("new", "recorded", "reasons"),
    [
        ({DAY: 1440}, {}, []),
        ({DAY: 1441}, {}, [Unrecordable.LONGER_THAN_DAY]),
        ({DAY: 60}, {DAY: 1380}, []),
        ({DAY: 61}, {DAY: 1380}, [Unrecordable.LONGER_THAN_DAY]),
        ({DAY: 1000, NEXT: 1000}, {}, []),
        ({TODAY: 60}, {}, []),
        ({TODAY + timedelta(days=1): 60}, {}, [Unrecordable.FUTURE]),
        (
            {DAY: 1441, TODAY + timedelta(days=1): 60},
            {},
            [Unrecordable.LONGER_THAN_DAY, Unrecordable.FUTURE],
        ),
    ],
)
def test_no_day_has_more_than_24_hours_and_none_is_still_to_come(new, recorded, reasons):
    assert whys(refusals_to_record(new, recorded, TODAY)) == reasons


def test_83_hours_on_one_day_are_told_as_such():
    (because,) = refusals_to_record({DAY: 80 * 60}, {DAY: 180}, TODAY)
    assert because.facts == {"hours": "83.0", "day": DAY}


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (hours(9, 12), True),
        (hours(8, 13), True),
        (hours(10, 11), True),
        (hours(8, 10), True),
        (hours(8, 9), False),
        (hours(12, 13), False),
    ],
)
def test_the_same_time_is_not_recorded_twice(other, overlap):
    found = refusals_to_record({DAY: 180}, {}, TODAY, span=hours(9, 12), recorded_spans=[other])
    assert whys(found) == ([Unrecordable.OVERLAP] if overlap else [])


def test_a_length_without_times_overlaps_nothing():
    assert refusals_to_record({DAY: 180}, {}, TODAY, recorded_spans=[hours(9, 12)]) == []


APPROVING = {
    "needed": ITSELF,
    "at_level": OFFICE,
    "approver": "王",
    "volunteer": "张",
    "entered_by": "李",
    "by_hand": False,
}
BY_HAND = {**APPROVING, "needed": OFFICE, "by_hand": True, "evidence": "签到表"}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (APPROVING, []),
        (BY_HAND, []),
        ({**APPROVING, "approver": "李"}, []),  # from attendance, the same person may do both
        ({**APPROVING, "approver": "张"}, [Unapprovable.OWN_HOURS]),
        ({**BY_HAND, "approver": "李"}, [Unapprovable.SAME_PERSON]),
        ({**BY_HAND, "approver": "张"}, [Unapprovable.OWN_HOURS]),
        (
            {**BY_HAND, "approver": "张", "entered_by": "张"},
            [Unapprovable.OWN_HOURS, Unapprovable.SAME_PERSON],
        ),
        ({**BY_HAND, "evidence": ""}, [Unapprovable.EVIDENCE]),
        ({**BY_HAND, "evidence": " \t"}, [Unapprovable.EVIDENCE]),
        ({**APPROVING, "needed": LEVEL_ABOVE}, [Unapprovable.LEVEL]),
        ({**APPROVING, "needed": LEVEL_ABOVE, "at_level": LEVEL_ABOVE}, []),
        ({**APPROVING, "needed": OFFICE, "at_level": LEVEL_ABOVE}, []),
        ({**APPROVING, "needed": OFFICE, "at_level": ITSELF}, [Unapprovable.LEVEL]),
    ],
)
def test_hours_are_approved_by_another_person_of_the_right_level(facts, reasons):
    assert whys(refusals_to_approve(**facts)) == reasons


@pytest.mark.parametrize(
    ("to_minutes", "reason", "by", "reasons"),
    [
        (120, "签退时间录错", "王", []),
        (0, "重复记录", "王", []),
        (120, " ", "王", [Uncorrectable.NO_REASON]),
        (180, "核对", "王", [Uncorrectable.UNCHANGED]),
        (-1, "核对", "王", [Uncorrectable.NEGATIVE]),
        (240, "漏记", "张", [Uncorrectable.OWN_HOURS]),
        (
            -1,
            "",
            "张",
            [Uncorrectable.NO_REASON, Uncorrectable.NEGATIVE, Uncorrectable.OWN_HOURS],
        ),
    ],
)
def test_a_correction_has_a_reason_changes_something_and_leaves_nothing_negative(
    to_minutes, reason, by, reasons
):
    found = refusals_to_correct(
        180, to_minutes=to_minutes, reason=reason, corrected_by=by, volunteer="张"
    )
    assert whys(found) == reasons


@pytest.mark.parametrize(
    ("minutes", "unit", "text"),
    [
        (150, 6, "2.5"),
        (150, 30, "2.5"),
        (0, 6, "0.0"),
        (5, 6, "0.0"),
        (6, 6, "0.1"),
        (59, 6, "0.9"),
        (60, 6, "1.0"),
        (119, 30, "1.5"),
        (120, 30, "2.0"),
        (179, 60, "2"),
        (80, 15, "1.25"),
        (6 * 60_000, 6, "6000.0"),
        (-30, 6, "-0.5"),
        (-50, 6, "-0.8"),
        (-3, 6, "0.0"),
    ],
)
def test_minutes_are_shown_as_hours_cut_down_to_the_unit(minutes, unit, text):
    assert shown(minutes, unit) == text
    assert in_hours(minutes, unit) == Decimal(text)


def test_three_times_50_minutes_are_two_and_a_half_hours():
    assert shown(3 * 50, 30) == "2.5"
    assert sum(in_hours(50, 30) for _ in range(3)) == Decimal("1.5")  # why minutes are summed first


@pytest.mark.parametrize("unit", [0, -6, 1, 7, 20])
def test_a_unit_that_decimals_cannot_express_is_refused(unit):
    with pytest.raises(ValueError, match="whole hundredths"):
        in_hours(60, unit)


@QUICK
@given(st.integers(0, 10**7), st.sampled_from([3, 6, 15, 30, 60]))
def test_what_is_shown_is_never_more_than_was_given_and_less_than_a_unit_below(minutes, unit):
    rest = Decimal(minutes) - in_hours(minutes, unit) * 60
    assert 0 <= rest < unit


@QUICK
@given(st.integers(0, 1440), st.integers(0, 1440))
def test_more_minutes_never_need_a_lower_approval(one, other):
    fewer, more = sorted((one, other))
    levels = list(Approval)
    assert levels.index(approval_of_day(fewer)) <= levels.index(approval_of_day(more))
