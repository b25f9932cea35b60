"""Table of calendar addresses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office
from talent.people.models import Person
from talent.shifts.models import Project


class CalendarAddress(Model):
    """Whose shifts a calendar program may read at an address that nobody guesses.

    Exactly one of person, project and office; each has one address at most, renewed by another.
    """

    __tablename__ = "calendar_address"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN project_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN office_id IS NULL THEN 0 ELSE 1 END) = 1",
            "one_owner",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), unique=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), unique=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)  # 256 bits
    language: Mapped[str] = mapped_column(String(5))
    made_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()
    project: Mapped[Project | None] = relationship()
    office: Mapped[Office | None] = relationship()
