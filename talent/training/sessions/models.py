"""The table of a session's dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model
from talent.rules.training import Part


class SessionPart(Model):
    """One date of a session. Every session has at least one; its own times span them all."""

    __tablename__ = "training_part"
    __table_args__ = (
        UniqueConstraint("session_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    @property
    def span(self) -> Part:
        """As the law sees it."""
        return Part(self.starts_at, self.ends_at)
