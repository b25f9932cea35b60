"""The import of population figures: up to four figures in a row, each cell judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.files import unsealed
from talent.rules.reason import N_, Because
from talent.rules.staffing import PopulationKind
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.outcomes import State
from talent.sheets.reading import read
from talent.staffing.importing.service import (
    Directory,
    DryRun,
    Line,
    NoImport,
    title_of,
)
from talent.staffing.models import Population
from talent.staffing.population import service as figures
from talent.staffing.population.service import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.offices.models import Office

COLUMNS: dict[str, Sequence[str]] = {
    "above": ("街道", "乡镇", "街道（乡镇）", "街道/乡镇", "镇街", "区县", "Street"),
    "office": ("社区", "单位", "社区名称", "单位名称", "村（居）", "Office", "Community"),
    "households": ("户数", "居民户数", "总户数", "Households"),
    "resident": ("常住人口", "常住人口数", "常住人口总数", "Residents"),
    "urban_resident": ("其中：城镇常住人口", "城镇常住人口", "城镇常住人口数", "Urban residents"),
    "registered": ("户籍人口", "户籍人口数", "Registered population"),
    "as_of": ("统计日期", "统计时间", "截止日期", "时点", "As of"),
    "source": ("数据来源", "来源", "Source"),
}
REQUIRED = ("office", "as_of", "source")
LONGEST_SOURCE = 200
_KINDS = {kind.value: kind for kind in PopulationKind}


class Note(Word):
    """What is said of a cell, besides the refusals of the law."""

    SAME = "same", N_("On record already; nothing changes.")
    REPLACES = "replaces", N_("Replaces %(number)s, the figure on record.")
    TWICE = "twice", N_("The same figure stands in row %(row)s already.")
    OTHERWISE = "otherwise", N_("Row %(row)s has another figure for the same office and day.")
    NO_FIGURE = "no_figure", N_("There is no figure in this row.")


Plan: TypeAlias = "tuple[Office, Figure, Population | None]"
Found: TypeAlias = "tuple[int, PopulationKind, date]"


def look(file: StoredFile, *, actor: Actor, today: date) -> DryRun[Plan]:
    """Judge every cell as if it were written, and write nothing."""
    return judge(file.name, unsealed(file), actor=actor, today=today)


def judge(name: str, content: bytes, *, actor: Actor, today: date) -> DryRun[Plan]:
    """The same for bytes that are not kept yet; raises Unreadable."""
    sheet = read(name, content, columns=COLUMNS, required=REQUIRED, fill_down=["above"])
    directory = Directory(actor)
    lines: list[Line[Plan]] = []
    stated: list[tuple[Line[Plan], Office | None, list[Figure]]] = []
    for row in sheet.rows:
        line: Line[Plan] = Line(row)
        office = directory.find(row)
        line.title = title_of(office) or str(row["office"])
        stated.append((line, office, _figures(line, today)))
        lines.append(line)
    known = _known({office.id for _, office, _ in stated if office})
    first: dict[Found, tuple[int, Figure]] = {}
    for line, office, found in stated:
        for figure in found:
            if office:
                _plan(line, office, figure, known, first)
    return DryRun(sheet, lines)


def confirm(
    file: StoredFile, *, digest: str, actor: Actor, now: datetime, today: date
) -> DryRun[Plan]:
    """Write every figure that can be taken, and forget the file."""
    if digest != file.digest:
        raise Refused([NoImport.CHANGED])
    found = look(file, actor=actor, today=today)
    if not found.plans:
        raise Refused([NoImport.NOTHING])
    for office, figure, known in found.plans:
        if known:
            figures.change_figure(known, figure, actor=actor, now=now, today=today)
        else:
            figures.add_figure(office, figure, actor=actor, now=now, today=today)
    audit.record(
        Act.IMPORTED,
        "population",
        actor=actor,
        now=now,
        figures=len(found.plans),
        file=file.digest[:16],
    )
    db.session.delete(file)
    return found


def _figures(line: Line[Plan], today: date) -> list[Figure]:
    """The figures of a row. A cell that is wrong leaves the other figures as they are."""
    row = line.row
    as_of = row.take("as_of", cells.day, required=True)
    source = row.take("source", cells.text, required=True)
    if as_of and as_of > today:
        row.note("as_of", Because(figures.Unpublished.IN_FUTURE, {"as_of": as_of}))
        as_of = None
    found = []
    for name, kind in _KINDS.items():
        number = row.take(name, cells.integer)
        if number is None or as_of is None or not source:
            continue
        figure = Figure(kind, number, as_of, source[:LONGEST_SOURCE])
        reasons = figures.refusals(figure, today)
        for because in reasons:
            row.note(name, because)
        found += [] if reasons else [figure]
    if not found and not row.refused:
        row.note(None, Note.NO_FIGURE)
    return found


def _plan(
    line: Line[Plan],
    office: Office,
    figure: Figure,
    known: dict[Found, Population],
    first: dict[Found, tuple[int, Figure]],
) -> None:
    key = (office.id, figure.kind, figure.as_of)
    name = figure.kind.value
    if earlier := first.get(key):
        number, other = earlier
        same = other.number == figure.number
        note, state = (Note.TWICE, State.DUPLICATE) if same else (Note.OTHERWISE, State.REFUSE)
        line.row.note(name, Because(note, {"row": number}), state)
        return
    first[key] = (line.row.number, figure)
    on_record = known.get(key)
    if on_record is None:
        line.plans.append((office, figure, None))
    elif (on_record.number, on_record.source) == (figure.number, figure.source):
        line.row.note(name, Note.SAME, State.UNCHANGED)
    else:
        line.row.note(name, Because(Note.REPLACES, {"number": on_record.number}), State.TAKE)
        line.plans.append((office, figure, on_record))


def _known(office_ids: set[int]) -> dict[Found, Population]:
    query = select(Population).where(Population.office_id.in_(office_ids))
    return {(row.office_id, row.kind, row.as_of): row for row in db.session.scalars(query)}
