"""A table out of a file: rows numbered as the spreadsheet shows them, cells by field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import headings
from talent.sheets.cells import CellTrouble, Unusable, is_blank, narrow
from talent.sheets.opening import FileTrouble, Unreadable, grids
from talent.sheets.outcomes import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from enum import StrEnum

    from talent.sheets.cells import Cell
    from talent.sheets.headings import Column, Headings
    from talent.sheets.opening import Grid

T = TypeVar("T")

_TOTALS = re.compile(r"(合|总|小|共)计|(sub-?|grand)?totals?", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"(填表人|制表人|审核人|负责人|填表单位|填报单位|备注|说明|注):.*", re.DOTALL
)


class RowNote(Word):
    """Why a row of a file is passed over."""

    TOTALS = "totals", N_("A row of totals.")
    HEADINGS = "headings", N_("The headings once more.")
    FOOTNOTE = "footnote", N_("A note below the table.")


@dataclass(slots=True)
class Row:
    """One row of the table; what is wrong with it gathers in `outcomes`."""

    number: int  # as the spreadsheet shows it
    cells: dict[str, Cell]
    letters: Mapping[str, str]
    formulas: frozenset[str] = frozenset()  # the fields whose cells hold a formula
    outcomes: list[Outcome] = field(default_factory=list)

    def __getitem__(self, name: str) -> Cell:
        """The cell as it stands, "" when it is empty or the file has no such column."""
        return self.cells.get(name, "")

    def take(self, name: str, read: Callable[[Cell], T], *, required: bool = False) -> T | None:
        """The value of a cell, or None: it is empty, or it is wrong and the reason is noted."""
        cell = self[name]
        if is_blank(cell):
            if name in self.formulas:
                self.note(name, CellTrouble.FORMULA)
            elif required:
                self.note(name, CellTrouble.MISSING)
            return None
        try:
            return read(cell)
        except Unusable as unusable:
            self.note(name, unusable.because)
            return None

    def note(
        self, name: str | None, because: Because | StrEnum, state: State = State.REFUSE
    ) -> None:
        """Keep an outcome for a field (None: for the whole row)."""
        column = self.letters.get(name) if name else None
        reason = because if isinstance(because, Because) else Because(because)
        self.outcomes.append(Outcome(self.number, column, reason, state))

    @property
    def refused(self) -> bool:
        """Whether any cell is so wrong that the row cannot be taken."""
        return any(outcome.state == State.REFUSE for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table that was found, and everything in the file that is not used."""

    name: str
    heading_row: int
    columns: Mapping[str, Column]  # by field
    rows: list[Row]
    ignored: list[Outcome]
    unknown: tuple[Column, ...]  # columns that no field asks for
    other_sheets: tuple[str, ...]  # further sheets with something in them


def read(
    name: str,
    content: bytes,
    *,
    columns: Mapping[str, Sequence[str]],
    required: Collection[str] = (),
    fill_down: Collection[str] = (),
) -> Sheet:
    """Read the first sheet that has the required columns.

    `columns` names for each field the headings by which it goes, the best first. A field in
    `fill_down` takes the value from above: in merged cells, or, where none are, in empty ones.
    Raises Unreadable.
    """
    filled = [grid for grid in grids(name, content) if any(map(_has_cells, grid.rows))]
    if not filled:
        raise Unreadable(FileTrouble.EMPTY)
    found = [(grid, headings.find(grid, columns)) for grid in filled]
    whole = [pair for pair in found if set(required) <= set(pair[1].fields) and pair[1].fields]
    grid, heads = whole[0] if whole else max(found, key=lambda pair: len(pair[1].fields))
    if not whole:
        wanted = [one for one in columns if one in required or not required]
        missing = [columns[one][0] for one in wanted if one not in heads.fields]
        raise Unreadable(FileTrouble.NO_HEADINGS, columns=", ".join(missing))
    others = tuple(other.name for other in filled if other is not grid)
    return _sheet(grid, heads, fill_down, others)


def _sheet(
    grid: Grid, heads: Headings, fill_down: Collection[str], others: tuple[str, ...]
) -> Sheet:
    first = heads.first_row + heads.depth
    sources = {
        heads.fields[one].index: _sources(grid, heads.fields[one].index, first)
        for one in fill_down
        if one in heads.fields
    }
    letters = {one: column.letter for one, column in heads.fields.items()}
    rows, ignored = [], []
    for index in range(first, len(grid.rows)):
        number = index + 1
        if not _has_cells(grid.rows[index]) and not _has_formula(grid, heads, number):
            continue
        if passed := passed_over(grid.rows[index], number, heads.columns):
            ignored.append(passed)
            continue
        values = {}
        for one, column in heads.fields.items():
            line = sources.get(column.index, {}).get(index, index)
            values[one] = _at(grid, line, column.index)
        formulas = frozenset(one for one in letters if f"{letters[one]}{number}" in grid.formulas)
        rows.append(Row(number, values, letters, formulas))
    used = {column.index for column in heads.fields.values()}
    unknown = tuple(
        column
        for column in heads.columns
        if column.index not in used
        and (column.title or any(_at(grid, row.number - 1, column.index) != "" for row in rows))
    )
    return Sheet(
        grid.name, heads.first_row + heads.depth, heads.fields, rows, ignored, unknown, others
    )


def _at(grid: Grid, row: int, column: int) -> Cell:
    return grid.rows[row][column] if column < len(grid.rows[row]) else ""


def _has_cells(row: Sequence[Cell]) -> bool:
    return not all(map(is_blank, row))


def _has_formula(grid: Grid, heads: Headings, number: int) -> bool:
    return any(f"{column.letter}{number}" in grid.formulas for column in heads.fields.values())


def passed_over(row: Sequence[Cell], number: int, columns: Sequence[Column]) -> Outcome | None:
    """Why a row is none of the table: totals, a note below it, the headings once more."""
    index, cell = next(((i, c) for i, c in enumerate(row) if not is_blank(c)), (0, ""))
    value = re.sub(r"\s", "", narrow(str(cell)))
    for pattern, why in ((_TOTALS, RowNote.TOTALS), (_FOOTNOTE, RowNote.FOOTNOTE)):
        if pattern.fullmatch(value.rstrip(":") if why == RowNote.TOTALS else value):
            return Outcome(number, headings.letter(index), Because(why), State.IGNORE)
    titles = [column.title for column in columns]
    if [headings.normal(str(cell)) for cell in row] == [headings.normal(one) for one in titles]:
        return Outcome(number, None, Because(RowNote.HEADINGS), State.IGNORE)
    return None


def _sources(grid: Grid, column: int, first: int) -> dict[int, int]:
    """For each row that takes its value from above: the row in which the value stands."""
    spans = [(t, b) for t, left, b, right in grid.merged if left <= column <= right and b >= first]
    if not spans:
        starts = [i for i in range(first, len(grid.rows)) if not is_blank(_at(grid, i, column))]
        spans = [(top, below - 1) for top, below in pairwise([*starts, len(grid.rows)])]
    sources: dict[int, int] = {}
    last = first - 1
    for top, bottom in sorted(spans):
        if top > last:
            last = min(bottom, len(grid.rows) - 1)
            sources |= dict.fromkeys(range(top + 1, last + 1), top)
    return sources
