"""What offices state of quantities: the latest, the history, entered at once, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.indicators.definitions import service as definitions
from talent.indicators.models import Indicator, Origin, StatedFigure
from talent.offices.models import Office, OfficeKind
from talent.offices.service import seen
from talent.rules.indicators import Measure
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.indicators.models import Quantity

PAGE = 50
MOST = Decimal(10) ** 12


class Unwritten(Word):
    """Why a figure is not written."""

    IN_FUTURE = "in_future", N_("%(as_of)s has not come yet. A figure is of a day that is over.")
    NOTHING = "nothing", N_("Nothing was written. Write at least one figure.")
    TWICE = "twice", N_("There is a figure of this quantity, office and day already.")
    PART = "part", N_("A part cannot be more than its whole: %(part)s of %(whole)s.")
    WHOLE = "whole", N_("Give a whole number.")
    RANGE = "range", N_("Give a number from 0 to 1,000,000,000,000.")
    YES_NO = "yes_no", N_("Of one community this is 1 for yes or 0 for no.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is stated of one office and day: by the id of the quantity, the number."""

    as_of: date
    source: str
    numbers: Mapping[int, Decimal]


def asked_of(actor: Actor, office: Office) -> list[Quantity]:
    """The quantities that an office states: those of open indicators that speak of it.

    Whether a community has something only the community says; above it that is added up.
    """
    wanted: dict[int, Quantity] = {}
    for each in definitions.indicators(actor):
        if not _speaks_of(each, office):
            continue
        for quantity in (each.numerator, each.denominator):
            if quantity and quantity.origin is Origin.STATED:
                wanted[quantity.id] = quantity
    if office.kind is not OfficeKind.COMMUNITY:
        wanted = {id_: one for id_, one in wanted.items() if one.measure is not Measure.YES_NO}
    return sorted(wanted.values(), key=lambda one: one.id)


def _speaks_of(indicator: Indicator, office: Office) -> bool:
    if office.kind is not OfficeKind.COMMUNITY or indicator.settlement is None:
        return True
    return indicator.settlement is office.settlement


def latest(office: Office, *, on: date) -> dict[int, StatedFigure]:
    """Of each quantity, what the office stated last, up to a day."""
    query = (
        select(StatedFigure)
        .where(StatedFigure.office_id == office.id, StatedFigure.as_of <= on)
        .order_by(StatedFigure.as_of, StatedFigure.id)
    )
    return {row.quantity_id: row for row in db.session.scalars(query)}


def listed(
    actor: Actor,
    *,
    office: Office | None = None,
    quantity_id: int | None = None,
    after: int | None = None,
) -> Sequence[StatedFigure]:
    """A page of figures, the latest first, and one more. An office stands for all below it too."""
    query = (
        select(StatedFigure)
        .join(StatedFigure.office)
        .where(StatedFigure.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(contains_eager(StatedFigure.office), joinedload(StatedFigure.quantity))
        .order_by(StatedFigure.as_of.desc(), StatedFigure.id)
        .limit(PAGE + 1)
    )
    if office:
        query = query.where(Office.path.startswith(office.path, autoescape=True))
    if quantity_id:
        query = query.where(StatedFigure.quantity_id == quantity_id)
    if after:
        edge = select(StatedFigure.as_of).where(StatedFigure.id == after).scalar_subquery()
        same = and_(StatedFigure.as_of == edge, StatedFigure.id > after)
        query = query.where(or_(StatedFigure.as_of < edge, same))
    return db.session.scalars(query).all()


def editable(actor: Actor, figure_id: int) -> StatedFigure:
    """A figure that the actor may correct, or `NotFound`."""
    query = (
        select(StatedFigure)
        .where(StatedFigure.id == figure_id)
        .where(StatedFigure.office_id.in_(seen(actor, Permission.EDIT_STAFFING)))
        .options(joinedload(StatedFigure.office), joinedload(StatedFigure.quantity))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def unlike(quantity: Quantity, office: Office, number: Decimal) -> Unwritten | None:
    """What stands against a number of this quantity."""
    if not 0 <= number < MOST:
        return Unwritten.RANGE
    if quantity.measure is not Measure.AMOUNT and number != number.to_integral_value():
        return Unwritten.WHOLE
    one = quantity.measure is Measure.YES_NO and office.kind is OfficeKind.COMMUNITY
    return Unwritten.YES_NO if one and number > 1 else None


def state(office: Office, sheet: Sheet, *, actor: Actor, now: datetime, today: date) -> int:
    """Write what is stated of a day; a number that stood for that day is corrected.

    How many figures are new or other than before.
    """
    if sheet.as_of > today:
        raise Refused([Because(Unwritten.IN_FUTURE, {"as_of": sheet.as_of})])
    if not sheet.numbers:
        raise Refused([Unwritten.NOTHING])
    by_id = {each.id: each for each in asked_of(actor, office)}
    reasons = [
        found
        for id_, number in sheet.numbers.items()
        if (found := unlike(by_id[id_], office, number))
    ]
    reasons_ = [*map(Because, reasons), *_parts(actor, sheet.numbers)]
    if reasons_:
        raise Refused(reasons_)
    query = select(StatedFigure).where(
        StatedFigure.office_id == office.id, StatedFigure.as_of == sheet.as_of
    )
    there = {row.quantity_id: row for row in db.session.scalars(query)}
    before, changed = {}, {}
    for id_, number in sheet.numbers.items():
        row = there.get(id_)
        if row and (row.number, row.source) == (number, sheet.source):
            continue
        if row:
            before[by_id[id_].code] = f"{row.number:f}"
            row.number, row.source = number, sheet.source
            row.made_by, row.made_at = actor.account_id, now
        else:
            row = StatedFigure(
                office_id=office.id, quantity_id=id_, number=number, as_of=sheet.as_of,
                source=sheet.source, made_by=actor.account_id, made_at=now,
            )  # fmt: skip
            db.session.add(row)
        changed[by_id[id_].code] = f"{number:f}"
    db.session.flush()
    if changed:
        facts = {"as_of": sheet.as_of.isoformat(), "stated": changed}
        more = {"before": before} if before else {}
        audit.record(
            Act.FIGURES_STATED, office, actor=actor, now=now, office_id=office.id, **facts, **more
        )
    return len(changed)


def _parts(actor: Actor, numbers: Mapping[int, Decimal]) -> list[Because]:
    """A share of a whole cannot be more than the whole."""
    found = []
    for each in definitions.indicators(actor):
        part = numbers.get(each.numerator_id)
        whole = numbers.get(each.denominator_id or 0)
        if (
            each.formula.value == "share"
            and part is not None
            and whole is not None
            and part > whole
        ):
            found.append(Because(Unwritten.PART, {"part": f"{part:f}", "whole": f"{whole:f}"}))
    return found


def correct(row: StatedFigure, sheet: Sheet, *, actor: Actor, now: datetime, today: date) -> None:
    """Correct one figure; what stood before stays in the trace."""
    (number,) = sheet.numbers.values()
    if sheet.as_of > today:
        raise Refused([Because(Unwritten.IN_FUTURE, {"as_of": sheet.as_of})])
    if why := unlike(row.quantity, row.office, number):
        raise Refused([why])
    query = select(StatedFigure).where(
        StatedFigure.office_id == row.office_id, StatedFigure.as_of == sheet.as_of
    )
    beside = {each.quantity_id: each.number for each in db.session.scalars(query)}
    if reasons := _parts(actor, beside | {row.quantity_id: number}):
        raise Refused(reasons)
    before = {
        "number": f"{row.number:f}", "as_of": row.as_of.isoformat(), "source": row.source,
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            row.number, row.as_of, row.source = number, sheet.as_of, sheet.source
            row.made_by, row.made_at = actor.account_id, now
    except IntegrityError:
        raise Refused([Unwritten.TWICE]) from None
    facts = {"number": f"{number:f}", "as_of": sheet.as_of.isoformat(), "before": before}
    audit.record(Act.FIGURES_STATED, row, actor=actor, now=now, office_id=row.office_id, **facts)
