"""Quizzes: the same seed draws the same, and a mark is reached exactly or not."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules import quizzes as law
from talent.rules.quizzes import Faulty, Marked, QuestionKind, Untaken

NOW = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def right(*places, weight=1):
    return Marked(weight, frozenset(places))


# ---- drawing
@QUICK
@given(st.text(max_size=10), st.sets(st.integers(1, 1000), max_size=60), st.integers(0, 80))
def test_the_same_seed_draws_the_same_and_nothing_twice(seed, bank, number):
    drawn = law.drawn(seed, bank, number)
    assert drawn == law.drawn(seed, sorted(bank, reverse=True), number)
    assert len(drawn) == len(set(drawn)) == min(number, len(bank))
    assert set(drawn) <= bank
    assert law.drawn(seed, bank, None)[: len(drawn)] == drawn


def test_another_seed_draws_others_and_each_about_as_often():
    bank = range(20)
    drawn = Counter(one for seed in range(2000) for one in law.drawn(str(seed), bank, 5))
    assert set(drawn) == set(bank)
    assert all(400 < number < 600 for number in drawn.values())  # 500 expected


def test_no_number_draws_all_and_none_draws_none():
    assert sorted(law.drawn("a", [3, 1, 2], None)) == [1, 2, 3]
    assert law.drawn("a", [3, 1, 2], 0) == []
    assert law.drawn("a", [], 5) == []


def test_what_was_drawn_once_is_drawn_again_by_any_later_release():
    assert law.drawn("8f3a", range(1, 9), 4) == [4, 2, 8, 5]
    assert law.shuffled("8f3a", 3, 4) == [1, 2, 3, 0]


@QUICK
@given(st.text(max_size=10), st.integers(1, 100), st.integers(0, 8))
def test_options_are_all_there_in_another_order(seed, question, options):
    assert sorted(law.shuffled(seed, question, options)) == list(range(options))


# ---- marking
@pytest.mark.parametrize(
    ("chosen", "points"),
    [([0, 2], 3), ([2, 0], 3), ([0], 0), ([0, 1, 2], 0), ([], 0), ([1], 0), ([0, 2, 2], 3)],
)
def test_all_of_the_points_for_exactly_what_is_right(chosen, points):
    assert law.points(right(0, 2, weight=3), chosen) == points


@pytest.mark.parametrize(
    ("points", "most", "mark", "passed"),
    [
        (8, 10, "80", True),  # exactly the mark
        (7, 10, "80", False),
        (2, 3, "66.66", True),
        (2, 3, "66.67", False),  # 66.666… is not 66.67
        (1, 3, "33.33", True),
        (1, 3, "33.34", False),
        (3, 3, "100", True),
        (0, 3, "0.01", False),
        (1, 10000, "0.01", True),
        (0, 0, "0.01", False),  # without a question nothing is passed
    ],
)
def test_exactly_the_pass_mark_passes(points, most, mark, passed):
    questions = {n: right(0) for n in range(most)}
    answers = {n: [0] for n in range(points)}
    result = law.result(questions, answers, Decimal(mark))
    assert (result.points, result.most, result.passed) == (points, most, passed)


def test_points_go_by_weight_and_what_was_not_answered_counts_nothing():
    questions = {1: right(0, weight=3), 2: right(1), 3: right(0, 1, weight=2)}
    result = law.result(questions, {1: [0], 3: [0]}, Decimal(50))
    assert (result.points, result.most, result.passed) == (3, 6, True)
    assert law.result(questions, {2: [1], 9: [0]}, Decimal(50)).points == 1


@pytest.mark.parametrize(
    ("points", "most", "shown"),
    [(2, 3, "66.6"), (1, 3, "33.3"), (799, 1000, "79.9"), (7999, 10000, "79.9"), (0, 0, "0.0")],
)
def test_a_share_is_never_shown_as_more_than_it_is(points, most, shown):
    assert str(law.Result(points, most, passed=False).per_cent) == shown


@QUICK
@given(st.integers(0, 200), st.integers(1, 200), st.integers(1, 10000))
def test_one_more_point_never_makes_one_fail(points, most, mark):
    mark = Decimal(mark) / 100
    points = min(points, most)
    questions = {n: right(0) for n in range(most)}
    now = law.result(questions, {n: [0] for n in range(points)}, mark)
    more = law.result(questions, {n: [0] for n in range(min(points + 1, most))}, mark)
    assert more.passed or not now.passed
    assert now.passed == (points * 100 >= mark * most)


# ---- attempts
FREE = {
    "questions": 1, "begun": True, "passed": False, "made": 0, "attempts": None, "next_at": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"questions": 0}, [Untaken.NONE]),
        ({"begun": False}, [Untaken.NOT_BEGUN]),
        ({"passed": True}, [Untaken.PASSED]),
        ({"made": 99}, []),
        ({"made": 2, "attempts": 3}, []),
        ({"made": 3, "attempts": 3}, [Untaken.NO_MORE]),
        ({"made": 4, "attempts": 3}, [Untaken.NO_MORE]),
        ({"next_at": NOW + SECOND}, [Untaken.WAIT]),
        ({"next_at": NOW}, []),
        ({"made": 3, "attempts": 3, "next_at": NOW + SECOND}, [Untaken.NO_MORE]),
        ({"passed": True, "made": 3, "attempts": 3}, [Untaken.PASSED]),
        ({"questions": 0, "passed": True}, [Untaken.NONE]),
    ],
)
def test_an_attempt_is_begun_while_one_is_left(changed, expected):
    assert whys(law.refusals_to_begin(**(FREE | changed), now=NOW)) == expected


@pytest.mark.parametrize(
    ("last", "wait", "expected"),
    [(None, HOUR, None), (NOW, timedelta(0), None), (NOW, HOUR, NOW + HOUR)],
)
def test_waiting_begins_when_the_last_attempt_ended(last, wait, expected):
    assert law.next_at(last, wait) == expected


@pytest.mark.parametrize(
    ("handed_in", "due", "now", "expected"),
    [
        (False, None, NOW, []),
        (True, None, NOW, [Untaken.HANDED_IN]),
        (False, NOW, NOW, []),
        (False, NOW, NOW + law.GRACE, []),
        (False, NOW, NOW + law.GRACE + SECOND, [Untaken.OVER]),
        (True, NOW, NOW + HOUR, [Untaken.HANDED_IN]),
    ],
)
def test_answers_are_taken_until_the_time_is_over(handed_in, due, now, expected):
    assert whys(law.refusals_to_answer(handed_in=handed_in, due=due, now=now)) == expected


# ---- questions
@pytest.mark.parametrize(
    ("kind", "options", "chosen", "weight", "expected"),
    [
        (QuestionKind.SINGLE, ["a", "b"], [1], 1, []),
        (QuestionKind.SINGLE, ["a"], [0], 1, [Faulty.FEW_OPTIONS]),
        (QuestionKind.SINGLE, [], [], 1, [Faulty.FEW_OPTIONS, Faulty.NONE_RIGHT]),
        (QuestionKind.SINGLE, ["a", "b"], [], 1, [Faulty.NONE_RIGHT]),
        (QuestionKind.SINGLE, ["a", "b"], [0, 1], 1, [Faulty.ONE_RIGHT]),
        (QuestionKind.SINGLE, ["a", "b"], [2], 1, [Faulty.UNKNOWN_RIGHT]),
        (QuestionKind.SINGLE, ["a", "b"], [-1], 1, [Faulty.UNKNOWN_RIGHT]),
        (QuestionKind.SINGLE, ["a", "a"], [0], 1, [Faulty.TWICE]),
        (QuestionKind.SINGLE, ["a", "b"], [0], 0, [Faulty.NO_WEIGHT]),
        (QuestionKind.MULTIPLE, ["a", "b"], [0], 1, []),
        (QuestionKind.MULTIPLE, ["a", "b"], [0, 1], 5, []),
        (QuestionKind.MULTIPLE, ["a", "b"], [], 1, [Faulty.NONE_RIGHT]),
        (QuestionKind.TRUE_FALSE, ["对", "错"], [1], 1, []),
        (QuestionKind.TRUE_FALSE, ["对", "错"], [0, 1], 1, [Faulty.ONE_RIGHT]),
    ],
)
def test_a_question_can_be_answered(kind, options, chosen, weight, expected):
    assert whys(law.faults(kind, options, chosen, weight)) == expected
