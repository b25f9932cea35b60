"""What both imports share: the upload that waits, offices by name, what becomes of each row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import select

from talent import files
from talent.access import Permission
from talent.db import db
from talent.i18n import named
from talent.offices.models import Office
from talent.offices.service import offices_of
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.outcomes import Outcome, State, gravest, tally

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.sheets.reading import Row, Sheet

P = TypeVar("P")
MEDIA_TYPE = "application/vnd.talent.staffing"
KEPT = timedelta(days=1)


class NoOffice(Word):
    """Why the office of a row is not found."""

    UNKNOWN = "unknown", N_("“%(name)s” is not an office for which you may enter staffing.")
    NOT_BELOW = "not_below", N_("There is no “%(name)s” below “%(above)s” among your offices.")
    SEVERAL = "several", N_("Several offices are called “%(name)s”. Add the street or the code.")


class NoImport(Word):
    """Why an import is not confirmed."""

    CHANGED = "changed", N_("The file is no longer the one that was looked at. Upload it again.")
    NOTHING = "nothing", N_("Nothing in this file is new.")


@dataclass(slots=True)
class Line(Generic[P]):
    """One row of the file, and what would be written for it."""

    row: Row
    title: str = ""  # how a reader knows the row
    plans: list[P] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Outcome]:
        """What is said of the row and its cells."""
        return self.row.outcomes

    @property
    def state(self) -> State:
        """What becomes of the row: taken when any of it is."""
        if self.plans:
            return State.TAKE
        return gravest(self.outcomes, State.UNCHANGED)


@dataclass(frozen=True, slots=True)
class DryRun(Generic[P]):
    """What an import would do."""

    sheet: Sheet
    lines: list[Line[P]]

    @property
    def plans(self) -> list[P]:
        """All that would be written."""
        return [plan for line in self.lines for plan in line.plans]

    @property
    def refused(self) -> list[Outcome]:
        """Every cell that is refused, and why."""
        found = [outcome for line in self.lines for outcome in line.outcomes]
        return [outcome for outcome in found if outcome.state is State.REFUSE]

    def states(self) -> dict[State, int]:
        """How many rows there are of each state."""
        return tally(line.state for line in self.lines)


def keep(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep an upload until it is confirmed, sealed: it may be full of numbers.

    What an account left unconfirmed before goes away, and everybody's after a day.
    """
    files.forget(MEDIA_TYPE, before=now - KEPT, actor=actor)
    return files.keep_sealed(name, content, media_type=MEDIA_TYPE, actor=actor, now=now)


def kept(file_id: int, *, actor: Actor) -> StoredFile:
    """An upload of this account, or `NotFound`."""
    return files.handed_in(file_id, MEDIA_TYPE, actor=actor)


class Directory:
    """The actor's offices as files call them: by either name or by a code."""

    def __init__(self, actor: Actor) -> None:
        self.by_name: dict[str, list[Office]] = defaultdict(list)
        mine = [o for o in offices_of(actor, Permission.EDIT_STAFFING) if o.open]
        for office in mine:
            for name in {
                o for o in (*_names(office), office.division_code, office.credit_code) if o
            }:
                self.by_name[_normal(name)].append(office)
        above = {id_ for office in mine for id_ in office.ancestor_ids}
        lines = db.session.scalars(select(Office).where(Office.id.in_(above)))
        self.names = {office.id: {_normal(name) for name in _names(office)} for office in lines}

    def find(self, row: Row, *, office: str = "office", above: str = "above") -> Office | None:
        """The office that a row names, or None, and the row says why."""
        name = row.take(office, cells.text, required=True)
        upper = row.take(above, cells.text)
        if not name:
            return None
        known = self.by_name.get(_normal(name), [])
        found = [o for o in known if not upper or self._stands_below(o, upper)]
        if len(found) == 1:
            return found[0]
        facts = {"name": name}
        if known and not found:
            row.note(office, Because(NoOffice.NOT_BELOW, facts | {"above": upper or ""}))
        else:
            row.note(office, Because(NoOffice.SEVERAL if found else NoOffice.UNKNOWN, facts))
        return None

    def _stands_below(self, office: Office, upper: str) -> bool:
        line = office.ancestor_ids
        return any(_normal(upper) in self.names.get(id_, ()) for id_ in line)


def title_of(office: Office | None, *more: str) -> str:
    """How a reader knows a row."""
    return " · ".join([*([named(office)] if office else []), *(text for text in more if text)])


def _names(office: Office) -> list[str]:
    return [name for name in (office.name_zh, office.name_en) if name]


def _normal(name: str) -> str:
    return "".join(cells.narrow(name).split()).casefold()
