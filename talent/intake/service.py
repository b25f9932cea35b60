"""Imports: handed in, columns chosen, rows looked at, confirmed, forgotten."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from talent import audit, files
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.files import StoredFile
from talent.intake import columns
from talent.intake.models import (
    BUSY,
    REJECTED,
    WAITING,
    Intake,
    IntakeHeading,
    IntakeRow,
    IntakeState,
    RowState,
)
from talent.offices.service import visible_office
from talent.rules.identity import masked
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import long
from talent.sheets.cells import is_blank, text
from talent.sheets.headings import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.intake.models import IntakeKind, Way
    from talent.offices.models import Office
    from talent.sheets.cells import Cell
    from talent.sheets.long import Found

PAGE = 200
SHOWN = 30
SAMPLES = 2  # rows of the file that stand beside its headings
_SAMPLE = 40  # characters of a cell
_LONG_NUMBER = 15  # digits: that of a document, the last of them may be a letter
_MEDIA_TYPE = "application/x-talent-intake"
_S = IntakeState
OPEN = (_S.MAPPING, _S.READING, _S.LOOKED, _S.RUNNING)


class NoImport(Word):
    """Why an import does not go on."""

    CHANGED = "changed", N_("The rows are no longer those that were looked at. Look again.")
    NOTHING = "nothing", N_("No row of this file can be taken.")
    COLUMN = "column", N_("Choose the column for: %(column)s.")
    TWICE = "twice", N_("One field stands in two columns. Choose one of them.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an office tells of a row that asked."""

    born: str = ""
    sex: str = ""


def hand_in(
    office: Office,
    kind: IntakeKind,
    way: Way,
    *,
    name: str,
    content: bytes,
    actor: Actor,
    now: datetime,
) -> Intake:
    """Keep a file, sealed, and guess what its columns are; when all is clear, its rows are read."""
    kept = _kept_headings(office.id, kind)
    found = long.look(name, content, _wanted(kind, kept))
    file = files.keep_sealed(name, content, media_type=_MEDIA_TYPE, actor=actor, now=now)
    intake = Intake(
        office=office,
        made_by=actor.account_id,
        made_at=now,
        kind=kind,
        way=way,
        name=file.name,
        file=file,
        sheet=found.sheet[:100],
        first_row=found.first_row,
        titles=[column.title[:200] for column in found.columns],
        mapping=_guessed(found, kept),
    )
    if not columns.missing(kind, intake.mapping):
        intake.state = _S.READING
    db.session.add(intake)
    db.session.flush()
    return intake


def own(actor: Actor, intake_id: int) -> Intake:
    """An import of this account, at an office for which it still may; else `NotFound`."""
    intake = db.session.get(Intake, intake_id)
    if intake is None or intake.made_by != actor.account_id:
        raise NotFound
    visible_office(actor, columns.PERMISSIONS[intake.kind], intake.office_id)
    return intake


def recent(actor: Actor, *, after: int | None = None) -> Sequence[Intake]:
    """What one handed in oneself, the latest first; a page and one more."""
    query = select(Intake).where(Intake.made_by == (actor.account_id or 0))
    if after:
        query = query.where(Intake.id < after)
    return db.session.scalars(query.order_by(Intake.id.desc()).limit(SHOWN + 1)).all()


def choose(intake: Intake, fields: Mapping[int, str], *, actor: Actor, now: datetime) -> None:
    """Say by hand what each column is; the office's next file of this kind is read so."""
    intake = locked(Intake, intake.id)
    if intake.state not in {_S.MAPPING, _S.LOOKED, _S.FAILED} or intake.file_id is None:
        raise Refused([NoImport.CHANGED])
    chosen = {index: name for index, name in fields.items() if index < len(intake.titles)}
    mapping = {name: index for index, name in sorted(chosen.items(), reverse=True) if name}
    if len(mapping) < sum(bool(name) for name in chosen.values()):
        raise Refused([NoImport.TWICE])
    if lacking := columns.missing(intake.kind, mapping):
        raise Refused(
            [Because(NoImport.COLUMN, {"column": columns.LABELS[name]}) for name in lacking]
        )
    for index, name in chosen.items():
        _keep_heading(intake, intake.titles[index], name, actor=actor, now=now)
    db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id == intake.id))
    intake.mapping, intake.version = mapping, intake.version + 1
    intake.state, intake.mark, intake.seen_at, intake.counts = _S.READING, 0, None, {}


def confirm(
    intake: Intake,
    version: int,
    answers: Mapping[int, Answer],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the worker take the rows that were looked at."""
    intake = locked(Intake, intake.id)
    if intake.state is not _S.LOOKED or version != intake.version:
        raise Refused([NoImport.CHANGED])
    query = select(IntakeRow).where(
        IntakeRow.intake_id == intake.id,
        IntakeRow.state == RowState.ASK,
        IntakeRow.number.in_(answers),
    )
    for row in db.session.scalars(query.order_by(IntakeRow.number)):
        told = answers[row.number]
        row.answers = {"born": told.born, "sex": told.sex}
        if all(row.answers[name] for name in row.asks):
            row.state = RowState.TAKE
    db.session.flush()
    takes = select(func.count()).where(
        IntakeRow.intake_id == intake.id, IntakeRow.state.in_(WAITING)
    )
    if not db.session.scalar(takes):
        raise Refused([NoImport.NOTHING])
    intake.state, intake.mark, intake.confirmed_at, intake.seen_at = _S.RUNNING, 0, now, None
    audit.record(
        Act.IMPORTED, intake, actor=actor, now=now, office_id=intake.office_id,
        kind=intake.kind.value,
    )  # fmt: skip


def cancel(intake: Intake, *, now: datetime) -> None:
    """Take no more rows; what was taken stays."""
    intake = locked(Intake, intake.id)
    if intake.state in OPEN:
        end(intake, _S.STOPPED, now)


def end(intake: Intake, state: IntakeState, now: datetime) -> None:
    """It is over: of the file stay the rejected rows alone, for some days."""
    intake.counts = dict(_counted(intake.id))
    intake.state, intake.finished_at = state, now
    db.session.execute(
        delete(IntakeRow).where(
            IntakeRow.intake_id == intake.id, IntakeRow.state.not_in((*REJECTED, *WAITING))
        )
    )
    drop_file(intake)


def drop_file(intake: Intake) -> None:
    """The uploaded bytes go."""
    if intake.file_id is not None:
        file = db.session.get(StoredFile, intake.file_id)
        intake.file = None
        db.session.flush()
        db.session.delete(file)


def counts(intake: Intake) -> dict[RowState, int]:
    """How many rows stand where, also after they went."""
    found: Mapping[str, int] = intake.counts if intake.finished_at else _counted(intake.id)
    return {state: found[state.value] for state in RowState if found.get(state.value)}


def rows_of(
    intake: Intake, states: Sequence[RowState], *, after: int = 0, most: int = PAGE + 1
) -> Sequence[IntakeRow]:
    """A page of rows in some states, in their order."""
    query = select(IntakeRow).where(
        IntakeRow.intake_id == intake.id, IntakeRow.state.in_(states), IntakeRow.number > after
    )
    return db.session.scalars(query.order_by(IntakeRow.number).limit(most)).all()


def rejected(intake_id: int, after: int) -> Sequence[IntakeRow]:
    """The next rows that were not taken."""
    query = select(IntakeRow).where(
        IntakeRow.intake_id == intake_id,
        IntakeRow.state.in_((*REJECTED, *WAITING)),
        IntakeRow.number > after,
    )
    return db.session.scalars(query.order_by(IntakeRow.number).limit(PAGE)).all()


def forget(before: datetime, *, now: datetime) -> int:
    """Files and rows that were handed in so long ago go; how many rows went is not lost."""
    query = select(Intake).where(Intake.made_at < before, Intake.state.not_in(BUSY))
    old = query.where(
        Intake.file_id.is_not(None)
        | Intake.id.in_(select(IntakeRow.intake_id).where(IntakeRow.intake_id == Intake.id))
    )
    gone = 0
    for intake in db.session.scalars(old.order_by(Intake.id)).all():
        if intake.finished_at is None:
            end(intake, _S.STOPPED, now)
        db.session.execute(delete(IntakeRow).where(IntakeRow.intake_id == intake.id))
        drop_file(intake)
        gone += 1
    return gone


def content(intake: Intake) -> bytes:
    """The bytes of the file as they came."""
    if intake.file is None:
        raise NotFound
    return files.unsealed(intake.file)


def samples(intake: Intake) -> list[list[str]]:
    """The first cells of each column, as far as the file can be read still; numbers are masked."""
    if intake.file is None:
        return [[] for _ in intake.titles]
    rows = long.rows(intake.name, content(intake), intake.sheet, intake.first_row)
    with closing(rows):
        cells = [row.cells for row in islice(rows, SAMPLES)]
    return [
        [_sampled(row[at]) for row in cells if at < len(row) and not is_blank(row[at])]
        for at in range(len(intake.titles))
    ]


def _sampled(cell: Cell) -> str:
    said = text(cell)
    return masked(said) if len(said) >= _LONG_NUMBER and said[:-1].isdigit() else said[:_SAMPLE]


def _counted(intake_id: int) -> Counter[str]:
    query = (
        select(IntakeRow.state, func.count())
        .where(IntakeRow.intake_id == intake_id)
        .group_by(IntakeRow.state)
    )
    return Counter({state.value: number for state, number in db.session.execute(query)})


def _wanted(kind: IntakeKind, kept: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """The headings of each field: first those that the office chose by hand."""
    return {
        name: (*(heading for heading, field in kept.items() if field == name), *titles)
        for name, titles in columns.COLUMNS[kind].items()
    }


def _guessed(found: Found, kept: Mapping[str, str]) -> dict[str, int]:
    unread = {heading for heading, field in kept.items() if not field}
    return {
        name: column.index
        for name, column in found.fields.items()
        if normal(column.title)[:100] not in unread
    }


def _kept_headings(office_id: int, kind: IntakeKind) -> dict[str, str]:
    query = select(IntakeHeading.heading, IntakeHeading.field).where(
        IntakeHeading.office_id == office_id, IntakeHeading.kind == kind
    )
    return dict(db.session.execute(query.order_by(IntakeHeading.id)).all())


def _keep_heading(intake: Intake, title: str, field: str, *, actor: Actor, now: datetime) -> None:
    heading = normal(title)[:100]
    if not heading:
        return
    mine = (
        IntakeHeading.office_id == intake.office_id,
        IntakeHeading.kind == intake.kind,
        IntakeHeading.heading == heading,
    )
    values = {"field": field, "kept_at": now, "kept_by": actor.account_id}
    changed = update(IntakeHeading).where(*mine).values(**values).returning(IntakeHeading.id)
    if db.session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        db.session.add(
            IntakeHeading(office_id=intake.office_id, kind=intake.kind, heading=heading, **values)
        )
        db.session.flush()


def changes_of(row: IntakeRow) -> list[tuple[str, str, str]]:
    """Each field that changes: what it was, what it becomes."""
    return [tuple(each) for each in json.loads(row.changes)] if row.changes else []
