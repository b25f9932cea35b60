"""Tables of privacy: what people ask about their data, and whose was anonymised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.privacy import Standing, Wish


class PrivacyRequest(Model):
    """What somebody asks about the data kept of him (PIPL Art. 44 to 50)."""

    __tablename__ = "privacy_request"
    __table_args__ = (Index("ix_privacy_request_office", "office_id", "standing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    wish: Mapped[Wish] = mapped_column(words(Wish))
    said: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    due_on: Mapped[date]
    standing: Mapped[Standing] = mapped_column(words(Standing), default=Standing.ASKED)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()


class Erasure(Model):
    """That the data of a person was anonymised, and how many rows of which table."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    last_trace: Mapped[date]
    at: Mapped[datetime] = mapped_column(index=True)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)  # table: [rows removed, rows emptied]

    person: Mapped[Person] = relationship()
    offices: Mapped[list[ErasureOffice]] = relationship()


class ErasureOffice(Model):
    """An office that knew the person: it reads the report."""

    __tablename__ = "erasure_office"

    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasure.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, index=True)
