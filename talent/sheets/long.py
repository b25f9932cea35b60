"""Tables of many rows: their headings first, then one row after the other, never all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from talent.sheets import headings
from talent.sheets.cells import is_blank
from talent.sheets.opening import (
    MOST_COLUMNS,
    MOST_UNPACKED_BYTES,
    FileTrouble,
    Grid,
    Unreadable,
    cell,
    csv_rows,
    kind_of,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from talent.sheets.cells import Cell
    from talent.sheets.headings import Column

MOST_BYTES = 9 * 1024 * 1024  # with the rest of its form less than a request may have
MOST_ROWS = 60_000
SECONDS = 60
_HEAD = 40  # rows of each sheet in which the headings are looked for
_LINE = 1_048_576  # rows of a sheet, at most


@dataclass(frozen=True, slots=True)
class Found:
    """Where the table is: its sheet, its first row (from 0), its columns, what they are for."""

    sheet: str
    first_row: int
    columns: Sequence[Column]
    fields: Mapping[str, Column]


@dataclass(slots=True)
class LongRow:
    """One row: its place from 0, its cells, the columns in which formulas stand."""

    index: int
    cells: list[Cell]
    formulas: list[str] = field(default_factory=list)


def look(name: str, content: bytes, columns: Mapping[str, Sequence[str]]) -> Found:
    """The sheet in which most headings are known; none known: the first row with two cells.

    Raises Unreadable.
    """
    grids = [grid for grid in _heads(name, content) if any(map(_filled, grid.rows))]
    if not grids:
        raise Unreadable(FileTrouble.EMPTY)
    found = [(grid, headings.find(grid, columns)) for grid in grids]
    grid, heads = max(found, key=lambda pair: len(pair[1].fields))
    if heads.fields:
        return Found(grid.name, heads.first_row + heads.depth, heads.columns, heads.fields)
    first = next((i for i, row in enumerate(grid.rows) if _filled(row) > 1), None)
    if first is None:
        raise Unreadable(FileTrouble.NO_HEADINGS, columns=", ".join(t[0] for t in columns.values()))
    titles = [headings.Column(i, str(value)) for i, value in enumerate(grid.rows[first])]
    return Found(grid.name, first + 1, titles, {})


def rows(name: str, content: bytes, sheet: str, first: int) -> Generator[LongRow, None, None]:
    """The rows of a sheet from one on (from 0), without the blank ones. Raises Unreadable."""
    if kind_of(name, content, MOST_BYTES) == ".csv":
        lines: Iterator[LongRow] = (
            LongRow(index, values) for index, values in enumerate(csv_rows(content, MOST_ROWS))
        )
    else:
        unpacked = _unpacked(content, sheet, _LINE)
        lines = (
            LongRow(index, [cell(value) for value in line[0]], line[1])
            for index, line in enumerate(line for line in unpacked if isinstance(line, list))
        )
    for row in islice(lines, first, None):
        if _filled(row.cells) or row.formulas:
            yield row


def _filled(values: Sequence[Cell]) -> int:
    return sum(not is_blank(value) for value in values)


def _heads(name: str, content: bytes) -> list[Grid]:
    if kind_of(name, content, MOST_BYTES) == ".csv":
        return [Grid("", list(islice(csv_rows(content, MOST_ROWS), _HEAD)))]
    grids: list[Grid] = []
    for line in _unpacked(content, "", _HEAD):
        if isinstance(line, dict):
            grids.append(Grid(line["sheet"], [], [tuple(span) for span in line["merged"]]))
        else:
            grids[-1].rows.append([cell(value) for value in line[0]])
    return grids


def _unpacked(content: bytes, sheet: str, most: int) -> Iterator[Any]:
    """What a process of its own says of the workbook: it may end, this one may not.

    It says all of it before the first row is looked at. Whoever works on the rows takes his time.
    """
    script = Path(__file__).with_name("unpacking.py")
    walls = [str(MOST_ROWS), str(MOST_COLUMNS), sheet, str(most)]
    with TemporaryFile() as out:
        try:
            code = subprocess.run(  # noqa: S603 - our own file, and numbers
                [sys.executable, "-I", str(script), *walls],
                input=content, stdout=out, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise too_large(MOST_UNPACKED_BYTES) from None
        if code < 0:  # it met a wall
            raise too_large(MOST_UNPACKED_BYTES)
        if code > 0:
            raise Unreadable(FileTrouble.BROKEN)
        out.seek(0)
        for line in out:
            said = json.loads(line)
            if isinstance(said, dict) and (trouble := said.get("trouble")):
                if trouble == FileTrouble.TOO_LARGE:
                    raise too_large(MOST_UNPACKED_BYTES)
                words = {word.value: word for word in FileTrouble}
                raise Unreadable(words[trouble], rows=MOST_ROWS, columns=MOST_COLUMNS)
            yield said
