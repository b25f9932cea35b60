"""The work of imports, piece by piece: each is one transaction that moves the mark as well."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from talent import clock
from talent.accounts.models import Account
from talent.backup import numbers
from talent.db import db, locked, take_first
from talent.intake import hours, people, records, service
from talent.intake.columns import PERMISSIONS
from talent.intake.lines import By, RowNote, cells_kept, line
from talent.intake.models import (
    BUSY,
    WAITING,
    Intake,
    IntakeKind,
    IntakeRow,
    IntakeState,
    RowState,
)
from talent.rules.reason import Because, packed
from talent.sheets import long
from talent.sheets.headings import Column
from talent.sheets.reading import passed_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.intake.lines import Line
    from talent.sheets.long import LongRow

PIECE = 200  # rows in one transaction
LEASE = timedelta(minutes=2)  # a worker that was silent so long is dead
_S = IntakeState
_COLUMNS = [column.key for column in IntakeRow.__mapper__.column_attrs if column.key != "id"]
JUDGES = {
    IntakeKind.PEOPLE: people.judge,
    IntakeKind.TRAINING: records.judge_training,
    IntakeKind.CREDENTIALS: records.judge_credentials,
    IntakeKind.HOURS: hours.judge,
}
WRITERS = {
    IntakeKind.PEOPLE: people.write,
    IntakeKind.TRAINING: records.write_training,
    IntakeKind.CREDENTIALS: records.write_credentials,
    IntakeKind.HOURS: hours.write,
}


def claim(now: datetime) -> int | None:
    """The next import to work on, for this worker alone; also one whose worker died."""
    gone = or_(Intake.seen_at.is_(None), Intake.seen_at < now - LEASE)
    return take_first(Intake, Intake.state.in_(BUSY) & gone, seen_at=now)


def state_of(intake_id: int) -> IntakeState:
    """How far an import is."""
    return db.session.get_one(Intake, intake_id, populate_existing=True).state


def pieces(intake_id: int) -> Iterator[list[LongRow]]:
    """The rows of the file that were not looked at yet, piece by piece. Raises Unreadable."""
    intake = db.session.get_one(Intake, intake_id)
    first = max(intake.first_row, intake.mark)
    rows = long.rows(intake.name, service.content(intake), intake.sheet, first)
    db.session.rollback()  # nothing is held while the file is read
    while piece := list(islice(rows, PIECE)):
        yield piece


def look_at(intake_id: int, piece: Sequence[LongRow], now: datetime) -> bool:
    """Keep rows with what would become of each; whether somebody still waits for it."""
    if (by := _still(intake_id, _S.READING, now)) is None:
        return False
    intake = by.intake
    if piece[0].index < intake.mark:
        return False  # somebody else is ahead
    titles = [Column(index, title) for index, title in enumerate(intake.titles)]
    kept = [_kept(row, intake, titles) for row in piece]
    lines = [line(row, intake.mapping) for row in kept if row.state is not RowState.IGNORED]
    JUDGES[intake.kind](lines, by)
    if intake.kind is not IntakeKind.PEOPLE:
        _try(lines, by)
    for each in lines:
        each.write()
    numbers.write(IntakeRow, [_columns(row) for row in kept])
    intake.mark = piece[-1].index + 1
    return True


def looked(intake_id: int, now: datetime) -> None:
    """All rows were looked at."""
    if by := _still(intake_id, _S.READING, now):
        by.intake.state, by.intake.mark = _S.LOOKED, 0


def take(intake_id: int, now: datetime, *, alone: bool = False) -> bool:
    """Take the next rows, each looked at anew; whether there are more."""
    if (by := _still(intake_id, _S.RUNNING, now)) is None:
        return False
    intake, most = by.intake, 1 if alone else PIECE
    waiting = _waiting(intake, most)
    lines = [line(row, intake.mapping) for row in waiting]
    JUDGES[intake.kind](lines, by)
    WRITERS[intake.kind](lines, by)
    for each in lines:
        each.write()
    if waiting:
        intake.mark = waiting[-1].number
    db.session.flush()
    if len(waiting) < most:
        service.end(intake, _S.DONE, now)
        return False
    return True


def refuse_next(intake_id: int, now: datetime) -> None:
    """The next row cannot be taken, by a fault of ours: go on with the others."""
    if by := _still(intake_id, _S.RUNNING, now):
        for row in _waiting(by.intake, 1):
            row.state, by.intake.mark = RowState.REFUSED, row.number
            row.reasons = [{"at": "", **packed(Because(RowNote.FAULT))}]


def fail(intake_id: int, now: datetime, because: Because | None = None) -> None:
    """It cannot go on, and why if that is known."""
    intake = locked(Intake, intake_id)
    if intake.busy:
        intake.trouble = packed(because) if because else None
        service.end(intake, _S.FAILED, now)


def _still(intake_id: int, state: IntakeState, now: datetime) -> By | None:
    """The import, held, if it is there to be worked on and whoever asked still may."""
    intake = locked(Intake, intake_id)
    if intake.state is not state:
        return None
    intake.seen_at = now
    if (actor := _may(intake)) is None:
        service.end(intake, _S.FAILED, now)
        return None
    return By(intake, actor, now, clock.today(intake.office.zone, now))


def _may(intake: Intake) -> Actor | None:
    account = db.session.get(Account, intake.made_by or 0)
    if account is None or not account.is_active:
        return None
    actor = account.actor
    return actor if actor.may(PERMISSIONS[intake.kind], intake.office.path) else None


def _kept(row: LongRow, intake: Intake, titles: Sequence[Column]) -> IntakeRow:
    kept = IntakeRow(
        intake_id=intake.id,
        number=row.index + 1,
        state=RowState.TAKE,
        cells=cells_kept(row.cells, row.formulas),
        reasons=[],
        asks=[],
        answers={},
    )
    passed = passed_over(row.cells, kept.number, titles)
    if passed and passed.because:
        kept.state = RowState.IGNORED
        kept.reasons = [{"at": "", **packed(passed.because)}]
    return kept


def _columns(row: IntakeRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _try(lines: Sequence[Line], by: By) -> None:
    """Write the rows and take it back: what the house refuses is known before it is confirmed."""
    trial = db.session.begin_nested()
    WRITERS[by.intake.kind](lines, by)
    trial.rollback()
    for each in lines:
        if each.state is RowState.ADDED:
            each.state = RowState.TAKE


def _waiting(intake: Intake, most: int) -> Sequence[IntakeRow]:
    query = (
        select(IntakeRow)
        .where(
            IntakeRow.intake_id == intake.id,
            IntakeRow.state.in_(WAITING),
            IntakeRow.number > intake.mark,
        )
        .order_by(IntakeRow.number)
        .limit(most)
    )
    return db.session.scalars(query).all()
