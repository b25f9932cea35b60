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
    HONOUR_ROLL = "honour_roll", N_("Public honour roll of those who agreed to it")
    ROUNDING_UNIT = "rounding_unit", N_("Hours for awards are rounded to steps of")
    ROUNDING_DIRECTION = "rounding_direction", N_("They are rounded")
    ROUNDING_SCOPE = "rounding_scope", N_("Rounded is")
    BREAK_AFTER_MINUTES = (
        "break_after_minutes",
        N_("A break is taken off after each so much service (minutes, 0: none)"),
    )
    BREAK_MINUTES = "break_minutes", N_("Such a break is (minutes)")
    ACTIVITY_MINUTES = "activity_minutes", N_("Most that counts of one activity (minutes, 0: any)")
    COUNTED_MINUTES = "counted_minutes", N_("Most that counts on one day (minutes, 0: any)")
    NIGHT_FROM = "night_from", N_("Night begins, for awards")
    NIGHT_TO = "night_to", N_("Night ends, for awards")
    NIGHT_PERCENT = "night_percent", N_("Service at night counts for awards as (%)")
    HOLIDAY_PERCENT = "holiday_percent", N_("Service on public holidays counts for awards as (%)")
    DUTY_FROM = "duty_from", N_("Working hours of paid staff begin")
    DUTY_TO = "duty_to", N_("Working hours of paid staff end (the same time: not said)")
    REMINDER_MINUTES = "reminder_minutes", N_("Reminders before a shift (minutes)")
    AGREEMENT = "agreement", N_("Agreement with volunteers before the first shift")
    EMERGENCY_CONTACT = "emergency_contact", N_("Contact for emergencies")
    PHOTOGRAPHS = "photographs", N_("Photographs of volunteers")
    TRAINING_REMINDER = "training_reminder", N_("Reminder before training (minutes, 0: none)")
    QUIET_FROM = "quiet_from", N_("Quiet hours begin")
    QUIET_TO = "quiet_to", N_("Quiet hours end")
    ANSWER_DAYS = "answer_days", N_("A correction or an appeal is answered within (working days)")
    CLOSE_LEADER_DAYS = (
        "close_leader_days",
        N_("A list that was not closed: the leader is reminded after (days, 0: never)"),
    )
    CLOSE_OFFICE_DAYS = (
        "close_office_days",
        N_("A list that was not closed: the office is told after (days, 0: never)"),
    )
    CLOSE_ABOVE_DAYS = (
        "close_above_days",
        N_("A list that was not closed: the level above is told after (days, 0: never)"),
    )
    TIME_BANK = "time_bank", N_("Time bank")
    BANK_MOST_HOURS = "bank_most_hours", N_("Time bank: most hours on an account (0: any)")
    BANK_EXCESS = "bank_excess", N_("Time bank: what exceeds that")
    BANK_PERCENT = "bank_percent", N_("Time bank: share of the service that is credited (%)")
    BANK_SPEND_AGE = "bank_spend_age", N_("Time bank: least age to spend (years, 0: any)")
    BANK_DONATIONS = "bank_donations", N_("Time bank: time may be donated")
    RATING_LINK_DAYS = "rating_link_days", N_("A link for ratings holds after the shift (days)")
    RATING_LEAST = (
        "rating_least",
        N_("The average of a project or of training is shown from so many answers"),
    )
    RATING_WORST = "rating_worst", N_("The office answers ratings up to this step (0: none)")
    RATING_ANSWER_DAYS = "rating_answer_days", N_("It answers them within (working days)")
    SERVED_PER_WORKER = (
        "served_per_worker",
        N_("Most people served on a shift for one community worker (0: any)"),
    )
    SERVED_PER_VOLUNTEER = (
        "served_per_volunteer",
        N_("Most people served on a shift for one volunteer (0: any)"),
    )
    DOUBT_CLERK_PEOPLE = (
        "doubt_clerk_people",
        N_("Doubt: one person enters hours of so many people at once (0: never)"),
    )
    DOUBT_CLERK_MINUTES = "doubt_clerk_minutes", N_("Doubt: at once is within (minutes)")
    DOUBT_SAME_PEOPLE = (
        "doubt_same_people",
        N_("Doubt: so many people have the same times without a sign-in (0: never)"),
    )
    DOUBT_KMH = "doubt_kmh", N_("Doubt: faster from one place to another than (km/h, 0: any)")
    DOUBT_PLAN_PERCENT = (
        "doubt_plan_percent",
        N_("Doubt: more than this share of the planned time (%, 0: any)"),
    )
    DOUBT_DEVIATIONS = (
        "doubt_deviations",
        N_("Doubt: above the middle of the others by so many deviations (0: any)"),
    )
    DOUBT_LEAST_RECORDS = (
        "doubt_least_records",
        N_("Doubt: compared with others from so many of them on"),
    )
    RETENTION_YEARS = "retention_years", N_("Records of whoever has left are kept so long (years)")
    DOUBT_DEVICE_PEOPLE = (
        "doubt_device_people",
        N_("Doubt: one phone signs in so many people within a day (0: never)"),
    )


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
    Setting.HONOUR_ROLL: "off",
    Setting.ROUNDING_UNIT: "none",
    Setting.ROUNDING_DIRECTION: "down",
    Setting.ROUNDING_SCOPE: "total",
    Setting.BREAK_AFTER_MINUTES: 0,
    Setting.BREAK_MINUTES: 0,
    Setting.ACTIVITY_MINUTES: 0,
    Setting.COUNTED_MINUTES: 0,
    Setting.NIGHT_FROM: "22:00",
    Setting.NIGHT_TO: "06:00",
    Setting.NIGHT_PERCENT: 100,
    Setting.HOLIDAY_PERCENT: 100,
    Setting.DUTY_FROM: "09:00",
    Setting.DUTY_TO: "17:00",
    Setting.REMINDER_MINUTES: [24 * 60, 2 * 60],
    Setting.AGREEMENT: "off",
    Setting.EMERGENCY_CONTACT: "off",
    Setting.PHOTOGRAPHS: "off",
    Setting.TRAINING_REMINDER: 24 * 60,
    Setting.QUIET_FROM: "22:00",
    Setting.QUIET_TO: "08:00",
    Setting.ANSWER_DAYS: 10,
    Setting.CLOSE_LEADER_DAYS: 1,
    Setting.CLOSE_OFFICE_DAYS: 3,
    Setting.CLOSE_ABOVE_DAYS: 7,
    Setting.TIME_BANK: "off",
    Setting.BANK_MOST_HOURS: 1500,
    Setting.BANK_EXCESS: "pool",
    Setting.BANK_PERCENT: 100,
    Setting.BANK_SPEND_AGE: 0,
    Setting.BANK_DONATIONS: "both",
    Setting.RATING_LINK_DAYS: 7,
    Setting.RATING_LEAST: 5,
    Setting.RATING_WORST: 2,
    Setting.RATING_ANSWER_DAYS: 5,
    Setting.SERVED_PER_WORKER: 0,
    Setting.SERVED_PER_VOLUNTEER: 0,
    Setting.DOUBT_CLERK_PEOPLE: 10,
    Setting.DOUBT_CLERK_MINUTES: 5,
    Setting.DOUBT_SAME_PEOPLE: 5,
    Setting.DOUBT_KMH: 60,
    Setting.DOUBT_PLAN_PERCENT: 150,
    Setting.DOUBT_DEVIATIONS: 3,
    Setting.DOUBT_LEAST_RECORDS: 8,
    Setting.DOUBT_DEVICE_PEOPLE: 3,
    Setting.RETENTION_YEARS: 10,
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
        return line_of(self.path)


def line_of(path: str) -> list[int]:
    """The ids of the offices from the root of the tree down to that of a path."""
    return [int(step) for step in path.strip("/").split("/") if step]


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
