"""Tables of indicators: what is stated and asked, cases for each worker, people served."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office, Settlement
from talent.people.models import Person
from talent.rules.indicators import Better, Formula, Measure
from talent.rules.reason import N_
from talent.rules.sources import Sure
from talent.rules.words import Word
from talent.shifts.models import Project
from talent.staffing.models import Level


class Origin(Word):
    """Where the numbers of a quantity come from. Only what is stated is ever entered."""

    STATED = "stated", N_("Stated by the offices")
    COMMUNITIES = "communities", N_("Counted here: communities")
    HOUSEHOLDS = "households", N_("Population figures: households")
    RESIDENTS = "residents", N_("Population figures: residents")
    WORKERS = "workers", N_("Counted here: community workers")
    URBAN_RESIDENTS = "urban_residents", N_("Population figures, as staffing takes them")
    HEADS = "heads", N_("Counted here: community workers, each once")
    CERTIFIED = "certified", N_("Counted here: workers with a professional certificate")
    ACTIVE = "active", N_("Counted here: volunteers who served in 12 months")
    ORGANISATIONS = "organisations", N_("Counted here: social organisations")


class Quantity(Model):
    """Something that is counted in each community: a numerator or denominator of indicators."""

    __tablename__ = "quantity"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    unit_zh: Mapped[str] = mapped_column(String(20))
    unit_en: Mapped[str | None] = mapped_column(String(40))
    measure: Mapped[Measure] = mapped_column(words(Measure))
    origin: Mapped[Origin] = mapped_column(words(Origin), default=Origin.STATED)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # None: everybody's


class Indicator(Model):
    """What a plan is measured by (指标). The main ones have a number; one in use is closed."""

    __tablename__ = "indicator"
    __table_args__ = (
        CheckConstraint("(formula = 'number') = (denominator_id IS NULL)", "denominator"),
        CheckConstraint("places BETWEEN 0 AND 4", "places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[int | None]  # of the plan's main indicators
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(200))
    unit_zh: Mapped[str] = mapped_column(String(30))
    unit_en: Mapped[str | None] = mapped_column(String(60))
    formula: Mapped[Formula] = mapped_column(words(Formula))
    numerator_id: Mapped[int] = mapped_column(ForeignKey("quantity.id"))
    denominator_id: Mapped[int | None] = mapped_column(ForeignKey("quantity.id"))
    settlement: Mapped[Settlement | None] = mapped_column(words(Settlement))  # None: both
    better: Mapped[Better] = mapped_column(words(Better), default=Better.MORE)
    places: Mapped[int] = mapped_column(default=2)  # decimals that are shown
    source: Mapped[str] = mapped_column(String(200))
    sureness: Mapped[Sure] = mapped_column(words(Sure))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # whose own it is
    open: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]

    numerator: Mapped[Quantity] = relationship(foreign_keys=[numerator_id], lazy="joined")
    denominator: Mapped[Quantity | None] = relationship(
        foreign_keys=[denominator_id], lazy="joined"
    )
    office: Mapped[Office | None] = relationship()
    targets: Mapped[list[IndicatorTarget]] = relationship(
        back_populates="indicator", order_by="IndicatorTarget.id"
    )


class IndicatorTarget(Level, Model):
    """The level that an office and all below it are to reach, from a day to a day."""

    __tablename__ = "indicator_target"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
        CheckConstraint("level >= 0", "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    level: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    sureness: Mapped[Sure] = mapped_column(words(Sure))
    made_at: Mapped[datetime]

    indicator: Mapped[Indicator] = relationship(back_populates="targets")


class StatedFigure(Model):
    """What an office stated of a quantity, with its day and source. It is corrected, not lost."""

    __tablename__ = "stated_figure"
    __table_args__ = (
        UniqueConstraint("office_id", "quantity_id", "as_of"),
        CheckConstraint("number >= 0", "not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    quantity_id: Mapped[int] = mapped_column(ForeignKey("quantity.id"), index=True)
    number: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    quantity: Mapped[Quantity] = relationship()


class WorkKind(Model):
    """A kind of work of which a worker has so many at a time: cases, families, households."""

    __tablename__ = "work_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    unit_zh: Mapped[str] = mapped_column(String(20))
    unit_en: Mapped[str | None] = mapped_column(String(40))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # None: everybody's
    open: Mapped[bool] = mapped_column(default=True)

    ceilings: Mapped[list[Ceiling]] = relationship(
        back_populates="kind", order_by="Ceiling.id", foreign_keys="Ceiling.kind_id"
    )


class Ceiling(Level, Model):
    """How many of a kind one full-time worker should have at most, alone or beside another kind.

    Who has both kinds of a pair is held to the pair: `most` of this and `beside_most` of the other.
    """

    __tablename__ = "caseload_ceiling"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "forward"),
        CheckConstraint("most > 0", "most"),
        CheckConstraint("(beside_id IS NULL) = (beside_most IS NULL)", "beside"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("work_kind.id"), index=True)
    most: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    beside_id: Mapped[int | None] = mapped_column(ForeignKey("work_kind.id"))
    beside_most: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    sureness: Mapped[Sure] = mapped_column(words(Sure))
    made_at: Mapped[datetime]

    kind: Mapped[WorkKind] = relationship(back_populates="ceilings", foreign_keys=[kind_id])
    beside: Mapped[WorkKind | None] = relationship(foreign_keys=[beside_id])


class CaseCount(Model):
    """How many of a kind a worker had at an office in a month. A number, and no file of a case."""

    __tablename__ = "case_count"
    __table_args__ = (
        UniqueConstraint("office_id", "month", "kind_id", "person_id"),
        CheckConstraint("number >= 0", "not_negative"),
        Index("ix_case_count_month", "month", "office_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("work_kind.id"))
    month: Mapped[date]  # its first day
    number: Mapped[int]
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()
    kind: Mapped[WorkKind] = relationship()


class PeopleServed(Model):
    """How many people one shift of a project serves, and what that asks for, from a day on.

    Without own numbers of people for one worker or volunteer, those of the office's rules hold.
    """

    __tablename__ = "people_served"
    __table_args__ = (
        UniqueConstraint("project_id", "valid_from"),
        CheckConstraint("number >= 0", "not_negative"),
        CheckConstraint("for_worker > 0 AND for_volunteer > 0", "asked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    for_worker: Mapped[int | None]  # people served for each worker at most
    for_volunteer: Mapped[int | None]
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    project: Mapped[Project] = relationship()
