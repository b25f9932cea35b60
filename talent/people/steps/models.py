"""Tables of the queue: what was done with an application, and interviews."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person, Registration
from talent.rules.applications import InterviewState, InterviewWay, StepKind


class RegistrationStep(Model):
    """One thing that was done with an application, at the office where it was."""

    __tablename__ = "registration_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    to_office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[StepKind] = mapped_column(words(StepKind))
    note: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime]
    account_id: Mapped[int | None]

    registration: Mapped[Registration] = relationship()
    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    to_office: Mapped[Office | None] = relationship(foreign_keys=[to_office_id])


class Interview(Model):
    """A talk to which an office invites somebody who applied; times are moments."""

    __tablename__ = "interview"
    __table_args__ = (CheckConstraint("ends_at > starts_at", "forward"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    way: Mapped[InterviewWay] = mapped_column(words(InterviewWay))
    place: Mapped[str] = mapped_column(String(200))  # or how to reach each other
    state: Mapped[InterviewState] = mapped_column(
        words(InterviewState), default=InterviewState.PLANNED
    )
    result: Mapped[str | None] = mapped_column(String(1000))  # noted by the office
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(index=True)

    registration: Mapped[Registration] = relationship()
    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()
