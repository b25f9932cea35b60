"""The table of training requirements."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.rules import requirements as law
from talent.rules.requirements import Period, Whom
from talent.rules.sources import Sure
from talent.shifts.models import Position
from talent.staffing.models import AppointmentKind
from talent.training.models import Course


class TrainingRequirement(Model):
    """So many times or hours of training in a period, of some people of an office and below."""

    __tablename__ = "training_requirement"
    __table_args__ = (
        CheckConstraint("times IS NOT NULL OR minutes IS NOT NULL", "amount"),
        CheckConstraint("times IS NULL OR times > 0", "times"),
        CheckConstraint("minutes IS NULL OR minutes > 0", "minutes"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    whom: Mapped[Whom] = mapped_column(words(Whom))
    appointment_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    times: Mapped[int | None]
    minutes: Mapped[int | None]
    period: Mapped[Period] = mapped_column(words(Period))
    months: Mapped[int | None]  # of a period of months
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    continuing_education: Mapped[bool] = mapped_column(default=False)  # nothing else counts
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the first day on which it no longer holds
    source: Mapped[str] = mapped_column(String(200))
    sure: Mapped[Sure] = mapped_column(words(Sure), default=Sure.OWN)

    office: Mapped[Office] = relationship()
    course: Mapped[Course | None] = relationship()
    position: Mapped[Position | None] = relationship()

    @property
    def asked(self) -> law.Asked:
        """The row as the law reads it."""
        return law.Asked(
            self.period, self.times, self.minutes, self.months, self.valid_from, self.valid_to
        )

    @property
    def kinds(self) -> list[AppointmentKind]:
        """The kinds of appointment of which it is asked."""
        return [kind for kind in AppointmentKind if kind.value in self.appointment_kinds]

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, as pages show it."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)
