"""Courses: which ones an actor sees, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit, files
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.i18n import named
from talent.offices.service import seen, shared
from talent.rules import training as law
from talent.rules.signup import Gate, GateKind
from talent.rules.training import Kind, Signing
from talent.training.courses.models import Material, Prerequisite
from talent.training.models import Course, CredentialKind, Seat, SeatState, Session
from talent.training.service import PAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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
    outcome: str | None = None
    kind: Kind = Kind.SKILLS
    least_share: int = 80
    signing: Signing = Signing.IN_ONLY


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


def prerequisites(course: Course) -> Sequence[Prerequisite]:
    """What the course asks for beforehand, in the order in which it was stated."""
    query = select(Prerequisite).where(Prerequisite.course_id == course.id)
    query = query.options(
        joinedload(Prerequisite.needed_course), joinedload(Prerequisite.needed_kind)
    )
    return db.session.scalars(query.order_by(Prerequisite.id)).all()


def gates_of(course_ids: Collection[int]) -> dict[int, list[Gate]]:
    """The same of several courses, as the law asks for it."""
    query = (
        select(Prerequisite)
        .where(Prerequisite.course_id.in_(course_ids))
        .options(joinedload(Prerequisite.needed_course), joinedload(Prerequisite.needed_kind))
        .order_by(Prerequisite.id)
    )
    found: dict[int, list[Gate]] = {}
    for each in db.session.scalars(query):
        training = each.needed_course_id is not None
        gate = Gate(
            GateKind.TRAINING if training else GateKind.CREDENTIAL, each.thing.id, named(each.thing)
        )
        found.setdefault(each.course_id, []).append(gate)
    return found


def ask_for(
    course: Course, needed: Course | CredentialKind, *, actor: Actor, now: datetime
) -> Prerequisite:
    """From now on nobody signs up who does not hold this; circles are refused."""
    locked(Course, course.id)
    if isinstance(needed, Course):
        query = select(Prerequisite.course_id, Prerequisite.needed_course_id).where(
            Prerequisite.needed_course_id.is_not(None)
        )
        asks: dict[int, set[int]] = {}
        for asking, asked in db.session.execute(query):
            asks.setdefault(asking, set()).add(asked or 0)
        if found := law.refusals_to_ask_for(course.id, needed.id, asks, named(needed)):
            raise Refused(found)
        made = Prerequisite(course_id=course.id, needed_course_id=needed.id)
    else:
        if any(each.needed_kind_id == needed.id for each in prerequisites(course)):
            raise Refused([law.Refusal.ASKED_ALREADY])
        made = Prerequisite(course_id=course.id, needed_kind_id=needed.id)
    db.session.add(made)
    db.session.flush()
    _traced(course, actor, now)
    return made


def ask_no_more(course: Course, prerequisite_id: int, *, actor: Actor, now: datetime) -> None:
    """The course does not ask for this any more."""
    found = db.session.get(Prerequisite, prerequisite_id)
    if found is None or found.course_id != course.id:
        raise NotFound
    db.session.delete(found)
    _traced(course, actor, now)


def materials(course_id: int) -> Sequence[Material]:
    """What it is learned from, in the order in which it was added."""
    query = select(Material).where(Material.course_id == course_id, Material.ended_at.is_(None))
    return db.session.scalars(query.options(joinedload(Material.file)).order_by(Material.id)).all()


def add_material(
    course: Course,
    title: str,
    *,
    link: str | None = None,
    file: tuple[str, bytes] | None = None,
    actor: Actor,
    now: datetime,
) -> Material:
    """A link, or a PDF or picture, for those who are signed up."""
    kept = files.keep_evidence(*file, actor=actor, now=now) if file else None
    made = Material(
        course_id=course.id, title=title, link=None if kept else link, file=kept, made_at=now
    )
    db.session.add(made)
    db.session.flush()
    _traced(course, actor, now)
    return made


def end_material(course: Course, material_id: int, *, actor: Actor, now: datetime) -> None:
    """It is not shown any more."""
    material_of(course.id, material_id).ended_at = now
    _traced(course, actor, now)


def material_of(course_id: int, material_id: int) -> Material:
    """A material of this course that is still shown, or `NotFound`."""
    found = db.session.get(Material, material_id)
    if found is None or found.course_id != course_id or found.ended_at:
        raise NotFound
    return found


def attends(person_id: int, course_id: int) -> bool:
    """Whether the person holds or held a place in a session of the course."""
    held = (SeatState.TAKEN, SeatState.ATTENDED, SeatState.PARTLY)
    query = (
        select(Seat.id)
        .join(Seat.session)
        .where(Seat.person_id == person_id, Seat.state.in_(held), Session.course_id == course_id)
    )
    return db.session.scalar(query.limit(1)) is not None


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
