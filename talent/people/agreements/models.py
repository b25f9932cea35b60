"""Tables of agreements: the wordings of an office, and the signatures under them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.growing import only_grows
from talent.offices.models import Office
from talent.people.models import Person


class Agreement(Model):
    """One version of what an office agrees on with its volunteers; it never changes."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("office_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    version: Mapped[int]
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]

    office: Mapped[Office] = relationship()


only_grows(Agreement, ("office_id", "version"))


class Signature(Model):
    """A person, or the guardian, signed one version: by a tap or on paper."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("person_id", "agreement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    signed_at: Mapped[datetime]
    signed_by: Mapped[str] = mapped_column(String(100))  # the name of the person or the guardian
    by_guardian: Mapped[bool] = mapped_column(default=False)
    on_paper: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[int | None]  # who tapped, or recorded the sheet

    agreement: Mapped[Agreement] = relationship()
    person: Mapped[Person] = relationship()
