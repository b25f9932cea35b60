"""Courses: which ones an actor sees, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound
from talent.offices.service import seen
from talent.training.models import Course, Session
from talent.training.service import PAGE, shared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.offices.models import Office


@dataclass(slots=True)
class Syllabus:
    """What is stated of a course."""

    name_zh: str
    content: str
    minutes: int
    name_en: str | None = None
    valid_months: int | None = None
    continuing_education: bool = False
    open: bool = True


def courses(
    actor: Actor, *, now: datetime, closed: bool = False, after: int = 0
) -> Sequence[tuple[Course, int]]:
    """Courses, the newest first, each with its number of sessions to come; a page and one more."""
    coming = (
        select(func.count(Session.id))
        .where(Session.course_id == Course.id, Session.ends_at > now)
        .where(Session.cancelled_at.is_(None))
        .where(Session.office_id.in_(seen(actor, Permission.SEE_TRAINING)))
        .scalar_subquery()
    )
    query = (
        select(Course, coming)
        .where(shared(Course.office_id, actor, Permission.SEE_TRAINING))
        .where(Course.open.is_(not closed))
        .options(joinedload(Course.office))
        .order_by(Course.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Course.id < after)
    return [(course, number) for course, number in db.session.execute(query)]


def courses_for(office: Office) -> Sequence[Course]:
    """The open courses of an office and of those above it."""
    query = select(Course).where(Course.open, Course.office_id.in_(office.ancestor_ids))
    return db.session.scalars(query.order_by(Course.name_zh, Course.id)).all()


def usable(actor: Actor, permission: Permission) -> Sequence[Course]:
    """The open courses that the actor's offices may count as taken."""
    query = select(Course).where(Course.open, shared(Course.office_id, actor, permission))
    return db.session.scalars(query.order_by(Course.name_zh, Course.id)).all()


def visible_course(actor: Actor, course_id: int) -> Course:
    """The course, of an office that the actor sees or of one above it; else `NotFound`."""
    return _one(course_id, shared(Course.office_id, actor, Permission.SEE_TRAINING))


def editable_course(actor: Actor, course_id: int) -> Course:
    """The course, if it belongs to an office whose training the actor edits."""
    mine = Course.office_id.in_(seen(actor, Permission.EDIT_TRAINING))
    return _one(course_id, mine)


def add(office: Office, stated: Syllabus, *, actor: Actor, now: datetime) -> Course:
    """A new course of the office, for itself and all below it."""
    course = Course(office_id=office.id)
    db.session.add(course)
    _write(course, stated)
    return _traced(course, actor, now)


def change(course: Course, stated: Syllabus, *, actor: Actor, now: datetime) -> Course:
    """What was recorded of it stays as it was."""
    _write(course, stated)
    return _traced(course, actor, now)


def _one(course_id: int, condition: ColumnElement[bool]) -> Course:
    query = select(Course).where(Course.id == course_id, condition)
    course = db.session.scalars(query.options(joinedload(Course.office))).one_or_none()
    if course is None:
        raise NotFound
    return course


def _write(course: Course, stated: Syllabus) -> None:
    for name in Syllabus.__slots__:
        setattr(course, name, getattr(stated, name))
    db.session.flush()


def _traced(course: Course, actor: Actor, now: datetime) -> Course:
    audit.record(Act.COURSE_CHANGED, course, actor=actor, now=now, office_id=course.office_id)
    return course
