"""The table of changes: what stood in a field before and after an act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.audit import AuditEntry
from talent.db import Model, Sealed


class PersonChange(Model):
    """One field of a person before and after. Numbers of documents and phones are kept masked."""

    __tablename__ = "person_change"
    __table_args__ = (Index("ix_person_change_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    was: Mapped[str | None] = mapped_column(Sealed)
    became: Mapped[str | None] = mapped_column(Sealed)
    at: Mapped[datetime]
    account_id: Mapped[int | None]

    entry: Mapped[AuditEntry] = relationship()
