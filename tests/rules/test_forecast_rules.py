"""The next 24 months: ends, retirements, ranges and growth, to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import whatif
from talent.rules.forecast import (
    Cause,
    Certainty,
    Change,
    Count,
    Fall,
    Method,
    Outlook,
    Piece,
    carried,
    changes,
    expected_end,
    fall,
    last_two,
    method_of,
    month_ends,
    months_on,
    population,
    spread,
    worst,
)
from talent.rules.identity import Sex
from talent.rules.retirement import AgeRule, Retirement, added, reached, retirement, rule_for
from talent.rules.standards import Band, Bands, Inverse, PerUnit, Ratio, Share
from talent.rules.whatif import ChangeKind, DraftState, Undrafted

TODAY = date(2026, 6, 1)
LOW, LIKELY, HIGH = Outlook
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


# --- the days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 6, 1), date(2026, 6, 30), date(2028, 5, 31)),
        (date(2026, 6, 29), date(2026, 6, 30), date(2028, 5, 31)),
        (date(2026, 6, 30), date(2026, 7, 31), date(2028, 6, 30)),  # today is that day itself
        (date(2026, 12, 31), date(2027, 1, 31), date(2028, 12, 31)),
        (date(2028, 2, 28), date(2028, 2, 29), date(2030, 1, 31)),
        (date(2028, 2, 29), date(2028, 3, 31), date(2030, 2, 28)),
    ],
)
def test_the_forecast_looks_at_the_last_days_of_24_months(today, first, last):
    found = month_ends(today)
    assert (len(found), found[0], found[-1]) == (24, first, last)


@given(DAYS)
@settings(QUICK)
def test_each_month_has_one_day_and_it_is_its_last(today):
    found = month_ends(today)
    assert all(day > today and (day + timedelta(days=1)).day == 1 for day in found)
    assert len({(day.year, day.month) for day in found}) == 24


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 6, 1), 12, date(2027, 6, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_months_later(day, months, then):
    assert months_on(day, months) == then


# --- retirement -------------------------------------------------------------------------------

STAFF = frozenset({"full_time"})
MEN = AgeRule(Sex.MALE, STAFF, 720, date(2025, 1, 1), most=756, step=4, early=36, late=36, notice=3)
WOMEN_55 = AgeRule(
    Sex.FEMALE, frozenset({"party"}), 660, date(2025, 1, 1), most=696, step=4, early=36, late=36
)
WOMEN_50 = AgeRule(Sex.FEMALE, STAFF, 600, date(2025, 1, 1), most=660, step=2, early=36, late=36)
OLD_MEN = AgeRule(Sex.MALE, STAFF, 720, date(1978, 6, 2), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("rule", "born", "more"),
    [
        (MEN, date(1965, 1, 1), 1),
        (MEN, date(1965, 4, 30), 1),
        (MEN, date(1965, 5, 1), 2),
        (MEN, date(1976, 8, 31), 35),
        (MEN, date(1976, 9, 1), 36),
        (MEN, date(1990, 1, 1), 36),
        (MEN, date(1964, 12, 31), 0),
        (WOMEN_55, date(1970, 1, 1), 1),
        (WOMEN_55, date(1981, 9, 1), 36),
        (WOMEN_50, date(1975, 1, 1), 1),
        (WOMEN_50, date(1975, 2, 28), 1),
        (WOMEN_50, date(1975, 3, 1), 2),
        (WOMEN_50, date(1984, 10, 31), 59),
        (WOMEN_50, date(1984, 11, 1), 60),
        (OLD_MEN, date(1960, 1, 1), 0),
    ],
)
def test_the_age_is_raised_month_by_month(rule, born, more):
    assert added(rule, born) == more


@pytest.mark.parametrize(
    ("born", "months", "day"),
    [
        (date(1965, 1, 15), 721, date(2025, 2, 15)),
        (date(1968, 2, 29), 720, date(2028, 2, 29)),
        (date(1968, 2, 29), 732, date(2029, 3, 1)),  # no such day: as with a birthday, 1 March
        (date(1965, 1, 31), 721, date(2025, 3, 1)),
        (date(1965, 12, 31), 720, date(2025, 12, 31)),
        (date(1965, 10, 31), 721, date(2025, 12, 1)),
        (date(1965, 12, 15), 721, date(2026, 1, 15)),
    ],
)
def test_the_day_on_which_an_age_is_reached(born, months, day):
    assert reached(born, months) == day


def test_nobody_goes_before_the_age_that_was_raised_nor_earlier_than_allowed():
    assert retirement(MEN, date(1965, 1, 15)) == Retirement(
        date(2025, 1, 15), date(2025, 2, 15), date(2028, 2, 15), 3
    )
    late = retirement(MEN, date(1976, 9, 10))  # 63, and three years earlier is 60
    assert (late.earliest, late.usual) == (date(2036, 9, 10), date(2039, 9, 10))
    assert retirement(OLD_MEN, date(1960, 3, 1)) == Retirement(*[date(2020, 3, 1)] * 3)


def test_the_rule_of_the_nearest_office_holds_and_only_for_who_reaches_its_age_in_its_time():
    own = AgeRule(Sex.MALE, STAFF, 690, date(2026, 1, 1), scope=7)
    rules = [MEN, OLD_MEN, WOMEN_50, own]

    def found(born, sex=Sex.MALE, kind="full_time", scopes=(9, 7, 1)):
        return rule_for(rules, born=born, sex=sex, kind=kind, scopes=scopes)

    assert found(date(1970, 1, 1)) is own
    assert found(date(1970, 1, 1), scopes=(8, 1)) is MEN
    assert found(date(1964, 12, 31)) is OLD_MEN
    assert found(date(1965, 1, 1), scopes=(9,)) is MEN
    assert found(date(1970, 1, 1), sex=Sex.FEMALE) is None  # she was 50 in 2020
    assert found(date(1976, 1, 1), sex=Sex.FEMALE) is WOMEN_50
    assert found(date(1970, 1, 1), kind="committee") is None


# --- when a post ends -------------------------------------------------------------------------

SOON = Retirement(date(2026, 9, 15), date(2027, 3, 15), date(2030, 3, 15), 3)
PAST = Retirement(date(2024, 1, 1), date(2026, 6, 1), date(2028, 1, 1), 3)


@pytest.mark.parametrize(
    ("known", "low", "likely", "high"),
    [
        ({}, (None, None), (None, None), (None, None)),
        ({"end": date(2026, 7, 1)}, *[(date(2026, 7, 1), Cause.END)] * 3),
        (
            {"probation_until": date(2026, 8, 31)},
            (date(2026, 9, 1), Cause.PROBATION),
            (None, None),
            (None, None),
        ),
        ({"probation_until": date(2026, 5, 31)}, *[(None, None)] * 3),
        (
            {"probation_until": TODAY},
            (date(2026, 6, 2), Cause.PROBATION),
            (None, None),
            (None, None),
        ),
        (
            {"retirement": SOON},
            (date(2026, 9, 15), Cause.RETIREMENT),
            (date(2027, 3, 15), Cause.RETIREMENT),
            (date(2030, 3, 15), Cause.RETIREMENT),
        ),
        # Who may go since long gives notice first.
        (
            {"retirement": Retirement(date(2025, 1, 1), date(2027, 1, 1), date(2027, 1, 1), 3)},
            (date(2026, 9, 1), Cause.RETIREMENT),
            (date(2027, 1, 1), Cause.RETIREMENT),
            (date(2027, 1, 1), Cause.RETIREMENT),
        ),
        # Nobody goes later at worst than as a rule.
        (
            {"retirement": Retirement(date(2025, 1, 1), date(2026, 7, 1), date(2026, 7, 1), 3)},
            *[(date(2026, 7, 1), Cause.RETIREMENT)] * 3,
        ),
        (
            {"retirement": Retirement(*[date(2020, 1, 1)] * 3)},  # without notice: tomorrow
            (date(2026, 6, 2), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
        (
            {"retirement": PAST},
            (date(2026, 9, 1), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
        # The first of several ends.
        (
            {"retirement": SOON, "end": date(2026, 12, 1)},
            (date(2026, 9, 15), Cause.RETIREMENT),
            (date(2026, 12, 1), Cause.END),
            (date(2026, 12, 1), Cause.END),
        ),
        # Appointed past the age: expected to stay.
        (
            {"start": date(2027, 4, 1), "retirement": SOON},
            (date(2027, 4, 1), Cause.PAST_AGE),
            (None, None),
            (None, None),
        ),
    ],
)
def test_when_a_post_ends_at_worst_likely_and_at_best(known, low, likely, high):
    facts = {"start": date(2020, 1, 1), **known}
    assert [expected_end(one, today=TODAY, **facts) for one in Outlook] == [low, likely, high]


@given(
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | st.tuples(DAYS, st.integers(0, 900), st.integers(0, 900), st.integers(0, 6)),
    DAYS,
)
@settings(QUICK)
def test_a_post_never_ends_later_at_worst_than_at_best(end, probation, retires, start):
    found = retires and Retirement(
        retires[0],
        retires[0] + timedelta(days=retires[1]),
        retires[0] + timedelta(days=retires[1] + retires[2]),
        retires[3],
    )
    ends = [
        expected_end(
            one, today=TODAY, start=start, end=end, probation_until=probation, retirement=found
        ).end
        or date.max
        for one in Outlook
    ]
    assert ends == sorted(ends)
    if start <= TODAY and not (end and end <= TODAY):
        assert ends[0] > TODAY  # nothing uncertain changes what is


@pytest.mark.parametrize(
    ("certainty", "counts"),
    [
        (Certainty.CERTAIN, [True, True, True]),
        (Certainty.LIKELY, [False, True, True]),
        (Certainty.POSSIBLE, [False, False, True]),
    ],
)
def test_a_planned_post_counts_as_it_is_sure(certainty, counts):
    assert [certainty.counts(one) for one in Outlook] == counts


# --- population -------------------------------------------------------------------------------

TWO = [Count(date(2024, 6, 1), 10_000), Count(date(2025, 6, 1), 10_365)]
YEAR_ON = date(2027, 6, 1)


def test_a_trend_goes_on_from_today_at_the_pace_of_the_last_two_figures():
    assert carried(Method.TREND, TWO, day=TODAY, today=TODAY) == 10_365
    assert carried(Method.TREND, TWO, day=TODAY + timedelta(days=1), today=TODAY) == 10_366
    assert carried(Method.TREND, TWO, day=YEAR_ON, today=TODAY) == 10_730


def test_a_planned_figure_is_reached_in_a_straight_line_and_then_kept():
    planned = [Count(date(2026, 12, 1), 10_365 + 183), Count(YEAR_ON, 10_365)]

    def on(day):
        return carried(Method.PLANNED, TWO, planned, day=day, today=TODAY)

    assert on(date(2026, 6, 2)) == 10_366
    assert on(date(2026, 12, 1)) == 10_548
    assert on(YEAR_ON) == on(date(2028, 5, 31)) == 10_365


@pytest.mark.parametrize(
    ("figures", "two"),
    [
        ([], None),
        (TWO[:1], None),
        (TWO, tuple(TWO)),
        ([*TWO, Count(date(2026, 12, 1), 1)], tuple(TWO)),  # a day to come is no figure
        # Too near: the one before it.
        ([*TWO, Count(date(2025, 7, 1), 10_400)], (TWO[0], Count(date(2025, 7, 1), 10_400))),
        ([Count(date(2025, 1, 1), 9), Count(date(2025, 6, 1), 10)], None),
        (
            [Count(date(2025, 1, 1), 9), Count(date(2025, 6, 30), 10)],
            (Count(date(2025, 1, 1), 9), Count(date(2025, 6, 30), 10)),
        ),
    ],
)
def test_of_which_two_figures_a_trend_is_drawn(figures, two):
    assert last_two(figures, today=TODAY) == two


@pytest.mark.parametrize(
    ("figures", "planned", "told", "method"),
    [
        (TWO[:1], [], (10_000, 10_000, 10_000), Method.STEADY),
        (TWO, [], (10_730, 10_730, 10_365), Method.TREND),
        (TWO, [Count(YEAR_ON, 12_000)], (12_000, 12_000, 10_365), Method.PLANNED),
        (TWO, [Count(YEAR_ON, 9_000)], (10_730, 9_000, 9_000), Method.PLANNED),
        (TWO[:1], [Count(YEAR_ON, 9_000)], (10_000, 9_000, 9_000), Method.PLANNED),
        (TWO, [Count(date(2026, 5, 1), 1)], (10_730, 10_730, 10_365), Method.TREND),
        ([Count(date(2020, 1, 1), 50), TWO[0]], [], (14_500, 14_500, 10_000), Method.TREND),
    ],
)
def test_at_worst_most_people_live_there_and_at_best_the_fewest(figures, planned, told, method):
    (found,) = population(figures, planned, days=[YEAR_ON], today=TODAY)
    if figures[0].number == 50:  # steep: only the order is asserted, the pace stands above
        assert found[LOW] == found[LIKELY] > found[HIGH] == 10_000
    else:
        assert tuple(found[one] for one in Outlook) == told
    assert method_of(figures, planned, today=TODAY) is method


def test_where_nothing_is_known_nothing_is_said_and_nobody_lives_below_zero():
    assert population([], [Count(YEAR_ON, 5)], days=[YEAR_ON], today=TODAY) == []
    falling = [Count(date(2025, 1, 1), 1_000), Count(date(2026, 1, 1), 100)]
    assert carried(Method.TREND, falling, day=date(2028, 5, 31), today=TODAY) == 0


FIGURES = st.lists(st.builds(Count, DAYS, st.integers(0, 10**9)), max_size=5)


@given(FIGURES, FIGURES, st.integers(0, 800))
@settings(QUICK)
def test_the_likely_population_lies_within_the_range_and_today_is_todays_figure(
    figures, planned, ahead
):
    day = TODAY + timedelta(days=ahead)
    known = sorted(figure for figure in figures if figure.day <= TODAY)
    for found in population(figures, planned, days=[day], today=TODAY):
        said = [carried(way, figures, planned, day=day, today=TODAY) for way in Method]
        said = [number for number in said if number is not None]
        assert (found[HIGH], found[LOW]) == (min(said), max(said))
        way = method_of(figures, planned, today=TODAY)
        assert found[LIKELY] == carried(way, figures, planned, day=day, today=TODAY)
        if not ahead:
            assert set(found.values()) == {known[-1].number}
    assert known or not population(figures, planned, days=[day], today=TODAY)


# --- who comes and goes -----------------------------------------------------------------------

AT = [TODAY, date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
LONG_AGO = date(2020, 1, 1)


def piece(person, start=LONG_AGO, end=None, *, place="a", share=1_000, post=1, **causes):
    return Piece(person, place, post, start, end, share, **causes)


def seen(*pieces, places=("a", "b")):
    return changes(pieces, days=AT, places=places)


@pytest.mark.parametrize(
    ("end", "at"),
    [
        (date(2026, 6, 2), 1),
        (date(2026, 6, 30), 1),  # the 29th was the last day
        (date(2026, 7, 1), 2),  # held on 30 June, and not in July
        (date(2026, 7, 15), 2),
        (date(2026, 7, 31), 2),
        (date(2026, 8, 31), 3),
        (date(2026, 9, 1), None),
    ],
)
def test_an_end_is_seen_in_the_month_of_its_first_day_without_the_post(end, at):
    found = seen(piece("w", end=end, ends=Cause.RETIREMENT))
    if at is None:
        assert found == []
    else:
        assert found == [Change(at, end, "w", 1, Cause.RETIREMENT, -1, -1_000)]


def test_who_loses_one_of_two_posts_still_counts():
    end = date(2026, 7, 1)
    assert seen(piece("w", end=end), piece("w", post=2)) == []
    both = seen(piece("w", end=end), piece("w", post=2, end=date(2026, 8, 1)))
    assert both == [Change(3, date(2026, 8, 1), "w", 2, Cause.END, -1, -1_000)]
    half = seen(piece("w", end=end, share=400), piece("w", post=2, share=500))
    assert half == [Change(2, end, "w", 1, Cause.END, 0, -400)]


def test_who_comes_is_seen_too_and_who_comes_and_goes_between_two_days_is_not():
    start = date(2026, 7, 1)
    assert seen(piece("w", start=start, begins=Cause.RETURN)) == [
        Change(2, start, "w", 1, Cause.RETURN, 1, 1_000)
    ]
    assert seen(piece("w", start=start, end=date(2026, 7, 20))) == []
    assert seen(piece("w", end=start, ends=Cause.LEAVE), piece("w", start=date(2026, 7, 31))) == []
    assert seen(piece("w", end=start, place="elsewhere")) == []


def test_a_move_within_the_places_changes_nothing():
    day = date(2026, 7, 10)
    assert seen(piece("w", end=day), piece("w", start=day, place="b")) == []
    assert seen(piece("w", end=day), piece("w", start=day, place="b"), places=("a",)) != []


PIECES = st.lists(
    st.builds(
        piece,
        st.integers(1, 3),
        st.dates(date(2026, 5, 1), date(2026, 9, 1)),
        st.none() | st.dates(date(2026, 5, 1), date(2026, 9, 1)),
        place=st.sampled_from("abc"),
        share=st.sampled_from([250, 500, 1_000]),
        post=st.integers(1, 4),
    ),
    max_size=8,
)


@given(PIECES)
@settings(QUICK)
def test_the_changes_add_up_to_the_difference_of_the_days(pieces):
    found = seen(*pieces)

    def on(day):
        held = {}
        for each in pieces:
            if each.place in "ab" and each.start <= day and (each.end is None or day < each.end):
                held[each.person] = min(1_000, held.get(each.person, 0) + each.share)
        return len(held), sum(held.values())

    for at in range(1, len(AT)):
        heads, share = (now - then for now, then in zip(on(AT[at]), on(AT[0]), strict=True))
        until = [one for one in found if one.at <= at]
        assert (sum(one.heads for one in until), sum(one.share for one in until)) == (heads, share)


@given(st.lists(st.builds(piece, st.integers(1, 9)), max_size=9))
@settings(QUICK)
def test_without_events_nobody_comes_or_goes(pieces):
    assert seen(*pieces) == []


# --- falling below ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "first", "most"),
    [
        ([0, 0, 0], None, None),
        ([None, None], None, None),
        ([2, 3, 0], Fall(AT[0], 2, already=True), Fall(AT[1], 3)),
        ([0, 0, 1, 2], Fall(AT[2], 1), Fall(AT[3], 2)),
        ([0, 2, 1, 2], Fall(AT[1], 2), Fall(AT[1], 2)),
        ([None, 1], Fall(AT[1], 1), Fall(AT[1], 1)),
    ],
)
def test_the_month_in_which_an_office_falls_below(missing, first, most):
    told = list(zip(AT, missing, strict=False))
    assert (fall(told), worst(told)) == (first, most)


def test_a_range_needs_all_three():
    assert spread({LOW: 3, LIKELY: 1, HIGH: 2}) == (1, 3)
    assert spread({LOW: 3, LIKELY: None, HIGH: 2}) is None
    assert spread({}) is None


# --- drafts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "then"),
    [
        (None, Ratio(5)),
        (Ratio(18, 1_000), Ratio(5, 1_000)),
        (Inverse(200, 1, 2), Inverse(200, 5, 2)),
        (PerUnit(1), PerUnit(5)),
        (Share(60), Share(5)),
        (Bands((Band(0, None, 5),)), None),
    ],
)
def test_a_standard_with_another_number(terms, then):
    assert whatif.with_number(terms, 5) == then


@pytest.mark.parametrize("state", DraftState)
def test_what_may_be_done_with_a_draft_as_it_stands(state):
    editable = state in {DraftState.OWN, DraftState.SENT_BACK}
    closed = [] if editable else [Undrafted.CLOSED]
    assert whys(whatif.refusals_to_edit(state)) == closed
    assert whys(whatif.refusals_to_share(state, changes=1, above=True)) == closed
    shared = [] if state is DraftState.SHARED else [Undrafted.NOT_SHARED]
    answered = whatif.refusals_to_answer(state, own=False, agreed=True, words=None)
    assert whys(answered) == shared
    planned = {
        DraftState.AGREED: [],
        DraftState.PLANNED: [Undrafted.PLANNED],
        DraftState.DROPPED: [Undrafted.CLOSED],
    }.get(state, [Undrafted.NOT_AGREED])
    assert whys(whatif.refusals_to_plan(state, changes=1, above=True)) == planned


def test_something_is_shared_with_somebody():
    found = whatif.refusals_to_share(DraftState.OWN, changes=0, above=False)
    assert whys(found) == [Undrafted.NOTHING, Undrafted.NOBODY_ABOVE]


def test_nobody_answers_himself_and_sending_back_takes_words():
    found = whatif.refusals_to_answer(DraftState.SHARED, own=True, agreed=False, words=None)
    assert whys(found) == [Undrafted.OWN, Undrafted.WORDS]
    assert not whatif.refusals_to_answer(DraftState.SHARED, own=False, agreed=False, words="为何?")


def test_whom_nobody_stands_above_plans_alone():
    assert not whatif.refusals_to_plan(DraftState.OWN, changes=1, above=False)
    found = whatif.refusals_to_plan(DraftState.OWN, changes=0, above=False)
    assert whys(found) == [Undrafted.NOTHING]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, []),
        ({"touched": True}, [Undrafted.TWICE]),
        ({"last": date(2026, 5, 31)}, [Undrafted.OVER]),
        ({"last": TODAY}, []),
        ({"first": date(2026, 6, 2)}, [Undrafted.NOT_BEGUN]),
        ({"first": TODAY}, []),
    ],
)
def test_an_appointment_is_touched_once_while_it_holds(facts, why):
    told = {"starts_on": TODAY, "first": LONG_AGO, "last": None, "touched": False, **facts}
    assert whys(whatif.refusals_to_touch(**told)) == why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, []),
        ({"same": True, "one_kind": False}, [Undrafted.ONE_OFFICE]),
        ({"one_kind": False}, [Undrafted.OTHER_KIND]),
        ({"related": True}, [Undrafted.ABOVE]),
        ({"merged": True}, [Undrafted.MERGED]),
    ],
)
def test_two_offices_of_one_kind_are_merged(facts, why):
    told = {"same": False, "one_kind": True, "related": False, "merged": False, **facts}
    assert whys(whatif.refusals_to_merge(**told)) == why


def test_a_draft_says_nothing_of_the_time_before_it():
    assert not whatif.refusals_of_day(TODAY, base=TODAY)
    assert whys(whatif.refusals_of_day(LONG_AGO, base=TODAY)) == [Undrafted.BEFORE]


@pytest.mark.parametrize(
    ("chain", "then"),
    [
        ((4, 2, 1), (4, 2, 1)),
        ((5, 2, 1), (4, 3, 1)),  # a station below it, or it itself
        ((9, 5, 2, 1), (9, 4, 3, 1)),
        ((), ()),
    ],
)
def test_where_people_count_once_an_office_went_into_another(chain, then):
    into = (4, 3, 1) if 5 in chain else (4, 2, 1)
    assert whatif.chain_after(chain, into=into, merged=5) == then


def test_every_change_has_a_word():
    assert {kind.value for kind in ChangeKind} == {"move", "add", "end", "standard", "merge"}
