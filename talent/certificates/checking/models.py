"""The table of files that were checked: who sends how many is counted, not what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model


class FileCheck(Model):
    """Somebody had a file checked. Kept for minutes, so that nobody keeps the machine busy."""

    __tablename__ = "file_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_index: Mapped[str] = mapped_column(String(64), index=True)
    network_index: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
