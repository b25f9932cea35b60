"""Staffing standards: which ones concern an office, written, ended, seeded."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen, within
from talent.rules.reason import N_, Because
from talent.rules.staffing import CountMode, Gap, PopulationKind
from talent.rules.words import Word
from talent.staffing.models import COMMUNITY_WORKERS, AppointmentKind, Standard

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor

PAGE = 50
NATIONAL: dict[str, Any] = {
    "name_zh": "每万城镇常住人口拥有社区工作者18人",
    "name_en": "18 community workers per 10,000 urban residents",
    "target": Decimal(18),
    "valid_from": date(2021, 12, 27),
    "source": "国办发〔2021〕56号",
}
# What some places ask for (Changji: not fewer than 25). In force nowhere until an office sets it.
LOCAL_EXAMPLE: dict[str, Any] = {
    "name_zh": "每万城镇常住人口拥有社区工作者不低于25人（地方标准示例）",
    "name_en": "25 community workers per 10,000 urban residents (a local example)",
    "target": Decimal(25),
    "source": "昌吉州规划（示例）",
}


class Unset(Word):
    """Why a standard is not set or not ended."""

    TURNED = "turned", N_("The last day, %(last)s, is before the first day, %(first)s.")
    NOBODY = "nobody", N_("Choose at least one kind of appointment that counts.")


def listed(actor: Actor, *, after: int | None = None) -> Sequence[Standard]:
    """A page of the standards that concern the actor's offices, and one more, newest first.

    They are their own, those of the offices above, and those of the whole country.
    """
    above = {int(step) for path in _paths(actor) for step in path.strip("/").split("/") if step}
    concerns = or_(
        Standard.office_id.is_(None),
        Standard.office_id.in_(above),
        Standard.office_id.in_(seen(actor, Permission.SEE_STAFFING)),
    )
    query = (
        select(Standard)
        .where(concerns)
        .options(joinedload(Standard.office))
        .order_by(Standard.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Standard.id < after)
    return db.session.scalars(query).all()


def sets_for_all(actor: Actor) -> bool:
    """Whether the actor may speak for the whole country here: for every tree there is."""
    if actor.system:
        return True
    roots = select(Office.id).where(Office.parent_id.is_(None))
    beyond = roots.where(~within(actor, Permission.EDIT_STAFFING)).limit(1)
    return actor.may(Permission.EDIT_STAFFING) and db.session.scalar(beyond) is None


def editable(actor: Actor, standard_id: int) -> Standard:
    """A standard that the actor may end, or `NotFound`."""
    mine: ColumnElement[bool] = Standard.office_id.in_(seen(actor, Permission.EDIT_STAFFING))
    if sets_for_all(actor):
        mine = or_(mine, Standard.office_id.is_(None))
    query = select(Standard).where(Standard.id == standard_id, mine)
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def add_standard(
    *,
    office: Office | None,
    name_zh: str,
    target: Decimal,
    valid_from: date,
    source: str,
    actor: Actor,
    now: datetime,
    name_en: str | None = None,
    last_day: date | None = None,
    population_kind: PopulationKind = PopulationKind.URBAN_RESIDENT,
    count_mode: CountMode = CountMode.HEADCOUNT,
    kinds: Collection[AppointmentKind] = COMMUNITY_WORKERS,
    count_on_leave: bool = True,
) -> Standard:
    """Set a standard for an office and all below it; `office=None` for the whole country."""
    reasons = _turned(valid_from, last_day)
    if population_kind is PopulationKind.REGISTERED:
        reasons.append(Because(Gap.NOT_REGISTERED))
    if not kinds:
        reasons.append(Because(Unset.NOBODY))
    if reasons:
        raise Refused(reasons)
    row = Standard(
        office_id=office.id if office else None,
        name_zh=name_zh,
        name_en=name_en,
        target=target,
        population_kind=population_kind,
        count_mode=count_mode,
        kinds=[kind.value for kind in AppointmentKind if kind in kinds],
        count_on_leave=count_on_leave,
        valid_from=valid_from,
        valid_to=last_day and last_day + timedelta(days=1),
        source=source,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"target": f"{target:f}", "from": valid_from.isoformat()}
    audit.record(Act.STANDARD_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts)
    return row


def end(row: Standard, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    if reasons := _turned(row.valid_from, last_day):
        raise Refused(reasons)
    row.valid_to = last_day + timedelta(days=1)
    facts = {"to": last_day.isoformat()}
    audit.record(Act.STANDARD_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts)


def last_day(row: Standard) -> date | None:
    """The last day on which it holds; None while no end is known."""
    return row.valid_to and row.valid_to - timedelta(days=1)


def seed_standards(now: datetime) -> None:
    """The standard of the plan, for the whole country; a second call changes nothing."""
    query = select(Standard.id).where(
        Standard.office_id.is_(None), Standard.valid_from == NATIONAL["valid_from"]
    )
    if db.session.scalar(query.limit(1)) is None:
        add_standard(office=None, **NATIONAL, actor=SYSTEM, now=now)


def _turned(first: date, last: date | None) -> list[Because]:
    if last is None or last >= first:
        return []
    return [Because(Unset.TURNED, {"first": first, "last": last})]


def _paths(actor: Actor) -> tuple[str, ...]:
    return actor.paths(Permission.SEE_STAFFING)
