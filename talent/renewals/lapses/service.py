"""What lapses up to a day, or has lapsed.

What has a successor that lasts longer is not listed, and nobody is reminded of it. Nor is what
those held who have left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.people import service as people
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.signup import GateKind
from talent.rules.words import Word
from talent.training.models import (
    Credential,
    CredentialKind,
    SocialWorkRegistration,
    TrainingRecord,
)
from talent.training.service import PAGE, REGISTERED, STANDS, VALID, beyond

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

ONE_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=90)  # what has lapsed is listed so long


class Subject(Word):
    """What can lapse."""

    CREDENTIALS = "credentials", N_("Credentials")
    CHECKS = "checks", N_("Checks to repeat")
    TRAININGS = "trainings", N_("Training")
    REGISTRATIONS = "registrations", N_("Social workers' registrations")


@dataclass(frozen=True, slots=True)
class Lapse:
    """One line of the list: whose, what (a thing of the subject), and its last day."""

    subject: Subject
    id: int
    person: Person
    what: Any
    last: date

    @property
    def gate(self) -> tuple[GateKind, int] | None:
        """What a position asks for that it answers; a registration answers nothing."""
        if isinstance(self.what, Credential):
            return GateKind.CREDENTIAL, self.what.kind_id
        if isinstance(self.what, TrainingRecord) and self.what.course_id:
            return GateKind.TRAINING, self.what.course_id
        return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first to the last day on which something ends."""

    first: date
    last: date


def lapsing(actor: Actor, subject: Subject, within: Stretch, *, after: int = 0) -> list[Lapse]:
    """What ends within a stretch of days, the nearest first; a page and one more."""
    table, last = _COLUMNS[subject]
    query = (
        ending(subject, within.first, within.last)
        .where(people.visible(actor, Permission.SEE_TRAINING))
        .order_by(last, table.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(beyond(table, last, after))
    return [_line(subject, row) for row in db.session.scalars(query)]


def number(actor: Actor, subject: Subject, within: Stretch) -> int:
    """How many such lines there are."""
    query = ending(subject, within.first, within.last)
    query = query.where(people.visible(actor, Permission.SEE_TRAINING))
    counted = select(func.count()).select_from(
        query.with_only_columns(_COLUMNS[subject][0].id).subquery()
    )
    return db.session.scalar(counted) or 0


def one(actor: Actor, subject: Subject, id_: int) -> Lapse:
    """A line of somebody for whose training the actor may write, or `NotFound`."""
    table, last = _COLUMNS[subject]
    query = (
        select(table)
        .join(table.person)
        .where(table.id == id_, last.is_not(None), *_stands(subject))
        .where(people.visible(actor, Permission.EDIT_TRAINING))
        .options(contains_eager(table.person))
    )
    if (row := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return _line(subject, row)


def ending(subject: Subject, first: date, last: date) -> Select[Any]:
    """Rows of the subject that end from the first day to the last, with their people."""
    table, until = _COLUMNS[subject]
    query = (
        select(table)
        .join(table.person)
        .where(until.between(first, last), Person.restricted_at.is_(None), *_counts(subject))
        .options(contains_eager(table.person))
    )
    if subject is Subject.TRAININGS:
        return query.options(joinedload(TrainingRecord.course))
    if subject in {Subject.CREDENTIALS, Subject.CHECKS}:
        with_courses = joinedload(Credential.kind).selectinload(CredentialKind.courses)
        return query.options(with_courses)
    return query


def last_day(subject: Subject, row: Any) -> date:
    """The day on which a row of the subject ends."""
    day: date = getattr(row, _COLUMNS[subject][1].key)
    return day


def _line(subject: Subject, row: Any) -> Lapse:
    return Lapse(subject, row.id, row.person, row, last_day(subject, row))


_COLUMNS: dict[Subject, tuple[Any, Any]] = {
    Subject.CREDENTIALS: (Credential, Credential.valid_until),
    Subject.CHECKS: (Credential, Credential.recheck_on),
    Subject.TRAININGS: (TrainingRecord, TrainingRecord.valid_until),
    Subject.REGISTRATIONS: (SocialWorkRegistration, SocialWorkRegistration.ends_on),
}


def _stands(subject: Subject) -> list[ColumnElement[bool]]:
    if subject is Subject.REGISTRATIONS:
        return [REGISTERED]
    if subject is Subject.CHECKS:  # what lapses with its check stands among the credentials
        return [VALID, or_(Credential.valid_until.is_(None), _later_than_check())]
    return [VALID if subject is Subject.CREDENTIALS else STANDS]


def _later_than_check() -> ColumnElement[bool]:
    return Credential.valid_until > Credential.recheck_on


def _counts(subject: Subject) -> list[ColumnElement[bool]]:
    table, until = _COLUMNS[subject]
    other: Any = aliased(table)
    if subject is Subject.REGISTRATIONS:
        renewed = (other.person_id == table.person_id, other.ends_on > until)
        return [REGISTERED, ~exists().where(*renewed, other.verified_at.is_not(None))]
    ends = getattr(other, until.key)
    longer = or_(ends.is_(None), ends > until)
    same = (other.person_id == table.person_id, longer, other.ended_at.is_(None))
    if subject is Subject.TRAININGS:
        again = (other.course_id == table.course_id, other.waits.is_(False))
        return [*_stands(subject), ~exists().where(*same, *again)]
    again = (other.verified_at.is_not(None), other.kind_id == table.kind_id)
    return [*_stands(subject), ~exists().where(*same, *again)]
