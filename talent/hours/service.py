"""Questions about hours: a person's records and totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from talent.access import Actor, Permission
from talent.accounts.models import Account
from talent.db import db
from talent.errors import NotFound
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.offices import service as offices
from talent.people import service as people
from talent.rules.volunteering import ActivityKind
from talent.shifts.models import (
    Attendance,
    AttendanceState,
    Project,
    Shift,
    Signup,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from talent.hours.ledger import Sum


PENDING = (RecordState.PENDING, RecordState.PENDING_ABOVE)
PAGE = 50
SHOWN_WITHOUT_RECORD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Approved time of one person, each sum with its two kinds."""

    total: Sum
    by_year: dict[int, Sum]
    by_category: dict[int, Sum]


def records_of(
    person_id: int,
    *,
    year: int | None = None,
    category_id: int | None = None,
    after: int | None = None,
    offices_seen: Select[int] | None = None,
) -> Sequence[ServiceRecord]:
    """A person's records, the latest first, a page and one more; `after` is the last one's id."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.person_id == person_id)
        .options(joinedload(ServiceRecord.category), joinedload(ServiceRecord.office))
        .order_by(ServiceRecord.day.desc(), ServiceRecord.id.desc())
        .limit(PAGE + 1)
    )
    if year is not None:
        query = query.where(ServiceRecord.day.between(date(year, 1, 1), date(year, 12, 31)))
    if category_id is not None:
        query = query.where(ServiceRecord.category_id == category_id)
    if offices_seen is not None:
        query = query.where(ServiceRecord.office_id.in_(offices_seen))
    if after is not None and (last := db.session.get(ServiceRecord, after)):
        query = query.where(
            tuple_(ServiceRecord.day, ServiceRecord.id) < tuple_(last.day, last.id),
        )
    return db.session.scalars(query).all()


def not_recorded_yet(person_id: int, *, now: datetime) -> Sequence[Attendance]:
    """Where the person signed in, and no record stands yet.

    What is no voluntary service never gets one; it is shown for a while, with the reason.
    """
    lately = Shift.ends_at > now - SHOWN_WITHOUT_RECORD
    query = (
        select(Attendance)
        .join(Attendance.signup)
        .join(Signup.shift)
        .join(Shift.project)
        .outerjoin(ServiceRecord, ServiceRecord.attendance_id == Attendance.id)
        .where(Signup.person_id == person_id, ServiceRecord.id.is_(None))
        .where(Attendance.state != AttendanceState.ABSENT)
        .where(or_(Project.kind == ActivityKind.SERVICE, lately))
        .options(
            contains_eager(Attendance.signup)
            .contains_eager(Signup.shift)
            .contains_eager(Shift.project),
        )
        .order_by(Attendance.id)
    )
    return db.session.scalars(query).all()


def standing(person_id: int) -> Standing:
    """A person's totals: all, by year, by category."""
    by_year = ledger.sums(person_id=person_id, by=("year",))
    return Standing(
        total=ledger.whole(person_id=person_id),
        by_year=dict(sorted(by_year.items(), reverse=True)),
        by_category=ledger.sums(person_id=person_id, by=("category_id",)),
    )


def visible_record(actor: Actor, record_id: int) -> ServiceRecord:
    """One's own record or a child's, or one of an office whose hours the actor may see."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.id == record_id)
        .where(
            or_(
                ServiceRecord.person_id.in_(people.spoken_for(actor)),
                ServiceRecord.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)),
            ),
        )
        .options(
            joinedload(ServiceRecord.person),
            joinedload(ServiceRecord.office),
            joinedload(ServiceRecord.category),
            selectinload(ServiceRecord.entries),
            selectinload(ServiceRecord.changes),
            selectinload(ServiceRecord.corrections),
            selectinload(ServiceRecord.flags),
        )
    )
    if (record := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return record


def names_of(accounts: set[int | None]) -> dict[int | None, str]:
    """Who stands behind account numbers, for "entered by" and "approved by"."""
    query = select(Account.id, Account.name).where(Account.id.in_(a for a in accounts if a))
    return dict(db.session.execute(query).all())
