"""What a certificate may say, and when it stops being true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.certificates import (
    Change,
    Line,
    Refusal,
    by_unit,
    changes,
    hours_and_minutes,
    masked_name,
    period_refusals,
    refusals,
    total_minutes,
)

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
LINE = Line(
    record=1,
    unit="Chenguang",
    date=date(2026, 3, 5),
    activity="Tea with the elderly",
    place="Hall 2",
    content="Poured tea, read letters",
    minutes=50,
    organiser="Chenguang",
    in_charge="Li Na",
    source="sign-in",
)


def why(found):
    assert all("%(" not in str(reason.why) % reason.facts for reason in found)
    return [reason.why for reason in found]


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"date": FIRST}, []),
        ({"date": LAST}, []),
        ({"date": FIRST - timedelta(1)}, [Refusal.OUTSIDE_PERIOD]),
        ({"date": LAST + timedelta(1)}, [Refusal.OUTSIDE_PERIOD]),
        ({"minutes": 0}, [Refusal.NO_TIME]),
        ({"minutes": -10}, [Refusal.NO_TIME]),
        ({"minutes": 1}, []),
        ({"content": "  "}, [Refusal.NO_CONTENT]),
        ({"unit": None}, [Refusal.NO_UNIT]),
        ({"place": "", "in_charge": ""}, []),
    ],
)
def test_time_content_and_unit_are_required_and_both_days_of_the_period_belong_to_it(
    change, reasons
):
    line = replace(LINE, **change)
    assert why(refusals(line, approved=True, first=FIRST, last=LAST)) == reasons


def test_only_approved_records_are_certified():
    found = refusals(LINE, approved=False, first=FIRST, last=LAST)
    assert why(found) == [Refusal.NOT_APPROVED]


def test_an_office_certifies_only_what_it_recorded():
    def asked(issuer):
        return why(refusals(LINE, approved=True, first=FIRST, last=LAST, issuer=issuer))

    assert asked("Chenguang") == []
    assert asked("Heping") == [Refusal.OTHER_UNIT]
    assert asked(None) == []


@pytest.mark.parametrize(
    ("first", "last", "reasons"),
    [
        (FIRST, FIRST, []),
        (FIRST, LAST, []),
        (LAST, FIRST, [Refusal.PERIOD_BACKWARDS]),
        (FIRST, LAST + timedelta(1), [Refusal.PERIOD_NOT_OVER]),
    ],
)
def test_a_period_runs_forward_and_not_past_today(first, last, reasons):
    assert why(period_refusals(first, last, today=LAST)) == reasons


def test_three_times_fifty_minutes_are_two_hours_and_a_half():
    lines = [replace(LINE, record=number) for number in range(3)]
    assert hours_and_minutes(50) == (0, 50)
    assert hours_and_minutes(total_minutes(lines)) == (2, 30)


@given(st.lists(st.integers(1, 1440)))
def test_the_total_is_the_sum_of_the_lines_as_shown(minutes):
    lines = [replace(LINE, record=number, minutes=one) for number, one in enumerate(minutes)]
    shown = [hours_and_minutes(line.minutes) for line in lines]
    hours, rest = hours_and_minutes(total_minutes(lines))
    assert hours * 60 + rest == sum(h for h, _ in shown) * 60 + sum(m for _, m in shown)
    assert rest < 60


def test_lines_stand_by_unit_in_the_order_of_their_days():
    later = replace(LINE, record=2, date=LINE.date + timedelta(9))
    earlier = replace(LINE, record=9, date=LINE.date - timedelta(9), unit="Heping")
    same_day = replace(LINE, record=3)
    assert by_unit([later, same_day, LINE, earlier]) == {
        "Heping": [earlier],
        "Chenguang": [LINE, same_day, later],
    }
    assert list(by_unit([later, LINE, earlier])) == ["Heping", "Chenguang"]


def test_the_groups_hold_every_line_once():
    lines = [replace(LINE, record=n, unit=n % 3) for n in range(20)]
    grouped = [line for group in by_unit(lines).values() for line in group]
    assert sorted(line.record for line in grouped) == list(range(20))
    assert sum(total_minutes(group) for group in by_unit(lines).values()) == total_minutes(lines)


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        ([LINE], []),
        ([], [Change.RECORD_GONE]),
        ([replace(LINE, minutes=49)], [Change.MINUTES_CHANGED]),
        ([replace(LINE, content="Read letters")], [Change.WORDING_CHANGED]),
        ([replace(LINE, date=FIRST)], [Change.WORDING_CHANGED]),
        ([LINE, replace(LINE, record=2)], []),
    ],
)
def test_a_correction_makes_a_certificate_untrue_and_a_new_record_does_not(current, expected):
    assert why(changes([LINE], current)) == expected


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小明", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("司马相如", "司马*"),
        ("𬱖丽", "𬱖*"),
        ("王𬱖", "王*"),
        ("阿卜杜拉·买买提", "阿*·买*"),
        ("Maria Lopez", "M* L*"),
        ("Ó Briain", "* B*"),
        ("E\u0301mile Zola", "E\u0301* Z*"),
        ("张", "*"),
        (" 张三 ", "张*"),
        ("", ""),
    ],
)
def test_a_stranger_sees_the_family_name_and_one_star(name, masked):
    assert masked_name(name) == masked


@given(st.text("张小明欧阳修abcü·", min_size=2, max_size=50))
def test_a_masked_name_never_holds_the_whole_name(name):
    assert name not in masked_name(name) or not name.strip("· ")
    assert len(masked_name(name)) <= 2 * len(name)
