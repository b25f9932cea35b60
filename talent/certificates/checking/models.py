"""The table of dear checks: who asks for how many is counted, not what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model


class FileCheck(Model):
    """Somebody had a file checked, or asked for a number that nobody has. Kept for minutes."""

    __tablename__ = "file_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    network_index: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
