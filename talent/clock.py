"""The only place that looks at a clock. Everything else takes the time as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str, at: datetime | None = None) -> date:
    """The day that a wall calendar in `zone` shows."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()
