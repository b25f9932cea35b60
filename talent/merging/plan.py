"""What joining two files does, row by row: it is drawn up by reading, and done as it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talent.merging import rows
from talent.merging.models import Deed
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from talent.merging.rows import Row


class Side(Word):
    """Which of the two files something is taken from."""

    TARGET = "target", N_("Of the file that stays")
    SOURCE = "source", N_("Of the file that is emptied")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the clerk chose: for each group of fields a side, and whose account stays."""

    fields: Mapping[str, Side] = field(default_factory=dict)
    account: Side = Side.TARGET


@dataclass(slots=True)
class Step:
    """One thing to do to one row. `key` names it afterwards."""

    deed: Deed
    table: str
    key: Row
    before: Row
    after: Row
    watched: bool = True
    mark: str | None = None

    @property
    def found_by(self) -> Row:
        """What names the row before the step."""
        return {name: self.before.get(name, value) for name, value in self.key.items()}


@dataclass(slots=True)
class Count:
    """How many rows of a kind follow, are united with one of the other file, and stay behind."""

    follow: int = 0
    united: int = 0
    stay: int = 0


@dataclass(slots=True)
class Drawing:
    """The plan while it is drawn up."""

    source: int
    target: int
    now: datetime
    account_id: int | None
    why: str
    steps: list[Step] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    closes: int | None = None  # the account that is closed
    opens: int | None = None  # the one that stays

    @property
    def mark(self) -> str:
        """The same while nothing that matters has changed: what was shown is what is done."""
        told = [(one.deed, one.table, rows.kept(one.key)) for one in self.steps if one.watched]
        return blind_index("merge", repr((self.source, self.target, self.closes, sorted(told))))

    @property
    def shared(self) -> dict[str, list[int]]:
        """The rows that are counted anew, by table: they are held before any person is."""
        found: dict[str, set[int]] = {}
        for one in self.steps:
            if one.deed is Deed.COUNTED:
                found.setdefault(one.table, set()).add(one.key["id"])
        return {table: sorted(ids) for table, ids in sorted(found.items())}
