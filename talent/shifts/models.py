"""Tables of shifts: project, position, shift, the places it needs, sign-up, attendance."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
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
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person, Skill
from talent.rules import changes
from talent.rules.attendance import SignMode
from talent.rules.location import Point
from talent.rules.reason import N_, Because
from talent.rules.signup import LIVE, SignupState
from talent.rules.span import Span
from talent.rules.volunteering import ActivityKind, refusals_to_record
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
    KIOSK = "kiosk", N_("Kiosk")
    PLACE = "place", N_("Location")
    SHEET = "sheet", N_("Sheet of paper")
    AUTOMATIC = "automatic", N_("By itself")
    COLLEAGUES = "colleagues", N_("Proposed from colleagues, confirmed by the volunteer")


class Project(Model):
    """A service project (服务项目) and the office that records it."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(
            "insured_to IS NULL OR insured_from IS NULL OR insured_to >= insured_from", "insured"
        ),
        CheckConstraint("break_minutes >= 0 AND travel_minutes >= 0", "counted"),
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
    minimum_age: Mapped[int | None]
    mode: Mapped[SignMode] = mapped_column(words(SignMode), default=SignMode.IN_OUT)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))  # of the place, degrees
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    radius_m: Mapped[int | None]  # as far from it one may sign in by location; None: not offered
    kind: Mapped[ActivityKind] = mapped_column(words(ActivityKind), default=ActivityKind.SERVICE)
    break_minutes: Mapped[int | None]  # of a whole turn; None: the office's rule
    travel_minutes: Mapped[int] = mapped_column(default=0)  # of a whole turn: the way in it
    state: Mapped[ProjectState] = mapped_column(words(ProjectState), default=ProjectState.DRAFT)
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    audience: Mapped[Office] = relationship(foreign_keys=[audience_id])
    category: Mapped[ServiceCategory] = relationship()
    positions: Mapped[list[Position]] = relationship(
        back_populates="project", order_by="Position.id"
    )
    requirements: Mapped[list[Requirement]] = relationship(
        order_by="Requirement.id", foreign_keys="Requirement.project_id"
    )

    @property
    def name_zh(self) -> str:
        """The name, as things are called that have one in each language."""
        return self.name

    @property
    def no_service(self) -> list[Because]:
        """Why attendance here makes no record of service; empty for voluntary service."""
        return refusals_to_record(self.kind)

    @property
    def point(self) -> Point | None:
        """Where it takes place on the earth, when the office has said so."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(float(self.latitude), float(self.longitude))

    @property
    def least_years(self) -> int:
        """The age that is asked of everybody."""
        return self.minimum_age or 0

    @property
    def required(self) -> list[Requirement]:
        """What is asked of everybody."""
        return self.requirements


class Position(Model):
    """What one does in a project (岗位), and what it takes. A shift inherits its numbers."""

    __tablename__ = "position"
    __table_args__ = (CheckConstraint("least <= places", "least"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    minimum_age: Mapped[int | None]  # None: the project's
    leads: Mapped[bool] = mapped_column(default=False)  # who holds it leads the shift
    places: Mapped[int] = mapped_column(default=1)
    least: Mapped[int] = mapped_column(default=0)  # below it the shift is short
    reserve: Mapped[int] = mapped_column(default=0)  # who stands by beyond the places

    project: Mapped[Project] = relationship(back_populates="positions")
    requirements: Mapped[list[Requirement]] = relationship(
        order_by="Requirement.id", foreign_keys="Requirement.position_id"
    )

    @property
    def name_zh(self) -> str:
        """The name, as things are called that have one in each language."""
        return self.name

    @property
    def least_years(self) -> int:
        """The age that is asked for: its own or the project's."""
        asked = (self.minimum_age, self.project.minimum_age)
        return next((years for years in asked if years is not None), 0)

    @property
    def required(self) -> list[Requirement]:
        """What is asked for: the project's and its own, each thing once."""
        asked = [*self.project.requirements, *self.requirements]
        return list({(type(each.thing), each.thing.id): each for each in asked}.values())


class Requirement(Model):
    """A credential, training or skill that is asked for.

    By a project of all, by one position, or by the need of one shift, which then asks for its own.
    """

    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN project_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN position_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN need_id IS NULL THEN 0 ELSE 1 END) = 1",
            "one_owner",
        ),
        CheckConstraint(
            "(CASE WHEN credential_kind_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN course_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN skill_id IS NULL THEN 0 ELSE 1 END) = 1",
            "one_thing",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(
        ForeignKey("shift_need.id", ondelete="CASCADE"), index=True
    )
    credential_kind_id: Mapped[int | None] = mapped_column(ForeignKey("credential_kind.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))

    credential_kind: Mapped[CredentialKind | None] = relationship(lazy="joined")
    course: Mapped[Course | None] = relationship(lazy="joined")
    skill: Mapped[Skill | None] = relationship(lazy="joined")

    @property
    def thing(self) -> CredentialKind | Course | Skill:
        """What is asked for."""
        return self.credential_kind or self.course or self.skill  # type: ignore[return-value]

    @property
    def closed(self) -> bool:
        """Whether nobody new can get it: a course that is not held any more."""
        return bool(self.course and not self.course.open)


class Series(Model):
    """Shifts that repeat at one time on the clock of the office (系列), one for each day."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    rule: Mapped[str] = mapped_column(String(200))  # RRULE of RFC 5545, with UNTIL
    first_day: Mapped[date]
    starts: Mapped[time]  # on the clock on the wall
    ends: Mapped[time]
    ends_later: Mapped[int] = mapped_column(default=0)  # days after the start
    zone: Mapped[str] = mapped_column(String(50))
    place: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    needs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by the position's id
    without: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO days that are left out
    without_holidays: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]

    project: Mapped[Project] = relationship()

    def leave_out(self, day: date) -> None:
        """The shift of this day does not take place, and is not made again."""
        self.without = sorted({*self.without, day.isoformat()})


def _token() -> str:
    return secrets.token_urlsafe(16)


class Shift(Model):
    """A project at one time and place (班次). Its row is the lock for every place on it."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "forward"),
        UniqueConstraint("series_id", "series_day"),
        Index("ix_shift_state_starts", "state", "starts_at", "id"),
        Index("ix_shift_ends", "ends_at", "starts_at"),
        # A list of what is to come reads no row that it does not show.
        Index("ix_shift_project_coming", "project_id", "starts_at", "ends_at", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(50), default="Asia/Shanghai")
    place: Mapped[str | None] = mapped_column(String(200))  # None: the project's
    note: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[ShiftState] = mapped_column(words(ShiftState), default=ShiftState.DRAFT)
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    mode: Mapped[SignMode | None] = mapped_column(words(SignMode))  # None: the project's
    early_minutes: Mapped[int | None]  # signing in opens so long before; None: the office's
    late_minutes: Mapped[int | None]  # signing out ends so long after; None: the office's
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    series_day: Mapped[date | None]  # the day in the series for which it stands, wherever it moved
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)  # made by
    version: Mapped[int] = mapped_column(default=1)  # grows with each change that people are told
    changed_at: Mapped[datetime | None]  # the last time that the version grew
    scan_token: Mapped[str] = mapped_column(String(40), unique=True, default=_token)
    invite_token: Mapped[str | None] = mapped_column(String(40), unique=True)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
    series: Mapped[Series | None] = relationship()
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

    @property
    def signed(self) -> SignMode:
        """How attendance is taken, as the shift or its project has it."""
        return self.mode or self.project.mode


class Need(Model):
    """The places of one position on one shift. The database itself refuses one too many."""

    __tablename__ = "shift_need"
    __table_args__ = (
        UniqueConstraint("shift_id", "position_id"),
        CheckConstraint("taken >= 0 AND taken <= places", "within_places"),
        CheckConstraint("reserved >= 0 AND reserved <= reserve", "within_reserve"),
        CheckConstraint("least <= places", "least"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)  # held by people: confirmed or offered
    least: Mapped[int] = mapped_column(default=0)  # below it the shift is short
    reserve: Mapped[int] = mapped_column(default=0)  # who may stand by beyond the places
    reserved: Mapped[int] = mapped_column(default=0)
    minimum_age: Mapped[int | None]  # None: the position's
    own_requirements: Mapped[bool] = mapped_column(default=False)  # instead of the inherited ones

    shift: Mapped[Shift] = relationship(back_populates="needs")
    position: Mapped[Position] = relationship()
    requirements: Mapped[list[Requirement]] = relationship(
        order_by="Requirement.id", foreign_keys="Requirement.need_id", cascade="all, delete-orphan"
    )

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.taken, 0)

    @property
    def short(self) -> int:
        """How many are missing to the least with which the shift can do."""
        return max(self.least - self.taken, 0)

    @property
    def least_years(self) -> int:
        """The age that is asked for: its own, the position's or the project's."""
        return self.position.least_years if self.minimum_age is None else self.minimum_age

    @property
    def required(self) -> list[Requirement]:
        """What is asked for: its own, or the project's and the position's."""
        return self.requirements if self.own_requirements else self.position.required


_LIVE = text("state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(LIVE))))


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
        Index("ix_signup_shift_state", "shift_id", "state"),
        Index("ix_signup_held", "person_id", "state", "shift_id"),
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
    overridden_reasons: Mapped[list[Any] | None] = mapped_column(JSON)  # the same, packed
    risks_read_at: Mapped[datetime | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    late: Mapped[bool] = mapped_column(default=False)  # given up after the deadline
    group_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer_group.id"), index=True)
    invited: Mapped[bool] = mapped_column(default=False)  # came by the link of the shift
    newcomer: Mapped[bool] = mapped_column(default=False)  # kept until the registration is decided
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    queued_at: Mapped[datetime]  # order on the waiting list
    answer_by: Mapped[datetime | None]  # an offered place is kept until then
    passed_over: Mapped[list[Any] | None] = mapped_column(JSON)  # packed reasons, while waiting
    seated: Mapped[bool] = mapped_column(default=False)  # ever had a place, so calendars know it
    agreed_version: Mapped[int] = mapped_column(default=1)  # of the shift, when last agreed to
    ended_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()
    need: Mapped[Need] = relationship()
    person: Mapped[Person] = relationship()
    attendance: Mapped[Attendance | None] = relationship(back_populates="signup")

    @property
    def is_asked(self) -> bool:
        """Whether the shift was moved since: its holder keeps the place or gives it up."""
        return changes.is_asked(self.state, self.agreed_version, self.shift.version)


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
    in_device: Mapped[str | None] = mapped_column(String(64), index=True)  # one's own phone, as a
    out_device: Mapped[str | None] = mapped_column(String(64), index=True)  # digest; kept 60 days
    changed_at: Mapped[datetime]
    settles_at: Mapped[datetime | None]  # devices may still bring more; not on record before
    proposed_out_at: Mapped[datetime | None]  # for a sign-out that was forgotten
    asked_at: Mapped[datetime | None]  # the volunteer, whether that is right
    said_out_at: Mapped[datetime | None]  # what he says instead

    signup: Mapped[Signup] = relationship(back_populates="attendance")
