"""Indicators, quantities and targets: which concern an office, written, ended, seeded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.indicators import plan
from talent.indicators.models import Indicator, IndicatorTarget, Origin, Quantity
from talent.pinyin import sort_key
from talent.rules.indicators import Better, Formula, Measure
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.staffing.levels import service as levels
from talent.staffing.levels.service import concerns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from talent.access import Actor
    from talent.offices.models import Office, Settlement
    from talent.rules.sources import Sure


TRIES = 9  # at a code that others take in the same moment


class Undefined(Word):
    """Why an indicator or a target is not written."""

    SAME = "same", N_("Numerator and denominator are the same.")
    DENOMINATOR = "denominator", N_("This formula needs a denominator.")
    STAFFING = (
        "staffing",
        N_("The level of this indicator is a staffing standard. It is set among the standards."),
    )


@dataclass(frozen=True, slots=True)
class NewQuantity:
    """A quantity that an office begins to state."""

    name_zh: str
    name_en: str | None
    unit_zh: str
    unit_en: str | None
    measure: Measure


@dataclass(frozen=True, slots=True)
class NewIndicator:
    """An indicator of an office's own. A quantity is one that is there, or a new one."""

    name_zh: str
    name_en: str | None
    unit_zh: str
    unit_en: str | None
    formula: Formula
    numerator: Quantity | NewQuantity
    denominator: Quantity | None
    settlement: Settlement | None
    better: Better
    source: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A level, from a day to a last day."""

    level: Decimal
    valid_from: date
    last_day: date | None
    source: str
    sure: Sure


def indicators(actor: Actor, *, closed: bool = False) -> Sequence[Indicator]:
    """The indicators that concern the actor's offices, the main ones first, with their targets."""
    query = (
        select(Indicator)
        .where(concerns(Indicator.office_id, actor))
        .options(selectinload(Indicator.targets).joinedload(IndicatorTarget.office))
        .order_by(Indicator.number.is_(None), Indicator.number, Indicator.id)
    )
    if not closed:
        query = query.where(Indicator.open)
    return db.session.scalars(query).all()


def indicator(actor: Actor, indicator_id: int) -> Indicator:
    """One that concerns the actor's offices, or `NotFound`."""
    query = select(Indicator).where(
        Indicator.id == indicator_id, concerns(Indicator.office_id, actor)
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def quantities(actor: Actor, *, stated: bool = False) -> Sequence[Quantity]:
    """The quantities that concern the actor's offices; `stated`: those that they enter."""
    query = select(Quantity).where(concerns(Quantity.office_id, actor)).order_by(Quantity.id)
    if stated:
        query = query.where(Quantity.origin == Origin.STATED)
    return db.session.scalars(query).all()


def define(
    office: Office | None, stated: NewIndicator, *, actor: Actor, now: datetime
) -> Indicator:
    """Begin an indicator for an office and all below it; None is everybody."""
    needs = stated.formula is not Formula.NUMBER
    if needs and stated.denominator is None:
        raise Refused([Undefined.DENOMINATOR])
    if isinstance(stated.numerator, NewQuantity):
        numerator = _quantity(office, stated.numerator)
    else:
        numerator = stated.numerator
    if needs and numerator is stated.denominator:
        raise Refused([Undefined.SAME])
    row = Indicator(
        name_zh=stated.name_zh,
        name_en=stated.name_en,
        unit_zh=stated.unit_zh,
        unit_en=stated.unit_en,
        formula=stated.formula,
        numerator=numerator,
        denominator=stated.denominator if needs else None,
        settlement=stated.settlement,
        better=stated.better,
        source=stated.source,
        sureness=stated.sure,
        office_id=office.id if office else None,
        made_at=now,
    )
    _keep_under_code(row)
    _record(row, row.office_id, actor=actor, now=now, done="defined", code=row.code)
    return row


def _quantity(office: Office | None, stated: NewQuantity) -> Quantity:
    row = Quantity(
        name_zh=stated.name_zh,
        name_en=stated.name_en,
        unit_zh=stated.unit_zh,
        unit_en=stated.unit_en,
        measure=stated.measure,
        office_id=office.id if office else None,
    )
    _keep_under_code(row)
    return row


def _keep_under_code(row: Indicator | Quantity) -> None:
    """Under the next code if somebody else takes the same one in the same moment."""
    for left in reversed(range(TRIES)):
        row.code = _free_code(type(row), row.name_zh)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            if not left:
                raise
        else:
            return


def _free_code(table: type[Indicator | Quantity], name: str) -> str:
    """A code from the pinyin of a name, with a number where it is taken."""
    plain = re.sub(r"[^a-z]+", "_", sort_key(name).lower()).strip("_")[:30] or "own"
    taken = set(db.session.scalars(select(table.code).where(table.code.startswith(plain))))
    numbers = (f"{plain}_{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (plain, *numbers) if code not in taken)


def turn(row: Indicator, *, open_: bool, actor: Actor, now: datetime) -> None:
    """Close an indicator, or open it again; its figures stay."""
    if row.open != open_:
        row.open = open_
        _record(row, row.office_id, actor=actor, now=now, done="opened" if open_ else "closed")


def set_target(
    row: Indicator, office: Office | None, stated: NewTarget, *, actor: Actor, now: datetime
) -> IndicatorTarget:
    """Set a level for an office and all below it; None is everybody."""
    if row.numerator.origin is Origin.WORKERS:
        raise Refused([Undefined.STAFFING])
    if reasons := levels.turned(stated.valid_from, stated.last_day):
        raise Refused(reasons)
    target = IndicatorTarget(
        indicator=row,
        office_id=office.id if office else None,
        level=stated.level,
        valid_from=stated.valid_from,
        valid_to=levels.day_after(stated.last_day),
        source=stated.source,
        sureness=stated.sure,
        made_at=now,
    )
    db.session.add(target)
    db.session.flush()
    facts = {"level": f"{stated.level:f}", "from": stated.valid_from.isoformat()}
    _record(target, target.office_id, actor=actor, now=now, done="target", code=row.code, **facts)
    return target


def end_target(row: IndicatorTarget, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    levels.end(row, last_day)
    _record(row, row.office_id, actor=actor, now=now, done="ended", to=last_day.isoformat())


def seed_indicators(now: datetime) -> None:
    """The plan's indicators with their levels, and local ones without; a second call adds none."""
    there = {row.code: row for row in db.session.scalars(select(Quantity))}
    for one in plan.QUANTITIES:
        if one.code not in there:
            there[one.code] = Quantity(
                code=one.code, name_zh=one.zh, name_en=one.en, unit_zh=one.unit_zh,
                unit_en=one.unit_en, measure=one.measure, origin=one.origin,
            )  # fmt: skip
            db.session.add(there[one.code])
    known = set(db.session.scalars(select(Indicator.code)))
    for one_ in plan.INDICATORS:
        if one_.code not in known:
            _seed(one_, there, now)
    db.session.flush()


def _seed(one: plan.Defined, there: dict[str, Quantity], now: datetime) -> None:
    row = Indicator(
        code=one.code, number=one.number, name_zh=one.zh, name_en=one.en, unit_zh=one.unit_zh,
        unit_en=one.unit_en, formula=one.formula, numerator=there[one.numerator],
        denominator=there[one.denominator] if one.denominator else None,
        settlement=one.settlement, better=one.better, source=one.source, sureness=one.sure,
        made_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if one.level is not None:
        stated = NewTarget(one.level, plan.ISSUED, None, plan.PLAN, one.sure)
        set_target(row, None, stated, actor=SYSTEM, now=now)


def example(code: str) -> plan.Example | None:
    """A level that some place asks for, by its code."""
    return next((one for one in plan.EXAMPLES if one.code == code), None)


def examples_of(row: Indicator) -> list[plan.Example]:
    """The levels that some places ask for."""
    return [one for one in plan.EXAMPLES if one.indicator == row.code]


def _record(
    row: Indicator | IndicatorTarget,
    office_id: int | None,
    *,
    actor: Actor,
    now: datetime,
    **facts: str,
) -> None:
    audit.record(Act.INDICATOR_CHANGED, row, actor=actor, now=now, office_id=office_id, **facts)
