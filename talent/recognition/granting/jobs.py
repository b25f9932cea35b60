"""Timed work of recognition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.db import writing
from talent.recognition.granting import service

if TYPE_CHECKING:
    from datetime import datetime


def give_stars(now: datetime) -> str:
    """Give each level that is reached by itself, in a transaction of its own, and see what fell."""
    with writing():
        waiting = service.due(now)
    given = 0
    for person_id, level_id, period in waiting:
        with writing():
            given += service.give(person_id, level_id, period, now=now) is not None
    with writing():
        moved = service.doubt(now)
    return f"{given} given, {moved} doubts moved"
