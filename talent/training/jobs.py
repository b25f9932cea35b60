"""Timed work of training. The runner commits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent.training.attendance import service as attendance
from talent.training.importing import service as importing
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=1)


def remind(now: datetime) -> str:
    """Tell those who are signed up that a session comes, once for each."""
    return f"{sessions.remind(now)} told"


def settle(now: datetime) -> str:
    """Who came by the code has a record once the session is over."""
    return f"{attendance.settle_over(now)} settled"


def forget_lists(now: datetime) -> str:
    """Delete lists of questions that were looked at and never confirmed."""
    return f"{importing.forget_lists(now - KEPT)} forgotten"
