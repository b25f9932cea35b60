"""What gives reason to look twice: each threshold, just below and just at it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import doubts
from talent.rules.doubts import Advice, DoubtKind, Entry, Limits, Listed, Seen, Stay, Unsettled
from talent.rules.location import Point
from talent.rules.reason import packed, unpacked
from talent.rules.span import Span
from talent.rules.workload import pair

NINE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes):
    return NINE + minutes * MINUTE


def span(start, end):
    return Span(at(start), at(end))


def why(because):
    return because and because.why


@pytest.mark.parametrize(
    ("made", "late"),
    [(-60, None), (179, None), (180, None), (181, 1), (240, 60)],
)
def test_a_signup_is_late_from_the_first_moment_after_the_end(made, late):
    found = doubts.late_signup(at(made), at(180))
    assert (found and found.facts["late"]) == late


def test_a_second_after_the_end_is_said_to_be_a_minute():
    found = doubts.late_signup(at(180) + timedelta(seconds=1), at(180))
    assert found.facts["late"] == 1


@pytest.mark.parametrize(("written", "found"), [(179, None), (180, Seen.WRITTEN_AFTERWARDS)])
def test_times_that_were_written_during_the_shift_are_no_afterthought(written, found):
    assert why(doubts.written_afterwards(span(0, 180), at(written))) == found


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([], None),
        ([Listed(span(0, 60), "送餐", signed_up=False)], Seen.NOT_ON_LIST),
        ([Listed(span(0, 60), "送 餐", signed_up=False)], Seen.NOT_ON_LIST),
        ([Listed(span(0, 60), "别的", signed_up=False)], None),
        ([Listed(span(0, 60), "别的", signed_up=True)], Seen.NOT_SIGNED_IN),
        ([Listed(span(60, 90), "送餐", signed_up=True)], None),
        ([Listed(span(59, 90), "送餐", signed_up=True)], Seen.NOT_SIGNED_IN),
        (
            [
                Listed(span(0, 60), "送餐", signed_up=False),
                Listed(span(30, 60), "别的", signed_up=True),
            ],
            Seen.NOT_SIGNED_IN,
        ),
    ],
)
def test_hours_by_hand_are_held_against_the_lists_of_that_time(listed, found):
    assert why(doubts.unattended(span(0, 60), "送餐", listed)) == found


def entries(*minutes, people=None):
    return [
        Entry(number, (people or range(100))[number], at(minute))
        for number, minute in enumerate(minutes)
    ]


LIMITS = Limits(clerk_people=4, clerk_minutes=5)


@pytest.mark.parametrize(
    ("rows", "keys", "people"),
    [
        (entries(0, 1, 2), [], None),
        (entries(0, 1, 2, 3), [0, 1, 2, 3], 4),
        (entries(0, 1, 2, 5), [0, 1, 2, 3], 4),
        (entries(0, 1, 2, 5.1), [], None),
        (entries(0, 1, 2, 3, people="aabc"), [], None),
        (entries(0, 1, 2, 3, 4, people="aabcd"), [0, 1, 2, 3, 4], 4),
        (entries(0, 1, 2, 3, 60), [0, 1, 2, 3], 4),
        (entries(0, 2, 4, 5, 7, 9), [0, 1, 2, 3, 4, 5], 6),
        (entries(3, 0, 2, 1), [0, 1, 2, 3], 4),
    ],
)
def test_one_clerk_and_many_people_within_minutes(rows, keys, people):
    found = doubts.by_one_clerk(rows, LIMITS)
    assert sorted(found) == keys
    assert {each.facts["people"] for each in found.values()} == ({people} if people else set())


def test_two_bursts_of_a_day_are_told_apart():
    found = doubts.by_one_clerk(entries(0, 1, 2, 3, 100, 101, 102, 103), LIMITS)
    assert found[0].facts["end"] == at(3)
    assert found[7].facts["start"] == at(100)


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(1, 6), st.integers(1, 20))
def test_whoever_is_in_a_window_that_is_full_is_found_and_nobody_else(minutes, least, within):
    rows = entries(*minutes)
    limits = Limits(clerk_people=least, clerk_minutes=within)
    expected = {
        row.key
        for row in rows
        for first in rows
        if timedelta(0) <= row.at - first.at <= within * MINUTE
        and sum(timedelta(0) <= one.at - first.at <= within * MINUTE for one in rows) >= least
    }
    assert set(doubts.by_one_clerk(rows, limits)) == expected


@pytest.mark.parametrize(("people", "found"), [(4, None), (5, Seen.SAME_TIMES)])
def test_the_same_times_for_five(people, found):
    assert why(doubts.same_times(span(0, 180), people)) == found


@pytest.mark.parametrize(("people", "found"), [(2, None), (3, Seen.DEVICE)])
def test_one_phone_for_three(people, found):
    assert why(doubts.by_one_device(people)) == found


HALL = Stay(span(0, 60), "送餐", "社区食堂", Point(39.9, 116.4))
WAYS = {pair("社区食堂", "活动室"): 25}


@pytest.mark.parametrize(
    ("start", "end", "place", "found"),
    [
        (84, 120, "活动室", 24),
        (85, 120, "活动室", None),
        (-60, -24, "活动室", 24),
        (-60, -25, "活动室", None),
        (60, 120, "社区 食堂", None),
        (60, 120, "没人知道的地方", None),
        (60, 120, "", None),
    ],
)
def test_the_way_between_two_places_takes_its_time(start, end, place, found):
    because = doubts.impossible_way(HALL, [Stay(span(start, end), "课", place)], WAYS)
    assert (because and because.facts["left"]) == found


@pytest.mark.parametrize(("gap", "found"), [(10, 11), (11, None)])
def test_where_nobody_wrote_the_way_down_the_distance_is_asked(gap, found):
    away = Stay(span(60 + gap, 120), "课", "河堤", Point(40.0, 116.4))  # 11.1 km to the north
    because = doubts.impossible_way(HALL, [away], {})
    assert (because and because.facts["needed"]) == found
    assert doubts.impossible_way(HALL, [away], {}, Limits(kmh=0)) is None


def test_the_worst_of_several_ways_is_named():
    one = Stay(span(80, 100), "近", "活动室")
    other = Stay(span(62, 70), "更近", "活动室")
    assert doubts.impossible_way(HALL, [one, other], WAYS).facts["title"] == "更近"


EVEN = [120] * 8


@pytest.mark.parametrize(
    ("minutes", "planned", "others", "found"),
    [
        (180, 120, [], None),
        (181, 120, [], Seen.OVER_PLAN),
        (150, None, EVEN, None),
        (151, None, EVEN, Seen.FAR_ABOVE),
        (151, None, EVEN[:7], None),
        (240, None, [60, 90, 120, 120, 120, 150, 180, 120], None),
        (210, None, [60, 60, 60, 120, 120, 180, 180, 180], None),
        (301, None, [60, 60, 60, 120, 120, 180, 180, 180], Seen.FAR_ABOVE),
        (30, None, EVEN, None),
        (0, 120, EVEN, None),
    ],
)
def test_far_above_the_plan_or_the_others(minutes, planned, others, found):
    if others == [60, 90, 120, 120, 120, 150, 180, 120]:
        minutes = 165  # the median is 120, the middle deviation 15: three times that above
    assert why(doubts.outlier(minutes, planned, others)) == found


@pytest.mark.parametrize("minutes", [165, 166])
def test_the_limit_is_the_median_and_three_deviations(minutes):
    found = doubts.outlier(minutes, None, [60, 90, 120, 120, 120, 150, 180, 120])
    assert (found is not None) == (minutes == 166)
    if found:
        assert (found.facts["median"], found.facts["most"]) == (120, 165)


def test_zero_looks_for_nothing():
    off = Limits(0, 5, 0, 0, 0, 0, 1, 0)
    assert doubts.by_one_clerk(entries(*range(5)), off) == {}
    assert doubts.same_times(span(0, 60), 50, off) is None
    assert doubts.by_one_device(50, off) is None
    assert doubts.outlier(1440, 60, EVEN, off) is None


def test_every_kind_has_its_advice():
    assert {kind.name for kind in DoubtKind} == {each.name for each in Advice}


def test_what_was_seen_can_be_kept_and_read_again():
    found = doubts.impossible_way(HALL, [Stay(span(61, 90), "课", "活动室")], WAYS)
    again = unpacked(packed(found))
    assert (again.why, again.facts) == (Seen.WAY.value, found.facts)


ONE = {
    "words": "问过李主任",
    "settled": False,
    "settler": "coordinator",
    "volunteer": "volunteer",
    "guardian": None,
    "entered_by": "clerk",
}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"words": "  "}, [Unsettled.NO_WORDS]),
        ({"settled": True}, [Unsettled.SETTLED]),
        ({"settler": "volunteer"}, [Unsettled.OWN_HOURS]),
        ({"guardian": "coordinator"}, [Unsettled.OWN_HOURS]),
        ({"settler": "clerk"}, [Unsettled.SAME_PERSON]),
        ({"entered_by": None}, []),
    ],
)
def test_another_pair_of_eyes_settles_it(changed, found):
    assert [each.why for each in doubts.refusals_to_settle(**(ONE | changed))] == found
