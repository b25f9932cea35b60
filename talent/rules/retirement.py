"""When people retire: 关于实施渐进式延迟法定退休年龄的决定 (2024-09-13, in force 2025-01-01).

The ages are [M], from memory, and so they are rows that an office checks and changes: men 60,
women 55 or 50 by their work; from 2025 on a month more for each four months (for each two of the
50s), up to 63, 58 and 55. People may go up to three years earlier, never before the age that was
raised, and with the office's consent up to three years later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from talent.rules.identity import Sex

MONTHS = 12


@dataclass(frozen=True, slots=True)
class AgeRule:
    """An age of retirement, in months. `end` is the first day on which the rule no longer holds."""

    sex: Sex
    kinds: frozenset[str]
    age: int
    start: date
    end: date | None = None
    most: int = 0  # the age to which it is raised; below `age` it is not raised
    step: int = 0  # a month more for each so many months since `start`; 0: it is not raised
    early: int = 0
    late: int = 0
    notice: int = 0
    scope: Hashable | None = None  # an office, for it and all below; None: the whole country


@dataclass(frozen=True, slots=True)
class Retirement:
    """The first day on which the post is no longer held: at the earliest, as a rule, at latest."""

    earliest: date
    usual: date
    latest: date
    notice: int = 0  # months


def reached(born: date, months: int) -> date:
    """The first day of being so many months old.

    A month without that day: the first of the next, as with a birthday on 29 February.
    """
    year, month = divmod(born.year * MONTHS + born.month - 1 + months, MONTHS)
    try:
        return date(year, month + 1, born.day)
    except ValueError:
        year, month = divmod(year * MONTHS + month + 1, MONTHS)
        return date(year, month + 1, 1)


def added(rule: AgeRule, born: date) -> int:
    """By how many months the age is raised: one for each started step since the rule began.

    Counted by the month in which the age that is raised is reached: men born from January to
    April 1965 have one month more, those of May two.
    """
    if not rule.step:
        return 0
    original = born.year * MONTHS + born.month - 1 + rule.age
    since = original - (rule.start.year * MONTHS + rule.start.month - 1)
    return max(0, min(rule.most - rule.age, since // rule.step + 1))


def retirement(rule: AgeRule, born: date) -> Retirement:
    """When somebody born on a day retires by a rule: the day on which the age is reached."""
    usual = rule.age + added(rule, born)
    earliest = max(min(rule.age, usual), usual - rule.early)
    return Retirement(
        reached(born, earliest), reached(born, usual), reached(born, usual + rule.late), rule.notice
    )


def rule_for(
    rules: Iterable[AgeRule], *, born: date, sex: Sex, kind: str, scopes: Sequence[Hashable]
) -> AgeRule | None:
    """The rule for somebody: of the nearest office, and of those the one that began last.

    It holds for who reaches its age while it is in force: who was 60 in 2024 retired at 60.
    `scopes` is the office and those above it, nearest first.
    """
    order = {scope: place for place, scope in enumerate((*scopes, None))}
    found = [
        rule
        for rule in rules
        if rule.sex is sex
        and kind in rule.kinds
        and rule.scope in order
        and rule.start <= (turns := reached(born, rule.age))
        and (rule.end is None or turns < rule.end)
    ]
    return min(found, key=lambda rule: (order[rule.scope], -rule.start.toordinal()), default=None)
