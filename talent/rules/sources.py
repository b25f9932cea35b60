"""How sure a fact is that the software ships: from the text of the law down to what is remembered.

The marks are those of the project's survey of law and practice, 2026; a page prints them beside
the fact, so that an office checks what is not sure before it relies on it.
"""

from __future__ import annotations

from talent.rules.reason import N_
from talent.rules.words import Word


class Sure(Word):
    """The four marks."""

    PRIMARY = "a", N_("[A] the text of the law was read")
    OFFICIAL = "b", N_("[B] an official page or a reprint was read")
    SECONDARY = "c", N_("[C] one secondary source: a default at most")
    REMEMBERED = "m", N_("[M] from memory: check it before relying on it")
    OWN = "own", N_("Set by the office itself")

    @property
    def mark(self) -> str:
        """The mark alone, as beside a figure."""
        return "" if self is Sure.OWN else f"[{self.value.upper()}]"
