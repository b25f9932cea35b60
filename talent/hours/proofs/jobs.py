"""Timed work of the proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.hours.proofs import service

if TYPE_CHECKING:
    from datetime import datetime


def tell_faults(now: datetime) -> str:
    """Tell administrators of faults that a check found. The runner commits."""
    return f"{service.tell_faults(now)} told"
