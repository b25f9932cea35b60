"""Timed work of ratings. The runner commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.ratings import answers, asking

if TYPE_CHECKING:
    from datetime import datetime


def ask(now: datetime) -> str:
    """Ask those who were there, in the evening after."""
    return f"{asking.ask(now)} asked"


def remind_overdue(now: datetime) -> str:
    """Tell the level above of bad ratings that nobody answered in time."""
    return f"{answers.remind_overdue(now)} told"
