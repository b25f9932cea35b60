"""Kept pictures: found, and deleted with all their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.audit import Act
from talent.db import db
from talent.files import StoredFile
from talent.people.history import service as history
from talent.rules.reason import N_

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person


def remove(person: Person, *, actor: Actor, now: datetime) -> None:
    """Delete the picture itself, not only the way to it."""
    if person.photo_id is None:
        return
    drop(person)
    told = {"photograph": (N_("kept"), None)}
    history.keep(Act.PHOTOGRAPH_REMOVED, person, told, actor=actor, now=now)


def of(person: Person) -> StoredFile | None:
    """The picture, with its bytes."""
    return db.session.get(StoredFile, person.photo_id) if person.photo_id else None


def drop(person: Person) -> None:
    """Delete the picture without a word in the history: another one comes."""
    if (file := of(person)) is not None:
        person.photo_id = None
        db.session.flush()
        db.session.delete(file)
        db.session.flush()
