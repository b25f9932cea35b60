"""Timed work of recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.db import writing
from talent.hours.recording import service

if TYPE_CHECKING:
    from datetime import datetime


def record_attendance(now: datetime) -> str:
    """Record what was signed out and is over."""
    people = 0
    while True:
        with writing():
            found = service.record_attendance(now)
        people += found
        if found < service.BATCH:
            return f"{people} recorded"
