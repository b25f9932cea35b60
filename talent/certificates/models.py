"""Tables of certificates: what was certified, frozen, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class CertificateLanguage(Word):
    """In which language it is printed."""

    ZH = "zh", N_("Chinese")
    EN = "en", N_("English")
    BOTH = "both", N_("Chinese and English")


class CertificateStatus(Word):
    """What a reader of the certificate is told. Superseded is found by comparison, not stored."""

    VALID = "valid", N_("Valid")
    SUPERSEDED = "superseded", N_("Superseded: a record was corrected")
    REVOKED = "revoked", N_("Revoked")


class CertificateKind(Word):
    """What is certified. Training is never service (Order 67 Art. 8), so one holds one of them."""

    SERVICE = "service", N_("Volunteer service record certificate")
    TRAINING = "training", N_("Certificate of attendance")


class RevocationKind(Word):
    """Why it was revoked, as far as a stranger may know."""

    ERROR = "error", N_("Issued in error")
    FALSE_RECORD = "false_record", N_("A record in it was not true")
    MISUSED = "misused", N_("It was used unlawfully")
    ASKED = "asked", N_("The volunteer asked for it")
    ERASED = "erased", N_("The data was erased after the time for which it must be kept")


@dataclass(frozen=True, slots=True)
class Unit:
    """A recording unit as a certificate names it, and what it recorded."""

    name_zh: str
    name_en: str | None
    minutes: int


class Certificate(Model):
    """A certificate of service records (志愿服务记录证明), or of training that was attended.

    Its content is frozen at issue.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_person", "person_id", "id"),
        UniqueConstraint("batch_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[CertificateKind] = mapped_column(
        words(CertificateKind), default=CertificateKind.SERVICE
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    language: Mapped[CertificateLanguage] = mapped_column(words(CertificateLanguage))
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    period_from: Mapped[date]
    period_to: Mapped[date]
    total_minutes: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the content, keys sorted
    issued_by: Mapped[int | None]  # account; the volunteer's own when he exported it
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_batch.id"))
    # A hidden field of the form: sent twice, it is one certificate.
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    revoked_kind: Mapped[RevocationKind | None] = mapped_column(words(RevocationKind))
    revoked_why: Mapped[str | None] = mapped_column(String(300))  # for the offices alone

    person: Mapped[Person] = relationship()
    lines: Mapped[list[CertificateLine]] = relationship(
        back_populates="certificate", order_by="CertificateLine.id"
    )

    @property
    def units(self) -> list[Unit]:
        """Who recorded what it certifies."""
        return [
            Unit(group["name_zh"], group["name_en"], group["total_minutes"])
            for group in self.content["groups"]
        ]


class CertificateLine(Model):
    """A record, of service or of training, as it was counted and worded."""

    __tablename__ = "certificate_line"
    __table_args__ = (
        CheckConstraint("(record_id IS NULL) <> (training_record_id IS NULL)", "one_record"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"), index=True)
    training_record_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_record.id"), index=True
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    minutes: Mapped[int]
    # The other words of the line, so that the database can ask whether the record changed since.
    said: Mapped[str | None] = mapped_column(Text)

    certificate: Mapped[Certificate] = relationship(back_populates="lines")
