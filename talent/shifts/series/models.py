"""Table of series: one rule, one shift for each of its days."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.shifts.models import Project


class Series(Model):
    """Shifts that repeat at one time on the clock of the office (系列)."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    rule: Mapped[str] = mapped_column(String(200))  # RRULE of RFC 5545, with UNTIL or COUNT
    first_day: Mapped[date]
    starts: Mapped[time]  # on the clock on the wall
    ends: Mapped[time]
    ends_later: Mapped[int] = mapped_column(default=0)  # days after the start
    zone: Mapped[str] = mapped_column(String(50))
    place: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    needs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by the position's id
    without: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO days that are left out
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]

    project: Mapped[Project] = relationship()
