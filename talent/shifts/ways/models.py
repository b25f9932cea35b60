"""The table of ways between places."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office


class TravelTime(Model):
    """How long the way between two places takes (路程), as an office knows it, in both directions.

    It holds for the shifts of the office and of all below it. `pair` is both names as compared.
    """

    __tablename__ = "travel_time"
    __table_args__ = (
        UniqueConstraint("office_id", "pair"),
        CheckConstraint("minutes >= 0", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    place_a: Mapped[str] = mapped_column(String(200))
    place_b: Mapped[str] = mapped_column(String(200))
    pair: Mapped[str] = mapped_column(String(410))
    minutes: Mapped[int]

    office: Mapped[Office] = relationship()
