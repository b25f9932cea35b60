"""Timed work of shifts: each is called with the time inside a door of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.shifts.attendance import service as attendance
from talent.shifts.followup import service as followup

if TYPE_CHECKING:
    from datetime import datetime


def remind(now: datetime) -> str:
    """Reminders of shifts, by sign-up and lead time."""
    return f"{followup.remind(now)} reminded"


def settle_attendance(now: datetime) -> str:
    """Sign-outs that were forgotten go to review; who never came is written down as absent."""
    return f"{attendance.settle(now)} settled"


def release(now: datetime) -> str:
    """Places of people who left or were paused are freed, and the waiting move up."""
    return f"{followup.release(now)} released"
