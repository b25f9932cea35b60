"""The timed work of merging: files are compared as they change, and what came late follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent.db import writing
from talent.merging import finding, service

if TYPE_CHECKING:
    from datetime import datetime

SETTLED = timedelta(minutes=2)
BATCHES = 20  # in one run; the rest is for the next minute


def compare(now: datetime) -> int:
    """Compare files that were changed since the last run, a batch to a transaction. How many."""
    looked = 0
    for _ in range(BATCHES):
        with writing():
            number = finding.compare_next(now, SETTLED)
        looked += number
        if number < finding.BATCH:
            break
    return looked


def follow_late(now: datetime) -> int:
    """Rows that reached an emptied file after it was emptied go to the other one."""
    with writing():
        return service.follow_late(now)
