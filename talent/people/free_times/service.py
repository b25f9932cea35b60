"""The times of the week that a person gave: read, and written anew as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.people.history import service as history
from talent.people.models import FreeTime
from talent.rules import free_times as law

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.free_times import Window


def times_of(*person_ids: int) -> Sequence[FreeTime]:
    """The times that suit a person, or people, from Monday on."""
    query = select(FreeTime).where(FreeTime.person_id.in_(person_ids))
    return db.session.scalars(query.order_by(FreeTime.weekday, FreeTime.starts)).all()


def change(person: Person, windows: Sequence[Window], *, actor: Actor, now: datetime) -> None:
    """From now on these times suit the person, and no others."""
    if refused := [b for i in range(len(windows)) for b in law.refusals(windows, i)]:
        raise Refused(refused)
    kept = [_told(row) for row in times_of(person.id)]
    db.session.execute(delete(FreeTime).where(FreeTime.person_id == person.id))
    db.session.add_all(
        FreeTime(person_id=person.id, weekday=w.weekday, starts=w.starts, ends=w.ends)
        for w in windows
    )
    told = {"free_times": (kept, [_told(w) for w in sorted(windows, key=_told)])}
    history.keep(Act.PERSON_CHANGED, person, told, actor=actor, now=now)


def _told(window: Window | FreeTime) -> str:
    return f"{window.weekday} {window.starts:%H:%M}–{window.ends:%H:%M}"
