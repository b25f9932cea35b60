"""Where a table begins in a sheet, and which column holds what: headings as people write them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.sheets.cells import Unusable, narrow, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.sheets.opening import Grid

_SEARCHED = 30  # rows in which the headings are looked for
_DEEPEST = 3  # rows of merged headings above one another
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file, as the spreadsheet names it and as its heading calls it."""

    index: int  # from 0
    title: str

    @property
    def letter(self) -> str:
        """A to Z, then AA, AB and so on."""
        return letter(self.index)


@dataclass(frozen=True, slots=True)
class Headings:
    """The row (or rows) of headings and what was recognised in it."""

    first_row: int  # from 0
    depth: int
    fields: Mapping[str, Column]
    columns: Sequence[Column]


def letter(index: int) -> str:
    """The letters of a column, counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def find(grid: Grid, columns: Mapping[str, Sequence[str]]) -> Headings:
    """The first row in which most headings are recognised."""
    under = _merged_cells(grid)
    best = Headings(0, 1, {}, ())
    for row in range(min(_SEARCHED, len(grid.rows))):
        found = _headings(grid, row, under, columns)
        if len(found.fields) > len(best.fields):
            best = found
    return best


def normal(title: str) -> str:
    """A heading without what people vary: spaces, width, case, asterisks, colons."""
    return re.sub(r"[\s*:]", "", narrow(title)).casefold()


def _merged_cells(grid: Grid) -> dict[tuple[int, int], tuple[int, int, int]]:
    """For each cell in a merged area near the top: the corner that holds its text, and the end."""
    under: dict[tuple[int, int], tuple[int, int, int]] = {}
    for top, left, bottom, right in grid.merged:
        if top >= _SEARCHED or (top, left) in under:
            continue
        for row in range(top, min(bottom, _SEARCHED + _DEEPEST) + 1):
            for column in range(left, min(right, len(grid.rows[0]) - 1) + 1):
                under[row, column] = (top, left, bottom)
    return under


def _headings(
    grid: Grid,
    row: int,
    under: dict[tuple[int, int], tuple[int, int, int]],
    columns: Mapping[str, Sequence[str]],
) -> Headings:
    width = len(grid.rows[row])
    ends = [under[row, column][2] for column in range(width) if (row, column) in under]
    depth = min(max(ends, default=row) - row + 1, _DEEPEST, len(grid.rows) - row)
    found: list[Column] = []
    names: dict[str, list[Column]] = {}
    for index in range(width):
        labels: list[str] = []
        for line in range(row, row + depth):
            top, left, _ = under.get((line, index), (line, index, line))
            value = grid.rows[top][left] if left < len(grid.rows[top]) else ""
            with suppress(Unusable):
                labels += [label for label in [text(value)] if label and label not in labels]
        column = Column(index, " ".join(labels))
        found.append(column)
        for label in (column.title, *labels[-1:]):
            names.setdefault(normal(label), []).append(column)
            names.setdefault(normal(re.sub(r"[(（\[【].*", "", label)), []).append(column)
    fields: dict[str, Column] = {}
    for field, titles in columns.items():
        for title in titles:
            free = [c for c in names.get(normal(title), []) if c not in fields.values()]
            if free:
                fields[field] = free[0]
                break
    return Headings(row, depth, fields, found)
