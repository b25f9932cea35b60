"""What an office sets for itself and all below it: read from what was typed, checked, kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.audit import Act, record
from talent.db import db
from talent.errors import Refused
from talent.offices.models import OfficeRule, Setting
from talent.offices.service import settings_of
from talent.rules.counting import Direction, Scope
from talent.rules.ratings import LEAST_TOGETHER
from talent.rules.reason import N_, Because
from talent.rules.timebank import Donations
from talent.sheets.cells import narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office

DAY = 24 * 60  # minutes
MOST_REMINDERS = 4


class Unset(StrEnum):
    """Why a value is not taken."""

    WHOLE = N_("Write a whole number.")
    RANGE = N_("Write a number from %(least)s to %(most)s.")
    REMINDERS = N_("Write one to %(most)s different numbers of minutes, with commas between.")
    TIME = N_("Write a time of day like 22:00.")
    WORD = N_("Write one of these words: %(words)s.")
    PAST = N_("What is set can hold from today on, not from an earlier day.")
    LIMITS = N_("What is approved by itself cannot be more than what the office may approve.")


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from the least to the most."""

    least: int
    most: int


RANGES = {
    Setting.CANCEL_MINUTES: Range(0, 30 * DAY),
    Setting.OPENS_DAYS: Range(0, 366),
    Setting.CLOSES_MINUTES: Range(0, 30 * DAY),
    Setting.REST_MINUTES: Range(0, 2 * DAY),
    Setting.DAY_MINUTES: Range(0, DAY),
    Setting.WEEK_MINUTES: Range(0, 7 * DAY),
    Setting.DAYS_IN_ROW: Range(0, 31),
    Setting.TOLERANCE_MINUTES: Range(0, 4 * 60),
    Setting.TRAVEL_MINUTES: Range(0, 8 * 60),
    Setting.AHEAD_SHIFTS: Range(0, 1000),
    Setting.OFFER_MINUTES: Range(5, 7 * DAY),
    Setting.CALL_MINUTES: Range(5, 7 * DAY),
    Setting.EARLY_MINUTES: Range(0, 4 * 60),
    Setting.GRACE_MINUTES: Range(0, 4 * 60),
    Setting.FORGOTTEN_MINUTES: Range(1, 2 * DAY),
    Setting.SHARE_PERCENT: Range(0, 100),
    Setting.SELF_APPROVED_MINUTES: Range(0, DAY),
    Setting.OFFICE_MINUTES: Range(0, DAY),
    Setting.BREAK_AFTER_MINUTES: Range(0, DAY),
    Setting.BREAK_MINUTES: Range(0, 8 * 60),
    Setting.ACTIVITY_MINUTES: Range(0, 2 * DAY),
    Setting.COUNTED_MINUTES: Range(0, DAY),
    Setting.NIGHT_PERCENT: Range(100, 300),
    Setting.HOLIDAY_PERCENT: Range(100, 300),
    Setting.TRAINING_REMINDER: Range(0, 14 * DAY),
    Setting.ANSWER_DAYS: Range(1, 60),
    Setting.CLOSE_LEADER_DAYS: Range(0, 60),
    Setting.CLOSE_OFFICE_DAYS: Range(0, 60),
    Setting.CLOSE_ABOVE_DAYS: Range(0, 60),
    Setting.BANK_MOST_HOURS: Range(0, 100_000),
    Setting.BANK_PERCENT: Range(1, 100),
    Setting.BANK_SPEND_AGE: Range(0, 120),
    Setting.RATING_LINK_DAYS: Range(1, 90),
    Setting.RATING_LEAST: Range(LEAST_TOGETHER, 1000),
    Setting.RATING_WORST: Range(0, 4),
    Setting.RATING_ANSWER_DAYS: Range(1, 60),
    Setting.SERVED_PER_WORKER: Range(0, 10_000),
    Setting.SERVED_PER_VOLUNTEER: Range(0, 10_000),
    Setting.DOUBT_CLERK_PEOPLE: Range(0, 1000),
    Setting.DOUBT_CLERK_MINUTES: Range(1, DAY),
    Setting.DOUBT_SAME_PEOPLE: Range(0, 1000),
    Setting.DOUBT_KMH: Range(0, 1000),
    Setting.DOUBT_PLAN_PERCENT: Range(0, 1000),
    Setting.DOUBT_DEVIATIONS: Range(0, 100),
    Setting.DOUBT_LEAST_RECORDS: Range(1, 1000),
    Setting.DOUBT_DEVICE_PEOPLE: Range(0, 1000),
    Setting.RETENTION_YEARS: Range(10, 100),
}
WORDS = {
    Setting.HONOUR_ROLL: {
        "off": N_("No honour roll"),
        "on": N_("A public page, with names half hidden, of those who agreed to it"),
    },
    Setting.AGREEMENT: {
        "off": N_("Not asked for"),
        "on": N_("To be signed before the first shift, and again when it changes"),
    },
    Setting.EMERGENCY_CONTACT: {
        "off": N_("Not asked for"),
        "on": N_("May be given; nobody has to"),
    },
    Setting.PHOTOGRAPHS: {
        "off": N_("Not kept"),
        "on": N_("May be given; nobody has to"),
    },
    Setting.WAITING_MODE: {
        "give": N_("Given at once to the first who may have it"),
        "offer": N_("Offered to the first who may have it, with time to answer"),
    },
    Setting.ROUNDING_UNIT: {
        "none": N_("Not rounded"),
        "6": N_("0.1 hours"),
        "15": N_("0.25 hours"),
        "30": N_("0.5 hours"),
    },
    Setting.ROUNDING_DIRECTION: {way.value: way.label for way in Direction},
    Setting.ROUNDING_SCOPE: {scope.value: scope.label for scope in Scope},
    Setting.STAND_INS: {
        "free": N_("Possible without approval"),
        "approved": N_("Possible, and the office approves it"),
        "off": N_("Not possible"),
    },
    Setting.SCAN_CODE: {
        "rotating": N_("A code on the leader's phone that changes every 30 seconds"),
        "poster": N_("A printed code that stays"),
    },
    Setting.TIME_BANK: {
        "off": N_("No time bank"),
        "on": N_("Service is credited to the time bank of this office"),
    },
    Setting.BANK_EXCESS: {
        "pool": N_("Goes to the common pool for those in need"),
        "none": N_("Is not credited"),
    },
    Setting.BANK_DONATIONS: {way.value: way.label for way in Donations},
}
_REMINDER_RANGE = Range(5, 30 * DAY)
TIMES = {
    Setting.QUIET_FROM, Setting.QUIET_TO, Setting.NIGHT_FROM, Setting.NIGHT_TO,
    Setting.DUTY_FROM, Setting.DUTY_TO,
}  # fmt: skip


def read(setting: Setting, typed: str) -> Any:
    """The value that was typed, ready to be kept; refused with the reason."""
    text = narrow(typed).strip()
    if setting in TIMES:
        return _time(text)
    if setting is Setting.REMINDER_MINUTES:
        too_many = Because(Unset.REMINDERS, {"most": MOST_REMINDERS})
        return _numbers(text, _REMINDER_RANGE, too_many)
    if setting in WORDS:
        return _word(text, WORDS[setting])
    return _number(text, RANGES[setting])


def written(value: Any) -> str:
    """A value as a reader types it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def set_rule(
    office: Office,
    setting: Setting,
    value: Any,
    *,
    valid_from: date,
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a value hold at the office from a day on; None lets what stands above hold again."""
    if valid_from < today:
        raise Refused([Because(Unset.PAST)])
    _check_limits(office, setting, value, valid_from)
    query = select(OfficeRule).filter_by(
        office_id=office.id, name=setting.value, valid_from=valid_from
    )
    rule = db.session.scalars(query).one_or_none()
    if rule is None:
        rule = OfficeRule(office_id=office.id, name=setting.value, valid_from=valid_from)
        db.session.add(rule)
    rule.value, rule.set_at, rule.account_id = value, now, actor.account_id
    said = {"setting": setting.value, "value": value, "valid_from": valid_from.isoformat()}
    record(Act.RULE_SET, office, actor=actor, now=now, office_id=office.id, **said)


def history(office: Office, setting: Setting) -> Sequence[OfficeRule]:
    """All that the office itself ever set, the latest first."""
    query = select(OfficeRule).filter_by(office_id=office.id, name=setting.value)
    return db.session.scalars(query.order_by(OfficeRule.valid_from.desc())).all()


def _check_limits(office: Office, setting: Setting, value: Any, day: date) -> None:
    if setting in {Setting.SELF_APPROVED_MINUTES, Setting.OFFICE_MINUTES} and value is not None:
        held = settings_of(office, on=day) | {setting: value}
        if held[Setting.SELF_APPROVED_MINUTES] > held[Setting.OFFICE_MINUTES]:
            raise Refused([Because(Unset.LIMITS)])


def _number(text: str, within: Range) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Refused([Because(Unset.WHOLE)])
    if not within.least <= int(text) <= within.most:
        raise Refused([Because(Unset.RANGE, {"least": within.least, "most": within.most})])
    return int(text)


def _word(text: str, known: Iterable[str]) -> str:
    if text.lower() not in known:
        raise Refused([Because(Unset.WORD, {"words": ", ".join(known)})])
    return text.lower()


def _numbers(text: str, within: Range, why: Because) -> list[int]:
    """Several different numbers, the largest first."""
    parts = [part for part in re.split(r"[,，、;；\s]+", text) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        raise Refused([why])
    found = [_number(part, within) for part in parts]
    if len(found) > MOST_REMINDERS or len(set(found)) != len(found):
        raise Refused([why])
    return sorted(found, reverse=True)


def _time(text: str) -> str:
    try:
        return time.fromisoformat(text.zfill(5)).strftime("%H:%M")
    except ValueError:
        raise Refused([Because(Unset.TIME)]) from None
