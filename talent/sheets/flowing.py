"""Tables of any length that leave while they are written: nothing but the present rows is held."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from talent.sheets.guard import guard
from talent.sheets.writing import LONGEST_TEXT, sheet_title, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from talent.sheets.writing import Value

MOST_ROWS = 1_048_575  # beside the head; a sheet holds no more
_HELD = 65_536  # characters before they are sent
_ROWS = 200  # of a workbook before they are sent
_FIRST_DAY = date(1899, 12, 30)  # of a workbook's calendar, as all programs count
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML 1.0
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKED}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKED}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKED}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Styles: text, a day, the bold head.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
        'formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name '
        'val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
        'patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
        '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}


class Sent(io.RawIOBase):
    """What a ZIP file writes, until it is taken away."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any, /) -> int:
        self.waiting.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        chunk, self.waiting = b"".join(self.waiting), []
        return chunk


def flow_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """For any program: UTF-8 with its mark, CRLF, and text that cannot run."""
    line = StringIO(newline="")
    line.write("\ufeff")
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow([guard(name) for name in columns])
    for row in rows:
        writer.writerow([guard(v) if isinstance(v, str) else written(v) for v in row])
        if line.tell() > _HELD:
            yield line.getvalue().encode()
            line.seek(0)
            line.truncate()
    yield line.getvalue().encode()


def flow_xlsx(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> Iterator[bytes]:
    """A workbook of one sheet. Text stays text, also where it looks like a formula."""
    sent = Sent()
    name = quoteattr(_writable(sheet_title(title)))
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
        f'<sheet name={name} sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
        for part, text in (*_PARTS.items(), ("xl/workbook.xml", book)):
            file.writestr(part, _HEAD + text)
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((_HEAD + _above(len(columns))).encode())
            held = [_row(columns, 2)]
            for row in rows:
                held.append(_row(row, 0))
                if len(held) >= _ROWS:
                    sheet.write("".join(held).encode())
                    held.clear()
                    yield sent.taken()
            sheet.write("".join([*held, "</sheetData></worksheet>"]).encode())
    yield sent.taken()


def _above(columns: int) -> str:
    """What stands before the rows: the head stays in sight, and columns have a width."""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{max(columns, 1)}" width="18" customWidth="1"/></cols><sheetData>'
    )


def _row(values: Sequence[Value], style: int) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def _cell(value: Value, style: int) -> str:
    if value is None or value == "":
        return "<c/>"
    if type(value) is date and value > _FIRST_DAY:
        return f'<c s="1"><v>{(value - _FIRST_DAY).days}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    text = escape(_writable(written(value))[:LONGEST_TEXT])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)
