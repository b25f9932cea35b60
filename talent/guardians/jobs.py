"""Timed work of guardians: who comes of age speaks for himself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent import clock
from talent.guardians import service
from talent.i18n import DEFAULT_ZONE

if TYPE_CHECKING:
    from datetime import datetime


def release_grown(now: datetime) -> str:
    """End guardianship on the day of coming of age."""
    return f"{service.release_grown(clock.today(DEFAULT_ZONE, now), now)} of age"
