"""Timed work of privacy: who has left is left in peace, and in the end without a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent import clock
from talent.db import writing
from talent.i18n import DEFAULT_ZONE
from talent.privacy import ending

if TYPE_CHECKING:
    from datetime import datetime


def restrict(now: datetime) -> str:
    """Restrict the data of whoever left, and lift it from whoever came back."""
    return f"{ending.settle(clock.today(DEFAULT_ZONE, now), now)} changed"


def anonymise(now: datetime) -> str:
    """Anonymise whose time is over, one after the other, each in a door of its own."""
    today = clock.today(DEFAULT_ZONE, now)
    done = 0
    with writing():
        found = ending.due(today)
    for person_id, last in found:
        with writing():
            done += ending.anonymise_if_due(person_id, last, today=today, now=now)
    return f"{done} anonymised"
