"""What lapses within 30, 60 or 90 days, and the reminders of it.

What has a successor that lasts longer is not listed, and nobody is reminded of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from talent import clock
from talent.access import Permission
from talent.db import db
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.offices.models import Office
from talent.people import service as people
from talent.people.models import Person, Tie
from talent.rules import credentials as law
from talent.rules import social_workers
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.training.models import (
    Credential,
    SocialWorkRegistration,
    TrainingRecord,
)
from talent.training.service import PAGE, STANDS, VALID, beyond
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

ZONE = "Asia/Shanghai"  # of those whom no office knows
REGISTRATION_DAYS = 30
_ONE_DAY = timedelta(days=1)


class Subject(Word):
    """What can lapse."""

    CREDENTIALS = "credentials", N_("Credentials")
    TRAININGS = "trainings", N_("Training")
    REGISTRATIONS = "registrations", N_("Social workers' registrations")


@dataclass(frozen=True, slots=True)
class Lapse:
    """One line of the list: whose, what (a thing of the subject), and its last day."""

    id: int
    person: Person
    what: Any
    last: date


def lapsing(
    actor: Actor, subject: Subject, *, days: int, today: date, after: int = 0
) -> list[Lapse]:
    """What holds today and ends within so many days, the nearest first; a page and one more."""
    table, last = _COLUMNS[subject]
    query = (
        _query(subject, today, today + timedelta(days=days))
        .where(people.visible(actor, Permission.SEE_TRAINING))
        .order_by(last, table.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(beyond(table, last, after))
    return [
        Lapse(row.id, row.person, row, getattr(row, last.key)) for row in db.session.scalars(query)
    ]


def remind(now: datetime) -> int:
    """Tell holders of credentials and registrations that end soon; how many messages are new."""
    return _remind_credentials(now) + _remind_registrations(now)


def _remind_credentials(now: datetime) -> int:
    start = clock.today(ZONE, now) - _ONE_DAY  # any zone's today is a day away at most
    query = _query(Subject.CREDENTIALS, start, start + timedelta(days=law.REMINDER_DAYS[-1] + 2))
    found = db.session.scalars(query.order_by(Credential.id)).all()
    offices = _offices({row.person_id for row in found})
    told = 0
    for row in found:
        office = offices.get(row.person_id)
        held = law.Held(row.kind.code, row.issued_on, row.valid_until)
        due = law.reminder(held, today=clock.today(office.zone if office else ZONE, now))
        if due is None or row.valid_until is None:
            continue
        message = tell(
            MessageKind.CREDENTIAL_LAPSES,
            once=f"{row.id}:{row.valid_until}:{due}",
            now=now,
            person=row.person,
            office_id=office.id if office else None,
            facts={
                "credential": {"name_zh": row.kind.name_zh, "name_en": row.kind.name_en},
                "until_on": row.valid_until.isoformat(),
                "path": "/training/mine",
            },
        )
        told += message is not None
    return told


def _remind_registrations(now: datetime) -> int:
    start = clock.today(ZONE, now) - _ONE_DAY
    last = social_workers.months_later(start, social_workers.WINDOW_MONTHS) + timedelta(days=5)
    query = _query(Subject.REGISTRATIONS, start, last)
    found = db.session.scalars(query.order_by(SocialWorkRegistration.id)).all()
    offices = _offices({row.person_id for row in found})
    told = 0
    for row in found:
        office = offices.get(row.person_id)
        today = clock.today(office.zone if office else ZONE, now)
        opens = social_workers.window_opens(
            social_workers.Registration(row.grade, row.starts_on, row.ends_on)
        )
        if not opens <= today <= row.ends_on:
            continue
        near = row.ends_on - today <= timedelta(days=REGISTRATION_DAYS)
        message = tell(
            MessageKind.REGISTRATION_LAPSES,
            once=f"{row.id}:{REGISTRATION_DAYS if near else 'window'}",
            now=now,
            person=row.person,
            office_id=office.id if office else None,
            facts={
                "until_on": row.ends_on.isoformat(),
                "opens_on": opens.isoformat(),
                "missing_minutes": social_work.missing_minutes(row),
                "path": "/training/mine",
            },
        )
        told += message is not None
    return told


def _offices(person_ids: set[int]) -> dict[int, Office]:
    """Of each person the office that has known him longest."""
    first = (
        select(Tie.person_id, func.min(Tie.office_id).label("office_id"))
        .where(Tie.person_id.in_(person_ids))
        .group_by(Tie.person_id)
        .subquery()
    )
    query = select(first.c.person_id, Office).join(Office, Office.id == first.c.office_id)
    return dict(db.session.execute(query).all())


_COLUMNS: dict[Subject, tuple[Any, Any]] = {
    Subject.CREDENTIALS: (Credential, Credential.valid_until),
    Subject.TRAININGS: (TrainingRecord, TrainingRecord.valid_until),
    Subject.REGISTRATIONS: (SocialWorkRegistration, SocialWorkRegistration.ends_on),
}


def _query(subject: Subject, first: date, last: date) -> Select[Any]:
    """Rows of the subject that end from the first day to the last, with their people."""
    table, until = _COLUMNS[subject]
    return (
        select(table)
        .join(table.person)
        .where(until.between(first, last), *_counts(subject))
        .options(contains_eager(table.person))
    )


def _counts(subject: Subject) -> list[ColumnElement[bool]]:
    table, until = _COLUMNS[subject]
    other: Any = aliased(table)
    if subject is Subject.REGISTRATIONS:
        return [~exists().where(other.person_id == table.person_id, other.ends_on > until)]
    longer = or_(other.valid_until.is_(None), other.valid_until > until)
    same = (other.person_id == table.person_id, longer, other.ended_at.is_(None))
    if subject is Subject.CREDENTIALS:
        verified = other.verified_at.is_not(None)
        return [VALID, ~exists().where(*same, verified, other.kind_id == table.kind_id)]
    return [STANDS, ~exists().where(*same, other.course_id == table.course_id)]
