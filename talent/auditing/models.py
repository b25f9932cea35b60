"""Tables of the proof: the links of the chain, its end, and what the checks found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model
from talent.growing import only_grows


class AuditLink(Model):
    """One act in the chain. Places follow each other without a gap, whatever the ids of acts do."""

    __tablename__ = "audit_link"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the place, from 1
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    said: Mapped[str] = mapped_column(String(64))  # the digest of the act alone
    digest: Mapped[str] = mapped_column(String(64))  # of the act and of all before it
    linked_at: Mapped[datetime]


only_grows(AuditLink, ("entry_id",))


class AuditChain(Model):
    """The one row that says how long the chain is and how far the linking has looked."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seen_id: Mapped[int]  # the last act that was there when it was looked, a while ago
    seen_at: Mapped[datetime]
    floor_id: Mapped[int]  # up to here nothing can come any more: no act is so long on its way
    next_floor_id: Mapped[int]
    next_floor_at: Mapped[datetime]


class AuditProof(Model):
    """What a check of the chain found, and where the chain ended then."""

    __tablename__ = "audit_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


only_grows(AuditProof)
