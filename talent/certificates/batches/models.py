"""Tables of batches: what was asked for, who is in it, and the printed parts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.certificates.models import Certificate
from talent.db import Model, words
from talent.files import StoredFile
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class BatchState(Word):
    """How far a batch is."""

    WAITING = "waiting", N_("Waiting for the worker")
    ISSUING = "issuing", N_("Certificates are issued")
    PRINTING = "printing", N_("Certificates are printed")
    READY = "ready", N_("Ready")
    CANCELLED = "cancelled", N_("Cancelled")
    FAILED = "failed", N_("Stopped")
    FORGOTTEN = "forgotten", N_("Issued; the printed files are not kept any more")


class MemberState(Word):
    """What became of one person of a batch."""

    WAITING = "waiting", N_("Waiting")
    ISSUED = "issued", N_("Issued")
    PRINTED = "printed", N_("Printed")
    UNPRINTED = "unprinted", N_("Issued, but it cannot be printed")
    LEFT_OUT = "left_out", N_("Left out")


class CertificateBatch(Model):
    """Certificates that somebody asked for in one act (批量出具). The worker makes them."""

    __tablename__ = "certificate_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    # A hidden field of the form: sent twice, it is one batch.
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    chosen: Mapped[str] = mapped_column(String(200), default="")  # who was meant, in words
    wish: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    issued_on: Mapped[date | None]  # on all of its certificates, whenever the worker comes to it
    verify_at: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[BatchState] = mapped_column(
        words(BatchState), default=BatchState.WAITING, index=True
    )
    seen_at: Mapped[datetime | None]  # when the worker was last alive on it
    finished_at: Mapped[datetime | None]

    @property
    def name_zh(self) -> str:
        """Who was meant, as things are called that have a name in each language."""
        return self.chosen

    @property
    def name_en(self) -> str | None:
        """The same in English, where it has such a name."""
        return self.wish.get("chosen_en")

    @property
    def busy(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in {BatchState.WAITING, BatchState.ISSUING, BatchState.PRINTING}


class BatchPart(Model):
    """Some of a batch's certificates as PDFs in a ZIP; without a file when it was forgotten."""

    __tablename__ = "certificate_batch_part"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("certificate_batch.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    printed_at: Mapped[datetime] = mapped_column(index=True)

    file: Mapped[StoredFile] = relationship()


class BatchMember(Model):
    """One person of a batch: at most one certificate, at most one place in its parts."""

    __tablename__ = "certificate_batch_member"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id"),
        Index("ix_certificate_batch_member_state", "batch_id", "state", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("certificate_batch.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    place: Mapped[int]  # in the order of names
    state: Mapped[MemberState] = mapped_column(words(MemberState), default=MemberState.WAITING)
    reasons: Mapped[list[Any] | None] = mapped_column(JSON)  # why it was left out, packed
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_batch_part.id"), index=True)

    person: Mapped[Person] = relationship()
    certificate: Mapped[Certificate | None] = relationship()
