"""Tables of offices: the tree, an office's rules over time, the work calendar, categories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.rules.reason import N_
from talent.rules.words import Word


class OfficeKind(Word):
    """What an office is in the tree."""

    DISTRICT = "district", N_("District")
    STREET = "street", N_("Street or town")
    COMMUNITY = "community", N_("Community")
    STATION = "station", N_("Social-work station")
    PARTNER = "partner", N_("Partner organisation")


class Settlement(Word):
    """Urban or rural: the official staffing ratio speaks of urban residents."""

    URBAN = "urban", N_("Urban")
    RURAL = "rural", N_("Rural")


class Setting(Word):
    """What an office may set for itself and all below it, from a day on."""

    CANCEL_MINUTES = "cancel_minutes", N_("Cancelling ends so long before the shift (minutes)")
    OPENS_DAYS = "opens_days", N_("Sign-up opens so long before the shift (days, 0: at once)")
    CLOSES_MINUTES = (
        "closes_minutes",
        N_("Sign-up closes so long before the shift (minutes, 0: at its start)"),
    )
    REST_MINUTES = "rest_minutes", N_("Least rest between two shifts (minutes, 0: none)")
    DAY_MINUTES = "day_minutes", N_("Most service on one day (minutes, 0: any)")
    WEEK_MINUTES = "week_minutes", N_("Most service in one week (minutes, 0: any)")
    DAYS_IN_ROW = "days_in_row", N_("Most days of service in a row (0: any)")
    TOLERANCE_MINUTES = (
        "tolerance_minutes",
        N_("Overlap that is allowed for a hand-over at the same place (minutes)"),
    )
    TRAVEL_MINUTES = "travel_minutes", N_("Time for the way between two places (minutes)")
    AHEAD_SHIFTS = "ahead_shifts", N_("Most coming shifts that one person holds (0: any)")
    WAITING_MODE = "waiting_mode", N_("A place that becomes free on a full shift")
    OFFER_MINUTES = "offer_minutes", N_("An offered place is kept for an answer (minutes)")
    STAND_INS = "stand_ins", N_("Handing on one's place")
    CALL_MINUTES = "call_minutes", N_("A substitute is asked and has time to answer (minutes)")
    SCAN_CODE = "scan_code", N_("Code for signing in on the spot")
    EARLY_MINUTES = "early_minutes", N_("Signing in is possible so long before the start (minutes)")
    GRACE_MINUTES = "grace_minutes", N_("Time before and after the shift that counts (minutes)")
    FORGOTTEN_MINUTES = "forgotten_minutes", N_("A sign-out is missing after (minutes)")
    SHARE_PERCENT = "share_percent", N_("Least share of the planned time that counts (%, 0: any)")
    SELF_APPROVED_MINUTES = "self_approved_minutes", N_("Approved by itself up to (minutes a day)")
    OFFICE_MINUTES = "office_minutes", N_("Approved by the office up to (minutes a day)")
    STAR_HOURS = "star_hours", N_("Hours for one to five stars")
    REMINDER_MINUTES = "reminder_minutes", N_("Reminders before a shift (minutes)")
    QUIET_FROM = "quiet_from", N_("Quiet hours begin")
    QUIET_TO = "quiet_to", N_("Quiet hours end")


# What holds where no office said a word; an office's own word is an OfficeRule.
SETTINGS: dict[Setting, Any] = {
    Setting.CANCEL_MINUTES: 24 * 60,
    Setting.OPENS_DAYS: 0,
    Setting.CLOSES_MINUTES: 0,
    Setting.REST_MINUTES: 0,
    Setting.DAY_MINUTES: 0,
    Setting.WEEK_MINUTES: 0,
    Setting.DAYS_IN_ROW: 0,
    Setting.TOLERANCE_MINUTES: 0,
    Setting.TRAVEL_MINUTES: 0,
    Setting.AHEAD_SHIFTS: 0,
    Setting.WAITING_MODE: "give",
    Setting.OFFER_MINUTES: 12 * 60,
    Setting.STAND_INS: "approved",
    Setting.CALL_MINUTES: 2 * 60,
    Setting.SCAN_CODE: "poster",
    Setting.EARLY_MINUTES: 30,
    Setting.GRACE_MINUTES: 0,
    Setting.FORGOTTEN_MINUTES: 6 * 60,
    Setting.SHARE_PERCENT: 0,
    Setting.SELF_APPROVED_MINUTES: 8 * 60,
    Setting.OFFICE_MINUTES: 12 * 60,
    Setting.STAR_HOURS: [100, 300, 600, 1000, 1500],
    Setting.REMINDER_MINUTES: [24 * 60, 2 * 60],
    Setting.QUIET_FROM: "22:00",
    Setting.QUIET_TO: "08:00",
}


class Office(Model):
    """An office. `path` is its place in the tree, `/1/4/9/` for office 9 below 4 below 1."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[OfficeKind] = mapped_column(words(OfficeKind))
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    division_code: Mapped[str | None] = mapped_column(String(12))
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    contact_name: Mapped[str | None] = mapped_column(String(50))
    contact_phone: Mapped[str | None] = mapped_column(String(30))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    address: Mapped[str | None] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(50), default="Asia/Shanghai")
    settlement: Mapped[Settlement] = mapped_column(words(Settlement), default=Settlement.URBAN)
    households: Mapped[int | None]
    open: Mapped[bool] = mapped_column(Boolean, default=True)

    parent: Mapped[Office | None] = relationship(remote_side=[id])

    @property
    def depth(self) -> int:
        """0 for the root."""
        return self.path.count("/") - 2

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down to this office itself."""
        return [int(step) for step in self.path.strip("/").split("/") if step]


class OfficeRule(Model):
    """What an office has set, from a day on, for itself and all below it."""

    __tablename__ = "office_rule"
    __table_args__ = (UniqueConstraint("office_id", "name", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSON)
    valid_from: Mapped[date]
    set_at: Mapped[datetime]
    account_id: Mapped[int | None]


class CalendarDay(Model):
    """A day on which the working calendar differs from Monday to Friday."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(50))


class ServiceCategory(Model):
    """A kind of service (Order 67 Art. 5: 服务类别). One in use is closed, not deleted."""

    __tablename__ = "service_category"
    __table_args__ = (CheckConstraint("name_zh <> ''", "named"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name_zh: Mapped[str] = mapped_column(String(50))
    name_en: Mapped[str | None] = mapped_column(String(80))
    open: Mapped[bool] = mapped_column(default=True)
    place: Mapped[int] = mapped_column(default=0)
