"""The table of personal codes that were renewed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model


class PersonCode(Model):
    """Which of a person's codes holds (个人码). Without a row it is the first, number 0."""

    __tablename__ = "person_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int]
    renewed_at: Mapped[datetime]

    @property
    def id(self) -> int:
        """The person's."""
        return self.person_id
