"""Tables of training and credentials."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.files import StoredFile
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.credentials import CheckResult
from talent.rules.reason import N_
from talent.rules.social_workers import Grade
from talent.rules.sources import Sure
from talent.rules.training import Kind, Signing
from talent.rules.words import Word


class SeatState(Word):
    """Where a sign-up for a training session stands."""

    TAKEN = "taken", N_("Signed up")
    CANCELLED = "cancelled", N_("Cancelled")
    WAITING = "waiting", N_("On the waiting list")
    ATTENDED = "attended", N_("Attended")
    PARTLY = "partly", N_("Attended in part")
    MISSED = "missed", N_("Missed")


class Course(Model):
    """What is taught, how long it takes, and for how many months it counts."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    content: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)  # what one can do afterwards
    kind: Mapped[Kind] = mapped_column(words(Kind), default=Kind.SKILLS)
    minutes: Mapped[int]
    valid_months: Mapped[int | None]  # None: for ever
    continuing_education: Mapped[bool] = mapped_column(default=False)
    least_share: Mapped[int] = mapped_column(default=80)  # per cent that must be attended
    signing: Mapped[Signing] = mapped_column(words(Signing), default=Signing.IN_ONLY)
    open: Mapped[bool] = mapped_column(default=True)

    office: Mapped[Office] = relationship()


class Session(Model):
    """One time a course is held (班次(培训))."""

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= places", "within_places"),
        CheckConstraint("ends_at > starts_at", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    teacher: Mapped[str | None] = mapped_column(String(100))
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # who came by the code has a record

    course: Mapped[Course] = relationship()
    office: Mapped[Office] = relationship()

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.taken, 0)


class Seat(Model):
    """A person's sign-up for a session."""

    __tablename__ = "training_seat"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[SeatState] = mapped_column(words(SeatState))
    at: Mapped[datetime]

    session: Mapped[Session] = relationship()
    person: Mapped[Person] = relationship()


class TrainingRecord(Model):
    """The five fields of Order 67 Art. 8. Its minutes never count as service."""

    __tablename__ = "training_record"
    __table_args__ = (
        Index("ix_training_record_person", "person_id", "held_on"),
        Index("ix_training_record_valid_until", "valid_until"),
        CheckConstraint("minutes > 0", "learned"),
        Index(
            "uq_training_record_seat",
            "seat_id",
            unique=True,
            sqlite_where=text("seat_id IS NOT NULL"),
            postgresql_where=text("seat_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("training_seat.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)  # it records
    name: Mapped[str] = mapped_column(String(150))
    content: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    organiser: Mapped[str] = mapped_column(String(150))
    held_on: Mapped[date]
    valid_until: Mapped[date | None]  # the last day on which it counts; None: for ever
    continuing_education: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    account_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]  # taken back
    ended_why: Mapped[str | None] = mapped_column(String(300))  # None: was not there after all
    waits: Mapped[bool] = mapped_column(default=False)  # held elsewhere, for a second person to see
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    course: Mapped[Course | None] = relationship()
    office: Mapped[Office] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @property
    def outside(self) -> bool:
        """Whether somebody else held it: it comes from no session of ours."""
        return self.seat_id is None


# The courses after which a credential of a kind is renewed.
renewing_course = Table(
    "renewing_course",
    Model.metadata,
    Column("kind_id", ForeignKey("credential_kind.id"), primary_key=True),
    Column("course_id", ForeignKey("course.id"), primary_key=True, index=True),
)


class CredentialKind(Model):
    """A kind of credential, as data: who issues it, whether it lapses, how it is renewed."""

    __tablename__ = "credential_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    issuer: Mapped[str | None] = mapped_column(String(150))
    lapses: Mapped[bool] = mapped_column(default=True)
    months: Mapped[int | None]  # how long it holds when its paper names no last day
    professional: Mapped[bool] = mapped_column(default=False)  # counts for the certificate rate
    grade: Mapped[Grade | None] = mapped_column(words(Grade))
    place: Mapped[int] = mapped_column(default=0)
    recheck_months: Mapped[int | None]  # it is looked at anew each so many months
    is_check: Mapped[bool] = mapped_column(default=False)  # a look into records, with its result
    registered: Mapped[bool] = mapped_column(default=False)  # written down as a term, not here
    renew_months: Mapped[int | None]  # so long before its end a renewal is accepted
    learning_minutes: Mapped[int | None]  # continuing education within one term
    renewal_zh: Mapped[str | None] = mapped_column(String(500))  # what a renewal takes
    renewal_en: Mapped[str | None] = mapped_column(String(500))
    number_mask: Mapped[str | None] = mapped_column(String(60))
    number_example: Mapped[str | None] = mapped_column(String(60))
    evidence: Mapped[bool] = mapped_column(default=False)  # a file has to come with it
    classes: Mapped[list[str]] = mapped_column(JSON, default=list)  # to choose from: A1, B2, C1
    remind_days: Mapped[list[int]] = mapped_column(JSON, default=list)  # [] as for all kinds
    source: Mapped[str | None] = mapped_column(String(300))
    sure: Mapped[Sure] = mapped_column(words(Sure), default=Sure.OWN)
    open: Mapped[bool] = mapped_column(default=True)

    courses: Mapped[list[Course]] = relationship(secondary=renewing_course, order_by="Course.id")


class Credential(Model):
    """What a person holds (资质). It counts once a second person has verified it."""

    __tablename__ = "credential"
    __table_args__ = (
        Index("ix_credential_person_kind", "person_id", "kind_id"),
        Index("ix_credential_valid_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("credential_kind.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str | None] = mapped_column(String(150))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    result: Mapped[CheckResult | None] = mapped_column(words(CheckResult))  # of a check
    recheck_on: Mapped[date | None] = mapped_column(index=True)  # by when it is looked at anew
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    entered_by: Mapped[int | None]
    made_at: Mapped[datetime]
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    refused: Mapped[bool] = mapped_column(default=False)  # who was to verify it, did not
    ended_at: Mapped[datetime | None]  # withdrawn or entered by mistake
    ended_why: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship()
    kind: Mapped[CredentialKind] = relationship(lazy="joined", innerjoin=True)
    file: Mapped[StoredFile | None] = relationship()


class SocialWorkRegistration(Model):
    """A social worker's registration of three years. It lapses; the certificate does not."""

    __tablename__ = "social_work_registration"
    __table_args__ = (
        Index(
            "uq_social_work_registration_standing",
            "person_id",
            "starts_on",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    grade: Mapped[Grade] = mapped_column(words(Grade))
    number: Mapped[str | None] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)  # the last day
    degree_on: Mapped[date | None]  # a degree in social work obtained on this day
    account_id: Mapped[int | None]  # who entered it
    made_at: Mapped[datetime | None]
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None]  # by a second person; until then it does not count
    ended_at: Mapped[datetime | None]  # the second person did not verify it
    ended_why: Mapped[str | None] = mapped_column(String(300))

    person: Mapped[Person] = relationship()
