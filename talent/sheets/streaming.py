"""Long tables that leave: row by row, whatever their length, with no cell that runs."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import xlsxwriter

from talent.sheets.guard import guard
from talent.sheets.writing import SAFE, put, shape, sheet_title, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from talent.sheets.writing import Value

_HELD = 65_536  # characters before they are written away
_WIDTH = 18  # characters: nobody knows the widest cell before the last row


def stream_xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A workbook whose rows are written away as they come; text stays text."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, **SAFE}) as book:
        sheet = book.add_worksheet(sheet_title(title))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats: dict[str, xlsxwriter.format.Format] = {}
        sheet.set_column(0, max(len(columns) - 1, 0), _WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, head)
        for number, line in enumerate(rows, start=1):
            for column, value in enumerate(line):
                kind = shape(value)
                if kind not in formats:
                    formats[kind] = book.add_format({"num_format": kind, "valign": "top"})
                put(sheet, (number, column), value, formats[kind])
    return out.getvalue()


def stream_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The same table for any program: UTF-8 with its mark, CRLF, and text that cannot run."""
    out = BytesIO("\ufeff".encode())
    out.seek(0, 2)
    line = StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow([guard(name) for name in columns])
    for row in rows:
        writer.writerow([guard(v) if isinstance(v, str) else written(v) for v in row])
        if line.tell() > _HELD:
            out.write(line.getvalue().encode())
            line.seek(0)
            line.truncate()
    out.write(line.getvalue().encode())
    return out.getvalue()
