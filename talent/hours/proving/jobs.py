"""Timed work of proving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.db import writing
from talent.hours.proving import service

if TYPE_CHECKING:
    from datetime import datetime


def prove(now: datetime) -> str:
    """Check, once a night, the ledger of every office; each by itself, so that none waits."""
    wrong = 0
    with writing():
        due = service.due(now)
    for office_id in due:
        with writing():
            wrong += bool(service.prove(office_id, now).faults)
    return f"{len(due)} checked, {wrong} with faults"
