"""Tables of the register: under which number of the year an office holds a certificate."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.certificates.models import Certificate
from talent.db import Model
from talent.offices.models import Office


class RegisterEntry(Model):
    """A certificate in the register (台账) of an office that recorded something on it."""

    __tablename__ = "certificate_register"
    __table_args__ = (
        UniqueConstraint("certificate_id", "office_id"),
        UniqueConstraint("office_id", "year", "sequence"),
        Index("ix_certificate_register_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    sequence: Mapped[int]  # 1, 2, 3, … of the office in the year
    issued_on: Mapped[date]
    minutes: Mapped[int]  # what this office recorded of it
    verified: Mapped[int]

    certificate: Mapped[Certificate] = relationship()
    office: Mapped[Office] = relationship()


class RegisterCount(Model):
    """How many entries an office has in a year; held while the next one is written."""

    __tablename__ = "certificate_register_count"

    office_id: Mapped[int] = mapped_column(
        ForeignKey("office.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
