"""Timed work of people: forgotten uploads go, and who comes of age speaks for himself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent import clock
from talent.i18n import DEFAULT_ZONE
from talent.people import service as people
from talent.people.importing import service

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=1)


def forget_uploads(now: datetime) -> str:
    """Delete files of people that were looked at and never confirmed."""
    return f"{service.forget_uploads(now - KEPT)} forgotten"


def release_grown(now: datetime) -> str:
    """End guardianship on the day of coming of age."""
    return f"{people.release_grown(clock.today(DEFAULT_ZONE, now), now)} of age"
