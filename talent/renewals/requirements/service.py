"""What training is asked of whom.

A requirement of an office holds for its people and for those of all below it; one of an office
below comes on top and takes nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office
from talent.offices.service import seen, shared
from talent.renewals.requirements.models import TrainingRequirement
from talent.rules import requirements as law
from talent.rules.reason import N_
from talent.rules.sources import Sure
from talent.rules.words import Word
from talent.shifts.models import Position, Project
from talent.training.service import PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.rules.requirements import Period, Whom

POSITIONS = 300  # that the form offers


class Unchangeable(Word):
    """Why a requirement is not changed so."""

    BEGUN = "begun", N_("What has begun is ended on a day, and another one written.")
    PAST = "past", N_("It can end from today on, not on an earlier day.")


@dataclass(slots=True)
class Asking:
    """What is stated of a requirement."""

    name_zh: str
    whom: Whom
    period: Period
    valid_from: date
    source: str
    name_en: str | None = None
    appointment_kinds: list[str] = field(default_factory=list)
    position_id: int | None = None
    times: int | None = None
    minutes: int | None = None
    months: int | None = None
    course_id: int | None = None
    continuing_education: bool = False
    valid_to: date | None = None
    sure: Sure = Sure.OWN


_WHOLE = (
    joinedload(TrainingRequirement.office),
    joinedload(TrainingRequirement.course),
    joinedload(TrainingRequirement.position),
)


def listed(actor: Actor, *, after: int = 0) -> Sequence[TrainingRequirement]:
    """Those of the actor's offices and of the ones above, the newest first; a page and one more."""
    query = (
        select(TrainingRequirement)
        .where(shared(TrainingRequirement.office_id, actor, Permission.SEE_TRAINING))
        .order_by(TrainingRequirement.id.desc())
        .options(*_WHOLE)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(TrainingRequirement.id < after)
    return db.session.scalars(query).all()


def in_force(day: date) -> list[TrainingRequirement]:
    """Those of all offices that hold on a day."""
    query = select(TrainingRequirement).options(*_WHOLE).order_by(TrainingRequirement.id)
    return [row for row in db.session.scalars(query) if law.in_force(row.asked, day=day)]


def visible(actor: Actor, requirement_id: int) -> TrainingRequirement:
    """The requirement, of an office that the actor sees or of one above it; else `NotFound`."""
    return _one(
        requirement_id, shared(TrainingRequirement.office_id, actor, Permission.SEE_TRAINING)
    )


def editable(actor: Actor, requirement_id: int) -> TrainingRequirement:
    """The requirement, if it is one of an office whose training the actor edits."""
    mine = TrainingRequirement.office_id.in_(seen(actor, Permission.EDIT_TRAINING))
    return _one(requirement_id, mine)


def positions(actor: Actor) -> Sequence[Position]:
    """The positions that it can be asked of: those of the actor's offices, the newest first."""
    query = (
        select(Position)
        .join(Position.project)
        .where(Project.office_id.in_(seen(actor, Permission.EDIT_TRAINING)))
        .options(joinedload(Position.project))
        .order_by(Position.id.desc())
        .limit(POSITIONS)
    )
    return db.session.scalars(query).all()


def add(office: Office, stated: Asking, *, actor: Actor, now: datetime) -> TrainingRequirement:
    """Ask it, for the office and all below."""
    _check(stated)
    row = TrainingRequirement(office_id=office.id)
    for name in Asking.__slots__:
        setattr(row, name, getattr(stated, name))
    db.session.add(row)
    return _traced(row, actor, now)


def change(
    row: TrainingRequirement, stated: Asking, *, actor: Actor, now: datetime
) -> TrainingRequirement:
    """While it has not begun."""
    if row.valid_from <= clock.today(DEFAULT_ZONE, now):
        raise Refused([Unchangeable.BEGUN])
    _check(stated)
    for name in Asking.__slots__:
        setattr(row, name, getattr(stated, name))
    return _traced(row, actor, now)


def end(row: TrainingRequirement, on: date, *, actor: Actor, now: datetime) -> None:
    """From this day on it is asked no more."""
    if on < clock.today(DEFAULT_ZONE, now):
        raise Refused([Unchangeable.PAST])
    if on <= row.valid_from:
        raise Refused([law.Unasked.TURNED])
    row.valid_to = on
    _traced(row, actor, now)


def begun(row: TrainingRequirement, today: date) -> bool:
    """Whether it holds or has held already."""
    return row.valid_from <= today


def in_year(office: Office, *, first: date, last: date) -> list[TrainingRequirement]:
    """Requirements in force on some day of a year, for people at or below an office."""
    near = or_(
        TrainingRequirement.office_id.in_(office.ancestor_ids),
        Office.path.startswith(office.path, autoescape=True),
    )
    query = (
        select(TrainingRequirement)
        .join(TrainingRequirement.office)
        .where(near, TrainingRequirement.valid_from <= last)
        .where(or_(TrainingRequirement.valid_to.is_(None), TrainingRequirement.valid_to > first))
        .order_by(TrainingRequirement.id)
        .options(*_WHOLE)
    )
    return list(db.session.scalars(query))


def _one(requirement_id: int, condition: ColumnElement[bool]) -> TrainingRequirement:
    query = select(TrainingRequirement).where(TrainingRequirement.id == requirement_id, condition)
    if (row := db.session.scalars(query.options(*_WHOLE)).one_or_none()) is None:
        raise NotFound
    return row


def _check(stated: Asking) -> None:
    found = law.refusals_to_ask(
        law.Asked(
            stated.period,
            stated.times,
            stated.minutes,
            stated.months,
            stated.valid_from,
            stated.valid_to,
        ),
        stated.whom,
        kinds=stated.appointment_kinds,
        has_position=stated.position_id is not None,
        source=stated.source,
    )
    if found:
        raise Refused(found)


def _traced(row: TrainingRequirement, actor: Actor, now: datetime) -> TrainingRequirement:
    db.session.flush()
    audit.record(
        Act.REQUIREMENT_CHANGED,
        row,
        actor=actor,
        now=now,
        office_id=row.office_id,
        name=row.name_zh,
    )
    return row
