"""Timed work of renewals. The runner commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.renewals.lapses import reminding

if TYPE_CHECKING:
    from datetime import datetime


def remind(now: datetime) -> str:
    """Tell of what lapses soon and of what has lapsed, once for each reminder."""
    return f"{reminding.remind(now)} told"


def digest(now: datetime) -> str:
    """Tell those who keep training once a week what lapses."""
    return f"{reminding.digest(now)} told"
