"""Tables of plans: posts that are to be filled, and the appointments that filled them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.rules.forecast import Certainty
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.staffing.models import Appointment, AppointmentKind


class PostState(Word):
    """What became of a planned post."""

    OPEN = "open", N_("To be filled")
    FILLED = "filled", N_("Filled")
    CANCELLED = "cancelled", N_("Cancelled")


class Plan(Model):
    """A draft that was decided on: the posts to fill, and the steps to carry out."""

    __tablename__ = "staffing_plan"
    __table_args__ = (Index("ix_staffing_plan_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    draft_id: Mapped[int | None] = mapped_column(unique=True)  # of which it was made
    name: Mapped[str] = mapped_column(String(100))
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    posts: Mapped[list[PlannedPost]] = relationship(
        order_by="PlannedPost.id", back_populates="plan"
    )


class PlannedPost(Model):
    """So many posts of a kind that an office means to fill from a day on."""

    __tablename__ = "planned_post"
    __table_args__ = (
        CheckConstraint("number > 0", "number"),
        CheckConstraint("share > 0 AND share <= 1", "share"),
        Index("ix_planned_post_office_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("staffing_plan.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[AppointmentKind] = mapped_column(words(AppointmentKind))
    share: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=Decimal(1))
    number: Mapped[int]
    starts_on: Mapped[date]
    certainty: Mapped[Certainty] = mapped_column(words(Certainty))
    note: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[PostState] = mapped_column(words(PostState), default=PostState.OPEN)
    reason: Mapped[str | None] = mapped_column(String(200))  # why it was given up
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    plan: Mapped[Plan | None] = relationship(back_populates="posts")
    office: Mapped[Office] = relationship()
    fillings: Mapped[list[Filling]] = relationship(order_by="Filling.id")

    @property
    def open_number(self) -> int:
        """How many of them are still to be filled."""
        return max(0, self.number - len(self.fillings)) if self.state is PostState.OPEN else 0


class Filling(Model):
    """An appointment that filled one of the posts."""

    __tablename__ = "planned_post_filling"

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_post_id: Mapped[int] = mapped_column(ForeignKey("planned_post.id"), index=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), unique=True)
    filled_by: Mapped[int | None]  # account
    filled_at: Mapped[datetime]

    appointment: Mapped[Appointment] = relationship()
