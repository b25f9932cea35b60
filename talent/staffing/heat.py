"""All offices against all their standards on one day, as a table that can be read like a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.rules.staffing import Gap
from talent.staffing.board import Board

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.outcomes import Outcome

NO_FIGURE = (Gap.NO_POPULATION, Gap.ONLY_LATER, Gap.ONLY_REGISTERED)


@dataclass(frozen=True, slots=True)
class Row:
    """An office, and what each measure says of it: None where it has no such standard."""

    office: Office
    depth: int
    outcomes: Sequence[Outcome | None]


@dataclass(frozen=True, slots=True)
class Heat:
    """Offices in rows, measures in columns."""

    measures: Sequence[str]
    rows: Sequence[Row]
    cut: bool  # more offices stand below


def heat(actor: Actor, *, on: date, every: bool = False) -> Heat:
    """Each office against each measure that somebody has set for it, the official one first."""
    board = Board(actor, [on], measures=None)
    levels = None if every else board.levels
    offices = [
        office
        for office in board.tree.offices.values()
        if levels is None or board.depth(office) < levels
    ]
    rows = [
        Row(office, board.depth(office), [_outcome(board, one, office) for one in board.measures])
        for office in offices
    ]
    shown = [at for at in range(len(board.measures)) if any(row.outcomes[at] for row in rows)]
    return Heat(
        [board.measures[at] for at in shown],
        [Row(row.office, row.depth, [row.outcomes[at] for at in shown]) for row in rows],
        cut=levels is not None,
    )


def _outcome(board: Board, measure: str, office: Office) -> Outcome | None:
    by = board.yardstick(measure, office)
    if by is None or by.standard is None:
        return None
    outcome = board.outcome(office, by)
    nothing_there = {Gap.NOT_FOR_THIS} if by.kind.everywhere else {Gap.NOT_FOR_THIS, *NO_FIGURE}
    if any(reason.why in nothing_there for reason in outcome.reasons):
        return None
    return outcome
