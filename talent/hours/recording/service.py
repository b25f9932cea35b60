"""Recording: from attendance, or from a hand, to service records."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.access import SYSTEM, Actor, Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.hours.models import EntryKind, Origin, RecordState, ServiceRecord
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people.models import Person
from talent.rules import attendance as presence
from talent.rules import forgotten, workdays
from talent.rules import hours as law
from talent.rules.hours import Approval, Deed
from talent.rules.reason import N_, Because, packed, unpacked
from talent.rules.span import Span
from talent.shifts.attendance import service as taking
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Need,
    Project,
    Shift,
    ShiftState,
    Signup,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select


class Unclosable(StrEnum):
    """Why the list of a shift cannot be closed."""

    NOT_OVER = N_("This shift ends at %(end)s. Its list is closed after that.")
    NOT_RUNNING = N_("The list of this shift is closed already, or the shift did not take place.")


class Unenterable(StrEnum):
    """Why hours cannot be entered by hand so."""

    BACKWARDS = N_("The end must be later than the beginning.")
    TWO_DAYS = N_("Enter the hours of each day by themselves: these go past midnight.")


BATCH = 200
# Taken from the volunteer's own acts; what the shift adds to them takes nothing away.
BY_ONESELF = {
    AttendanceSource.QR,
    AttendanceSource.KIOSK,
    AttendanceSource.PLACE,
    AttendanceSource.AUTOMATIC,
    AttendanceSource.COLLEAGUES,
}
_STATES = {
    Approval.ITSELF: RecordState.APPROVED,
    Approval.OFFICE: RecordState.PENDING,
    Approval.LEVEL_ABOVE: RecordState.PENDING_ABOVE,
}


def record_attendance(now: datetime) -> int:
    """Make records of every attendance that is complete and not recorded yet. How many people.

    Complete is: signed out and the shift is over, or the sign-out is missing for good. What
    devices brought after the end waits for others that may still come, or for the list's closing.
    """
    waits = and_(Attendance.settles_at > now, Shift.state != ShiftState.CLOSED)
    complete = and_(
        Attendance.state == AttendanceState.LEFT,
        Shift.ends_at <= now,
        or_(Attendance.settles_at.is_(None), ~waits),
    )
    asked = Attendance.asked_at.is_not(None) & (Attendance.asked_at > now - forgotten.ANSWER_WITHIN)
    query = (
        select(Attendance)
        .join(Attendance.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .outerjoin(ServiceRecord, ServiceRecord.attendance_id == Attendance.id)
        .where(or_(complete, (Attendance.state == AttendanceState.REVIEW) & ~asked))
        .where(ServiceRecord.id.is_(None))
        .options(
            contains_eager(Attendance.signup)
            .contains_eager(Signup.shift)
            .contains_eager(Shift.project)
            .joinedload(Project.office),
            contains_eager(Attendance.signup).joinedload(Signup.need).joinedload(Need.position),
        )
        .order_by(Attendance.id)
        .limit(BATCH)
    )
    found = db.session.scalars(query).all()
    _hold(found)
    for attendance in sorted(found, key=lambda one: (one.signup.shift.project.office_id, one.id)):
        _record(attendance, now)
    return len(found)


def _hold(found: Sequence[Attendance]) -> None:
    """People before any chain, and both in order: two batches never wait for each other."""
    ids = {attendance.signup.person_id for attendance in found}
    held = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    db.session.execute(held.with_for_update())


def _record(attendance: Attendance, now: datetime) -> None:
    """One attendance becomes a record for each local day."""
    shift = attendance.signup.shift
    office = shift.project.office
    zone = ZoneInfo(shift.zone)
    credit = credit_of(attendance, now)
    if db.session.scalar(_recorded(attendance)) is not None:
        return  # meanwhile, by the list that was closed or by another worker
    start = attendance.in_at or shift.starts_at
    end = max(attendance.out_at or shift.ends_at, start + timedelta(minutes=1))
    present = Span(start, end).common(Span(shift.starts_at, shift.ends_at)) or shift.span
    by_day = dict(credit.by_day) or {shift.starts_at.astimezone(zone).date(): 0}
    for day, minutes in by_day.items():
        record = ServiceRecord(
            person_id=attendance.signup.person_id,
            office_id=office.id,
            category_id=shift.project.category_id,
            shift_id=shift.id,
            attendance_id=attendance.id,
            activity=shift.project.name,
            day=day,
            place=shift.where,
            content=f"{attendance.signup.need.position.name}：{shift.project.content}",
            organiser=office.name_zh,
            person_in_charge=shift.project.person_in_charge,
            starts_at=present.start,
            ends_at=present.end,
            claimed_minutes=minutes,
            origin=_origin(attendance),
            due_on=_due(present.end, office),
            entered_by=attendance.taken_by,
            made_at=now,
            reasons=[packed(reason) for reason in credit.reasons],
        )
        _classify(record, office, now=now, needs_review=credit.needs_review)


def _recorded(attendance: Attendance) -> Select[int]:
    query = select(ServiceRecord.id).where(ServiceRecord.attendance_id == attendance.id)
    return query.limit(1)


def credit_of(attendance: Attendance, now: datetime) -> presence.Credit:
    """What the law gives for an attendance, under the settings of the recording office."""
    shift = attendance.signup.shift
    day = shift.starts_at.astimezone(ZoneInfo(shift.zone)).date()
    given = offices.settings_of(shift.project.office, on=day)
    grace = timedelta(minutes=given[Setting.GRACE_MINUTES])
    share = given[Setting.SHARE_PERCENT]
    terms = presence.Terms(
        early_grace=grace,
        late_grace=grace,
        forgotten_after=timedelta(
            minutes=given[Setting.FORGOTTEN_MINUTES]
            if shift.late_minutes is None
            else shift.late_minutes
        ),
        least_share=Decimal(share) / 100 if share else None,
    )
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
    return presence.credited(shift.span, visit, moment, ZoneInfo(shift.zone), terms)


def _origin(attendance: Attendance) -> Origin:
    """The weaker of the two sources: hours are as good as their worse end."""
    sources = {attendance.in_source, attendance.out_source}
    if AttendanceSource.HAND in sources:
        return Origin.HAND
    if AttendanceSource.SHEET in sources:
        return Origin.SHEET
    if sources == {AttendanceSource.AUTOMATIC}:
        return Origin.AUTOMATIC
    return Origin.ATTENDANCE if sources <= BY_ONESELF else Origin.LEADER


def _due(end: datetime, office: Office) -> date:
    off, made_up = offices.working_calendar()
    day = end.astimezone(ZoneInfo(office.zone)).date()
    return workdays.due_date(day, workdays.WorkCalendar(off, made_up))


def _classify(
    record: ServiceRecord,
    office: Office,
    *,
    now: datetime,
    needs_review: bool = False,
) -> None:
    """Refuse it, let it wait for the right level, or approve it: as the law has it for that day."""
    by_day = {record.day: record.claimed_minutes}
    recorded, spans = _others(record)
    refusals = law.refusals_to_record(
        by_day,
        recorded,
        now.astimezone(ZoneInfo(office.zone)).date(),
        span=Span(record.starts_at, record.ends_at),
        recorded_spans=spans,
    )
    given = offices.settings_of(office, on=record.day)
    needed = law.approval_needed(
        by_day,
        recorded,
        by_hand=record.origin is Origin.HAND,
        needs_review=needs_review,
        self_approved_minutes=given[Setting.SELF_APPROVED_MINUTES],
        office_approved_minutes=given[Setting.OFFICE_MINUTES],
    )
    record.minutes = 0
    record.state = RecordState.REFUSED if refusals else _STATES[needed]
    if not record.claimed_minutes and not needs_review:
        record.state = RecordState.REFUSED
    record.reasons = [*(record.reasons or []), *(packed(r) for r in refusals)]
    db.session.add(record)
    db.session.flush()
    audit.record(
        Act.HOURS_RECORDED,
        record,
        actor=SYSTEM,
        now=now,
        office_id=office.id,
        minutes=record.claimed_minutes,
        state=record.state.value,
    )
    if record.state is RecordState.APPROVED:
        record.decided_at = now
        ledger.add(record, EntryKind.EARNED, record.claimed_minutes, account_id=None, at=now)


def _others(record: ServiceRecord) -> tuple[Mapping[date, int], Sequence[Span]]:
    """What stands for the person that day with any office, and its times around the record's."""
    live = and_(
        ServiceRecord.person_id == record.person_id,
        ServiceRecord.state != RecordState.REFUSED,
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
            ServiceRecord.starts_at < record.ends_at,
            ServiceRecord.ends_at > record.starts_at,
            or_(ServiceRecord.attendance_id.is_(None), ~same_shift)
            if record.attendance_id
            else ServiceRecord.id.is_not(None),
        ),
    ).all()
    return {record.day: int(minutes or 0)}, [Span(start, end) for start, end in times]


def close_shift(shift: Shift, *, actor: Actor, now: datetime) -> int:
    """The leader's list is complete: who never came is absent, who never left is reviewed.

    What can be recorded is recorded at once. Returns how many people.
    """
    if now < shift.ends_at:
        raise Refused([Because(Unclosable.NOT_OVER, {"end": shift.ends_at})])
    locked(Shift, shift.id)
    if shift.state is not ShiftState.PUBLISHED:
        raise Refused([Unclosable.NOT_RUNNING])
    shift.state = ShiftState.CLOSED
    shift.closed_at = now
    taking.complete(shift, actor=actor, now=now)
    db.session.flush()
    audit.record(
        Act.SHIFT_CHANGED, shift, actor=actor, now=now, office_id=shift.project.office_id, closed=1
    )
    return record_attendance(now)


def enter(
    *,
    person: Person,
    office: Office,
    deed: Deed,
    category_id: int,
    span: Span,
    actor: Actor,
    now: datetime,
) -> ServiceRecord:
    """Hours entered by hand: the seven fields, a note of evidence, and a second person approves."""
    if missing := law.missing_fields(deed):
        raise Refused(missing)
    if actor.person_id == person.id:
        raise Refused([law.Unapprovable.OWN_HOURS])
    if len(span.by_day(ZoneInfo(office.zone))) > 1:
        raise Refused([Unenterable.TWO_DAYS])
    locked(Person, person.id)
    record = ServiceRecord(
        person_id=person.id,
        office_id=office.id,
        category_id=category_id,
        activity=deed.activity,
        day=deed.day,
        place=deed.place,
        content=deed.content,
        organiser=deed.organiser,
        person_in_charge=deed.person_in_charge,
        starts_at=span.start,
        ends_at=span.end,
        claimed_minutes=deed.minutes,
        origin=Origin.HAND,
        evidence=deed.evidence,
        due_on=_due(span.end, office),
        entered_by=actor.account_id,
        made_at=now,
        reasons=[],
    )
    _classify(record, office, now=now)
    if record.state is RecordState.REFUSED:
        raise Refused([unpacked(reason) for reason in record.reasons])
    return record


def led_shift(actor: Actor, shift_id: int) -> Shift:
    """The shift, if the actor leads shifts for the office that records it."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Shift.id == shift_id)
        .where(Project.office_id.in_(offices.seen(actor, Permission.LEAD_SHIFTS)))
    )
    if (shift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return shift
