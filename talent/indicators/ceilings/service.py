"""The kinds of work and the most of each: which concern an office, set, ended, seeded."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.indicators import plan
from talent.indicators.models import Ceiling, WorkKind
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.levels import service as levels
from talent.staffing.levels.service import concerns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.sources import Sure


class Unset(Word):
    """Why a ceiling is not set so."""

    ALONE = "alone", N_("Give both the other kind and the most of it, or neither.")
    SAME = "same", N_("Choose another kind than the first one.")


def kinds(actor: Actor, *, closed: bool = False) -> Sequence[WorkKind]:
    """The kinds of work that concern the actor's offices, with their ceilings."""
    query = (
        select(WorkKind)
        .where(concerns(WorkKind.office_id, actor))
        .options(selectinload(WorkKind.ceilings).joinedload(Ceiling.office))
        .order_by(WorkKind.id)
    )
    if not closed:
        query = query.where(WorkKind.open)
    return db.session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class NewKind:
    """A kind of work of an office's own."""

    name_zh: str
    name_en: str | None
    unit_zh: str
    unit_en: str | None


@dataclass(frozen=True, slots=True)
class NewCeiling:
    """At most so many, from a day to a last day."""

    most: Decimal
    beside: WorkKind | None
    beside_most: Decimal | None
    valid_from: date
    last_day: date | None
    source: str
    sure: Sure


def kind(actor: Actor, kind_id: int) -> WorkKind:
    """A kind that concerns the actor's offices, or `NotFound`."""
    query = select(WorkKind).where(WorkKind.id == kind_id, concerns(WorkKind.office_id, actor))
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def add_kind(office: Office | None, stated: NewKind, *, actor: Actor, now: datetime) -> WorkKind:
    """Begin to count a kind of work at an office and all below it."""
    row = WorkKind(
        code=f"own_{office.id if office else 0}_{token_hex(8)}",
        name_zh=stated.name_zh,
        name_en=stated.name_en,
        unit_zh=stated.unit_zh,
        unit_en=stated.unit_en,
        office_id=office.id if office else None,
    )
    db.session.add(row)
    db.session.flush()
    _record(row, row.office_id, actor=actor, now=now, done="kind", code=row.code)
    return row


def set_ceiling(
    row: WorkKind, office: Office | None, stated: NewCeiling, *, actor: Actor, now: datetime
) -> Ceiling:
    """Set a ceiling for an office and all below it; None is everybody."""
    reasons = levels.turned(stated.valid_from, stated.last_day)
    if (stated.beside is None) != (stated.beside_most is None):
        reasons.append(Because(Unset.ALONE))
    if stated.beside is row:
        reasons.append(Because(Unset.SAME))
    if reasons:
        raise Refused(reasons)
    ceiling = Ceiling(
        kind=row,
        office_id=office.id if office else None,
        most=stated.most,
        beside=stated.beside,
        beside_most=stated.beside_most,
        valid_from=stated.valid_from,
        valid_to=levels.day_after(stated.last_day),
        source=stated.source,
        sureness=stated.sure,
        made_at=now,
    )
    db.session.add(ceiling)
    db.session.flush()
    _record(
        ceiling, ceiling.office_id, actor=actor, now=now, done="ceiling", code=row.code,
        most=f"{stated.most:f}",
    )  # fmt: skip
    return ceiling


def end_ceiling(row: Ceiling, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    levels.end(row, last_day)
    _record(row, row.office_id, actor=actor, now=now, done="ended", to=last_day.isoformat())


def cap(code: str) -> plan.Cap | None:
    """A ceiling that a scheme names, by its code."""
    return next((one for one in plan.CAPS if one.code == code), None)


def caps_of(row: WorkKind) -> list[plan.Cap]:
    """The ceilings that schemes name for a kind."""
    return [one for one in plan.CAPS if one.kind == row.code]


def seed_work() -> None:
    """The kinds of work; a second call adds none. A scheme's ceiling is for an office to set."""
    known = set(db.session.scalars(select(WorkKind.code)))
    for one in plan.WORK:
        if one.code not in known:
            db.session.add(
                WorkKind(
                    code=one.code, name_zh=one.zh, name_en=one.en, unit_zh=one.unit_zh,
                    unit_en=one.unit_en,
                )
            )  # fmt: skip
    db.session.flush()


def _record(
    row: WorkKind | Ceiling, office_id: int | None, *, actor: Actor, now: datetime, **facts: str
) -> None:
    audit.record(Act.CEILING_CHANGED, row, actor=actor, now=now, office_id=office_id, **facts)
