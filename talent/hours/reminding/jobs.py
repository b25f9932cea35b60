"""Timed work of reminding: each tells once of what it finds, and the runner commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.hours.reminding import service

if TYPE_CHECKING:
    from datetime import datetime


def remind_requests(now: datetime) -> str:
    """Corrections and appeals whose term ends or has ended."""
    return f"{service.remind_requests(now)} told"


def remind_lists(now: datetime) -> str:
    """Lists of shifts that nobody closed."""
    return f"{service.remind_lists(now)} told"


def tell_lying(now: datetime) -> str:
    """What offices below leave lying, once a week."""
    return f"{service.tell_lying(now)} told"
