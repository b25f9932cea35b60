"""Timed work of review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.hours.review import service

if TYPE_CHECKING:
    from datetime import datetime


def remind_overdue(now: datetime) -> str:
    """Tell offices what is overdue, once a week. The runner commits."""
    return f"{service.remind_overdue(now)} told"
