"""What a dry run says of each row of a file, before anything is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.rules.reason import Because


class State(Word):
    """What becomes of a row when the import is confirmed."""

    TAKE = "take", N_("will be taken")
    REFUSE = "refuse", N_("refused")
    ASK = "ask", N_("needs an answer")
    DUPLICATE = "duplicate", N_("already in this file")
    IGNORE = "ignore", N_("ignored")
    UNCHANGED = "unchanged", N_("unchanged")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the dry run; `row` and `column` are those that the spreadsheet shows."""

    row: int
    column: str | None  # the letter; None when it is about the whole row
    because: Because | None
    state: State

    @property
    def cell(self) -> str:
        """The address as people know it: `B55`, or `55` for a whole row."""
        return f"{self.column or ''}{self.row}"


_GRAVEST = (State.REFUSE, State.DUPLICATE, State.UNCHANGED)


def gravest(outcomes: Iterable[Outcome], otherwise: State) -> State:
    """What becomes of a row of which all this is said."""
    found = {outcome.state for outcome in outcomes}
    return next((state for state in _GRAVEST if state in found), otherwise)


def tally(states: Iterable[State]) -> dict[State, int]:
    """How many rows there are of each state."""
    found = Counter(states)
    return {state: found[state] for state in State if found[state]}
