"""Projects of an office: which may be seen, how one is written down, opened and closed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.rules import planning, publishing
from talent.rules.planning import Unplanned
from talent.rules.reason import N_
from talent.shifts.models import (
    Need,
    Position,
    Project,
    ProjectState,
    Requirement,
    Shift,
    ShiftState,
)
from talent.training.models import Course, CredentialKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.attendance import SignMode

PAGE = 20
FIELDS = (
    "audience_id", "category_id", "name", "name_en", "content", "place", "person_in_charge",
    "contact", "bring", "risks", "safeguards", "risky", "insurance_no", "insured_from",
    "insured_to", "minimum_age", "mode", "latitude", "longitude", "radius_m", "kind",
    "break_minutes", "travel_minutes",
)  # fmt: skip
GATES = ("name", "name_en", "minimum_age", "leads", "places", "least", "reserve")
REQUIRED = {
    "credential_kind_ids": "credential_kind_id",
    "course_ids": "course_id",
    "skill_ids": "skill_id",
}
SIGN_UP_WAY = N_("Sign up here, on the page of the shift.")
WHOLE = (
    joinedload(Project.office),
    joinedload(Project.audience),
    joinedload(Project.category),
    selectinload(Project.requirements),
    selectinload(Project.positions).selectinload(Position.requirements),
)


def projects(
    actor: Actor, *, state: ProjectState | None = None, after: int | None = None
) -> Sequence[Project]:
    """A page of the projects that the actor's offices record, newest first, and one more."""
    query = (
        select(Project)
        .where(Project.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS)))
        .options(joinedload(Project.office), joinedload(Project.category))
        .order_by(Project.id.desc())
        .limit(PAGE + 1)
    )
    if state:
        query = query.where(Project.state == state)
    if after:
        query = query.where(Project.id < after)
    return db.session.scalars(query).all()


def plannable(actor: Actor) -> Sequence[Project]:
    """The projects that may get another shift, the newest first."""
    query = (
        select(Project)
        .where(
            Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
            Project.state != ProjectState.CLOSED,
        )
        .options(joinedload(Project.office), joinedload(Project.category))
        .order_by(Project.id.desc())
        .limit(100)
    )
    return db.session.scalars(query).all()


def visible_project(actor: Actor, permission: Permission, project_id: int) -> Project:
    """The project with all that belongs to it, or `NotFound`, as for one of another office."""
    query = (
        select(Project)
        .where(Project.id == project_id, Project.office_id.in_(offices.seen(actor, permission)))
        .options(*WHOLE)
    )
    if (project := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return project


def visible_position(actor: Actor, position_id: int) -> Position:
    """A position of a project that the actor may plan, or `NotFound`."""
    query = (
        select(Position)
        .join(Position.project)
        .where(Position.id == position_id)
        .where(Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)))
    )
    if (position := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return position


def shifts_of(project: Project, *, after: int | None = None) -> Sequence[Shift]:
    """A page of a project's shifts, the latest first, and one more."""
    query = (
        select(Shift)
        .where(Shift.project_id == project.id)
        .options(selectinload(Shift.needs))
        .order_by(Shift.starts_at.desc(), Shift.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        last = select(Shift.starts_at).where(Shift.id == after).scalar_subquery()
        earlier = (Shift.starts_at == last) & (Shift.id < after)
        query = query.where((Shift.starts_at < last) | earlier)
    return db.session.scalars(query).all()


def credential_kinds() -> Sequence[CredentialKind]:
    """What a position may ask for."""
    query = select(CredentialKind).order_by(CredentialKind.place, CredentialKind.id)
    return db.session.scalars(query).all()


def courses(planned: Iterable[Office]) -> Sequence[Course]:
    """The courses of these offices and of those above them."""
    known = {id_ for office in planned for id_ in office.ancestor_ids}
    query = (
        select(Course)
        .where(Course.open, Course.office_id.in_(known))
        .order_by(Course.name_zh, Course.id)
    )
    return db.session.scalars(query).all()


def stamp(*values: Any) -> str:
    """A short mark of what was seen, to notice that somebody else changed it meanwhile."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def stamp_of(project: Project) -> str:
    """The mark of a project as it stands."""
    asked = sorted(
        (name, id_)
        for each in project.requirements
        for name in REQUIRED.values()
        if (id_ := getattr(each, name))
    )
    return stamp(*(getattr(project, name) for name in FIELDS), asked)


def add(*, actor: Actor, now: datetime, office_id: int, **fields: Any) -> Project:
    """Write a project down as a draft of an office that the actor plans for."""
    offices.visible_office(actor, Permission.PLAN_SHIFTS, office_id)
    project = Project(office_id=office_id, made_at=now, state=ProjectState.DRAFT, requirements=[])
    _set(project, fields)
    db.session.add(project)
    db.session.flush()
    audit.record(Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=office_id)
    return project


def change(
    project: Project, *, actor: Actor, now: datetime, seen: str | None = None, **fields: Any
) -> None:
    """Change a project. One that is open stays complete; nobody's change is lost unseen."""
    project = locked(Project, project.id)
    if seen is not None and seen != stamp_of(project):
        raise Refused([Unplanned.CHANGED_MEANWHILE])
    _keep_mode(project, fields.get("mode", project.mode), now)
    _set(project, fields)
    if project.state is ProjectState.OPEN and (found := publishing.missing(announcement(project))):
        raise Refused(found)
    audit.record(Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=project.office_id)


def _keep_mode(project: Project, mode: SignMode, now: datetime) -> None:
    """Shifts that have begun are taken as it was said before they began."""
    if mode is project.mode:
        return
    begun = (Shift.project_id == project.id) & Shift.mode.is_(None) & (Shift.starts_at <= now)
    db.session.execute(update(Shift).where(begun).values(mode=project.mode))


def lacking(project: Project) -> list[Any]:
    """条例 Art. 12: all that is missing before volunteers may be asked for."""
    announced = announcement(project)
    return publishing.missing(announced) + publishing.unmet(announced)


def announcement(project: Project, shift: Shift | None = None) -> publishing.Announcement:
    """What volunteers read of a shift, or of the project with each of its positions."""
    asking: Sequence[Position | Need] = shift.needs if shift else project.positions
    return publishing.Announcement(
        person_in_charge=project.person_in_charge or "",
        content=project.content or "",
        place=(shift.where if shift else project.place) or "",
        sign_up_way=SIGN_UP_WAY,
        risks=project.risks or "",
        safeguards=project.safeguards or "",
        positions=tuple(_announced(each) for each in asking),
        leaders=tuple(named(each) for each in project.positions if each.leads),
        risky=project.risky,
        insurance=publishing.Insurance(
            project.insurance_no or "", project.insured_from, project.insured_to
        ),
    )


def _announced(asking: Position | Need) -> publishing.Position:
    position = asking.position if isinstance(asking, Need) else asking
    closed = tuple(named(each.thing) for each in asking.required if each.closed)
    return publishing.Position(
        named(position), asking.places, conditions(asking), asking.least, position.leads, closed
    )


def conditions(asking: Project | Position | Need) -> str:
    """What it takes, in a sentence that says so when it takes nothing."""
    asked = []
    if asking.least_years:
        asked.append(gettext("%(years)s years or older", years=asking.least_years))
    asked += [named(each.thing) for each in asking.required]
    return " · ".join(asked) or gettext("Open to every volunteer")


def add_position(project: Project, *, actor: Actor, now: datetime, **gates: Any) -> Position:
    """One more thing to do in the project."""
    _refuse_gates(gates)
    position = Position(project=project, requirements=[], **_gates(gates))
    require(position, gates)
    db.session.add(position)
    db.session.flush()
    audit.record(Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=project.office_id)
    return position


def change_position(position: Position, *, actor: Actor, now: datetime, **gates: Any) -> None:
    """Other gates hold for those who sign up from now on; who has a place keeps it."""
    _refuse_gates({"places": position.places, "least": position.least, **gates})
    for name, value in _gates(gates).items():
        setattr(position, name, value)
    require(position, gates)
    project = position.project
    audit.record(Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=project.office_id)


def remove_position(position: Position, *, actor: Actor, now: datetime) -> None:
    """Take a position away that no shift asks for."""
    project = locked(Project, position.project_id)
    if db.session.scalar(select(func.count(Need.id)).where(Need.position_id == position.id)):
        raise Refused([Unplanned.POSITION_USED])
    for each in position.requirements:
        db.session.delete(each)
    db.session.flush()
    db.session.delete(position)
    audit.record(Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=project.office_id)


def open_(project: Project, *, actor: Actor, now: datetime) -> None:
    """Publish the project; everything that is missing is named at once."""
    if missing := lacking(project):
        raise Refused(missing)
    _move(project, ProjectState.OPEN, actor, now)


def close(project: Project, *, actor: Actor, now: datetime) -> None:
    """Close the project. Shifts that are promised are held or called off first."""
    project = locked(Project, project.id)  # as publishing a shift does
    to_come = select(func.count(Shift.id)).where(
        Shift.project_id == project.id,
        Shift.state == ShiftState.PUBLISHED,
        Shift.ends_at > now,
    )
    if refusals := planning.refusals_to_close(db.session.scalar(to_come) or 0):
        raise Refused(refusals)
    _move(project, ProjectState.CLOSED, actor, now)


def _move(project: Project, state: ProjectState, actor: Actor, now: datetime) -> None:
    project = locked(Project, project.id)
    if project.state is state:
        return
    project.state = state
    audit.record(
        Act.PROJECT_CHANGED, project, actor=actor, now=now, office_id=project.office_id,
        state=state.value,
    )  # fmt: skip


def _set(project: Project, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in fields:
            setattr(project, name, fields[name])
    point = (project.latitude, project.longitude, project.radius_m)
    if refused := planning.refusals_to_locate(*point):
        raise Refused(refused)
    require(project, fields)


def _refuse_gates(given: dict[str, Any]) -> None:
    if refused := planning.refusals_to_need(given.get("places", 1), given.get("least", 0)):
        raise Refused(refused)


def _gates(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in GATES if name in given}


def require(owner: Project | Position | Need, given: dict[str, Any]) -> None:
    """What is asked for, as lists of ids named as in `REQUIRED`; what is not named stays."""
    for name, column in REQUIRED.items():
        if name not in given:
            continue
        wanted = {int(id_) for id_ in given[name]}
        for each in list(owner.requirements):
            if (id_ := getattr(each, column)) and id_ not in wanted:
                owner.requirements.remove(each)
                db.session.delete(each)
        known = {getattr(each, column) for each in owner.requirements}
        owner.requirements += [Requirement(**{column: id_}) for id_ in sorted(wanted - known)]


def names(rows: Iterable[Any]) -> list[tuple[int, str]]:
    """Rows as the choices of a list."""
    return [(row.id, named(row)) for row in rows]
