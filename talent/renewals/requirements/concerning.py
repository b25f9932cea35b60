"""Whom a requirement concerns on a day, and of whom it is open: as the database finds them."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, exists, func, literal, or_, select, true, union_all

from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office
from talent.people.models import Person, Registration, RegistrationState
from talent.rules import requirements as law
from talent.rules.requirements import Period, Whom
from talent.rules.signup import HOLDING
from talent.shifts.models import Shift, ShiftState, Signup
from talent.staffing.models import Appointment
from talent.training.models import SocialWorkRegistration, TrainingRecord
from talent.training.service import REGISTERED, STANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Subquery

    from talent.renewals.requirements.models import TrainingRequirement


def counts(
    rows: Sequence[TrainingRequirement], day: date, known: ColumnElement[bool]
) -> dict[int, tuple[int, int]]:
    """Of each how many people it concerns and of how many something is open, in one question."""
    parts = []
    for row in rows:
        query, open_ = measured(row, day)
        inner = query.with_only_columns(Person.id, open_.label("open")).where(known).subquery()
        parts.append(
            select(
                literal(row.id),
                func.count(),
                func.coalesce(func.sum(case((inner.c.open, 1), else_=0)), 0),
            ).select_from(inner)
        )
    if not parts:
        return {}
    return {id_: (n, open_) for id_, n, open_ in db.session.execute(union_all(*parts))}


def measured(row: TrainingRequirement, day: date) -> tuple[Select[Any], ColumnElement[bool]]:
    """The people of a requirement on a day, and the condition that something is open."""
    sums = _sums(row, day)
    query = select(Person).outerjoin(sums, sums.c.person_id == Person.id).where(belongs(row, day))
    parts = []
    if row.times:
        parts.append(func.coalesce(sums.c.times, 0) < row.times)
    if row.minutes:
        parts.append(func.coalesce(sums.c.minutes, 0) < row.minutes)
    return query, or_(*parts)


def _sums(row: TrainingRequirement, day: date) -> Subquery:
    query = (
        select(
            TrainingRecord.person_id,
            func.count().label("times"),
            func.sum(TrainingRecord.minutes).label("minutes"),
        )
        .where(STANDS, TrainingRecord.held_on <= day)
        .group_by(TrainingRecord.person_id)
    )
    if row.course_id:
        query = query.where(TrainingRecord.course_id == row.course_id)
    if row.continuing_education:
        query = query.where(TrainingRecord.continuing_education)
    if row.period is Period.REGISTRATION:
        query = query.join(
            SocialWorkRegistration,
            and_(
                SocialWorkRegistration.person_id == TrainingRecord.person_id,
                REGISTERED,
                SocialWorkRegistration.starts_on <= day,
                SocialWorkRegistration.ends_on >= day,
                # terms of a person do not overlap
                TrainingRecord.held_on >= SocialWorkRegistration.starts_on,
            ),
        )
    elif span := law.window(row.asked, day=day):
        query = query.where(TrainingRecord.held_on.between(span.first, span.last))
    return query.subquery()


def belongs(row: TrainingRequirement, day: date) -> ColumnElement[bool]:
    """The condition on `Person`: it is asked of this person on a day."""
    below = Office.path.startswith(row.office.path, autoescape=True)
    asked_of: ColumnElement[bool]
    if row.whom is Whom.VOLUNTEER:
        asked_of = exists().where(
            Registration.person_id == Person.id,
            Registration.state == RegistrationState.ACTIVE,
            Registration.office_id == Office.id,
            below,
        )
    elif row.whom is Whom.LEADER:
        asked_of = exists().where(
            Account.person_id == Person.id,
            Grant.account_id == Account.id,
            Grant.role == Role.LEADER,
            Grant.ended_at.is_(None),
            Grant.office_id == Office.id,
            below,
        )
    elif row.whom is Whom.STAFF:
        asked_of = exists().where(
            Appointment.person_id == Person.id,
            Appointment.kind.in_(row.appointment_kinds),
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > day),
            Appointment.office_id == Office.id,
            below,
        )
    else:
        asked_of = _serves(row, day)
    if row.period is Period.REGISTRATION:
        return and_(asked_of, _in_term(day))
    return asked_of


def _serves(row: TrainingRequirement, day: date) -> ColumnElement[bool]:
    """Who has a place in the position on a shift of the period, or on one to come."""
    span = law.window(row.asked, day=day)
    since = datetime.combine(span.first, time(), ZoneInfo(DEFAULT_ZONE)) if span else None
    return exists().where(
        Signup.person_id == Person.id,
        Signup.state.in_(HOLDING),
        Signup.need.has(position_id=row.position_id),
        Shift.id == Signup.shift_id,
        Shift.state != ShiftState.CANCELLED,
        Shift.ends_at >= since if since else true(),
    )


def _in_term(day: date) -> ColumnElement[bool]:
    return exists().where(
        SocialWorkRegistration.person_id == Person.id,
        REGISTERED,
        SocialWorkRegistration.starts_on <= day,
        SocialWorkRegistration.ends_on >= day,
    )
