"""The table of keys: whose, for what, since when, until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from talent.db import Model, Sealed, words
from talent.offices.models import Office
from talent.rules.reason import N_
from talent.rules.words import Word


class Purpose(Word):
    """What a key signs, and nothing else."""

    ROOT = "root", N_("Keys of the offices")  # ECDSA P-256
    PDF = "pdf", N_("Certificates (PDF)")  # ECDSA P-256
    PAYLOAD = "payload", N_("Codes on certificates")  # Ed25519


class OfficeKey(Model):
    """A pair of keys (签名密钥). It signs until it is retired; what it signed stays verifiable.

    Without an office it is the installation's own: the root, and for codes of several units.
    """

    __tablename__ = "office_key"
    __table_args__ = (
        # One at a time for each purpose; two first issues at once do not make two.
        Index(
            "uq_office_key_signing",
            "office_id",
            "purpose",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        Index(
            "uq_office_key_installation",
            "purpose",
            unique=True,
            sqlite_where=text("retired_at IS NULL AND office_id IS NULL"),
            postgresql_where=text("retired_at IS NULL AND office_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of `public`
    public: Mapped[bytes] = mapped_column(LargeBinary)  # SubjectPublicKeyInfo, DER
    private: Mapped[str] = deferred(mapped_column(Sealed))  # PKCS 8, PEM
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)  # X.509, DER
    root_id: Mapped[int | None] = mapped_column(ForeignKey("office_key.id"))  # who signed that
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]  # account
    retired_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("office_key.id"))
    compromised_at: Mapped[datetime | None]  # what it signed from then on is not believed
    why: Mapped[str | None] = mapped_column(String(300))  # it was replaced, for the offices alone

    office: Mapped[Office | None] = relationship()
    root: Mapped[OfficeKey | None] = relationship(foreign_keys=[root_id], remote_side=[id])
    replaced_by: Mapped[OfficeKey | None] = relationship(
        foreign_keys=[replaced_by_id], remote_side=[id]
    )

    def believed_at(self, moment: datetime) -> bool:
        """Whether what it signed at this moment is its owner's."""
        return self.compromised_at is None or moment < self.compromised_at
