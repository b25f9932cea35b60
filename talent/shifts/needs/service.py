"""The needs of a shift: made from the positions of its project, kept as JSON, made again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.rules import publishing
from talent.rules.planning import Unplanned
from talent.rules.reason import Because
from talent.shifts.models import Need, Project, ProjectState, Shift, ShiftState
from talent.shifts.projects.service import REQUIRED, announcement, require

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from talent.access import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many a shift asks for of one position; nobody is no need at all."""

    places: int
    least: int = 0
    reserve: int = 0


Numbers = dict[int, Wanted]  # by the position's id


def as_given(wanted: Mapping[int, Wanted]) -> dict[int, dict[str, Any]]:
    """Numbers as `needs_for` takes them."""
    return {position_id: asdict(one) for position_id, one in wanted.items()}


def needs_for(project: Project, given: Mapping[Any, Mapping[str, Any]]) -> list[Need]:
    """The needs of one more shift, not yet in the database; each position that is named gets one.

    `given` is JSON, by the position's id (JSON makes it text): `places`, `least`, `reserve` (not
    named: the position's), `minimum_age` (none: the position's), and `own`, lists of ids named as
    in `projects.service.REQUIRED`, instead of what project and position ask for. A position that
    has gone meanwhile, or with no places, is left out.
    """
    told = {int(position_id): fields for position_id, fields in given.items()}
    made = []
    for position in project.positions:
        fields = told.get(position.id)
        if fields is None or not fields.get("places", position.places):
            continue
        need = Need(
            position=position,
            places=fields.get("places", position.places),
            least=fields.get("least", position.least),
            reserve=fields.get("reserve", position.reserve),
            taken=0,
            reserved=0,
        )
        ask_as_given(need, fields)
        made.append(need)
    return made


def ask_as_given(need: Need, fields: Mapping[str, Any]) -> None:
    """What a new need asks of people, as `needs_for` takes it."""
    need.minimum_age = fields.get("minimum_age")
    need.own_requirements = fields.get("own") is not None
    require(need, fields.get("own") or {})


def needs_as_given(shift: Shift) -> dict[str, dict[str, Any]]:
    """The needs of a shift as JSON, from which `needs_for` makes the same again."""
    return {
        str(need.position_id): {
            "places": need.places,
            "least": need.least,
            "reserve": need.reserve,
            "minimum_age": need.minimum_age,
            "own": {
                name: [id_ for each in need.requirements if (id_ := getattr(each, column))]
                for name, column in REQUIRED.items()
            }
            if need.own_requirements
            else None,
        }
        for need in shift.needs
    }


def visible_need(actor: Actor, need_id: int) -> Need:
    """A need of a shift that the actor may plan, or `NotFound`."""
    query = (
        select(Need)
        .join(Need.shift)
        .join(Shift.project)
        .where(Need.id == need_id)
        .where(Project.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)))
    )
    if (need := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return need


def ask(
    need: Need,
    *,
    minimum_age: int | None,
    own: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """What this one shift asks for; None is what position and project ask for.

    Others hold for those who sign up from now on: who has a place keeps it.
    """
    if need.shift.state is ShiftState.CANCELLED:
        raise Refused([Unplanned.CANCELLED_ALREADY])
    need.minimum_age, need.own_requirements = minimum_age, own is not None
    require(need, own or dict.fromkeys(REQUIRED, ()))
    audit.record(
        Act.SHIFT_CHANGED, need.shift, actor=actor, now=now,
        office_id=need.shift.project.office_id, need=need.id, own=need.own_requirements,
    )  # fmt: skip


def refusals_to_publish(shift: Shift, now: datetime) -> list[Because]:
    """Everything that is missing before volunteers may be asked for, at once."""
    found = []
    if shift.project.state is not ProjectState.OPEN:
        found.append(Because(Unplanned.PROJECT_NOT_OPEN))
    announced = announcement(shift.project, shift)
    zone = ZoneInfo(shift.zone)
    return found + publishing.refusals_to_publish_shift(announced, shift.span, zone=zone, now=now)
