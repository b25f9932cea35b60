"""The ways that offices know: listed, written down once for both directions, taken out."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.rules.reason import N_
from talent.rules.workload import pair
from talent.shifts.models import Project, Shift
from talent.shifts.ways.models import TravelTime

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office

PAGE = 50
NAMES = 200  # of places, as hints while typing


class Unway(StrEnum):
    """Why a way is not written down."""

    SAME = N_("These are one and the same place.")
    KNOWN = N_("The way between these two places is in the list already.")


def ways(actor: Actor, *, after: int | None = None) -> Sequence[TravelTime]:
    """The ways of the offices that the actor sees, one more than a page."""
    query = (
        select(TravelTime)
        .where(TravelTime.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS)))
        .options(joinedload(TravelTime.office))
        .order_by(TravelTime.id.desc())
        .limit(PAGE + 1)
    )
    return db.session.scalars(query.where(TravelTime.id < after) if after else query).all()


def visible_way(actor: Actor, way_id: int) -> TravelTime:
    """A way that the actor may change, or `NotFound`."""
    query = select(TravelTime).where(
        TravelTime.id == way_id,
        TravelTime.office_id.in_(offices.seen(actor, Permission.EDIT_RULES)),
    )
    if (way := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return way


def places(actor: Actor) -> list[str]:
    """Names of places that projects and shifts of the actor's offices have, as hints."""
    own = offices.seen(actor, Permission.EDIT_RULES)
    of_projects = select(Project.place).where(Project.office_id.in_(own)).distinct()
    of_shifts = (
        select(Shift.place)
        .join(Shift.project)
        .where(Project.office_id.in_(own), Shift.place.is_not(None))
        .distinct()
    )
    names = {*db.session.scalars(of_projects.order_by(Project.place).limit(NAMES))}
    names |= {
        name for name in db.session.scalars(of_shifts.order_by(Shift.place).limit(NAMES)) if name
    }
    return sorted(names)


def write(
    way: TravelTime | None,
    *,
    office_id: int,
    place_a: str,
    place_b: str,
    minutes: int,
    actor: Actor,
    now: datetime,
) -> TravelTime:
    """Write down a way, or put one right. Shifts that are asked for from now on keep to it."""
    office = offices.visible_office(actor, Permission.EDIT_RULES, office_id)
    ends = "|".join(sorted(pair(place_a, place_b)))
    if "|" not in ends:
        raise Refused([Unway.SAME])
    if _known(office, ends, way):
        raise Refused([Unway.KNOWN])
    if way is None:
        way = TravelTime(office=office)
        db.session.add(way)
    way.office, way.pair, way.minutes = office, ends, minutes
    way.place_a, way.place_b = place_a, place_b
    db.session.flush()
    _record(way, minutes, actor=actor, now=now)
    return way


def remove(way: TravelTime, *, actor: Actor, now: datetime) -> None:
    """Take a way out: the usual time between two places holds again."""
    _record(way, None, actor=actor, now=now)
    db.session.delete(way)


def _known(office: Office, ends: str, way: TravelTime | None) -> bool:
    query = select(func.count()).where(TravelTime.office_id == office.id, TravelTime.pair == ends)
    if way is not None:
        query = query.where(TravelTime.id != way.id)
    return bool(db.session.scalar(query))


def _record(way: TravelTime, minutes: int | None, *, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.RULE_SET, way, actor=actor, now=now, office_id=way.office_id,
        setting="way", between=[way.place_a, way.place_b], value=minutes,
    )  # fmt: skip
