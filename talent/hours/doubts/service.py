"""Doubts: facts gathered for the law, when a record is made and looking back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.hours.flags import service as flagging
from talent.hours.models import DoubtWatch, RecordState, ServiceRecord
from talent.hours.patterns.service import STATED, patterns, pictures
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.rules import doubts as law
from talent.rules.doubts import DoubtKind, Limits, Listed, Stay
from talent.rules.span import Span
from talent.rules.workload import pair, plain
from talent.shifts.attendance.service import WRITTEN
from talent.shifts.models import Attendance, Project, Shift, ShiftState, Signup
from talent.shifts.ways.models import TravelTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from talent.offices.models import Office
    from talent.rules.reason import Because

    Place = tuple[datetime, int]  # when a record was made, and its id

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
            flagging.raise_flags(kind, {record.id: because}, now=now)
    for kind, found in patterns([record], limits).items():
        flagging.raise_flags(kind, found, now=now)
    return bool(flagging.open_flags([record.id]))


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
        for kind, found in patterns(of_office, limits).items():
            flagging.raise_flags(kind, found, now=now)
        flagging.raise_flags(DoubtKind.OUTLIER, _shift_outliers(of_office, limits), now=now)
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
    if {kept.in_source, kept.out_source} <= WRITTEN and not pictures([shift.id]):
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
