"""Joining two files: how alike, who may not be joined, and until when it is undone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.merging import (
    UNDONE_WITHIN,
    Alike,
    File,
    Strength,
    Unjoinable,
    Unpartable,
    differ,
    refusals_to_join,
    refusals_to_part,
    strength,
    undone_until,
    weight,
)

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("found", "papers_differ", "points"),
    [
        ([], False, 0),
        ([Alike.DOCUMENT], False, 100),
        ([Alike.PHONE], False, 40),
        ([Alike.PHONE], True, 0),  # a household shares a phone
        ([Alike.NAME_BORN, Alike.PINYIN_BORN], False, 60),
        ([Alike.NAME_BORN, Alike.PINYIN_BORN], True, 0),  # two of one name and one birthday
        ([Alike.PINYIN_BORN], False, 40),
        ([Alike.PINYIN_TAIL], False, 30),
        ([Alike.PHONE, Alike.PINYIN_TAIL], False, 70),
        ([Alike.NAME_BORN, Alike.PHONE], False, 100),
        ([Alike.NAME_BORN, Alike.PHONE, Alike.PINYIN_TAIL], True, 40),
        ([Alike.DOCUMENT, Alike.NAME_BORN, Alike.PHONE], False, 100),
    ],
)
def test_what_two_files_have_in_common_weighs_so_much(found, papers_differ, points):
    assert weight(found, papers_differ=papers_differ) == points


@given(st.sets(st.sampled_from(list(Alike))), st.sampled_from(list(Alike)), st.booleans())
def test_one_more_thing_in_common_never_makes_it_less_likely(found, more, papers_differ):
    lighter = weight(found, papers_differ=papers_differ)
    assert 0 <= lighter <= weight(found | {more}, papers_differ=papers_differ) <= 100


@pytest.mark.parametrize(
    ("points", "word"),
    [
        (100, Strength.SURE), (90, Strength.SURE), (89, Strength.LIKELY),
        (50, Strength.LIKELY), (49, Strength.POSSIBLE), (1, Strength.POSSIBLE),
    ],
)  # fmt: skip
def test_the_weight_has_a_word(points, word):
    assert strength(points) is word


@pytest.mark.parametrize(
    ("one", "other", "two_people"),
    [
        (None, None, False),
        (("resident_id", "1"), None, False),
        (("resident_id", "1"), ("resident_id", "1"), False),
        (("resident_id", "1"), ("resident_id", "2"), True),
        (("resident_id", "1"), ("passport", "2"), False),
    ],
)
def test_two_numbers_of_one_kind_name_two_people(one, other, two_people):
    assert differ(one, other) is two_people
    assert differ(other, one) is two_people


A, B = File(1), File(2)


@pytest.mark.parametrize(
    ("source", "target", "reason", "seen", "against"),
    [
        (A, B, "同一人", False, []),
        (A, A, "同一人", False, [Unjoinable.SAME]),
        (A, B, " ", False, [Unjoinable.NO_REASON]),
        (File(1, joined=True), B, "x", False, [Unjoinable.JOINED]),
        (A, File(2, joined=True), "x", False, [Unjoinable.JOINED]),
        (File(1, guardian=2), B, "x", False, [Unjoinable.GUARDIAN]),
        (A, File(2, guardian=1), "x", False, [Unjoinable.GUARDIAN]),
        (File(1, guardian=3), File(2, guardian=3), "x", False, []),
        (File(1, nameless=True), B, "x", False, [Unjoinable.NAMELESS]),
        (A, File(2, nameless=True), "x", False, [Unjoinable.NAMELESS]),
        (File(1, paper=("p", "1")), File(2, paper=("p", "2")), "x", False, [Unjoinable.PAPERS]),
        (File(1, paper=("p", "1")), File(2, paper=("p", "2")), "x", True, []),
        (File(1, joined=True, guardian=2), B, "", False,
         [Unjoinable.JOINED, Unjoinable.GUARDIAN, Unjoinable.NO_REASON]),
    ],
)  # fmt: skip
def test_who_is_not_joined(source, target, reason, seen, against):
    found = refusals_to_join(source, target, reason=reason, papers_seen=seen)
    assert [each.why for each in found] == against


@pytest.mark.parametrize(
    ("after", "undone", "since", "reason", "against"),
    [
        (timedelta(0), False, False, "x", []),
        (UNDONE_WITHIN, False, False, "x", []),
        (UNDONE_WITHIN + timedelta(microseconds=1), False, False, "x", [Unpartable.OVER]),
        (UNDONE_WITHIN * 2, True, True, "", [Unpartable.UNDONE]),
        (timedelta(days=1), True, False, "x", [Unpartable.UNDONE]),
        (timedelta(days=1), False, True, "x", [Unpartable.LATER]),
        (timedelta(days=1), False, True, " ", [Unpartable.LATER, Unpartable.NO_REASON]),
    ],
)
def test_when_joined_files_stay_joined(after, undone, since, reason, against):
    found = refusals_to_part(
        NOW, NOW + after, last_day=DAY, undone=undone, joined_since=since, reason=reason
    )
    assert [each.why for each in found] == against


def test_it_is_undone_for_thirty_days():
    assert undone_until(NOW) == NOW + timedelta(days=30)
    late = refusals_to_part(
        NOW, NOW + timedelta(days=31), last_day=DAY, undone=False, joined_since=False, reason="x"
    )
    assert late[0].facts == {"day": DAY}
