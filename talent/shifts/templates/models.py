"""Table of templates: what a project asks for and when, to be planned again from another day on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office


class Template(Model):
    """A day or a week of a project (模板): its positions with their gates, its shifts by day."""

    __tablename__ = "shift_template"
    __table_args__ = (UniqueConstraint("office_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()

    @property
    def count(self) -> int:
        """How many shifts it makes."""
        return len(self.content["shifts"])

    @property
    def positions(self) -> list[str]:
        """The names of its positions."""
        return [each["name"] for each in self.content["positions"]]
