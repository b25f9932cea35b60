"""Population figures: asked for, written, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.models import Population

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.rules.staffing import PopulationKind

PAGE = 50
MOST = 2_000_000_000  # more than the whole country has


class Unpublished(Word):
    """Why a figure is not written."""

    TWICE = "twice", N_("There is a figure of this kind, office and day already. Change that one.")
    IN_FUTURE = "in_future", N_("%(as_of)s has not come yet. A figure is of a day that is over.")
    TOO_LARGE = "too_large", N_("More people than the country has.")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was published: so many, of this kind, on this day, by this source."""

    kind: PopulationKind
    number: int
    as_of: date
    source: str


def listed(
    actor: Actor,
    *,
    office: Office | None = None,
    kind: PopulationKind | None = None,
    after: int | None = None,
) -> Sequence[Population]:
    """A page of figures, the latest first, and one more. An office stands for all below it too."""
    query = (
        select(Population)
        .join(Population.office)
        .where(Population.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(contains_eager(Population.office))
        .order_by(Population.as_of.desc(), Population.id)
        .limit(PAGE + 1)
    )
    if office:
        query = query.where(Office.path.startswith(office.path, autoescape=True))
    if kind:
        query = query.where(Population.kind == kind)
    if after:
        edge = select(Population.as_of).where(Population.id == after).scalar_subquery()
        same = and_(Population.as_of == edge, Population.id > after)
        query = query.where(or_(Population.as_of < edge, same))
    return db.session.scalars(query).all()


def editable(actor: Actor, population_id: int) -> Population:
    """A figure that the actor may change, or `NotFound`."""
    query = (
        select(Population)
        .join(Population.office)
        .where(Population.id == population_id)
        .where(Population.office_id.in_(seen(actor, Permission.EDIT_STAFFING)))
        .options(contains_eager(Population.office))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def refusals(figure: Figure, today: date) -> list[Because]:
    """What stands against a figure."""
    found = []
    if figure.as_of > today:
        found.append(Because(Unpublished.IN_FUTURE, {"as_of": figure.as_of}))
    if figure.number > MOST:
        found.append(Because(Unpublished.TOO_LARGE))
    return found


def add_figure(
    office: Office, figure: Figure, *, actor: Actor, now: datetime, today: date
) -> Population:
    """Write a figure."""
    if reasons := refusals(figure, today):
        raise Refused(reasons)
    row = Population(
        office_id=office.id,
        kind=figure.kind,
        number=figure.number,
        as_of=figure.as_of,
        source=figure.source,
        made_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused([Unpublished.TWICE]) from None
    _record(row, {}, actor=actor, now=now)
    return row


def change_figure(
    row: Population, figure: Figure, *, actor: Actor, now: datetime, today: date
) -> None:
    """Correct a figure; what stood before stays in the trace."""
    if reasons := refusals(figure, today):
        raise Refused(reasons)
    before = {"number": row.number, "as_of": row.as_of.isoformat(), "source": row.source}
    if figure == Figure(row.kind, row.number, row.as_of, row.source):
        return
    try:
        with db.session.begin_nested():
            row.kind, row.number = figure.kind, figure.number
            row.as_of, row.source = figure.as_of, figure.source
    except IntegrityError:
        raise Refused([Unpublished.TWICE]) from None
    _record(row, {"before": before}, actor=actor, now=now)


def _record(row: Population, more: dict[str, object], *, actor: Actor, now: datetime) -> None:
    facts = {"kind": row.kind.value, "number": row.number, "as_of": row.as_of.isoformat(), **more}
    audit.record(
        Act.POPULATION_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts
    )
