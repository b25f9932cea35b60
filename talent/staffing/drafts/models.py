"""Tables of drafts: what would change, and what was said of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.rules.whatif import ChangeKind, DraftState, SaidKind
from talent.staffing.models import Appointment, AppointmentKind


class Draft(Model):
    """Changes to the staffing of an office and those below it that are tried and not made."""

    __tablename__ = "staffing_draft"
    __table_args__ = (
        Index("ix_staffing_draft_office", "office_id", "id"),
        Index("ix_staffing_draft_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    account_id: Mapped[int | None]  # whose it is
    name: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(500))
    measure: Mapped[str] = mapped_column(String(40))  # the standard that it is looked at by
    base_on: Mapped[date]  # the day whose facts it stands on
    based_at: Mapped[datetime]
    state: Mapped[DraftState] = mapped_column(words(DraftState), default=DraftState.OWN)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    changes: Mapped[list[Change]] = relationship(
        order_by="Change.id", cascade="all, delete-orphan", back_populates="draft"
    )
    said: Mapped[list[Said]] = relationship(order_by="Said.id", cascade="all, delete-orphan")


class Change(Model):
    """One thing that would be otherwise. Which columns hold something, the kind says."""

    __tablename__ = "staffing_draft_change"
    __table_args__ = (
        CheckConstraint("number IS NULL OR number > 0", "number"),
        CheckConstraint("share IS NULL OR (share > 0 AND share <= 1)", "share"),
        CheckConstraint("target IS NULL OR target > 0", "target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("staffing_draft.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(words(ChangeKind))
    starts_on: Mapped[date]  # from which day on
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # where to
    merged_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # what goes into it
    appointment_kind: Mapped[AppointmentKind | None] = mapped_column(words(AppointmentKind))
    share: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    number: Mapped[int | None]
    measure: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))

    draft: Mapped[Draft] = relationship(back_populates="changes")
    appointment: Mapped[Appointment | None] = relationship()
    office: Mapped[Office | None] = relationship(foreign_keys=office_id)
    merged: Mapped[Office | None] = relationship(foreign_keys=merged_id)


class Said(Model):
    """What was said of a draft, by whom: shared, agreed, sent back, or a remark."""

    __tablename__ = "staffing_draft_said"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("staffing_draft.id"), index=True)
    kind: Mapped[SaidKind] = mapped_column(words(SaidKind))
    words: Mapped[str | None] = mapped_column(String(500))
    said_by: Mapped[int | None]  # account
    said_at: Mapped[datetime]
