"""Tables of staffing: appointments, population figures, standards."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.words import Word


class AppointmentKind(Word):
    """What a person is appointed as. Which kinds count, the standard says."""

    PARTY = "party", N_("Party organisation member")
    COMMITTEE = "committee", N_("Residents' committee member")
    FULL_TIME = "full_time", N_("Full-time community worker")
    GRID = "grid", N_("Grid worker")
    SOCIAL_WORKER = "social_worker", N_("Social worker of a station")
    OTHER = "other", N_("Other staff")


# Whom the plan counts as community workers (2017 Opinion); grid workers are for each place to add.
COMMUNITY_WORKERS = (AppointmentKind.PARTY, AppointmentKind.COMMITTEE, AppointmentKind.FULL_TIME)


class Appointment(Model):
    """A person's post at an office from a day on, up to but without another (任职)."""

    __tablename__ = "appointment"
    __table_args__ = (
        UniqueConstraint("person_id", "office_id", "kind", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", "forward"),
        CheckConstraint("share > 0 AND share <= 1", "share"),
        Index("ix_appointment_office_starts", "office_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[AppointmentKind] = mapped_column(words(AppointmentKind))
    post: Mapped[str | None] = mapped_column(String(100))
    share: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=Decimal(1))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the first day on which it no longer holds
    on_leave: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()


class Population(Model):
    """A population figure with its day and source."""

    __tablename__ = "population"
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


class Standard(Model):
    """How many there should be (配备标准), for an office and all below, from a day to a day."""

    __tablename__ = "standard"
    __table_args__ = (
        CheckConstraint("target > 0", "target"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(
        ForeignKey("office.id")
    )  # None: the whole country
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    target: Mapped[Decimal] = mapped_column(Numeric(12, 4))  # per 10 000 of the population
    population_kind: Mapped[PopulationKind] = mapped_column(words(PopulationKind))
    count_mode: Mapped[CountMode] = mapped_column(words(CountMode))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # the AppointmentKinds that count
    count_on_leave: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the first day on which it no longer holds
    source: Mapped[str] = mapped_column(String(200))

    office: Mapped[Office | None] = relationship()
