"""The table of yearly reports: what was published, frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office


class YearlyReport(Model):
    """The figures of an office and a year as they were published. They do not change any more."""

    __tablename__ = "yearly_report"
    __table_args__ = (UniqueConstraint("office_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the figures, keys sorted
    published_at: Mapped[datetime]
    published_by: Mapped[int | None]  # account

    office: Mapped[Office] = relationship()
