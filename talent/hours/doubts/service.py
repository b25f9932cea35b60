"""Doubts: facts gathered for the law, what it saw written down once, and what people found out."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Actor
from talent.audit import Act
from talent.db import db, upserting
from talent.errors import Refused
from talent.hours import staff
from talent.hours.models import DoubtWatch, Origin, RecordFlag, RecordState, ServiceRecord, Verdict
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.rules import doubts as law
from talent.rules.doubts import DoubtKind, Entry, Limits, Listed, Stay
from talent.rules.reason import packed
from talent.rules.span import MINUTE, Span
from talent.rules.workload import pair, plain
from talent.shifts.models import Attendance, AttendanceSource, Project, Shift, ShiftState, Signup
from talent.shifts.sheets.models import SignedSheet
from talent.shifts.ways.models import TravelTime

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.offices.models import Office
    from talent.rules.reason import Because

    Place = tuple[datetime, int]  # when a record was made, and its id

STATED = frozenset({Origin.HAND, Origin.SHEET, Origin.IMPORTED})  # nobody's sign-in
WRITTEN = frozenset({AttendanceSource.HAND, AttendanceSource.SHEET})
BATCH = 500
OVERLAP = timedelta(minutes=15)  # a look back begins before the last one ended: writers may be slow
FIRST_LOOK = timedelta(days=2)
DEVICES_KEPT = timedelta(days=60)
COMPARED = 200  # records of an activity
COMPARED_DAYS = 365
WAY_MOST = timedelta(hours=8)  # no way takes longer
_LIVE = ServiceRecord.state != RecordState.REFUSED
_LIMITS = {
    "clerk_people": Setting.DOUBT_CLERK_PEOPLE,
    "clerk_minutes": Setting.DOUBT_CLERK_MINUTES,
    "same_people": Setting.DOUBT_SAME_PEOPLE,
    "kmh": Setting.DOUBT_KMH,
    "plan_percent": Setting.DOUBT_PLAN_PERCENT,
    "deviations": Setting.DOUBT_DEVIATIONS,
    "least_records": Setting.DOUBT_LEAST_RECORDS,
    "device_people": Setting.DOUBT_DEVICE_PEOPLE,
}


def limits_of(given: Mapping[Setting, Any]) -> Limits:
    """From when on the office looks."""
    return Limits(**{name: given[setting] for name, setting in _LIMITS.items()})


def notice(record: ServiceRecord, *, given: Mapping[Setting, Any], now: datetime) -> bool:
    """Look at a record that was just made; whether a doubt about it is open."""
    limits = limits_of(given)
    own = {
        DoubtKind.LATE_SIGNUP: _late_signup(record),
        DoubtKind.NO_SIGN_IN: _no_sign_in(record),
        DoubtKind.WAY: _way(record, limits),
        DoubtKind.OUTLIER: _outlier(record, limits),
    }
    for kind, because in own.items():
        if because is not None:
            raise_flags(kind, {record.id: because}, now=now)
    for kind, found in _patterns([record], limits).items():
        raise_flags(kind, found, now=now)
    return bool(open_flags([record.id]))


def raise_flags(kind: DoubtKind, found: Mapping[int, Because], *, now: datetime) -> int:
    """Write down what was seen of each record, once; figures that grew since are put right.

    Two who notice the same in the same moment write it in one order, and the second adds nothing.
    """
    if not found:
        return 0
    query = select(RecordFlag).where(RecordFlag.kind == kind, RecordFlag.record_id.in_(found))
    known = {flag.record_id: flag for flag in db.session.scalars(query)}
    for record_id, flag in known.items():
        if flag.settled_at is None:
            flag.facts = packed(found[record_id])
    seen = [
        {"record_id": id_, "kind": kind, "facts": packed(because), "raised_at": now}
        for id_, because in sorted(found.items())
        if id_ not in known
    ]
    if not seen:
        return 0
    db.session.flush()
    row = upserting(RecordFlag).values(seen).on_conflict_do_nothing()
    written = set(db.session.scalars(row.returning(RecordFlag.id)))
    fresh = db.session.scalars(
        select(RecordFlag)
        .where(RecordFlag.id.in_(written))
        .options(joinedload(RecordFlag.record))
        .order_by(RecordFlag.id)
    ).all()
    for flag in fresh:
        office = flag.record.office_id
        audit.record(
            Act.DOUBT_RAISED, flag.record, actor=SYSTEM, now=now, office_id=office, kind=kind.value
        )
    return len(fresh)


def open_flags(record_ids: Collection[int]) -> dict[int, list[RecordFlag]]:
    """The doubts that nobody has settled yet, by record."""
    query = (
        select(RecordFlag)
        .where(RecordFlag.record_id.in_(record_ids), RecordFlag.settled_at.is_(None))
        .order_by(RecordFlag.id)
    )
    found: dict[int, list[RecordFlag]] = defaultdict(list)
    for flag in db.session.scalars(query):
        found[flag.record_id].append(flag)
    return dict(found)


def settle(
    record: ServiceRecord, verdict: Verdict, finding: str, *, actor: Actor, now: datetime
) -> None:
    """Say of all open doubts about a record what was found out. The caller holds the record."""
    refusals = law.refusals_to_settle(
        words=finding,
        settled=not open_flags([record.id]),
        settler=staff.who(actor),
        volunteer=staff.volunteer(record.person_id),
        guardian=staff.volunteer(record.person.guardian_id) if record.person.guardian_id else None,
        entered_by=None if record.origin.verified else staff.who_is(record.entered_by or 0),
    )
    if refusals:
        raise Refused(refusals)
    close(record, verdict, finding, actor=actor, now=now)


def close(
    record: ServiceRecord, verdict: Verdict, finding: str, *, actor: Actor, now: datetime
) -> None:
    """Write the finding down with every open doubt; also of a record that is refused anyway."""
    flags = open_flags([record.id]).get(record.id, [])
    if not flags:
        return
    for flag in flags:
        flag.verdict, flag.finding = verdict, finding
        flag.settled_by, flag.settled_at = actor.account_id, now
    kinds = [flag.kind.value for flag in flags]
    audit.record(
        Act.DOUBT_SETTLED, record, actor=actor, now=now, office_id=record.office_id,
        verdict=verdict.value, kinds=kinds,
    )  # fmt: skip


def watch(now: datetime, *, after: Place | None = None) -> Place | None:
    """Look back at records made since the last look, for what only many of them show.

    A batch at a time, as they were made: the place of the last one, to go on from, or None.
    """
    seen = db.session.get(DoubtWatch, 1)
    since = seen.until - OVERLAP if seen else now - FIRST_LOOK
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.made_at >= since, _LIVE)
        .options(
            joinedload(ServiceRecord.office),
            joinedload(ServiceRecord.attendance),
            joinedload(ServiceRecord.shift),
        )
        .order_by(ServiceRecord.made_at, ServiceRecord.id)
        .limit(BATCH)
    )
    if after is not None:
        made = tuple_(ServiceRecord.made_at, ServiceRecord.id)
        query = query.where(ServiceRecord.made_at >= after[0], made > tuple_(*after))
    records = db.session.scalars(query).all()
    by_office: dict[Office, list[ServiceRecord]] = defaultdict(list)
    for record in records:
        by_office[record.office].append(record)
    for office, of_office in by_office.items():
        given = offices.settings_of(office, on=max(one.day for one in of_office))
        limits = limits_of(given)
        for kind, found in _patterns(of_office, limits).items():
            raise_flags(kind, found, now=now)
        raise_flags(DoubtKind.OUTLIER, _shift_outliers(of_office, limits), now=now)
    if len(records) == BATCH:
        return records[-1].made_at, records[-1].id
    if seen is None:
        seen = DoubtWatch(id=1, until=now)
        db.session.add(seen)
    seen.until = now
    return None


def forget_devices(now: datetime) -> int:
    """Which phone it was is not kept for longer than somebody may ask."""
    old = (
        select(Attendance)
        .where(or_(Attendance.in_device > "", Attendance.out_device > ""))  # by their indices
        .where(Attendance.changed_at < now - DEVICES_KEPT)
        .limit(BATCH)
    )
    found = db.session.scalars(old).all()
    for each in found:
        each.in_device = each.out_device = None
    return len(found)


def _late_signup(record: ServiceRecord) -> Because | None:
    if record.attendance is None or record.shift is None:
        return None
    return law.late_signup(record.attendance.signup.made_at, record.shift.ends_at)


def _no_sign_in(record: ServiceRecord) -> Because | None:
    kept, shift = record.attendance, record.shift
    claimed = Span(record.starts_at, record.ends_at)
    if kept is None or shift is None:
        if record.origin not in STATED:
            return None
        return law.unattended(claimed, record.activity, _listed(record))
    if {kept.in_source, kept.out_source} <= WRITTEN and not _pictures([shift.id]):
        return law.written_afterwards(shift.span, kept.changed_at)
    return None


def _listed(record: ServiceRecord) -> list[Listed]:
    """Shifts of the office at that time: with the person on the list, or without."""
    own = and_(Signup.shift_id == Shift.id, Signup.person_id == record.person_id)
    query = (
        select(Shift.starts_at, Shift.ends_at, Project.name, Signup.id)
        .join(Shift.project)
        .outerjoin(Signup, own)
        .outerjoin(Signup.attendance)
        .where(
            Project.office_id == record.office_id,
            Shift.state.in_((ShiftState.PUBLISHED, ShiftState.CLOSED)),
            Shift.starts_at < record.ends_at,
            Shift.ends_at > record.starts_at,
            Attendance.in_at.is_(None),
        )
        .order_by(Shift.id, Signup.id)
    )
    return [
        Listed(Span(start, end), title, signup is not None)
        for start, end, title, signup in db.session.execute(query)
    ]


def _pictures(shift_ids: Collection[int]) -> set[int]:
    """The shifts whose signed sheet was kept as a picture: that is what a list proves by."""
    query = select(SignedSheet.shift_id).where(SignedSheet.shift_id.in_(shift_ids))
    return set(db.session.scalars(query))


def _way(record: ServiceRecord, limits: Limits) -> Because | None:
    query = (
        select(ServiceRecord)
        .where(
            ServiceRecord.person_id == record.person_id,
            ServiceRecord.id != record.id,
            ServiceRecord.day.between(
                (record.starts_at - WAY_MOST - timedelta(days=1)).date(),
                (record.ends_at + WAY_MOST + timedelta(days=1)).date(),
            ),
            ServiceRecord.starts_at < record.ends_at + WAY_MOST,
            ServiceRecord.ends_at > record.starts_at - WAY_MOST,
            _LIVE,
        )
        .options(
            joinedload(ServiceRecord.shift).joinedload(Shift.project),
            joinedload(ServiceRecord.office),
        )
        .order_by(ServiceRecord.id)
    )
    others = [
        one
        for one in db.session.scalars(query)
        if one.attendance_id is None or one.attendance_id != record.attendance_id
    ]
    others = [one for one in others if plain(one.place) != plain(record.place)]
    if not others:
        return None
    above = record.office.path  # who reads here what is noticed may not see what others record
    stays = [_stay(one, told=one.office.path.startswith(above)) for one in others]
    return law.impossible_way(_stay(record), stays, _ways(record.office), limits)


def _stay(record: ServiceRecord, *, told: bool = True) -> Stay:
    shift = record.shift
    point = shift.project.point if shift is not None and not shift.place else None
    span = Span(record.starts_at, record.ends_at)
    return Stay(span, record.activity, record.place, point, told)


def _ways(office: Office) -> dict[frozenset[str], int]:
    """Those that the office knows or one above it; the nearest one counts."""
    line = office.ancestor_ids
    query = select(TravelTime).where(TravelTime.office_id.in_(line))
    rows = sorted(db.session.scalars(query), key=lambda way: line.index(way.office_id))
    return {pair(way.place_a, way.place_b): way.minutes for way in rows}


def _outlier(record: ServiceRecord, limits: Limits) -> Because | None:
    if record.shift_id is not None:
        found = _shift_outliers([record], limits)
        return found.get(record.id)
    query = (
        select(ServiceRecord.claimed_minutes)
        .where(
            ServiceRecord.office_id == record.office_id,
            ServiceRecord.activity == record.activity,
            ServiceRecord.day.between(
                record.day - timedelta(days=COMPARED_DAYS), record.day + timedelta(days=1)
            ),
            ServiceRecord.id != record.id,
            _LIVE,
        )
        .order_by(ServiceRecord.day.desc(), ServiceRecord.id.desc())
        .limit(COMPARED)
    )
    others = db.session.scalars(query).all()
    return law.outlier(record.claimed_minutes, None, others, limits)


def _shift_outliers(records: Iterable[ServiceRecord], limits: Limits) -> dict[int, Because]:
    """Of these shifts, on these days, who has far more than the others, or than was planned."""
    asked = {(one.shift_id, one.day): one.shift for one in records if one.shift is not None}
    query = select(
        ServiceRecord.id, ServiceRecord.shift_id, ServiceRecord.day, ServiceRecord.claimed_minutes
    ).where(ServiceRecord.shift_id.in_({shift for shift, _ in asked}), _LIVE)
    lists: dict[tuple[int | None, date], list[tuple[int, int]]] = defaultdict(list)
    for id_, shift_id, day, minutes in db.session.execute(query):
        lists[shift_id, day].append((id_, minutes))
    found = {}
    for key, shift in asked.items():
        for id_, minutes in lists[key]:
            others = [each for other, each in lists[key] if other != id_]
            if because := law.outlier(minutes, shift.span.minutes, others, limits):
                found[id_] = because
    return found


def _patterns(
    records: Sequence[ServiceRecord], limits: Limits
) -> dict[DoubtKind, dict[int, Because]]:
    """What only several records show together, and whom it concerns: also those made before."""
    stated = [one for one in records if one.origin in STATED]
    pictures = _pictures({one.shift_id for one in stated if one.shift_id}) if stated else set()
    stated = [one for one in stated if one.shift_id not in pictures]
    return {
        DoubtKind.ONE_CLERK: _one_clerk(stated, limits),
        DoubtKind.SAME_TIMES: _same_times(stated, limits),
        DoubtKind.DEVICE: _device(records, limits),
    }


def _stated_at(record: ServiceRecord) -> datetime:
    """When somebody stated it: a list is on record a while after it was written."""
    return record.attendance.changed_at if record.attendance else record.made_at


def _one_clerk(records: Iterable[ServiceRecord], limits: Limits) -> dict[int, Because]:
    moments: dict[int, list[datetime]] = defaultdict(list)
    for one in records:
        if one.entered_by:
            moments[one.entered_by].append(_stated_at(one))
    stated = func.coalesce(Attendance.changed_at, ServiceRecord.made_at)
    within = timedelta(minutes=limits.clerk_minutes)
    found: dict[Hashable, Because] = {}
    for clerk, at in moments.items():
        query = (
            select(ServiceRecord.id, ServiceRecord.person_id, stated)
            .outerjoin(ServiceRecord.attendance)
            .outerjoin(SignedSheet, SignedSheet.shift_id == ServiceRecord.shift_id)
            .where(
                ServiceRecord.entered_by == clerk,
                ServiceRecord.made_at >= min(at) - within,
                stated.between(min(at) - within, max(at) + within),
                ServiceRecord.origin.in_(STATED),
                SignedSheet.id.is_(None),
                _LIVE,
            )
            .order_by(ServiceRecord.id.desc())
            .limit(BATCH)
        )
        rows = [Entry(id_, person, when) for id_, person, when in db.session.execute(query)]
        found |= law.by_one_clerk(rows, limits)
    return {int(str(id_)): because for id_, because in found.items()}


def _same_times(records: Iterable[ServiceRecord], limits: Limits) -> dict[int, Because]:
    asked = {(one.office_id, _minute(one.starts_at), _times(one)) for one in records}
    found: dict[int, Because] = {}
    for office_id, minute, times in asked:
        query = (
            select(ServiceRecord)
            .outerjoin(SignedSheet, SignedSheet.shift_id == ServiceRecord.shift_id)
            .where(
                ServiceRecord.office_id == office_id,
                ServiceRecord.starts_at >= minute,
                ServiceRecord.starts_at < minute + MINUTE,
                ServiceRecord.origin.in_(STATED),
                SignedSheet.id.is_(None),
                _LIVE,
            )
            .options(joinedload(ServiceRecord.attendance))
            .order_by(ServiceRecord.id.desc())
            .limit(BATCH)
        )
        same = [one for one in db.session.scalars(query) if _times(one) == times]
        because = law.same_times(Span(*times), len({one.person_id for one in same}), limits)
        if because:
            found |= {one.id: because for one in same}
    return found


def _times(record: ServiceRecord) -> tuple[datetime, datetime]:
    """From when to when somebody says that he served, to the minute; not cut to the shift."""
    kept = record.attendance
    start = (kept and kept.in_at) or record.starts_at
    end = (kept and kept.out_at) or record.ends_at
    return _minute(start), max(_minute(end), _minute(start) + MINUTE)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _device(records: Iterable[ServiceRecord], limits: Limits) -> dict[int, Because]:
    moments: dict[str, list[datetime]] = defaultdict(list)
    for one in records:
        if (kept := one.attendance) is None:
            continue
        for device in filter(None, {kept.in_device, kept.out_device}):
            moments[device].append(kept.in_at or kept.changed_at)
    found: dict[int, Because] = {}
    for device, at in moments.items():
        for begins in at:
            people = _on_device(device, begins)
            count = len({person for _, person in people})
            if because := law.by_one_device(count, limits):
                found |= {id_: because for id_, _ in people}
    return found


def _on_device(device: str, at: datetime) -> list[tuple[int, int]]:
    """The records of whoever signed with this phone within a day before that moment."""
    query = (
        select(ServiceRecord.id, ServiceRecord.person_id)
        .join(ServiceRecord.attendance)
        .where(
            or_(Attendance.in_device == device, Attendance.out_device == device),
            Attendance.in_at > at - law.DEVICE_WITHIN,
            Attendance.in_at <= at,
            _LIVE,
        )
    )
    return [(id_, person_id) for id_, person_id in db.session.execute(query)]
