"""Timed work of doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.db import writing
from talent.hours.doubts import service

if TYPE_CHECKING:
    from datetime import datetime


def watch(now: datetime) -> str:
    """Look back at what was recorded since the last look, a batch in each transaction."""
    after, batches = None, 0
    while True:
        with writing():
            after = service.watch(now, after=after)
        batches += 1
        if after is None:
            return f"{batches} batches"


def forget_devices(now: datetime) -> str:
    """Forget which phones people signed with, in batches."""
    forgotten = 0
    while True:
        with writing():
            found = service.forget_devices(now)
        forgotten += found
        if found < service.BATCH:
            return f"{forgotten} forgotten"
