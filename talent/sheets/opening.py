"""From the bytes of an .xlsx, .xls or .csv file to grids of cells, or a sentence that says why."""

from __future__ import annotations

import csv
import json
import logging
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from talent.errors import Refused
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets.guard import unguard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from talent.rules.reason import Fact
    from talent.sheets.cells import Cell

_log = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED_BYTES = 60 * 1024 * 1024
MOST_RATIO = 100  # times smaller than unpacked: a roster packs about 10 times, a bomb 1000 times
MOST_PARTS = 1000  # files inside an .xlsx
MOST_ROWS = 20_000
MOST_COLUMNS = 200
SECONDS = 30

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# 24 characters that older GB 18030 tables kept in the private area and the 2022 edition does not.
_PRIVATE = (
    *range(0xE78D, 0xE797),
    *(0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C),
    *(0xE831, 0xE832, 0xE83B, 0xE843, 0xE854, 0xE855, 0xE864),
)
_GB18030_2022 = dict(zip(_PRIVATE, "︐︒︑︓︔︕︖︗︘︙𠂇𠂉𠃌龴龵龶龷𡗗龸𢦏龹龺𤇾龻", strict=True))


class FileTrouble(Word):
    """Why a file cannot be read as a table."""

    EMPTY = "empty", N_("The file is empty.")
    TOO_LARGE = "too_large", N_("The file is too large: at most %(megabytes)s MB, also unpacked.")
    TOO_MANY_ROWS = "too_many_rows", N_("The table has more than %(rows)s rows. Split it.")
    TOO_MANY_COLUMNS = "too_many_columns", N_("The table has more than %(columns)s columns.")
    UNKNOWN_KIND = "unknown_kind", N_("Only .xlsx, .xls and .csv files are read.")
    WRONG_KIND = (
        "wrong_kind",
        N_("The content of this file is not %(kind)s. Open it and save it anew as .xlsx."),
    )
    PASSWORD = "password", N_("The file has a password. Save it without one.")
    BROKEN = "broken", N_("The file is damaged. Open it and save it anew as .xlsx.")
    WRONG_ENCODING = (
        "wrong_encoding",
        N_("The characters of this file are neither UTF-8 nor GB18030. Save it as .xlsx."),
    )
    BROKEN_CSV = "broken_csv", N_("Row %(row)s: a quotation mark does not close or stands alone.")
    NO_HEADINGS = "no_headings", N_("These columns are missing: %(columns)s.")


class Unreadable(Refused):
    """The file as a whole is refused; the rows were not looked at."""

    def __init__(self, why: FileTrouble, **facts: Fact) -> None:
        self.because = Because(why, facts)
        super().__init__([self.because])


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one worksheet from A1 on, as they stand."""

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # from 0, ends included
    formulas: frozenset[str] = frozenset()  # addresses such as B55


def grids(name: str, content: bytes) -> list[Grid]:
    """Open a file by its name and its first bytes, which must agree."""
    kind = kind_of(name, content)
    if kind == ".csv":
        return [Grid("", list(csv_rows(content)))]
    return _unpack(content)


def kind_of(name: str, content: bytes, most: int = MOST_BYTES) -> str:
    """What a file is, by its name and its first bytes, which must agree. Raises Unreadable."""
    kind = Path(name).suffix.lower()
    if kind not in {".xlsx", ".xls", ".csv"}:
        raise Unreadable(FileTrouble.UNKNOWN_KIND)
    if not content:
        raise Unreadable(FileTrouble.EMPTY)
    if len(content) > most:
        raise too_large(most)
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise Unreadable(FileTrouble.PASSWORD)
    is_kind = {
        ".xlsx": content.startswith(_ZIP),
        ".xls": content.startswith(_OLE),
        ".csv": not content.startswith((_ZIP, _OLE, b"%PDF-")),
    }
    if not is_kind[kind]:
        raise Unreadable(FileTrouble.WRONG_KIND, kind=kind)
    if kind == ".xlsx":
        _weigh(content, most)
    return kind


def too_large(most: int) -> Unreadable:
    """The refusal of a file of more bytes than that."""
    return Unreadable(FileTrouble.TOO_LARGE, megabytes=most // 1024 // 1024)


def _weigh(content: bytes, most: int) -> None:
    """Look into the list of contents of an .xlsx, before anything is unpacked."""
    try:
        with ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except (BadZipFile, ValueError, NotImplementedError):
        raise Unreadable(FileTrouble.BROKEN) from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Unreadable(FileTrouble.WRONG_KIND, kind=".xlsx")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if (
        unpacked > MOST_UNPACKED_BYTES
        or len(parts) > MOST_PARTS
        or (unpacked > most and unpacked > MOST_RATIO * packed)
    ):
        raise too_large(MOST_UNPACKED_BYTES)


def _unpack(content: bytes) -> list[Grid]:
    """Have a process of its own read the workbook: it may end, this one may not."""
    script = Path(__file__).with_name("unpacking.py")
    command = [sys.executable, "-I", str(script), str(MOST_ROWS), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and numbers
            command, input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise too_large(MOST_UNPACKED_BYTES) from None
    if done.returncode < 0:  # it met a wall
        raise too_large(MOST_UNPACKED_BYTES)
    if done.returncode > 0:
        last_line = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        _log.warning("a workbook broke its reader: %s", last_line[:200])
        raise Unreadable(FileTrouble.BROKEN)
    answer = json.loads(done.stdout)
    if trouble := answer.get("trouble"):
        if trouble == FileTrouble.TOO_LARGE:
            raise too_large(MOST_UNPACKED_BYTES)
        troubles = {word.value: word for word in FileTrouble}
        raise Unreadable(troubles[trouble], rows=MOST_ROWS, columns=MOST_COLUMNS)
    return [
        Grid(
            sheet["name"],
            [[cell(value) for value in row] for row in sheet["rows"]],
            [tuple(span) for span in sheet["merged"]],
            frozenset(sheet["formulas"]),
        )
        for sheet in answer["sheets"]
    ]


def cell(value: Any) -> Cell:
    """A cell as it came through JSON."""
    if not isinstance(value, list):
        return value  # type: ignore[no-any-return]
    kind, text = value
    kinds: dict[str, type[date | time]] = {"date": date, "datetime": datetime, "time": time}
    return kinds[kind].fromisoformat(text)


def csv_rows(content: bytes, most: int = MOST_ROWS) -> Iterator[list[Cell]]:
    """The rows of a CSV, one after the other. Raises Unreadable."""
    text = _decoded(content)
    head = next((line for line in text.splitlines() if re.search(r"[,;\t]", line)), "")
    comma = max(",;\t", key=head.count)  # a tie is a comma's
    lines = csv.reader(StringIO(text, newline=""), delimiter=comma, strict=True)
    number = 0
    try:
        for number, row in enumerate(lines, 1):
            if number > most:
                raise Unreadable(FileTrouble.TOO_MANY_ROWS, rows=most)
            if len(row) > MOST_COLUMNS:
                raise Unreadable(FileTrouble.TOO_MANY_COLUMNS, columns=MOST_COLUMNS)
            yield [unguard(each) for each in row]
    except csv.Error:
        raise Unreadable(FileTrouble.BROKEN_CSV, row=number + 1) from None


def _decoded(content: bytes) -> str:
    """UTF-8 when it is that to the last byte, else GB18030 likewise, else nothing."""
    if b"\0" in content:
        raise Unreadable(FileTrouble.WRONG_ENCODING)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030").translate(_GB18030_2022)
    except UnicodeDecodeError:
        raise Unreadable(FileTrouble.WRONG_ENCODING) from None
    # GB18030 gives a meaning to nearly all bytes: what comes out must at least be characters.
    # Beyond the basic plane Python's own tables are older than the characters in people's names.
    if any(char < "\U00010000" and unicodedata.category(char) == "Cn" for char in set(text)):
        raise Unreadable(FileTrouble.WRONG_ENCODING)
    return text
