"""What a dry run says of each row of a file, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
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
