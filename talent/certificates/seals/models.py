"""Table of seals: each picture that an office had, and since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.files import StoredFile
from talent.offices.models import Office


class Seal(Model):
    """The picture of a seal (印章). An old one stays, for the certificates that carry it."""

    __tablename__ = "office_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    own_exports: Mapped[bool]  # also on what volunteers print themselves
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
    file: Mapped[StoredFile] = relationship()
