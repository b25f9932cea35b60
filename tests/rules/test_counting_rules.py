"""How much of a service counts: breaks, ways, caps, and what awards make of it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.counting import (
    ONCE,
    PLAIN,
    Counted,
    Cut,
    Direction,
    Profile,
    Rule,
    Scope,
    Turn,
    breaks,
    capped,
    counted,
    described,
    nights,
    recognised,
    rounded,
    total,
    weight,
)
from talent.rules.span import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 6, 1)
NEXT = date(2026, 6, 2)
FOUR = Profile(break_after=240, break_minutes=30)
NIGHT = Profile(night_percent=150)
HOLIDAY = Profile(holiday_percent=200)
BOTH = Profile(night_percent=150, holiday_percent=200)


def at(hour, minute=0, *, day=DAY, zone=SHANGHAI):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def span(start, end, *, day=DAY, until=None, zone=SHANGHAI):
    return Span(at(start, day=day, zone=zone), at(end, day=until or day, zone=zone))


@pytest.mark.parametrize(
    ("present", "off"),
    [
        (0, 0),
        (239, 0),
        (240, 0),
        (241, 1),  # so that a minute more is never less
        (270, 30),
        (271, 30),
        (510, 30),
        (511, 31),
        (540, 60),
    ],
)
def test_after_each_so_much_service_a_break_is_taken_off(present, off):
    assert breaks(present, Turn(600), FOUR) == off


@pytest.mark.parametrize(
    ("present", "turn", "left"),
    [
        (180, Turn(180), 180),
        (180, Turn(180, breaks=30), 150),
        (90, Turn(180, breaks=30), 75),  # half of the turn, half of the break
        (200, Turn(180, breaks=30), 170),  # a grace adds no break
        (180, Turn(180, way=40), 140),
        (90, Turn(180, way=40), 70),
        (180, Turn(180, breaks=30, way=40), 110),
        (180, Turn(180, breaks=300), 0),
        (180, Turn(180, breaks=100, way=100), 0),
        (0, Turn(180, breaks=30), 0),
        (1, Turn(180, breaks=30, way=30), 1),
    ],
)
def test_a_projects_breaks_and_ways_never_count(present, turn, left):
    found = counted([(DAY, present)], turn, PLAIN)
    assert found.minutes == left
    assert (present - left > 0) == any(
        because.why in {Cut.BREAKS, Cut.WAY} for because in found.reasons
    )


def test_a_project_that_names_its_breaks_is_not_under_the_offices_rule():
    assert counted([(DAY, 480)], Turn(480, breaks=0), FOUR).minutes == 480
    assert counted([(DAY, 480)], Turn(480), FOUR).minutes == 450


def test_of_one_activity_at_most_so_much_counts_and_the_reason_says_so():
    found = counted([(DAY, 180)], Turn(180), Profile(activity_most=120))
    assert found.minutes == 120
    assert found.reasons[0].why is Cut.ACTIVITY
    assert found.reasons[0].facts == {"most": 120}


def test_what_is_taken_off_is_taken_from_each_day_by_its_part():
    found = counted([(DAY, 360), (NEXT, 120)], Turn(480, breaks=40), PLAIN)
    assert found.by_day == ((DAY, 330), (NEXT, 110))


def test_nothing_left_is_said():
    found = counted([(DAY, 60)], Turn(60, way=60), PLAIN)
    assert [because.why for because in found.reasons] == [Cut.WAY, Cut.NOTHING_LEFT]


@pytest.mark.parametrize(
    ("minutes", "already", "most", "left"),
    [
        (300, 0, 0, 300),
        (300, 900, 0, 300),
        (300, 0, 480, 300),
        (300, 180, 480, 300),
        (300, 181, 480, 299),
        (300, 480, 480, 0),
        (300, 700, 480, 0),
        (0, 480, 480, 0),
    ],
)
def test_on_one_day_at_most_so_much_counts(minutes, already, most, left):
    found, reasons = capped(minutes, already, Profile(day_most=most))
    assert found == left
    assert bool(reasons) == (left < minutes)


@pytest.mark.parametrize(
    ("amount", "unit", "down", "up"),
    [
        (Fraction(0), 30, 0, 0),
        (Fraction(14), 30, 0, 0),
        (Fraction(15), 30, 0, 30),  # exactly the half
        (Fraction(1499, 100), 30, 0, 0),
        (Fraction(29), 30, 0, 30),
        (Fraction(30), 30, 30, 30),
        (Fraction(44), 30, 30, 30),
        (Fraction(45), 30, 30, 60),
        (Fraction(3), 6, 0, 6),
        (Fraction(5), 6, 0, 6),
        (Fraction(7), 15, 0, 0),
        (Fraction(15, 2), 15, 0, 15),
        (Fraction(3, 2), 0, 1, 2),
        (Fraction(-15), 30, 0, -30),
        (Fraction(-29), 30, 0, -30),
    ],
)
def test_rounding_is_exact_and_the_half_goes_up(amount, unit, down, up):
    assert rounded(amount, unit, Direction.DOWN) == down
    assert rounded(amount, unit, Direction.HALF_UP) == up


@pytest.mark.parametrize(
    ("start", "end", "day", "until", "exact"),
    [
        (9, 12, DAY, DAY, Fraction(1)),
        (20, 22, DAY, DAY, Fraction(1)),
        (22, 23, DAY, DAY, Fraction(3, 2)),
        (21, 23, DAY, DAY, Fraction(5, 4)),
        (4, 8, DAY, DAY, Fraction(5, 4)),
        (0, 6, DAY, DAY, Fraction(3, 2)),
        (20, 8, DAY, NEXT, Fraction(5, 4)),  # of the evening: two hours of night in four
    ],
)
def test_a_minute_at_night_counts_by_its_part(start, end, day, until, exact):
    assert weight(span(start, end, until=until), day, profile=NIGHT, zone=SHANGHAI) == exact


def test_a_shift_that_holds_the_whole_night_has_all_of_it():
    whole = span(18, 10, until=NEXT)
    # 18 to 24: two of six hours at night; 0 to 10: six of ten.
    assert recognised(360, whole, DAY, profile=NIGHT, zone=SHANGHAI) == 420
    assert recognised(600, whole, NEXT, profile=NIGHT, zone=SHANGHAI) == 780


def test_a_night_after_midnight_is_one_piece():
    early = Profile(night_from=time(0, 30), night_to=time(5), night_percent=200)
    assert nights(DAY, early, SHANGHAI) == [Span(at(0, 30), at(5))]
    assert recognised(360, span(0, 6), DAY, profile=early, zone=SHANGHAI) == 360 + 270


def test_a_night_that_begins_when_it_ends_is_none():
    none = Profile(night_from=time(6), night_to=time(6), night_percent=200)
    assert nights(DAY, none, SHANGHAI) == []
    assert recognised(60, span(5, 6), DAY, profile=none, zone=SHANGHAI) == 60


@pytest.mark.parametrize(
    ("day", "night"),
    [
        (date(2026, 3, 8), 5 + 2),  # the clock goes forward at two: an hour of night less
        (date(2026, 11, 1), 7 + 2),  # and back: an hour more
        (date(2026, 6, 1), 6 + 2),
    ],
)
def test_night_is_as_long_as_it_elapses_when_clocks_change(day, night):
    found = nights(day, NIGHT, NEW_YORK)
    assert sum((each.length for each in found), timedelta(0)) == timedelta(hours=night)


def test_a_holiday_counts_on_its_own_day_and_not_on_the_next():
    over = span(22, 2, until=NEXT)
    assert recognised(120, over, DAY, profile=HOLIDAY, zone=SHANGHAI, holidays={DAY}) == 240
    assert recognised(120, over, NEXT, profile=HOLIDAY, zone=SHANGHAI, holidays={DAY}) == 120


def test_on_the_night_of_a_holiday_the_greater_holds_and_not_both():
    late = span(22, 23)
    assert recognised(60, late, DAY, profile=BOTH, zone=SHANGHAI, holidays={DAY}) == 120
    assert recognised(60, late, DAY, profile=BOTH, zone=SHANGHAI) == 90
    stronger = replace(BOTH, night_percent=300)
    assert recognised(60, late, DAY, profile=stronger, zone=SHANGHAI, holidays={DAY}) == 180


def test_a_record_is_rounded_after_it_is_weighted_and_a_total_once():
    half = Profile(night_percent=150, unit=30, direction=Direction.HALF_UP)
    assert recognised(30, span(22, 23), DAY, profile=half, zone=SHANGHAI) == 60  # 45, up
    whole = replace(half, scope=Scope.TOTAL)
    assert recognised(30, span(22, 23), DAY, profile=whole, zone=SHANGHAI) == 45
    assert total(45, whole) == 60
    assert total(45, half) == 45
    down = replace(whole, direction=Direction.DOWN)
    assert total(3 * 50, down) == 150  # summed first: 2.5 hours, not 1.5


def test_a_record_whose_times_do_not_touch_its_day_has_no_weight():
    assert (
        recognised(60, span(22, 23, day=NEXT, until=NEXT), DAY, profile=NIGHT, zone=SHANGHAI) == 60
    )


percents = st.integers(100, 300)
profiles = st.builds(
    Profile,
    break_after=st.integers(0, 600),
    break_minutes=st.integers(0, 120),
    activity_most=st.integers(0, 900),
    day_most=st.integers(0, 1440),
    unit=st.sampled_from([0, 6, 15, 30]),
    direction=st.sampled_from(Direction),
    scope=st.sampled_from(Scope),
    night_from=st.times(),
    night_to=st.times(),
    night_percent=percents,
    holiday_percent=percents,
)
turns = st.builds(
    Turn,
    planned=st.integers(1, 1440),
    breaks=st.none() | st.integers(0, 1440),
    way=st.integers(0, 600),
)
presences = st.lists(st.integers(0, 900), min_size=1, max_size=3).map(
    lambda all_: [(DAY + timedelta(days=n), minutes) for n, minutes in enumerate(all_)]
)
zones = st.sampled_from([SHANGHAI, NEW_YORK, ZoneInfo("Australia/Lord_Howe")])


@given(presences, turns, profiles)
def test_what_counts_is_whole_minutes_never_negative_and_never_more_than_the_presence(
    by_day, turn, profile
):
    found = counted(by_day, turn, profile)
    assert isinstance(found, Counted)
    assert [day for day, _ in found.by_day] == [day for day, _ in by_day]
    for (_, left), (_, there) in zip(found.by_day, by_day, strict=True):
        assert type(left) is int
        assert 0 <= left <= there
    if profile.activity_most:
        assert found.minutes <= profile.activity_most
    assert bool(found.reasons) == (found.minutes < sum(minutes for _, minutes in by_day))


@given(st.integers(0, 3000), profiles)
def test_who_stays_a_minute_longer_never_has_less(present, profile):
    turn = Turn(1)
    left = [n - breaks(n, turn, profile) for n in (present, present + 1)]
    assert 0 <= left[1] - left[0] <= 1


@given(st.lists(st.integers(0, 700), max_size=6), st.integers(0, 1440), st.randoms())
def test_the_order_of_records_only_moves_where_the_most_of_a_day_is_cut(lengths, most, random):
    profile = Profile(day_most=most)

    def day(order):
        already = 0
        for minutes in order:
            left, _ = capped(minutes, already, profile)
            assert 0 <= left <= minutes
            already += left
        return already

    mixed = list(lengths)
    random.shuffle(mixed)
    assert day(lengths) == day(mixed) == (min(sum(lengths), most) if most else sum(lengths))


@given(
    profiles,
    zones,
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 30)),
    st.integers(1, 3000),
    st.integers(0, 1440),
    st.booleans(),
)
def test_what_awards_count_is_whole_exact_and_between_once_and_the_greatest_weight(
    profile, zone, start, length, minutes, holiday
):
    begins = start.replace(tzinfo=zone)
    there = Span(begins, begins.astimezone(ZoneInfo("UTC")) + timedelta(minutes=length))
    for day in there.days(zone):
        holidays = {day} if holiday else set()
        each = weight(there, day, profile=profile, zone=zone, holidays=holidays)
        assert type(each) is Fraction
        most = max(profile.night_percent, profile.holiday_percent)
        assert 1 <= each <= Fraction(most, ONCE)
        found = recognised(minutes, there, day, profile=profile, zone=zone, holidays=holidays)
        assert type(found) is int
        unit = (profile.unit if profile.scope is Scope.RECORD else 0) or 1
        assert found % unit == 0
        assert abs(found - minutes * each) <= (
            unit if profile.direction is Direction.DOWN else Fraction(unit, 2)
        )


@given(profiles)
def test_a_profile_is_said_in_words_and_without_what_is_switched_off(profile):
    whys = [because.why for because in described(profile)]
    assert (Rule.DAY in whys) == bool(profile.day_most)
    assert (Rule.BREAKS in whys) == bool(profile.break_after and profile.break_minutes)
    assert (Rule.HOLIDAY in whys) == (profile.holiday_percent != ONCE)
    assert len(whys) == len(set(whys))
    for because in described(profile):
        assert because.why % dict(because.facts) or True


def test_the_usual_profile_says_nothing_of_weights_and_rounding():
    whys = {because.why for because in described(PLAIN)}
    assert not whys & {Rule.NIGHT, Rule.HOLIDAY, Rule.GREATER, Rule.SHARE, Rule.DAY}
    assert Rule.CERTIFICATE in whys


def test_working_hours_are_named_where_the_office_has_said_them():
    whys = [because.why for because in described(PLAIN, (time(9), time(17)))]
    assert Rule.DUTY in whys
    assert Rule.DUTY not in {because.why for because in described(PLAIN, (time(9), time(9)))}
    assert Rule.DUTY not in {because.why for because in described(PLAIN)}
