"""The table of who was there when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model, words
from talent.rules import training as law
from talent.rules.training import Source


class Presence(Model):
    """When the holder of a seat was there on one date of the session, and how that is known."""

    __tablename__ = "training_presence"
    __table_args__ = (
        UniqueConstraint("seat_id", "part_id"),
        CheckConstraint("left_at IS NULL OR left_at > came_at", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("training_seat.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("training_part.id"), index=True)
    came_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    source: Mapped[Source] = mapped_column(words(Source))
    account_id: Mapped[int | None]  # who took it; of the code, the participant
    made_at: Mapped[datetime]

    @property
    def span(self) -> law.Presence:
        """As the law sees it."""
        return law.Presence(self.came_at, self.left_at)
