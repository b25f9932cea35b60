"""One clerk, the same times, one telephone: the facts, gathered for the law."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.rules import doubts as law
from talent.rules.doubts import DoubtKind, Entry, Limits
from talent.rules.span import MINUTE, Span
from talent.shifts.models import Attendance
from talent.shifts.sheets.models import SignedSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Sequence
    from datetime import datetime

    from talent.rules.reason import Because

STATED = frozenset({Origin.HAND, Origin.SHEET, Origin.IMPORTED})  # nobody's sign-in
MOST = 500  # records that are looked at together
_LIVE = ServiceRecord.state != RecordState.REFUSED


def patterns(
    records: Sequence[ServiceRecord], limits: Limits
) -> dict[DoubtKind, dict[int, Because]]:
    """What only several records show together, and whom it concerns: also those made before."""
    stated = [one for one in records if one.origin in STATED]
    proved = pictures({one.shift_id for one in stated if one.shift_id}) if stated else set()
    stated = [one for one in stated if one.shift_id not in proved]
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
            .limit(MOST)
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
            .limit(MOST)
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


def pictures(shift_ids: Collection[int]) -> set[int]:
    """The shifts whose signed sheet was kept as a picture: that is what a list proves by."""
    query = select(SignedSheet.shift_id).where(SignedSheet.shift_id.in_(shift_ids))
    return set(db.session.scalars(query))
