"""The chain of a ledger: each entry carries the digest of all before it, so none can change unseen.

Order 67 Art. 3 (2021-02-01): records are true, accurate and complete. Not a single byte of this may
change: chains that were written with it are checked with it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from talent.rules.reason import Fact

BEGINNING = "0" * 64  # what the first entry of a chain follows


class Broken(StrEnum):
    """Where a chain is not what was written."""

    MISSING = N_("Entry %(place)s is missing.")
    CHANGED = N_("Entry %(place)s is not what was written.")
    SHORT = N_("The chain has %(found)s entries; %(written)s were written.")
    OTHER_END = N_("The last entry is not the one that was written last.")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is found: its place in the chain, what it says, the digest beside it."""

    place: int
    facts: Mapping[str, Fact | None]
    digest: str


def digest(before: str, facts: Mapping[str, Fact | None]) -> str:
    """SHA-256, hex, of the digest before and the facts with their keys in order."""
    plain = {key: _plain(value) for key, value in facts.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def breaks(links: Iterable[Link], *, length: int, end: str) -> list[Because]:
    """What is wrong with a chain, given how long it was written and how it ended.

    After the first break nothing can be said of what follows, so it is the only one named.
    """
    before, place = BEGINNING, 0
    for link in links:
        place += 1
        if link.place != place:
            return [Because(Broken.MISSING, {"place": place})]
        before = digest(before, link.facts)
        if before != link.digest:
            return [Because(Broken.CHANGED, {"place": place})]
    if place != length:
        return [Because(Broken.SHORT, {"found": place, "written": length})]
    return [] if before == end else [Because(Broken.OTHER_END)]


def _plain(value: Fact | None) -> str | int | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)
