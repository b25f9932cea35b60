"""Order 67 Art. 13: asked, answered in time by another, appealed once, decided above."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import corrections as law
from talent.rules.corrections import (
    OPEN,
    CorrectionState,
    Request,
    Rung,
    Unanswerable,
    Unappealable,
    Unaskable,
    Unchangeable,
    Undecidable,
    Wrong,
)
from talent.rules.span import Span
from talent.rules.workdays import WorkCalendar

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
ASKED, APPEALED = CorrectionState.ASKED, CorrectionState.APPEALED
ACCEPTED, DECLINED = CorrectionState.ACCEPTED, CorrectionState.DECLINED
GRANTED, REJECTED = CorrectionState.GRANTED, CorrectionState.REJECTED
TWO_HOURS = Span(NOW - timedelta(hours=3), NOW - timedelta(hours=1))
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def whys(reasons):
    return [reason.why for reason in reasons]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(Wrong.TIME, "早到半小时"), []),
        (Request(Wrong.TIME, "  "), [Unaskable.NO_WORDS]),
        (Request(Wrong.TIME, "x", minutes=90), []),
        (Request(Wrong.TIME, "x", on_record=False), [Unaskable.NO_RECORD]),
        (Request(Wrong.NOT_MINE, "x"), []),
        (Request(Wrong.NOT_MINE, "x", on_record=False), [Unaskable.NO_RECORD]),
        (Request(Wrong.DETAILS, "x"), [Unaskable.NOTHING_WISHED]),
        (Request(Wrong.DETAILS, "x", details={"place": " "}), [Unaskable.NOTHING_WISHED]),
        (Request(Wrong.DETAILS, "x", details={"place": "二楼"}), []),
        (Request(Wrong.MISSING, "x", on_record=False, activity="送餐", span=TWO_HOURS), []),
        (
            Request(Wrong.MISSING, "x", on_record=True, activity="送餐", span=TWO_HOURS),
            [Unaskable.HAS_RECORD],
        ),
        (
            Request(Wrong.MISSING, "", on_record=False),
            [Unaskable.NO_WORDS, Unaskable.NO_ACTIVITY, Unaskable.NO_TIMES],
        ),
    ],
)
def test_who_asks_says_what_is_wrong_and_how_it_is_known(request_, expected):
    assert whys(law.refusals_to_ask(request_, NOW)) == expected


def test_service_to_come_and_a_day_of_more_than_a_day_are_no_service_that_is_missing():
    for end, expected in ((NOW, []), (NOW + timedelta(seconds=1), [Unaskable.FUTURE])):
        span = Span(NOW - timedelta(hours=1), end)
        missing = Request(Wrong.MISSING, "x", on_record=False, activity="送餐", span=span)
        assert whys(law.refusals_to_ask(missing, NOW)) == expected
    for hours, expected in ((24, []), (25, [Unaskable.TOO_LONG])):
        span = Span(NOW - timedelta(hours=hours), NOW)
        missing = Request(Wrong.MISSING, "x", on_record=False, activity="送餐", span=span)
        assert whys(law.refusals_to_ask(missing, NOW)) == expected


@pytest.mark.parametrize("wrong", Wrong)
def test_one_open_request_is_enough(wrong):
    request = Request(
        wrong, "x", on_record=wrong is not Wrong.MISSING, details={"place": "y"},
        activity="z", span=TWO_HOURS,
    )  # fmt: skip
    assert law.refusals_to_ask(request, NOW) == []
    assert whys(law.refusals_to_ask(request, NOW, is_open=True)) == [Unaskable.OPEN]


def test_the_term_counts_working_days_and_holidays_lengthen_it():
    assert law.due_date(TODAY, WorkCalendar(), 10) == date(2026, 6, 15)
    assert law.due_date(TODAY, WorkCalendar(), 1) == date(2026, 6, 2)
    off = WorkCalendar(holidays=frozenset({date(2026, 6, 2)}))
    assert law.due_date(TODAY, off, 1) == date(2026, 6, 3)
    assert law.due_date(TODAY, WorkCalendar()) == date(2026, 6, 15)


@pytest.mark.parametrize("state", CorrectionState)
def test_only_what_is_open_is_overdue_and_only_after_its_last_day(state):
    assert not law.is_overdue(state, TODAY, TODAY)
    assert law.is_overdue(state, TODAY - timedelta(days=1), TODAY) is (state in OPEN)


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (date(2026, 5, 31), False),  # overdue, no longer soon
        (date(2026, 6, 1), True),
        (date(2026, 6, 3), True),
        (date(2026, 6, 4), False),
    ],
)
def test_two_working_days_before_the_end_it_is_soon(due_on, expected):
    assert law.is_due_soon(ASKED, due_on, TODAY, WorkCalendar()) is expected
    assert law.is_due_soon(APPEALED, due_on, TODAY, WorkCalendar()) is expected
    assert not law.is_due_soon(DECLINED, due_on, TODAY, WorkCalendar())


def test_soon_goes_over_a_weekend():
    friday, tuesday = date(2026, 6, 5), date(2026, 6, 9)
    assert law.is_due_soon(ASKED, tuesday, friday, WorkCalendar())
    assert not law.is_due_soon(ASKED, tuesday + timedelta(days=1), friday, WorkCalendar())


@pytest.mark.parametrize("state", CorrectionState)
def test_an_answer_is_given_once_in_words_and_by_another(state):
    def against(words="y", answers="clerk"):
        return whys(
            law.refusals_to_answer(state, words=words, answers=answers, volunteer="volunteer")
        )

    before = [] if state is ASKED else [Unanswerable.ANSWERED]
    assert against() == before
    assert against(words=" ") == [*before, Unanswerable.NO_WORDS]
    assert against(answers="volunteer") == [*before, Unanswerable.OWN]


@pytest.mark.parametrize(
    ("state", "late", "expected"),
    [
        (ASKED, False, [Unappealable.WAITS]),
        (ASKED, True, []),
        (DECLINED, False, []),
        (DECLINED, True, []),
        (ACCEPTED, False, [Unappealable.GRANTED]),
        (ACCEPTED, True, [Unappealable.GRANTED]),
        (APPEALED, False, [Unappealable.ALREADY]),
        (APPEALED, True, [Unappealable.ALREADY]),
        (GRANTED, True, [Unappealable.FINAL]),
        (REJECTED, False, [Unappealable.FINAL]),
        (REJECTED, True, [Unappealable.FINAL]),
    ],
)
def test_an_appeal_is_open_against_a_refusal_and_against_silence_once(state, late, expected):
    due_on = TODAY - timedelta(days=1) if late else TODAY
    found = law.refusals_to_appeal(state, words="x", due_on=due_on, today=TODAY)
    assert whys(found) == expected
    assert law.may_appeal(state, due_on=due_on, today=TODAY) is not expected
    silent = law.refusals_to_appeal(state, words=" ", due_on=due_on, today=TODAY)
    assert whys(silent) == [*expected, Unappealable.NO_WORDS]


@pytest.mark.parametrize("state", CorrectionState)
@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize(
    ("decides", "answered", "expected"),
    [
        ("a", "b", []),
        ("a", None, []),
        ("a", "a", [Undecidable.SAME_PERSON]),
        ("v", "b", [Unanswerable.OWN]),
    ],
)
def test_an_appeal_is_decided_above_by_another_person(state, above, decides, answered, expected):
    found = law.refusals_to_decide(
        state, words="x", above=above, decides=decides, answered=answered, volunteer="v"
    )
    first = [] if state is APPEALED else [Undecidable.NOT_APPEALED]
    second = [] if above else [Undecidable.LEVEL]
    assert whys(found) == [*first, *second, *expected]


@given(asked=days, term=st.integers(1, 60), wait=st.integers(0, 200))
def test_whoever_is_not_answered_can_always_appeal_once_the_term_is_over(asked, term, wait):
    due_on = law.due_date(asked, WorkCalendar(), term)
    today = asked + timedelta(days=wait)
    assert law.may_appeal(ASKED, due_on=due_on, today=today) is (today > due_on)


OLD = {"activity": "送餐", "place": "食堂", "content": "送午餐", "person_in_charge": "李主任"}


@pytest.mark.parametrize(
    ("new", "reason", "by", "expected"),
    [
        ({"place": "二楼"}, "搬了", "clerk", []),
        ({"place": "食堂"}, "x", "clerk", [Unchangeable.UNCHANGED]),
        ({"place": " 食堂 "}, "x", "clerk", [Unchangeable.UNCHANGED]),
        ({}, "x", "clerk", [Unchangeable.UNCHANGED]),
        ({"place": " "}, "x", "clerk", [Unchangeable.EMPTY]),
        ({"place": "二楼"}, " ", "clerk", [Unchangeable.NO_REASON]),
        ({"place": "二楼"}, "x", "volunteer", [Unchangeable.OWN]),
        ({"minutes": "90"}, "x", "clerk", [Unchangeable.UNCHANGED]),
    ],
)
def test_the_words_of_a_record_change_with_a_reason_and_never_into_nothing(
    new, reason, by, expected
):
    found = law.refusals_to_change(OLD, new, reason=reason, changed_by=by, volunteer="volunteer")
    assert whys(found) == expected


def test_what_changes_is_told_with_both_sides():
    new = {**OLD, "place": " 二楼 ", "activity": "送餐"}
    assert law.changes(OLD, new) == {"place": ("食堂", "二楼")}


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (23, []),
        (24, [Rung.LEADER]),
        (71, [Rung.LEADER]),
        (72, [Rung.LEADER, Rung.OFFICE]),
        (168, [Rung.LEADER, Rung.OFFICE, Rung.ABOVE]),
    ],
)
def test_an_open_list_climbs_from_the_leader_to_the_level_above(hours, expected):
    one, three, seven = (timedelta(days=n) for n in (1, 3, 7))
    found = law.rungs(NOW - timedelta(hours=hours), NOW, leader=one, office=three, above=seven)
    assert found == expected


def test_a_rung_that_is_set_to_nought_is_never_told():
    nought, three = timedelta(0), timedelta(days=3)
    found = law.rungs(NOW - timedelta(days=30), NOW, leader=nought, office=three, above=nought)
    assert found == [Rung.OFFICE]


def test_a_week_after_the_office_the_level_above_is_told():
    assert not law.goes_up(TODAY - timedelta(days=7), TODAY)
    assert law.goes_up(TODAY - timedelta(days=8), TODAY)
