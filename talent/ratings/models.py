"""Tables of ratings: five steps and a text of one who was there, and what the office answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, Sealed, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.shifts.models import Project, Shift


class Side(Word):
    """From where somebody saw the service."""

    RESIDENT = "resident", N_("Somebody who was served")
    VOLUNTEER = "volunteer", N_("A volunteer who was there")


class Rating(Model):
    """What one who was there says of a service. A resident has no name, only a device.

    `due_on` is the last day for the office's answer; None: it need not answer.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("shift_id", "person_id"),
        UniqueConstraint("shift_id", "device_index"),
        CheckConstraint("steps BETWEEN 1 AND 5", "steps"),
        CheckConstraint("(side = 'volunteer') = (person_id IS NOT NULL)", "volunteer"),
        CheckConstraint("(side = 'resident') = (device_index IS NOT NULL)", "resident"),
        Index("ix_rating_office", "office_id", "id"),
        Index("ix_rating_office_due", "office_id", "due_on"),
        Index("ix_rating_project", "project_id", "steps"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    side: Mapped[Side] = mapped_column(words(Side))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    device_index: Mapped[str | None] = mapped_column(String(64))
    steps: Mapped[int]
    text: Mapped[str | None] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]  # account
    told_above_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()
    project: Mapped[Project] = relationship()
    office: Mapped[Office] = relationship()
    person: Mapped[Person | None] = relationship()


class RatingTry(Model):
    """That somebody rated from an address, kept for some minutes so that nobody floods the list."""

    __tablename__ = "rating_try"
    __table_args__ = (Index("ix_rating_try_address", "address_index", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_index: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
