"""Counting: the profile of an office on a day, and what a presence comes to under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import contains_eager

from talent.access import Actor, Permission
from talent.arrays import any_of
from talent.db import asked, db
from talent.hours import ledger
from talent.hours.models import EntryKind, Origin, RecordState, ServiceRecord
from talent.offices import service as offices
from talent.offices.models import Office, OfficeRule, Setting, line_of
from talent.people import service as people
from talent.people.models import Registration
from talent.rules import attendance as presence
from talent.rules import counting as law
from talent.rules import hours, volunteering, workdays
from talent.rules.counting import Direction, Profile, Scope, Turn
from talent.rules.span import DAY, Span
from talent.shifts.models import Attendance, AttendanceSource, AttendanceState
from talent.staffing.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.rules.reason import Because

# The settings that make a profile: what a draft of the lab may change.
COUNTING = (
    Setting.GRACE_MINUTES,
    Setting.SHARE_PERCENT,
    Setting.FORGOTTEN_MINUTES,
    Setting.BREAK_AFTER_MINUTES,
    Setting.BREAK_MINUTES,
    Setting.ACTIVITY_MINUTES,
    Setting.COUNTED_MINUTES,
    Setting.SELF_APPROVED_MINUTES,
    Setting.OFFICE_MINUTES,
    Setting.ROUNDING_UNIT,
    Setting.ROUNDING_DIRECTION,
    Setting.ROUNDING_SCOPE,
    Setting.NIGHT_FROM,
    Setting.NIGHT_TO,
    Setting.NIGHT_PERCENT,
    Setting.HOLIDAY_PERCENT,
)
UNITS = {"none": 0, "6": 6, "15": 15, "30": 30}
FULL_TIME = 1


@dataclass(frozen=True, slots=True)
class Presence:
    """What an attendance comes to: minutes for each day, why, and whether the office looks."""

    by_day: Mapping[date, int]
    reasons: Sequence[Because]
    needs_review: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the profile of an office changed, and what holds from then on."""

    since: date | None  # None: since ever
    profile: Profile
    changed: Sequence[offices.Told]


@dataclass(frozen=True, slots=True)
class Counted:
    """An office that has recorded something of somebody: its place in the tree and its names."""

    id: int
    path: str
    name_zh: str
    name_en: str | None

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down to this office itself."""
        return line_of(self.path)


@dataclass(frozen=True, slots=True)
class Shown:
    """What awards count of a person's hours at one office, and the rule in words."""

    office: Counted
    minutes: int
    recognised: int
    rules: Sequence[Because]


_COUNTED = (
    select(Office.id, Office.path, Office.name_zh, Office.name_en)
    .where(any_of(Office.id, "offices"))
    .order_by(Office.id)
)


def profile_of(given: Mapping[Setting, Any]) -> Profile:
    """The profile that settings make."""
    return Profile(
        grace=given[Setting.GRACE_MINUTES],
        forgotten=given[Setting.FORGOTTEN_MINUTES],
        share=given[Setting.SHARE_PERCENT],
        self_approved=given[Setting.SELF_APPROVED_MINUTES],
        office_approved=given[Setting.OFFICE_MINUTES],
        break_after=given[Setting.BREAK_AFTER_MINUTES],
        break_minutes=given[Setting.BREAK_MINUTES],
        activity_most=given[Setting.ACTIVITY_MINUTES],
        day_most=given[Setting.COUNTED_MINUTES],
        unit=UNITS[given[Setting.ROUNDING_UNIT]],
        direction=Direction(given[Setting.ROUNDING_DIRECTION]),
        scope=Scope(given[Setting.ROUNDING_SCOPE]),
        night_from=time.fromisoformat(given[Setting.NIGHT_FROM]),
        night_to=time.fromisoformat(given[Setting.NIGHT_TO]),
        night_percent=given[Setting.NIGHT_PERCENT],
        holiday_percent=given[Setting.HOLIDAY_PERCENT],
    )


def profile(office: Office, *, on: date) -> Profile:
    """How an office counts on a day."""
    return profile_of(offices.settings_of(office, on=on))


def described(office: Office, *, on: date) -> list[Because]:
    """How an office counts on a day, in words."""
    given = offices.settings_of(office, on=on)
    return law.described(profile_of(given), _working_hours(given))


def _working_hours(given: Mapping[Setting, Any]) -> tuple[time, time]:
    return (
        time.fromisoformat(given[Setting.DUTY_FROM]),
        time.fromisoformat(given[Setting.DUTY_TO]),
    )


def zone_of(record: ServiceRecord) -> ZoneInfo:
    """Where the service took place."""
    return ZoneInfo(record.shift.zone if record.shift else record.office.zone)


def present(attendance: Attendance, held: Profile, now: datetime) -> Presence:
    """What the law gives for an attendance under a profile: the one way for recording and lab."""
    shift = attendance.signup.shift
    zone = ZoneInfo(shift.zone)
    terms = held.terms(shift.late_minutes)
    visit = presence.Visit(
        attendance.in_at,
        attendance.out_at,
        estimated=attendance.out_source is AttendanceSource.COLLEAGUES,
        said=attendance.said_out_at,
        proposed=attendance.proposed_out_at,
    )
    moment = now
    if attendance.state is AttendanceState.REVIEW:  # for good, whenever that was found
        moment = max(now, shift.ends_at + terms.forgotten_after)
    credit = presence.credited(shift.span, visit, moment, zone, terms)
    project = shift.project
    turn = Turn(shift.span.minutes, project.break_minutes, project.travel_minutes)
    left = law.counted(credit.by_day, turn, held)
    by_day = {day: minutes for day, minutes in left.by_day if minutes} or {shift.day: 0}
    return Presence(by_day, (*credit.reasons, *left.reasons), credit.needs_review)


def span_of(attendance: Attendance) -> Span:
    """From when to when somebody served: inside the shift."""
    shift = attendance.signup.shift
    start = attendance.in_at or shift.starts_at
    end = max(attendance.out_at or shift.ends_at, start + timedelta(minutes=1))
    return Span(start, end).common(shift.span) or shift.span


def recognised(
    record: ServiceRecord,
    minutes: int,
    *,
    held: Profile | None = None,
    holidays: Collection[date] | None = None,
) -> int:
    """Minutes of a record as awards count them, under the profile of its day."""
    held = held or profile(record.office, on=record.day)
    if holidays is None:
        holidays = offices.days_off(record.day, record.day) if held.weighs else ()
    return law.recognised(
        minutes,
        Span(record.starts_at, record.ends_at),
        record.day,
        profile=held,
        zone=zone_of(record),
        holidays=holidays,
    )


def stand_at(
    record: ServiceRecord,
    kind: EntryKind,
    minutes: int,
    *,
    account_id: int | None,
    at: datetime,
    reason: str | None = None,
    evidence: str | None = None,
    held: Profile | None = None,
) -> None:
    """Let a record say so many minutes from now on: the entry makes the difference.

    What awards count changes by the difference too, under the profile of the record's day.
    """
    ledger.add(
        record,
        kind,
        minutes - record.minutes,
        recognised=recognised(record, minutes, held=held) - record.recognised_minutes,
        account_id=account_id,
        at=at,
        reason=reason,
        evidence=evidence,
    )


def restate(record: ServiceRecord, *, account_id: int | None, at: datetime, reason: str) -> None:
    """Somebody says that it was more than this system saw: from now on the record is by hand.

    What stands of it is taken back as system-verified; the caller lets it stand anew.
    """
    minutes, recognised_ = record.minutes, record.recognised_minutes
    ledger.add(
        record, EntryKind.CORRECTED, -minutes, recognised=-recognised_,
        account_id=account_id, at=at, reason=reason,
    )  # fmt: skip
    record.origin = Origin.HAND


def beside(record: ServiceRecord) -> tuple[int, list[Span]]:
    """What else stands for the person that day with any office, and its times around this one.

    What was approved and taken back to nothing takes no time any more.
    """
    live = and_(
        ServiceRecord.person_id == record.person_id,
        ServiceRecord.state != RecordState.REFUSED,
        ServiceRecord.id != (record.id or 0),
    )
    standing = func.sum(
        func.coalesce(
            case((ServiceRecord.state == RecordState.APPROVED, ServiceRecord.minutes)),
            ServiceRecord.claimed_minutes,
        ),
    )
    minutes = db.session.scalar(select(standing).where(live, ServiceRecord.day == record.day))
    same_shift: ColumnElement[bool] = ServiceRecord.attendance_id == record.attendance_id
    times = db.session.execute(
        select(ServiceRecord.starts_at, ServiceRecord.ends_at).where(
            live,
            or_(ServiceRecord.state != RecordState.APPROVED, ServiceRecord.minutes > 0),
            ServiceRecord.starts_at < record.ends_at,
            ServiceRecord.ends_at > record.starts_at,
            or_(ServiceRecord.attendance_id.is_(None), ~same_shift)
            if record.attendance_id
            else ServiceRecord.id.is_not(None),
        ),
    ).all()
    return int(minutes or 0), [Span(start, end) for start, end in times]


def refusals_to_raise(record: ServiceRecord, to_minutes: int) -> list[Because]:
    """A correction upwards asks what recording asks: the time, 24 hours, and the office's most."""
    if to_minutes <= record.minutes:
        return []
    already, spans = beside(record)
    held = profile(record.office, on=record.day)
    day = record.day
    span = Span(record.starts_at, record.ends_at)
    return [
        *hours.refusals_to_record(
            {day: to_minutes}, {day: already}, day, span=span, recorded_spans=spans
        ),
        *law.refusals_to_exceed(to_minutes, already, held),
    ]


def level_to_raise(record: ServiceRecord, to_minutes: int) -> hours.Approval:
    """Who has to approve so many minutes on that day, with all that stands on it."""
    already, _ = beside(record)
    held = profile(record.office, on=record.day)
    return hours.approval_of_day(
        to_minutes + already,
        self_approved_minutes=held.self_approved,
        office_approved_minutes=held.office_approved,
    )


def on_duty(record: ServiceRecord) -> tuple[list[Because], list[Because]]:
    """Paid duty at the time of service: what is refused, and what the office has to look into.

    Full-time staff of the recording office, or of one above or below it, are on duty in its
    working hours. Of part-time staff, and of staff elsewhere, that is not known for sure.
    """
    span = Span(record.starts_at, record.ends_at)
    first, last = record.day - DAY, record.day + DAY
    query = (
        select(Appointment)
        .join(Appointment.office)
        .where(Appointment.person_id == record.person_id)
        .where(
            or_(
                ~Appointment.on_leave,
                Appointment.leave_starts_on > record.day,
                Appointment.leave_ends_on <= record.day,
            )
        )
        .where(Appointment.starts_on <= last)
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > first))
        .options(contains_eager(Appointment.office))
        .order_by(Appointment.id)
    )
    sure: set[Span] = set()
    maybe: set[Span] = set()
    for post in db.session.scalars(query):
        known = post.share == FULL_TIME and _in_line(post.office, record.office)
        (sure if known else maybe).update(_duty(post, span))
    refused = volunteering.refusals_on_duty(span, sure)
    return refused, volunteering.doubts_on_duty(span, maybe - sure)


def _in_line(one: Office, other: Office) -> bool:
    return one.path.startswith(other.path) or other.path.startswith(one.path)


def _duty(post: Appointment, span: Span) -> list[Span]:
    """The working hours of a post around a service, on the days on which it is held."""
    zone = ZoneInfo(post.office.zone)
    off, made_up = offices.working_calendar()
    given = offices.settings_of(post.office, on=span.start.astimezone(zone).date())
    since, until = _working_hours(given)
    spans = volunteering.duty(
        span,
        since=since,
        until=until,
        calendar=workdays.WorkCalendar(off, made_up),
        zone=zone,
    )
    return [
        duty
        for duty in spans
        if post.starts_on <= (day := duty.start.astimezone(zone).date())
        and (post.ends_on is None or day < post.ends_on)
    ]


def history(office: Office, *, until: date) -> list[Change]:
    """The profiles of an office, the latest first: each day on which one of its rules changed.

    What held before the first of them are the usual values.
    """
    spoken = select(func.min(OfficeRule.valid_from)).where(
        OfficeRule.office_id.in_(office.ancestor_ids),
        OfficeRule.name.in_([setting.value for setting in COUNTING]),
    )
    first = (db.session.scalar(spoken) or until) - DAY
    found: list[Change] = []
    before: Mapping[Setting, offices.Told] = {}
    for since, holding in offices.told_over([office], first=first, last=until)[office.id]:
        told = {setting: holding[setting] for setting in COUNTING}
        changed = [
            each for setting, each in told.items() if before and each.value != before[setting].value
        ]
        if changed or not before:
            values = {setting: each.value for setting, each in told.items()}
            found.append(Change(since if before else None, profile_of(values), changed))
        before = told
    return found[::-1]


def coming(office: Office, *, after: date) -> list[Change]:
    """What is known already of the days to come, the next first."""
    last = db.session.scalar(
        select(func.max(OfficeRule.valid_from)).where(OfficeRule.office_id.in_(office.ancestor_ids))
    )
    changes = history(office, until=last or after) if last and last > after else []
    return [change for change in changes[::-1] if change.since and change.since > after]


def places(actor: Actor) -> Sequence[Office]:
    """The offices whose way of counting concerns a person: where he is known, or has records."""
    ids = people.spoken_for(actor)
    query = (
        select(Office)
        .where(
            or_(
                Office.id.in_(
                    select(Registration.office_id).where(Registration.person_id.in_(ids))
                ),
                Office.id.in_(
                    select(ServiceRecord.office_id).where(ServiceRecord.person_id.in_(ids))
                ),
            )
        )
        .order_by(Office.id)
    )
    return db.session.scalars(query).all()


def visible_office(actor: Actor, office_id: int) -> Office:
    """An office that the actor sees or that counts hours of his, or `NotFound`."""
    mine = next((office for office in places(actor) if office.id == office_id), None)
    return mine or offices.visible_office(actor, Permission.SEE_OFFICES, office_id)


def awarded(sums: Mapping[int, ledger.Sum], *, on: date) -> list[Shown]:
    """Where awards count another number than these exact minutes: by office, with the rule."""
    rows = asked(_COUNTED, offices=sorted(sums))
    found = [Counted(row.id, row.path, row.name_zh, row.name_en) for row in rows]
    given = offices.settings_by_office(cast("list[Office]", found), on=on)
    shown = []
    for office in found:
        held, sum_ = profile_of(given[office.id]), sums[office.id]
        recognised = law.total(sum_.recognised, held)
        if held.differs or recognised != sum_.minutes:
            rules = [*law.weights(held), *law.rounding(held)]
            shown.append(Shown(office, sum_.minutes, recognised, rules))
    return shown
