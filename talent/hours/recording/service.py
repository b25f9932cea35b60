"""Recording: from attendance, or from a hand, to service records."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.access import SYSTEM, Actor, Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.hours import staff
from talent.hours.counting import service as counting
from talent.hours.doubts import service as doubts
from talent.hours.models import EntryKind, Origin, RecordState, ServiceRecord, Waits
from talent.offices import service as offices
from talent.people.models import Person
from talent.rules import forgotten, workdays
from talent.rules import hours as law
from talent.rules.counting import Turn, capped, counted
from talent.rules.hours import Approval, Deed
from talent.rules.reason import N_, Because, packed, unpacked
from talent.rules.span import Span
from talent.rules.volunteering import ActivityKind, refusals_to_record
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
from talent.shifts.settling import service as settling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.offices.models import Office


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
}
# Written down by somebody on a list.
LISTED = {
    AttendanceSource.LEADER,
    AttendanceSource.WALK_IN,
    AttendanceSource.SHEET,
    AttendanceSource.HAND,
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
        .where(ServiceRecord.id.is_(None), Project.kind == ActivityKind.SERVICE)
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
    held = counting.profile(office, on=shift.day)
    found = counting.present(attendance, held, now)
    if db.session.scalar(_recorded(attendance)) is not None:
        return  # meanwhile, by the list that was closed or by another worker
    present = counting.span_of(attendance)
    for day, minutes in found.by_day.items():
        record = ServiceRecord(
            person_id=attendance.signup.person_id,
            office=office,
            office_id=office.id,
            category_id=shift.project.category_id,
            shift=shift,
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
            reasons=[packed(reason) for reason in found.reasons],
        )
        own = _is_own_word(attendance)
        if own:
            record.reasons = [*record.reasons, packed(Because(law.Unapprovable.OWN_HOURS))]
        _classify(record, office, now=now, needs_review=found.needs_review or own)


def _is_own_word(attendance: Attendance) -> bool:
    """Whether somebody wrote his own times on the list of which he is the leader."""
    if attendance.taken_by is None or attendance.out_source not in LISTED:
        return False
    return staff.who_is(attendance.taken_by) == staff.volunteer(attendance.signup.person_id)


def _recorded(attendance: Attendance) -> Select[int]:
    query = select(ServiceRecord.id).where(ServiceRecord.attendance_id == attendance.id)
    return query.limit(1)


def _origin(attendance: Attendance) -> Origin:
    """The weaker of the two sources: hours are as good as their worse end."""
    sources = {attendance.in_source, attendance.out_source}
    if AttendanceSource.HAND in sources:
        return Origin.HAND
    if AttendanceSource.SHEET in sources:
        return Origin.SHEET
    if sources & {None, AttendanceSource.COLLEAGUES}:
        return Origin.PROPOSED
    if AttendanceSource.AUTOMATIC in sources:
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
    already, spans = counting.beside(record)
    recorded = {record.day: already}
    on_duty, maybe_on_duty = counting.on_duty(record)
    refusals = on_duty + law.refusals_to_record(
        {record.day: record.claimed_minutes},
        recorded,
        now.astimezone(ZoneInfo(office.zone)).date(),
        span=Span(record.starts_at, record.ends_at),
        recorded_spans=spans,
    )
    held = counting.profile(office, on=record.day)
    record.claimed_minutes, cut = capped(record.claimed_minutes, already, held)
    needed = law.approval_needed(
        {record.day: record.claimed_minutes},
        recorded,
        by_hand=record.origin.by_hand,
        needs_review=needs_review or bool(maybe_on_duty),
        self_approved_minutes=held.self_approved,
        office_approved_minutes=held.office_approved,
    )
    record.minutes = 0
    record.state = RecordState.REFUSED if refusals else _STATES[needed]
    if not record.claimed_minutes and not needs_review:
        record.state = RecordState.REFUSED
    record.reasons = [
        *(record.reasons or []),
        *(packed(r) for r in [*maybe_on_duty, *cut, *refusals]),
    ]
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
    if record.state is not RecordState.REFUSED:
        noticed = doubts.notice(record, given=offices.settings_of(office, on=record.day), now=now)
        if noticed and record.state is RecordState.APPROVED:  # not by itself: somebody looks
            record.state = RecordState.PENDING
        long = record.claimed_minutes + already > held.self_approved
        missing = needs_review and record.attendance is not None and not record.attendance.out_at
        record.waits_for = _waits_for(record, missing=missing, long=long, noticed=noticed)
    if record.state is RecordState.APPROVED:
        record.decided_at = now
        counting.stand_at(record, EntryKind.EARNED, record.claimed_minutes, account_id=None, at=now)


def _waits_for(record: ServiceRecord, *, missing: bool, long: bool, noticed: bool) -> Waits | None:
    """The weightiest reason for which somebody has to decide, if one has to."""
    if record.state is RecordState.APPROVED:
        return None
    reasons = {
        Waits.LEVEL_ABOVE: record.state is RecordState.PENDING_ABOVE,
        Waits.SECOND_PERSON: record.origin.by_hand,
        Waits.SIGN_OUT: missing,
        Waits.LONG_DAY: long,
        Waits.FLAG: noticed,
    }
    return next((why for why, holds in reasons.items() if holds), Waits.APPROVAL)


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
    settling.complete(shift, actor=actor, now=now)
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
    kind: ActivityKind = ActivityKind.SERVICE,
    origin: Origin = Origin.HAND,
) -> ServiceRecord:
    """Hours entered by hand or imported: seven fields, evidence, and a second person approves.

    What is no voluntary service is not entered by anybody (Order 67 Art. 19).
    """
    if refused := refusals_to_record(kind) + law.missing_fields(deed):
        raise Refused(refused)
    if actor.person_id == person.id:
        raise Refused([law.Unapprovable.OWN_HOURS])
    if len(span.by_day(ZoneInfo(office.zone))) > 1:
        raise Refused([Unenterable.TWO_DAYS])
    locked(Person, person.id)
    day = span.start.astimezone(ZoneInfo(office.zone)).date()
    left = counted([(day, deed.minutes)], Turn(deed.minutes), counting.profile(office, on=day))
    record = ServiceRecord(
        person_id=person.id,
        office=office,
        office_id=office.id,
        category_id=category_id,
        activity=deed.activity,
        day=day,
        place=deed.place,
        content=deed.content,
        organiser=deed.organiser,
        person_in_charge=deed.person_in_charge,
        starts_at=span.start,
        ends_at=span.end,
        claimed_minutes=left.minutes,
        origin=origin,
        evidence=deed.evidence,
        due_on=_due(span.end, office),
        entered_by=actor.account_id,
        made_at=now,
        reasons=[packed(reason) for reason in left.reasons],
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
