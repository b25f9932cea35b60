"""Tables of training plans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import Office
from talent.training.models import Course


class TrainingPlan(Model):
    """What an office and all below it intend to teach in a year."""

    __tablename__ = "training_plan"
    __table_args__ = (
        UniqueConstraint("office_id", "year"),
        CheckConstraint("year BETWEEN 2000 AND 2199", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(1000))
    made_at: Mapped[datetime]
    account_id: Mapped[int | None]

    office: Mapped[Office] = relationship()
    lines: Mapped[list[PlanLine]] = relationship(
        back_populates="plan", order_by="PlanLine.month, PlanLine.id"
    )


class PlanLine(Model):
    """So many sessions of a course in a month, with their places and the hours set aside."""

    __tablename__ = "training_plan_line"
    __table_args__ = (
        CheckConstraint("sessions > 0 AND places > 0 AND minutes >= 0", "some"),
        CheckConstraint("month BETWEEN 1 AND 12", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("training_plan.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    month: Mapped[int]
    sessions: Mapped[int]
    places: Mapped[int]  # of each session
    minutes: Mapped[int]  # of teaching and getting ready, set aside for all of them
    note: Mapped[str | None] = mapped_column(String(300))

    plan: Mapped[TrainingPlan] = relationship(back_populates="lines")
    course: Mapped[Course] = relationship()
