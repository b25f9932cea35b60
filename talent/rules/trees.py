"""Trees of skills and of teams: what stands below what. 条例 Art. 16 (2017-12-01), and practice.

A tree is told as the key of the one above for each key; None is a root.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key = TypeVar("Key", bound="int | str")

SKILL_LEVELS = 3  # first aid > with children > resuscitation of infants
TEAM_LEVELS = 5


class Unplaced(StrEnum):
    """Why something does not go below something else."""

    ITSELF = N_("Nothing stands below itself or below what stands below it.")
    TOO_DEEP = N_("There would be more than %(most)s levels.")


def line(key: Key, above: Mapping[Key, Key | None]) -> list[Key]:
    """From the key up to its root, the key first. A circle in the facts ends where it began."""
    found: list[Key] = []
    step: Key | None = key
    while step is not None and step not in found:
        found.append(step)
        step = above.get(step)
    return found


def covered(keys: Iterable[Key], above: Mapping[Key, Key | None]) -> frozenset[Key]:
    """条例 Art. 16: who has a skill meets what asks for it and for any skill it stands below."""
    return frozenset(step for key in keys for step in line(key, above))


def below(keys: Iterable[Key], above: Mapping[Key, Key | None]) -> frozenset[Key]:
    """The keys themselves and all that stands below one of them."""
    wanted = set(keys)
    return frozenset(wanted) | frozenset(key for key in above if wanted & set(line(key, above)))


def height(key: Key, above: Mapping[Key, Key | None]) -> int:
    """Of how many levels the branch consists that begins at the key; alone it is one."""
    lines = (line(other, above) for other in above)
    return max((steps.index(key) + 1 for steps in lines if key in steps), default=1)


def refusals_to_place(
    key: Key | None, under: Key | None, above: Mapping[Key, Key | None], *, most: int
) -> list[Because]:
    """Practice: no circles, and no more levels than a reader keeps in mind.

    `key` is None for something new.
    """
    way = line(under, above) if under is not None else []
    if key is not None and key in way:
        return [Because(Unplaced.ITSELF)]
    levels = len(way) + (height(key, above) if key is not None else 1)
    return [Because(Unplaced.TOO_DEEP, {"most": most})] if levels > most else []
