"""Unpack a workbook and print it as JSON: run as a process of its own, inside walls.

A file of a few kilobytes can make any reader ask for gigabytes (one cell in the last corner is
enough). Whatever it asks for, it is this process that ends, and the office reads a sentence.
"""

from __future__ import annotations

import json
import posixpath
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZipFile

import python_calamine as calamine

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_SHEETS = 20
MOST_MERGED = 20_000
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class _StopError(Exception):
    """The file is not read on; the text is a code of `FileTrouble`."""


def _main(most_rows: int, most_columns: int, content: bytes) -> dict[str, Any]:
    try:
        book = calamine.load_workbook(BytesIO(content))
        parts = _parts(content) if content.startswith(b"PK") else {}
        shown = [
            about.name
            for about in book.sheets_metadata[:MOST_SHEETS]
            if (about.visible, about.typ)
            == (calamine.SheetVisibleEnum.Visible, calamine.SheetTypeEnum.WorkSheet)
        ]
        sheets = []
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            _measure(sheet, most_rows, most_columns)
            sheets.append(_unpacked(sheet, _formulas(parts.get(name, b""))))
    except _StopError as stop:
        return {"trouble": str(stop)}
    except calamine.PasswordError:
        return {"trouble": "password"}
    except MemoryError:
        return {"trouble": "too_large"}
    except calamine.CalamineError:
        return {"trouble": "broken"}
    return {"sheets": sheets}


def _measure(sheet: calamine.CalamineSheet, most_rows: int, most_columns: int) -> None:
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= most_rows:
        trouble = "too_many_rows"
        raise _StopError(trouble)
    if last_column >= most_columns:
        trouble = "too_many_columns"
        raise _StopError(trouble)


def _unpacked(sheet: calamine.CalamineSheet, formulas: set[str]) -> dict[str, Any]:
    rows = sheet.to_python(skip_empty_area=False)
    merged = (sheet.merged_cell_ranges or [])[:MOST_MERGED]
    return {
        "name": sheet.name,
        "rows": [[_cell(value) for value in row] for row in rows],
        "merged": [[*first, *last] for first, last in merged],
        "formulas": sorted(formulas),
    }


def _cell(value: Any) -> Any:
    """JSON has no days: they travel as a pair of their kind and their text."""
    if isinstance(value, datetime | date | time):
        return [type(value).__name__, value.isoformat()]
    return value if isinstance(value, str | int | float) else str(value)


def _by_lines(unpacked: dict[str, Any], only: str, most: int) -> Iterator[Any]:
    """The same row by row: the reader need not hold them all. Of each sheet its beginning."""
    if trouble := unpacked.get("trouble"):
        yield {"trouble": trouble}
        return
    for sheet in unpacked["sheets"]:
        if only not in {"", sheet["name"]}:
            continue
        formulas: dict[int, list[str]] = {}
        for address in sheet["formulas"]:
            letters = address.rstrip("0123456789")
            formulas.setdefault(int(address[len(letters) :] or 0) - 1, []).append(letters)
        yield {"sheet": sheet["name"], "merged": [m for m in sheet["merged"] if m[0] < most]}
        for index, row in enumerate(sheet["rows"][:most]):
            yield [row, formulas.get(index, [])]


def _parts(content: bytes) -> dict[str, bytes]:
    """The XML of each worksheet, by the sheet's name."""
    with ZipFile(BytesIO(content)) as package:
        names = set(package.namelist())
        targets = {
            element.get("Id"): posixpath.join("/xl", element.get("Target", ""))[1:]
            for element in _elements(package.read("xl/_rels/workbook.xml.rels"), "Relationship")
        }
        found = {
            element.get("name", ""): posixpath.normpath(targets.get(element.get(_RELATION)) or "")
            for element in _elements(package.read("xl/workbook.xml"), "sheet")
        }
        return {sheet: package.read(part) for sheet, part in found.items() if part in names}


def _elements(xml: bytes, name: str) -> Iterator[ET.Element]:
    root = ET.fromstring(xml)  # noqa: S314 - this process is the wall
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _formulas(xml: bytes) -> set[str]:
    """The addresses of the cells that hold a formula: of these, calamine gives the value only."""
    found = set()
    address = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal address
        local = name.rpartition(":")[2]
        if local == "c":
            address = attributes.get("r", "")
        elif local == "f":
            found.add(address)

    if b"<f" in xml or b":f" in xml:
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.Parse(xml, True)  # noqa: FBT003 - expat takes no keywords
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    rows, columns, *by_lines = sys.argv[1:]
    found = _main(int(rows), int(columns), sys.stdin.buffer.read())
    if by_lines:
        for line in _by_lines(found, by_lines[0], int(by_lines[1])):
            sys.stdout.write(json.dumps(line) + "\n")
    else:
        json.dump(found, sys.stdout)
