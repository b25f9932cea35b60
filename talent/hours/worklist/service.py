"""The work list: records that somebody has to decide on or look at, by part, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from talent.access import Permission
from talent.db import db
from talent.hours.models import (
    VERIFIED,
    CorrectionRequest,
    RecordFlag,
    RecordState,
    ServiceRecord,
    Waits,
)
from talent.hours.service import PAGE, PENDING
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people import service as people
from talent.people.models import Person
from talent.rules.corrections import CorrectionState
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.shifts.models import Project, Shift

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

PROJECTS = 200  # in the list to choose from
_PENDING = ServiceRecord.state.in_(PENDING)
# An approved record of nothing was taken back: nobody has to look at it any more.
_STANDS = (ServiceRecord.state == RecordState.APPROVED) & (ServiceRecord.minutes > 0)
_DOUBTED = ServiceRecord.id.in_(select(RecordFlag.record_id).where(RecordFlag.settled_at.is_(None)))


class Part(Word):
    """A part of the work list; its code is a step of its address."""

    WAITING = "waiting", N_("To be approved")
    SIGN_OUTS = "sign-outs", N_("Sign-out missing")
    LONG_DAYS = "long-days", N_("Long days")
    LEVEL_ABOVE = "level-above", N_("For the level above")
    BY_HAND = "by-hand", N_("Entered by hand")
    DOUBTED = "doubted", N_("Noticed")
    OVERDUE = "overdue", N_("Overdue")


class Kind(Word):
    """How the time of a record came about."""

    VERIFIED = "verified", N_("System-verified")
    STATED = "stated", N_("Entered by hand")


_WAITS = {
    Part.SIGN_OUTS: Waits.SIGN_OUT,
    Part.LONG_DAYS: Waits.LONG_DAY,
    Part.LEVEL_ABOVE: Waits.LEVEL_ABOVE,
    Part.BY_HAND: Waits.SECOND_PERSON,
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list is narrowed to: an office with those below it, a project, a person, a kind."""

    office: Office | None = None
    project_id: int | None = None
    person: str = ""
    kind: Kind | None = None

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all."""
        return bool(self.office or self.project_id or self.person or self.kind)

    @property
    def address(self) -> dict[str, str | int]:
        """The same as it stands in an address."""
        given = {
            "office": self.office and self.office.id,
            "project": self.project_id,
            "person": self.person,
            "kind": self.kind and self.kind.value,
        }
        return {name: value for name, value in given.items() if value}


def narrowed(
    actor: Actor, *, office_id: int | None, project_id: int | None, person: str, kind: str | None
) -> Narrowed:
    """What was asked for; an office that the actor may not see narrows to nothing but his own."""
    office = None
    if office_id is not None:
        office = offices.visible_office(actor, Permission.SEE_HOURS, office_id)
    return Narrowed(office, project_id, person.strip()[:50], Kind.of(kind))


def listed(
    actor: Actor, part: Part, within: Narrowed, *, today: date, after: int = 0
) -> Sequence[ServiceRecord]:
    """A page of the part and one more, what was recorded first comes first."""
    query = (
        select(ServiceRecord)
        .where(*_where(actor, Permission.SEE_HOURS, within), _of(part, today))
        .where(ServiceRecord.id > after)
        .options(
            joinedload(ServiceRecord.person),
            joinedload(ServiceRecord.office),
            raiseload(ServiceRecord.entries),
        )
        .order_by(ServiceRecord.id)
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).unique().all()


def matching(
    actor: Actor, part: Part, within: Narrowed, *, today: date, most: int
) -> Sequence[int]:
    """The records of the part on which the actor may decide, across all pages; one more at most."""
    query = (
        select(ServiceRecord.id)
        .where(*_where(actor, Permission.REVIEW_HOURS, within), _of(part, today), _PENDING)
        .order_by(ServiceRecord.id)
        .limit(most + 1)
    )
    return db.session.scalars(query).all()


def counts(actor: Actor, within: Narrowed, *, today: date) -> tuple[dict[Part, int], int]:
    """How many each part has, and how many corrections are asked for; one question for all."""
    where = _where(actor, Permission.SEE_HOURS, within)
    doubted = select(func.count()).where(*where, _of(Part.DOUBTED, today)).scalar_subquery()
    asked = select(func.count()).where(
        CorrectionRequest.state == CorrectionState.ASKED,
        CorrectionRequest.office_id.in_(_offices(actor, Permission.SEE_HOURS, within)),
    )
    waiting = [func.count().filter(ServiceRecord.waits_for == one) for one in _WAITS.values()]
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(ServiceRecord.due_on < today),
            doubted,
            asked.scalar_subquery(),
            *waiting,
        ).where(*where, _PENDING)
    ).one()
    found = {Part.WAITING: row[0], Part.OVERDUE: row[1], Part.DOUBTED: row[2]}
    found |= dict(zip(_WAITS, row[4:], strict=True))
    return {part: found[part] for part in Part}, row[3]


def projects(actor: Actor) -> Sequence[Project]:
    """Those of whose shifts something waits, to choose from."""
    waiting = (
        select(Shift.project_id)
        .join(ServiceRecord, ServiceRecord.shift_id == Shift.id)
        .where(
            _PENDING,
            ServiceRecord.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)),
        )
    )
    query = select(Project).where(Project.id.in_(waiting)).order_by(Project.name, Project.id)
    return db.session.scalars(query.limit(PROJECTS)).all()


def _of(part: Part, today: date) -> ColumnElement[bool]:
    if part is Part.DOUBTED:
        return _DOUBTED & or_(_PENDING, _STANDS)
    if part is Part.OVERDUE:
        return _PENDING & (ServiceRecord.due_on < today)
    if part is Part.WAITING:
        return _PENDING
    return _PENDING & (ServiceRecord.waits_for == _WAITS[part])


def _where(actor: Actor, permission: Permission, within: Narrowed) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        ServiceRecord.office_id.in_(_offices(actor, permission, within))
    ]
    if within.project_id is not None:
        of_project = select(Shift.id).where(Shift.project_id == within.project_id)
        where.append(ServiceRecord.shift_id.in_(of_project))
    if within.person:
        named = select(Person.id).where(people.matches(within.person))
        where.append(ServiceRecord.person_id.in_(named))
    if within.kind is not None:
        verified = ServiceRecord.origin.in_(VERIFIED)
        where.append(verified if within.kind is Kind.VERIFIED else ~verified)
    return where


def _offices(actor: Actor, permission: Permission, within: Narrowed) -> Select[int]:
    seen = offices.seen(actor, permission)
    if within.office is not None:
        seen = seen.where(Office.path.startswith(within.office.path, autoescape=True))
    return seen
