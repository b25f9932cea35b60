"""Tables of recognition: schemes and their levels, what was applied for and given, evaluations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.files import StoredFile
from talent.hours.models import ServiceRecord
from talent.offices.models import Office, OfficeKind
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.stars import (
    Condition,
    LevelKind,
    Period,
    Quality,
    Rank,
    Source,
    StarPeriod,
    Way,
)
from talent.rules.words import Word


class ApplicationState(Word):
    """Where an application for a level stands."""

    APPLIED = "applied", N_("Waiting for an answer")
    GRANTED = "granted", N_("Granted")
    REFUSED = "refused", N_("Refused")
    TAKEN_BACK = "taken_back", N_("Taken back")


class AwardState(Word):
    """An award counts once what Order 67 Art. 9 asks for is there."""

    UNVERIFIED = "unverified", N_("To be verified by a second person")
    STANDS = "stands", N_("On record")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class StarScheme(Model):
    """A star scheme of an office, for itself and all below that have none of their own."""

    __tablename__ = "star_scheme"
    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", "days"),
        Index("ix_star_scheme_office", "office_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    period: Mapped[StarPeriod] = mapped_column(words(StarPeriod))
    quality: Mapped[Quality] = mapped_column(words(Quality))
    least_average: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    least_count: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    sureness: Mapped[Source] = mapped_column(words(Source))
    account_id: Mapped[int | None]
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    levels: Mapped[list[StarLevel]] = relationship(
        back_populates="scheme", order_by="StarLevel.place"
    )

    @property
    def condition(self) -> Condition:
        """What is asked for beside the hours."""
        return Condition(self.quality, self.least_average, self.least_count)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class StarLevel(Model):
    """A level: what it takes, what it is called, who decides."""

    __tablename__ = "star_level"
    __table_args__ = (
        UniqueConstraint("scheme_id", "place"),
        CheckConstraint("hours > 0 AND levels_up >= 0", "positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("star_scheme.id"))
    place: Mapped[int]  # from 1 on
    hours: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(50))
    name_en: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[LevelKind] = mapped_column(words(LevelKind))
    way: Mapped[Way] = mapped_column(words(Way))
    levels_up: Mapped[int] = mapped_column(default=0)  # above the volunteer's own office
    decider_kind: Mapped[OfficeKind | None] = mapped_column(words(OfficeKind))

    scheme: Mapped[StarScheme] = relationship(back_populates="levels")


class StarApplication(Model):
    """A volunteer applies for a level. One at a time for each level."""

    __tablename__ = "star_application"
    __table_args__ = (
        Index(
            "uq_star_application_open",
            "person_id",
            "level_id",
            unique=True,
            sqlite_where=text("state = 'applied'"),
            postgresql_where=text("state = 'applied'"),
        ),
        Index("ix_star_application_decider", "decider_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("star_level.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)  # the volunteer's
    decider_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    period: Mapped[str] = mapped_column(String(10))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    minutes: Mapped[int]  # when it was made
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState))
    made_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    person: Mapped[Person] = relationship()
    level: Mapped[StarLevel] = relationship()
    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    decider: Mapped[Office] = relationship(foreign_keys=[decider_id])

    @property
    def days(self) -> Period:
        """The period whose hours it is about."""
        return Period(self.period, self.first_day, self.last_day)


class StarGrant(Model):
    """A level that was given, once for each period. It may be withdrawn, and is never removed."""

    __tablename__ = "star_grant"
    __table_args__ = (
        Index(
            "uq_star_grant_live",
            "person_id",
            "level_id",
            "period",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_star_grant_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level_id: Mapped[int] = mapped_column(ForeignKey("star_level.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # the volunteer's own
    decider_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("star_application.id"))
    number: Mapped[str] = mapped_column(String(30), unique=True)
    period: Mapped[str] = mapped_column(String(10))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    minutes: Mapped[int]  # recognised in the period when it was given
    steps: Mapped[int]
    count: Mapped[int]
    granted_on: Mapped[date]
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None]  # None: by itself
    doubtful_since: Mapped[datetime | None]  # a correction took away hours on which it rests
    minutes_now: Mapped[int | None]  # when it became doubtful
    kept_at: Mapped[int | None]  # the minutes at which the office looked and let it stand
    kept_why: Mapped[str | None] = mapped_column(String(500))
    kept_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship()
    level: Mapped[StarLevel] = relationship()
    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    decider: Mapped[Office] = relationship(foreign_keys=[decider_id])

    @property
    def days(self) -> Period:
        """The period whose hours it rests on."""
        return Period(self.period, self.first_day, self.last_day)


class Evaluation(Model):
    """The office's word on the quality of a person's service on a shift (Order 67 Art. 10)."""

    __tablename__ = "service_evaluation"
    __table_args__ = (
        CheckConstraint("step BETWEEN 1 AND 5", "step"),
        Index("ix_service_evaluation_person", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    day: Mapped[date]  # of the service
    step: Mapped[int]
    remark: Mapped[str | None] = mapped_column(Text)
    evaluated_on: Mapped[date]
    evaluated_at: Mapped[datetime]
    account_id: Mapped[int | None]

    record: Mapped[ServiceRecord] = relationship()
    person: Mapped[Person] = relationship()


class Award(Model):
    """An award with the fields of Order 67 Art. 9, and what it was verified by."""

    __tablename__ = "award"
    __table_args__ = (
        Index("ix_award_person", "person_id", "awarded_on"),
        Index("ix_award_office", "office_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # that keeps the record
    name: Mapped[str] = mapped_column(String(150))
    awarded_on: Mapped[date]
    unit: Mapped[str] = mapped_column(String(150))
    rank: Mapped[Rank] = mapped_column(words(Rank))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[AwardState] = mapped_column(words(AwardState))
    made_at: Mapped[datetime]
    account_id: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()
