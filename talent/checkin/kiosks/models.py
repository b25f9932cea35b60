"""The table of kiosks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office


class Kiosk(Model):
    """A tablet at the door of one office (签到机). It holds a cookie of its own, no account."""

    __tablename__ = "kiosk"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str | None] = mapped_column(String(64))  # of what its cookie holds
    pairing_at: Mapped[datetime | None]  # a tablet may take its place from then on, for a while
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    paired_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
