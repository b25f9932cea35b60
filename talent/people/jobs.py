"""Timed work of people: forgotten uploads go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent.people.importing import service

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=1)


def forget_uploads(now: datetime) -> str:
    """Delete files of people that were looked at and never confirmed."""
    return f"{service.forget_uploads(now - KEPT)} forgotten"
