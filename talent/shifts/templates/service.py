"""Templates: a day or a week of a project with all that it asks for, planned again elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.rules.reason import N_, Because
from talent.rules.series import LeftOut, Wall
from talent.rules.span import DAY
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.copying import service as copying
from talent.shifts.drafting import service as drafting
from talent.shifts.drafting.service import Line, Proposal
from talent.shifts.projects import service as projects
from talent.shifts.projects.service import GATES, REQUIRED
from talent.shifts.templates.models import Template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.shifts.batches.models import Batch
    from talent.shifts.copying.service import Extent
    from talent.shifts.models import Project

PAGE = 50


class Untemplated(StrEnum):
    """Why a template cannot be kept so, and what its use brings along."""

    NOTHING = N_("The project has no shifts on these days.")
    NAME_TAKEN = N_("The office has a template of this name already.")
    ADDS = N_("The project gets the position “%(position)s” from the template.")


def templates(actor: Actor, *, after: int | None = None) -> Sequence[Template]:
    """A page of the templates of the actor's offices, newest first, and one more."""
    query = (
        select(Template)
        .where(Template.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)))
        .options(joinedload(Template.office))
        .order_by(Template.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Template.id < after)
    return db.session.scalars(query).all()


def visible_template(actor: Actor, template_id: int) -> Template:
    """A template of the actor's offices, or `NotFound`."""
    query = select(Template).where(
        Template.id == template_id,
        Template.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def targets(template: Template, actor: Actor) -> list[Project]:
    """The projects into which it may be planned: those of its office that are not closed."""
    return [each for each in projects.plannable(actor) if each.office_id == template.office_id]


def save(
    project: Project, name: str, extent: Extent, day: date, *, actor: Actor, now: datetime
) -> Template:
    """Keep a day or a week of the project under a name."""
    shifts = copying.source(extent, day, office=project.office, project=project, actor=actor)
    if not shifts:
        raise Refused([Untemplated.NOTHING])
    known = select(Template.id).where(
        Template.office_id == project.office_id, Template.name == name
    )
    if db.session.scalar(known):
        raise Refused([Untemplated.NAME_TAKEN])
    first = copying.first_day_of(extent, day, shifts)
    places = {position.id: number for number, position in enumerate(project.positions)}
    template = Template(
        office_id=project.office_id,
        name=name,
        content={
            "positions": [_position(each) for each in project.positions],
            "shifts": [_shift(each, first, places) for each in shifts],
        },
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(template)
    db.session.flush()
    _record(template, actor, now)
    return template


def _position(position: Any) -> dict[str, Any]:
    gates = {name: getattr(position, name) for name in GATES}
    return gates | {
        name: [id_ for each in position.requirements if (id_ := getattr(each, column))]
        for name, column in REQUIRED.items()
    }


def _shift(shift: Any, first: date, places: dict[int, int]) -> dict[str, Any]:
    wall, line = copying.wall_of(shift), drafting.line_of(shift)
    return {
        "day": (shift.day - first).days,
        "starts": wall.starts.isoformat("minutes"),
        "ends": wall.ends.isoformat("minutes"),
        "later": wall.later,
        "place": None if line.place == shift.project.place else line.place,
        "note": line.note,
        "own": dict(line.own),
        "needs": {str(places[int(id_)]): each for id_, each in line.needs.items()},
    }


def remove(template: Template, *, actor: Actor, now: datetime) -> None:
    """Forget a template; what was planned from it stays."""
    _record(template, actor, now)
    db.session.delete(template)


def _record(template: Template, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.TEMPLATE_CHANGED, template, actor=actor, now=now, office_id=template.office_id,
        name=template.name,
    )  # fmt: skip


def propose(template: Template, project: Project, first: date, *, now: datetime) -> Proposal:
    """The shifts of the template from a day on, and the positions that the project lacks."""
    zone = ZoneInfo(project.office.zone)
    lines: list[Line] = []
    left: list[Because] = []
    for each in template.content["shifts"]:
        wall = Wall(
            time.fromisoformat(each["starts"]), time.fromisoformat(each["ends"]), each["later"]
        )
        day = first + each["day"] * DAY
        if span := wall.on(day, zone):
            place = each["place"] or project.place
            needs = {f"-{int(number) + 1}": need for number, need in each["needs"].items()}
            lines.append(Line(project, span, str(zone), place, each["note"], needs, each["own"]))
        else:
            left.append(Because(LeftOut.SKIPPED, {"day": day}))
    known = {position.name for position in project.positions}
    used = {int(number) for each in template.content["shifts"] for number in each["needs"]}
    left += [
        Because(Untemplated.ADDS, {"position": each["name"]})
        for number, each in enumerate(template.content["positions"])
        if number in used and each["name"] not in known
    ]
    lines.sort(key=lambda line: line.span)
    return drafting.proposal(lines, left, now=now)


def use(
    template: Template, project: Project, agreed: Proposal, *, actor: Actor, now: datetime
) -> Batch:
    """Plan the shifts that were agreed to; positions that the project lacks are added first."""
    used = {key for line in agreed.lines for key in line.needs}
    ids: dict[str, str] = {}
    for number, gates in enumerate(template.content["positions"]):
        key = f"-{number + 1}"
        if key not in used:
            continue
        position = next((p for p in project.positions if p.name == gates["name"]), None)
        if position is None:
            position = projects.add_position(project, actor=actor, now=now, **gates)
        ids[key] = str(position.id)
    lines = [
        replace(line, needs={ids[key]: need for key, need in line.needs.items()})
        for line in agreed.lines
    ]
    return batches.make(lines, BatchKind.TEMPLATE, actor=actor, now=now)
