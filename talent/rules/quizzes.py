"""Quizzes of courses: practice of platforms; 条例 Art. 16 (2017-12-01) asks for the training.

What is drawn is drawn by a seed that is kept, so that it can be drawn again; a mark is reached
exactly or not, without rounding.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
FEWEST_OPTIONS, MOST_OPTIONS = 2, 8
GRACE = timedelta(seconds=15)  # what a slow network may take after the time is over


class QuestionKind(Word):
    """How a question is answered."""

    SINGLE = "single", N_("One answer is right")
    MULTIPLE = "multiple", N_("Several answers may be right")
    TRUE_FALSE = "true_false", N_("True or false")


class Untaken(StrEnum):
    """Why a quiz is not begun, not answered or not handed in."""

    NONE = N_("This quiz has no questions yet.")
    NOT_BEGUN = N_("The quiz opens when the session begins for which you have a place.")
    PASSED = N_("This quiz is passed.")
    NO_MORE = N_("All %(attempts)s attempts are used. Ask the office.")
    WAIT = N_("The next attempt is possible from %(moment)s on.")
    OVER = N_("The time was over at %(moment)s. What was saved until then counts.")
    HANDED_IN = N_("This attempt is finished.")


class Faulty(StrEnum):
    """Why a question is not taken."""

    FEW_OPTIONS = N_("Give at least two answers to choose from.")
    NONE_RIGHT = N_("Say which answer is right.")
    ONE_RIGHT = N_("Exactly one answer must be right.")
    UNKNOWN_RIGHT = N_("The right answer is not one of those to choose from.")
    TWICE = N_("The same answer stands there twice.")
    NO_WEIGHT = N_("A question weighs at least 1.")


@dataclass(frozen=True, slots=True)
class Marked:
    """A question as it is marked: its weight, and which of its options are right."""

    weight: int
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to."""

    points: int
    most: int
    passed: bool

    @property
    def per_cent(self) -> Decimal:
        """To be shown, with one decimal, cut off: 79.96 is never shown as the 80 that it is not."""
        if not self.most:
            return Decimal(0).quantize(TENTH)
        return (HUNDRED * self.points / self.most).quantize(TENTH, ROUND_DOWN)


def drawn(seed: str, bank: Iterable[int], number: int | None) -> list[int]:
    """So many questions of the bank (all without a number), in an order that only the seed tells.

    Each is drawn as likely as any other; the same seed and bank draw the same.
    """
    ordered = sorted(set(bank), key=lambda one: _lot(seed, one))
    return ordered if number is None else ordered[: max(number, 0)]


def shuffled(seed: str, question: int, options: int) -> list[int]:
    """The options of a question in the order in which this attempt shows them."""
    return sorted(range(options), key=lambda one: _lot(f"{seed}:{question}", one))


def _lot(seed: str, one: int) -> tuple[bytes, int]:
    return hashlib.sha256(f"{seed}:{one}".encode()).digest(), one


def points(question: Marked, chosen: Collection[int]) -> int:
    """All of the weight for exactly what is right, nothing for anything else."""
    return question.weight if frozenset(chosen) == question.right else 0


def result(
    questions: Mapping[int, Marked], answers: Mapping[int, Collection[int]], pass_per_cent: Decimal
) -> Result:
    """Points by weight; exactly the pass mark passes. Without a question nothing is passed."""
    got = sum(points(each, answers.get(key, ())) for key, each in questions.items())
    most = sum(each.weight for each in questions.values())
    return Result(got, most, most > 0 and HUNDRED * got >= pass_per_cent * most)


def refusals_to_begin(
    *,
    questions: int,
    begun: bool,
    passed: bool,
    made: int,
    attempts: int | None,
    next_at: datetime | None,
    now: datetime,
) -> list[Because]:
    """Why an attempt cannot be begun now; `made` are those before, `next_at` ends the waiting."""
    if questions <= 0:
        return [Because(Untaken.NONE)]
    if passed:
        return [Because(Untaken.PASSED)]
    if not begun:
        return [Because(Untaken.NOT_BEGUN)]
    if attempts is not None and made >= attempts:
        return [Because(Untaken.NO_MORE, {"attempts": attempts})]
    if next_at is not None and now < next_at:
        return [Because(Untaken.WAIT, {"moment": next_at})]
    return []


def next_at(last_handed_in: datetime | None, wait: timedelta) -> datetime | None:
    """From when on the next attempt is possible."""
    return last_handed_in + wait if last_handed_in and wait else None


def is_over(due: datetime | None, now: datetime) -> bool:
    """Whether nothing is taken any more: the time is measured here, whatever the page says."""
    return due is not None and now > due + GRACE


def refusals_to_answer(*, handed_in: bool, due: datetime | None, now: datetime) -> list[Because]:
    """Why an answer is not saved."""
    if handed_in:
        return [Because(Untaken.HANDED_IN)]
    if due is not None and is_over(due, now):
        return [Because(Untaken.OVER, {"moment": due})]
    return []


def faults(
    kind: QuestionKind, options: Sequence[str], right: Collection[int], weight: int
) -> list[Because]:
    """Why a question cannot be asked so."""
    found = []
    if kind is not QuestionKind.TRUE_FALSE and len(options) < FEWEST_OPTIONS:
        found.append(Because(Faulty.FEW_OPTIONS))
    if len(set(options)) != len(options):
        found.append(Because(Faulty.TWICE))
    if not right:
        found.append(Because(Faulty.NONE_RIGHT))
    elif any(not 0 <= one < len(options) for one in right):
        found.append(Because(Faulty.UNKNOWN_RIGHT))
    elif kind is not QuestionKind.MULTIPLE and len(set(right)) != 1:
        found.append(Because(Faulty.ONE_RIGHT))
    if weight < 1:
        found.append(Because(Faulty.NO_WEIGHT))
    return found
