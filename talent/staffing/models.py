"""Tables of staffing: appointments, population figures, standards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office, OfficeKind, Settlement
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.sources import Sure
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.standards import (
    Band,
    Bands,
    Base,
    Inverse,
    PerUnit,
    Ratio,
    Share,
    StandardKind,
)
from talent.rules.words import Word

if TYPE_CHECKING:
    from talent.rules.standards import Terms


class AppointmentKind(Word):
    """What a person is appointed as. Which kinds count, the standard says."""

    PARTY = "party", N_("Party organisation member")
    COMMITTEE = "committee", N_("Residents' committee member")
    FULL_TIME = "full_time", N_("Full-time community worker")
    GRID = "grid", N_("Grid worker")
    SOCIAL_WORKER = "social_worker", N_("Social worker of a station")
    SUPERVISOR = "supervisor", N_("Supervisor of social workers")
    CHILDREN_DIRECTOR = "children_director", N_("Children's director")
    CHILDREN_SUPERVISOR = "children_supervisor", N_("Children's supervisor")
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
        Index("ix_appointment_kind_person", "kind", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[AppointmentKind] = mapped_column(words(AppointmentKind))
    post: Mapped[str | None] = mapped_column(String(100))
    share: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=Decimal(1))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the first day on which it no longer holds
    probation_until: Mapped[date | None]  # its last day
    on_leave: Mapped[bool] = mapped_column(default=False)
    leave_starts_on: Mapped[date | None]  # without it, from the first day of the appointment
    leave_ends_on: Mapped[date | None]  # the first day on which the leave no longer holds

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


class Level:
    """What holds for an office and all below it from a day to a day, and who says so."""

    office_id: Mapped[int | None] = mapped_column(
        ForeignKey("office.id")
    )  # None: the whole country
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the first day on which it no longer holds
    source: Mapped[str] = mapped_column(String(200))

    @declared_attr
    def office(cls) -> Mapped[Office | None]:  # noqa: N805 - of the class, as its columns are
        """Whose it is."""
        return relationship(Office)

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None while no end is known."""
        return self.valid_to and self.valid_to - timedelta(days=1)


# The measure of the plan's main indicator 7: of several standards, it is the official one.
OFFICIAL = "community_workers"


class Standard(Level, Model):
    """How many there should be (配备标准), for an office and all below, from a day to a day.

    Standards of one measure take each other's place: the nearest office's holds. An office has
    several measures at once.
    """

    __tablename__ = "standard"
    __table_args__ = (
        CheckConstraint("target > 0", "target"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
        Index("ix_standard_measure", "measure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    measure: Mapped[str] = mapped_column(String(40), default=OFFICIAL)
    template: Mapped[str | None] = mapped_column(String(40))  # from which it was taken
    kind: Mapped[StandardKind] = mapped_column(words(StandardKind), default=StandardKind.RATIO)
    # How many: for each `per`, a step, for each unit, per cent. None: the bands say it.
    target: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    per: Mapped[Decimal] = mapped_column(Numeric(12, 4), default=Decimal(10_000))
    least: Mapped[Decimal] = mapped_column(Numeric(12, 4), default=Decimal(0))
    stepped: Mapped[bool] = mapped_column(default=True)
    bands: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # see `terms`
    base: Mapped[Base] = mapped_column(words(Base), default=Base.POPULATION)
    population_kind: Mapped[PopulationKind] = mapped_column(words(PopulationKind))
    base_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)  # of the staff held against
    count_mode: Mapped[CountMode] = mapped_column(words(CountMode))
    kinds: Mapped[list[str]] = mapped_column(JSON)  # the AppointmentKinds that count
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)  # one of them is held; or
    credentials: Mapped[list[str]] = mapped_column(JSON, default=list)  # of these; none: anybody
    count_on_leave: Mapped[bool] = mapped_column(default=True)
    for_kind: Mapped[OfficeKind | None] = mapped_column(
        words(OfficeKind)
    )  # each of these by itself
    settlement: Mapped[Settlement | None] = mapped_column(words(Settlement))
    sure: Mapped[Sure] = mapped_column(words(Sure), default=Sure.OWN)

    @property
    def terms(self) -> Terms:
        """Its numbers, as the law reads them."""
        number = self.target if self.target is not None else Decimal(1)
        match self.kind:
            case StandardKind.INVERSE:
                return Inverse(self.per, number, self.least, self.stepped)
            case StandardKind.PER_UNIT:
                return PerUnit(number)
            case StandardKind.SHARE:
                return Share(number)
            case StandardKind.BAND:
                return Bands(tuple(_band(each) for each in self.bands))
            case _:
                return Ratio(number, self.per)


def _band(kept: dict[str, Any]) -> Band:
    most = kept.get("most")
    return Band(kept["least"], kept.get("below"), Decimal(kept["number"]), most and Decimal(most))
