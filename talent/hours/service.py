"""Questions about hours: a person's records and totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Actor, Permission
from talent.accounts.models import Account
from talent.db import UtcDateTime, asked, db
from talent.errors import NotFound
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.offices import service as offices
from talent.offices.models import Office, ServiceCategory
from talent.people import service as people
from talent.rules.volunteering import ActivityKind, refusals_to_record
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

    from sqlalchemy import Row, Select

    from talent.hours.ledger import Sum
    from talent.rules.reason import Because


PENDING = (RecordState.PENDING, RecordState.PENDING_ABOVE)
PAGE = 50
SHOWN_WITHOUT_RECORD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Approved time of one person, each sum with its two kinds."""

    total: Sum
    by_year: dict[int, Sum]
    by_category: dict[int, Sum]
    by_office: dict[int, Sum]


# What a list of records shows of each, and of the office that recorded it: two names. A record has
# thirty columns more, and objects of it are for the page of one.
_LISTED = (
    select(
        ServiceRecord.id, ServiceRecord.activity, ServiceRecord.day, ServiceRecord.origin,
        ServiceRecord.state, ServiceRecord.minutes, ServiceRecord.claimed_minutes,
        Office.name_zh, Office.name_en,
    )
    .join(Office, Office.id == ServiceRecord.office_id)
    .where(ServiceRecord.person_id == bindparam("person"))
    .order_by(ServiceRecord.day.desc(), ServiceRecord.id.desc())
    .limit(PAGE + 1)
)  # fmt: skip
_UNRECORDED = (
    select(
        Signup.shift_id, Shift.starts_at, Project.name, Project.name_en, Project.kind,
        Attendance.state,
    )
    .join(Attendance.signup)
    .join(Signup.shift)
    .join(Shift.project)
    .outerjoin(ServiceRecord, ServiceRecord.attendance_id == Attendance.id)
    .where(Signup.person_id == bindparam("person"), ServiceRecord.id.is_(None))
    .where(Attendance.state != AttendanceState.ABSENT)
    .where(
        or_(
            Project.kind == ActivityKind.SERVICE,
            Shift.ends_at > bindparam("since", type_=UtcDateTime),
        )
    )
    .order_by(Attendance.id)
)  # fmt: skip
_CATEGORIES = select(ServiceCategory.id, ServiceCategory.name_zh, ServiceCategory.name_en).order_by(
    ServiceCategory.place, ServiceCategory.id
)


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A shift on which somebody signed in, and of which no record stands yet or ever will."""

    shift_id: int
    starts_at: datetime
    name_zh: str
    name_en: str | None
    state: AttendanceState
    no_service: Sequence[Because]


def records_of(
    person_id: int,
    *,
    year: int | None = None,
    category_id: int | None = None,
    after: int | None = None,
    offices_seen: Select[int] | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """A person's records, the latest first, a page and one more; `after` is the last one's id.

    Rows of what a list shows, with the names of the recording office.
    """
    query = _LISTED
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
    return asked(query, person=person_id)


def categories() -> dict[int, Row[*tuple[Any, ...]]]:
    """The names of all categories, also of those that are closed, by id and in their order."""
    return {row.id: row for row in asked(_CATEGORIES)}


def not_recorded_yet(person_id: int, *, now: datetime) -> list[Unrecorded]:
    """Where the person signed in, and no record stands yet.

    What is no voluntary service never gets one; it is shown for a while, with the reason.
    """
    rows = asked(_UNRECORDED, person=person_id, since=now - SHOWN_WITHOUT_RECORD)
    return [
        Unrecorded(
            row.shift_id,
            row.starts_at,
            row.name,
            row.name_en,
            row.state,
            refusals_to_record(row.kind),
        )
        for row in rows
    ]


def standing(person_id: int) -> Standing:
    """A person's totals, from the same rows: all, by year, by category, by office."""
    sums = ledger.sums(person_id=person_id, by=("year", "category_id", "office_id"))
    return Standing(
        total=ledger.folded(sums).get((), ledger.NOTHING),
        by_year=dict(sorted(ledger.folded(sums, 0).items(), reverse=True)),
        by_category=ledger.folded(sums, 1),
        by_office=ledger.folded(sums, 2),
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
