"""The table of steps: what was done with an application, when, by whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person, Registration
from talent.rules.applications import StepKind


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
