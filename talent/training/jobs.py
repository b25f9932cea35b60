"""Timed work of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.training.lapsing import service

if TYPE_CHECKING:
    from datetime import datetime


def remind_lapsing(now: datetime) -> str:
    """Tell holders what lapses soon, once for each reminder. The runner commits."""
    return f"{service.remind(now)} told"
