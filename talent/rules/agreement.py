"""The agreement between a volunteer and the office: 条例 Art. 14 (2017-12-01), PIPL Art. 31.

Rights, duties, contents, way, time and place of the service, and its protection are agreed on; who
signed one wording has not signed another.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import age
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

SHORTEST = 20  # characters: a wording says something


class Unsigned(StrEnum):
    """Why an agreement is not signed or not written so."""

    GUARDIAN_SIGNS = N_("Under 18 the guardian signs, or the office keeps the signed sheet.")
    NOT_PRESENT = N_("There is a newer version of this agreement. Please read that one.")
    ALREADY = N_("This version is signed already.")
    UNREAD = N_("Please confirm that you have read the agreement.")
    TOO_SHORT = N_("The agreement says what the volunteer and the office owe each other.")
    SAME = N_("These are the words of the present version.")


def missing(asked: int | None, signed: Collection[int]) -> bool:
    """条例 Art. 14: whether the version that is asked for is still to be signed."""
    return asked is not None and asked not in signed


def refusals_to_sign(
    *, born: date | None, today: date, by_guardian: bool, present: bool, signed: bool, read: bool
) -> list[Because]:
    """条例 Art. 14, PIPL Art. 31: the present version, once, and for a minor by the guardian."""
    if signed:
        return [Because(Unsigned.ALREADY)]
    if not present:
        return [Because(Unsigned.NOT_PRESENT)]
    found = []
    if born is not None and age.guardian_needed(born, today) and not by_guardian:
        found.append(Because(Unsigned.GUARDIAN_SIGNS))
    if not read:
        found.append(Because(Unsigned.UNREAD))
    return found


def refusals_to_publish(text: str, present: str | None) -> list[Because]:
    """条例 Art. 14: a wording says what is agreed on, and a new version says something else."""
    if len(text.strip()) < SHORTEST:
        return [Because(Unsigned.TOO_SHORT)]
    return [Because(Unsigned.SAME)] if text == present else []
