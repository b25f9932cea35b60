"""Tables that leave: XLSX and CSV with the same digits, and no cell that runs."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, TypeAlias

import xlsxwriter

from talent.sheets.cells import EXACT_BELOW
from talent.sheets.guard import guard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Value: TypeAlias = str | int | Decimal | date | datetime | None

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"
LONGEST_TEXT = 32_767  # characters that one cell of an XLSX can hold
_LONGEST_TITLE = 31
_NARROWEST, _WIDEST = 8, 60  # characters
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A workbook of one sheet. Text stays text; a Decimal is a number that shows its own digits.

    Moments are written as the wall clock they carry: bring them into the office's zone first.
    """
    lines = [list(row) for row in rows]
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **SAFE}) as book:
        sheet = book.add_worksheet(sheet_title(title))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            kind: book.add_format({"num_format": kind, "valign": "top"})
            for kind in {shape(value) for line in lines for value in line}
        }
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, head)
            widest = max((_width(written(line[column])) for line in lines), default=0)
            widest = max(widest, _width(name))
            sheet.set_column(column, column, min(max(widest + 2, _NARROWEST), _WIDEST))
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                put(sheet, (number, column), value, formats[shape(value)])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
    return out.getvalue()


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The same table for any program: UTF-8 with its mark, CRLF, and text that cannot run."""
    out = StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([guard(name) for name in columns])
    for row in rows:
        lines.writerow([guard(v) if isinstance(v, str) else written(v) for v in row])
    return out.getvalue().encode("utf-8-sig")


def written(value: Value) -> str:
    """A value as both formats show it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        if value.tzinfo is UTC:
            message = "a reader expects the office's wall clock: astimezone() first"
            raise ValueError(message)
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def shape(value: Value) -> str:
    """The number format of a cell: "@" for text, as many decimals as a Decimal has."""
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    if isinstance(value, int | Decimal) and _is_exact(value):
        _, _, decimals = written(value).partition(".")
        return f"0.{'0' * len(decimals)}" if decimals else "0"
    return "@"


def _is_exact(number: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number: otherwise it is written as text."""
    return len(re.sub(r"\D", "", written(number)).lstrip("0")) < len(str(EXACT_BELOW))


def put(
    sheet: xlsxwriter.worksheet.Worksheet,
    cell: tuple[int, int],
    value: Value,
    style: xlsxwriter.format.Format,
) -> None:
    row, column = cell
    if value is None or value == "":
        return
    if isinstance(value, date):
        written(value)  # refuses UTC
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        failed = sheet.write_datetime(row, column, naive, style)
    elif isinstance(value, int | Decimal) and _is_exact(value):
        failed = sheet.write_number(row, column, value, style)
    else:
        failed = sheet.write_string(row, column, _fitting(written(value)), style)
    if failed:
        message = f"row {row + 1} does not fit into a sheet"
        raise ValueError(message)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:_LONGEST_TITLE].strip("' ") or "Talent"


def _width(text: str) -> int:
    """Columns on a screen: a Chinese character is as wide as two letters."""
    return max(
        (sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line))
        for line in text.split("\n")
    )
