"""Tables of shifts: project, position, shift, the places it needs, sign-up, attendance."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.signup import SignupState
from talent.rules.span import Span
from talent.rules.words import Word
from talent.training.models import Course, CredentialKind


class ProjectState(Word):
    """Drafts are seen by the office alone."""

    DRAFT = "draft", N_("Draft")
    OPEN = "open", N_("Open")
    CLOSED = "closed", N_("Closed")


class ShiftState(Word):
    """A cancelled shift keeps everything that hangs on it."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Published")
    CANCELLED = "cancelled", N_("Cancelled")
    CLOSED = "closed", N_("Closed")  # attendance is complete


class AttendanceState(Word):
    """How a place on a shift ended."""

    PRESENT = "present", N_("Signed in")
    LEFT = "left", N_("Signed out")
    REVIEW = "review", N_("Sign-out missing")
    ABSENT = "absent", N_("Did not come")


class AttendanceSource(Word):
    """Where a sign-in or sign-out came from: it is printed with the hours."""

    QR = "qr", N_("QR code")
    LEADER = "leader", N_("Leader's list")
    WALK_IN = "walk_in", N_("Walk-in")
    HAND = "hand", N_("Entered by hand")


class Project(Model):
    """A service project (服务项目) and the office that records it."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(
            "insured_to IS NULL OR insured_from IS NULL OR insured_to >= insured_from", "insured"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(
        ForeignKey("office.id"), index=True
    )  # records, certifies
    audience_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)  # who may see it
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    content: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    person_in_charge: Mapped[str] = mapped_column(String(50))
    contact: Mapped[str | None] = mapped_column(String(100))
    bring: Mapped[str | None] = mapped_column(String(200))
    risks: Mapped[str | None] = mapped_column(String(500))
    safeguards: Mapped[str | None] = mapped_column(String(500))
    risky: Mapped[bool] = mapped_column(default=False)
    insurance_no: Mapped[str | None] = mapped_column(String(60))
    insured_from: Mapped[date | None]
    insured_to: Mapped[date | None]
    state: Mapped[ProjectState] = mapped_column(words(ProjectState), default=ProjectState.DRAFT)
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    audience: Mapped[Office] = relationship(foreign_keys=[audience_id])
    category: Mapped[ServiceCategory] = relationship()
    positions: Mapped[list[Position]] = relationship(
        back_populates="project", order_by="Position.id"
    )

    @property
    def name_zh(self) -> str:
        """The name, as things are called that have one in each language."""
        return self.name


class Position(Model):
    """What one does in a project (岗位), and what it takes."""

    __tablename__ = "position"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    minimum_age: Mapped[int | None]
    credential_kind_id: Mapped[int | None] = mapped_column(ForeignKey("credential_kind.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))

    project: Mapped[Project] = relationship(back_populates="positions")
    credential_kind: Mapped[CredentialKind | None] = relationship()
    course: Mapped[Course | None] = relationship()

    @property
    def name_zh(self) -> str:
        """The name, as things are called that have one in each language."""
        return self.name


def _token() -> str:
    return secrets.token_urlsafe(16)


class Shift(Model):
    """A project at one time and place (班次). Its row is the lock for every place on it."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "forward"),
        Index("ix_shift_state_starts", "state", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(50), default="Asia/Shanghai")
    place: Mapped[str | None] = mapped_column(String(200))  # None: the project's
    note: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[ShiftState] = mapped_column(words(ShiftState), default=ShiftState.DRAFT)
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)  # grows with each change that people are told
    scan_token: Mapped[str] = mapped_column(String(40), unique=True, default=_token)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
    needs: Mapped[list[Need]] = relationship(back_populates="shift", order_by="Need.id")

    @property
    def span(self) -> Span:
        """From when to when."""
        return Span(self.starts_at, self.ends_at)

    @property
    def day(self) -> date:
        """The day on which it begins, where it takes place."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The day on which it ends, where it takes place."""
        return self.ends_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def where(self) -> str:
        """The place, its own or the project's."""
        return self.place or self.project.place


class Need(Model):
    """The places of one position on one shift. The database itself refuses one too many."""

    __tablename__ = "shift_need"
    __table_args__ = (
        UniqueConstraint("shift_id", "position_id"),
        CheckConstraint("taken >= 0 AND taken <= places", "within_places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)

    shift: Mapped[Shift] = relationship(back_populates="needs")
    position: Mapped[Position] = relationship()

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.taken, 0)


_LIVE = text("state IN ('confirmed', 'waiting')")


class Signup(Model):
    """A person's place on a shift, or on its waiting list (报名, 候补)."""

    __tablename__ = "signup"
    __table_args__ = (
        Index(
            "uq_signup_live",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_signup_person_state", "person_id", "state"),
        Index("ix_signup_need_state", "need_id", "state", "queued_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("shift_need.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[SignupState] = mapped_column(words(SignupState))
    note: Mapped[str | None] = mapped_column(String(300))
    override_reason: Mapped[str | None] = mapped_column(String(300))
    overridden: Mapped[str | None] = mapped_column(String(300))  # codes of the reasons passed over
    risks_read_at: Mapped[datetime | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    queued_at: Mapped[datetime]  # order on the waiting list
    ended_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()
    need: Mapped[Need] = relationship()
    person: Mapped[Person] = relationship()
    attendance: Mapped[Attendance | None] = relationship(back_populates="signup")


class Attendance(Model):
    """When somebody came and went (签到). One for a sign-up."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("signup_id"),
        CheckConstraint("out_at IS NULL OR in_at IS NOT NULL", "in_before_out"),
        Index("ix_attendance_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    signup_id: Mapped[int] = mapped_column(ForeignKey("signup.id"))
    state: Mapped[AttendanceState] = mapped_column(words(AttendanceState))
    in_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    in_source: Mapped[AttendanceSource | None] = mapped_column(words(AttendanceSource))
    out_source: Mapped[AttendanceSource | None] = mapped_column(words(AttendanceSource))
    taken_by: Mapped[int | None]  # account of the last change
    changed_at: Mapped[datetime]

    signup: Mapped[Signup] = relationship(back_populates="attendance")
