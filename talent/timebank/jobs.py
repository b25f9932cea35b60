"""Timed work of the time bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.db import writing
from talent.timebank import crediting

if TYPE_CHECKING:
    from datetime import datetime


def credit(now: datetime) -> str:
    """Follow the hours of every office that has a bank, a batch in a transaction of its own."""
    with writing():
        offices = crediting.behind()
    looked = 0
    for office_id in offices:
        while True:
            with writing():
                found = crediting.follow(office_id, now)
            looked += found
            if found < crediting.BATCH:
                break
    return f"{looked} looked at"
