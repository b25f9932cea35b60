"""The three answers that are not a bug: the law says no, you may not, there is no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum


class Refused(Exception):
    """The law says no, for these reasons (409)."""

    keeps = False  # what was written before the refusal is rolled back

    def __init__(self, reasons: Iterable[Because | StrEnum]) -> None:
        self.reasons = [r if isinstance(r, Because) else Because(r) for r in reasons]
        super().__init__(", ".join(str(r.why) for r in self.reasons))


class RefusedAndKept(Refused):
    """A refusal whose trace must stay, as a failed sign-in is counted."""

    keeps = True


class NotAllowed(Exception):
    """This account may not do this (403)."""


class NotFound(Exception):
    """No such thing, or a thing of another office: the same answer (404)."""
