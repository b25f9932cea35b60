"""Tables of the forecast: ages of retirement as data, and population figures that are planned."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.rules.identity import Sex
from talent.rules.sources import Sure
from talent.rules.staffing import PopulationKind
from talent.staffing.models import Level


class RetirementAge(Level, Model):
    """At which age people of a sex and of some kinds of appointment retire, raised in steps.

    It concerns those who come to `age_months` from `valid_from` on, up to `valid_to`.
    """

    __tablename__ = "retirement_age"
    __table_args__ = (
        CheckConstraint("age_months > 0 AND most_months >= age_months", "ages"),
        CheckConstraint("step_months >= 0 AND early_months >= 0 AND late_months >= 0", "steps"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sex: Mapped[Sex] = mapped_column(words(Sex))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # the AppointmentKinds that it is for
    age_months: Mapped[int]  # the age that is raised
    most_months: Mapped[int]  # to which it is raised
    step_months: Mapped[int]  # a month more for each so many months; 0: it is not raised
    early_months: Mapped[int]  # so long before it people may go, by their own wish
    late_months: Mapped[int]  # so long after it people may stay, if both sides agree
    notice_months: Mapped[int]  # so long before it an early end is announced
    sure: Mapped[Sure] = mapped_column(words(Sure))


class PlannedFigure(Model):
    """A population figure that somebody expects for a day to come, with its source."""

    __tablename__ = "planned_figure"
    __table_args__ = (
        UniqueConstraint("office_id", "kind", "as_of"),
        CheckConstraint("number >= 0", "not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[PopulationKind] = mapped_column(words(PopulationKind))
    number: Mapped[int]
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
