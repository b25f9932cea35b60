"""Staffing (I9): the report says what its raw rows say, counted another way, by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from talent import clock
from talent.access import SYSTEM
from talent.db import db
from talent.fsck.finding import Check
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office, OfficeKind
from talent.staffing.board import Board
from talent.staffing.facts import COUNTED_OFFICES
from talent.staffing.models import Appointment, Population

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import CTE, ColumnElement

    from talent.fsck.finding import Moment
    from talent.rules.staffing import PopulationKind
    from talent.staffing.yardsticks import Who

FULL_TIME = 1_000  # thousandths, as the report adds them up
_COUNTED = sorted(COUNTED_OFFICES)


def _heads(moment: Moment) -> Iterator[str]:
    """Who counts where, by every measure that asks for no credential, today."""
    board = _board(moment)
    measured = {
        by.who: None
        for measure in board.measures
        for office in board.tree.offices.values()
        if (by := board.yardstick(measure, office)) and not by.who.holds
    }
    for who in measured:
        found = _recounted(who, board.days[-1])
        for id_, tally in board.staff.tallies(who).items():
            told, counted = (tally.heads[-1], tally.shares[-1]), found.get(id_, (0, 0))
            if id_ in board.tree.offices and told != counted:
                yield f"office {id_}: the report counts {told}, the rows {counted}"


def _sizes(moment: Moment) -> Iterator[str]:
    """What people are held against: an office's own figure, or the sum of those below it."""
    board = _board(moment)
    kinds = {
        by.kind: None
        for measure in board.measures
        for office in board.tree.offices.values()
        if (by := board.yardstick(measure, office)) and by.kind.everywhere
    }
    for kind in kinds:
        own = _figures(kind, board.days[-1])
        found: dict[int, int | None] = {}
        for office in board.tree.upwards():
            below = [found[child.id] for child in board.tree.children[office.id]]
            known = [size for size in below if size is not None]
            whole = sum(known) if below and len(known) == len(below) else None
            found[office.id] = own.get(office.id) if whole is None else whole
        for id_, sizes in board.populations.sizes(kind).items():
            if sizes[-1] != found[id_]:
                told = f"the report has {sizes[-1]} {kind.value}, the rows {found[id_]}"
                yield f"office {id_}: {told}"


def _board(moment: Moment) -> Board:
    return Board(SYSTEM, [clock.today(DEFAULT_ZONE, moment.now)], measures=None)


def _recounted(who: Who, day: date) -> dict[int, tuple[int, int]]:
    """Heads and thousandths of full time at each office, each person once at each."""
    up = _upwards()
    held: list[ColumnElement[bool]] = [
        Appointment.kind.in_(sorted(who.kinds)),
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > day),
    ]
    if not who.count_on_leave:
        begun = or_(Appointment.leave_starts_on.is_(None), Appointment.leave_starts_on <= day)
        still = or_(Appointment.leave_ends_on.is_(None), Appointment.leave_ends_on > day)
        held.append(~and_(Appointment.on_leave, begun, still))
    if who.limited:
        above, fitting = aliased(up), aliased(Office)
        fits = [fitting.id == above.c.at, above.c.start == Appointment.office_id]
        fits += [above.c.counted] + ([fitting.kind == who.for_kind] if who.for_kind else [])
        fits += [fitting.settlement == who.settlement] if who.settlement else []
        held.append(exists().where(*fits))
    share = func.sum(cast(func.round(Appointment.share * FULL_TIME), Integer))
    people = (
        select(up.c.at, Appointment.person_id,
               case((share > FULL_TIME, FULL_TIME), else_=share).label("share"))
        .join(up, up.c.start == Appointment.office_id)
        .where(up.c.counted, *held)
        .group_by(up.c.at, Appointment.person_id)
        .subquery()
    )  # fmt: skip
    query = select(people.c.at, func.count(), func.sum(people.c.share)).group_by(people.c.at)
    return {at: (heads, int(shares)) for at, heads, shares in db.session.execute(query)}


def _upwards() -> CTE:
    """From where to where people count: up to the first office that is none of those counted."""
    start, parent = aliased(Office), aliased(Office)
    own = start.kind.in_(_COUNTED)
    up = (
        select(start.id.label("start"), start.id.label("at"), start.parent_id.label("next"),
               own.label("counted"))
        .where(start.open, start.kind != OfficeKind.PARTNER)
        .cte("up", recursive=True)
    )  # fmt: skip
    is_counted = and_(parent.open, parent.kind.in_(_COUNTED))
    return up.union_all(
        select(up.c.start, parent.id, parent.parent_id, is_counted)
        .join(parent, parent.id == up.c.next)
        .where(or_(~up.c.counted, is_counted))
    )


def _figures(kind: PopulationKind, day: date) -> dict[int, int]:
    """The last figure of each office that is not after the day."""
    last = func.row_number().over(
        partition_by=Population.office_id, order_by=(Population.as_of.desc(), Population.id.desc())
    )
    ranked = (
        select(Population.office_id, Population.number, last.label("place"))
        .where(Population.kind == kind, Population.as_of <= day)
        .subquery()
    )
    query = select(ranked.c.office_id, ranked.c.number).where(ranked.c.place == 1)
    return dict(db.session.execute(query).all())


CHECKS = (
    Check("I9", "the report counts the people whom the appointments name", _heads),
    Check("I9", "the report holds them against the figures that were entered", _sizes),
)
