"""The table of signed sheets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.files import StoredFile
from talent.shifts.models import Shift


class SignedSheet(Model):
    """A photograph or scan of the sheet that people signed on paper (签到表)."""

    __tablename__ = "signed_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    shift: Mapped[Shift] = relationship()
    file: Mapped[StoredFile] = relationship()
