"""Questions about ratings: of which offices, how many, what they say on average."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select, true
from sqlalchemy.orm import joinedload

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.models import Setting
from talent.offices.service import seen, setting
from talent.ratings.models import Rating, Side
from talent.rules import ratings as law
from talent.shifts.models import Project, ProjectState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from sqlalchemy import ColumnElement

    from talent.access import Actor

PAGE = 50


class Part(StrEnum):
    """Which ratings a list shows."""

    ALL = "all"
    OPEN = "open"  # bad ones without an answer
    OVERDUE = "overdue"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said of a project in public: the mean of enough answers, or that there are few."""

    average: Decimal | None
    number: int
    least: int


@dataclass(frozen=True, slots=True)
class Line:
    """A project with the figures that its office sees: of both sides, and of each."""

    project: Project
    number: int
    mean: Decimal | None
    residents: Decimal | None
    volunteers: Decimal | None


def of_part(part: Part, today: date) -> list[ColumnElement[bool]]:
    """The condition of a part of the list."""
    if part is Part.ALL:
        return []
    if part is Part.ANSWERED:
        return [Rating.answered_at.is_not(None)]
    unanswered: list[ColumnElement[bool]] = [
        Rating.due_on.is_not(None),
        Rating.answered_at.is_(None),
    ]
    return [*unanswered, Rating.due_on < today] if part is Part.OVERDUE else unanswered


def listed(
    actor: Actor,
    today: date,
    *,
    part: Part = Part.ALL,
    project_id: int | None = None,
    before: int | None = None,
) -> Sequence[Rating]:
    """Ratings of the actor's offices, the latest first, a page and one more."""
    query = (
        select(Rating)
        .where(Rating.office_id.in_(seen(actor, Permission.SEE_RATINGS)), *of_part(part, today))
        .options(joinedload(Rating.shift), joinedload(Rating.project), joinedload(Rating.office))
        .order_by(Rating.id.desc())
        .limit(PAGE + 1)
    )
    if project_id is not None:
        query = query.where(Rating.project_id == project_id)
    if before is not None:
        query = query.where(Rating.id < before)
    return db.session.scalars(query).all()


def counts(actor: Actor, today: date) -> dict[Part, int]:
    """How many ratings each part of the list has."""
    columns = [func.sum(case((and_(true(), *of_part(part, today)), 1), else_=0)) for part in Part]
    query = select(*columns).where(Rating.office_id.in_(seen(actor, Permission.SEE_RATINGS)))
    row = db.session.execute(query).one()
    return {part: int(number or 0) for part, number in zip(Part, row, strict=True)}


def by_project(actor: Actor, *, after: int = 0) -> list[Line]:
    """The projects of the actor's offices that were rated, a page and one more."""
    number, total = func.count(Rating.id), func.sum(Rating.steps)
    query = (
        select(Project, number, total, *_of_side(Side.RESIDENT), *_of_side(Side.VOLUNTEER))
        .join(Rating, Rating.project_id == Project.id)
        .where(Rating.office_id.in_(seen(actor, Permission.SEE_RATINGS)), Project.id > after)
        .group_by(Project.id)
        .order_by(Project.id)
        .limit(PAGE + 1)
    )
    return [
        Line(
            project,
            count,
            law.average(int(summed), count, 1),
            law.average(int(r_sum or 0), int(r_count or 0), 1),
            law.average(int(v_sum or 0), int(v_count or 0), 1),
        )
        for project, count, summed, r_sum, r_count, v_sum, v_count in db.session.execute(query)
    ]


def _of_side(side: Side) -> tuple[ColumnElement[int], ColumnElement[int]]:
    mine = Rating.side == side
    return (
        func.sum(case((mine, Rating.steps), else_=0)),
        func.sum(case((mine, 1), else_=0)),
    )


def public_project(project_id: int) -> Project:
    """A project that is not a draft, or `NotFound`."""
    query = select(Project).where(Project.id == project_id, Project.state != ProjectState.DRAFT)
    found = db.session.scalars(query.options(joinedload(Project.office))).one_or_none()
    if found is None:
        raise NotFound
    return found


def figure(project: Project, today: date) -> Figure:
    """What is shown of it to everybody."""
    of_project = Rating.project_id == project.id
    number = db.session.scalar(select(func.count(Rating.id)).where(of_project)) or 0
    least = setting(project.office, Setting.RATING_LEAST, on=today)
    shown = law.shown_of(number, least)
    first = select(Rating.steps).where(of_project).order_by(Rating.id).limit(shown).subquery()
    total = db.session.scalar(select(func.sum(first.c.steps)))
    return Figure(law.average(int(total or 0), shown, least), shown, least)


def projects_rated(actor: Actor) -> Sequence[Project]:
    """The projects by which a list can be narrowed, by name."""
    query = (
        select(Project)
        .where(
            Project.id.in_(
                select(Rating.project_id).where(
                    Rating.office_id.in_(seen(actor, Permission.SEE_RATINGS))
                )
            )
        )
        .order_by(Project.name, Project.id)
        .limit(200)
    )
    return db.session.scalars(query).all()


def visible_rating(actor: Actor, permission: Permission, rating_id: int) -> Rating:
    """A rating of an office for which the permission is held, or `NotFound`."""
    query = (
        select(Rating)
        .where(Rating.id == rating_id, Rating.office_id.in_(seen(actor, permission)))
        .options(joinedload(Rating.shift), joinedload(Rating.project), joinedload(Rating.office))
    )
    if (rating := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return rating


def own_ratings(person_id: int, *, before: int | None = None) -> Sequence[Rating]:
    """What a volunteer rated, the latest first, a page and one more."""
    query = (
        select(Rating)
        .where(Rating.person_id == person_id)
        .options(joinedload(Rating.shift), joinedload(Rating.project))
        .order_by(Rating.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Rating.id < before)
    return db.session.scalars(query).all()
