"""What is let in as a spreadsheet, and the sentence that everything else gets."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from talent.sheets import long, opening
from talent.sheets.opening import FileTrouble, Unreadable, grids

FILES = Path(__file__).with_name("files")
XLSX = (FILES / "population.xlsx").read_bytes()
XLS = (FILES / "appointments.xls").read_bytes()


def workbook(*rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content, replace):
    """The same package with the bytes of some parts replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, replace.pop(name, None) or old.read(name))
        for name, part in replace.items():
            new.writestr(name, part)
    return out.getvalue()


def trouble(name, content):
    with pytest.raises(Unreadable) as refusal:
        grids(name, content)
    return refusal.value.because.why


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("people.pdf", b"%PDF-1.7", FileTrouble.UNKNOWN_KIND),
        ("people.xlsm", XLSX, FileTrouble.UNKNOWN_KIND),
        ("people", XLSX, FileTrouble.UNKNOWN_KIND),
        ("people.csv", b"", FileTrouble.EMPTY),
        ("people.xls", XLSX, FileTrouble.WRONG_KIND),
        ("people.xlsx", XLS, FileTrouble.WRONG_KIND),
        ("people.csv", XLSX, FileTrouble.WRONG_KIND),
        ("people.csv", XLS, FileTrouble.WRONG_KIND),
        ("people.xls", "<html><table>姓名</table>".encode(), FileTrouble.WRONG_KIND),
        ("people.xlsx", "姓名\n张三".encode(), FileTrouble.WRONG_KIND),
        ("people.xlsx", XLSX[:-900], FileTrouble.BROKEN),
        ("people.xlsx", b"PK\x03\x04" + b"\0" * 50, FileTrouble.BROKEN),
        ("people.xls", XLS[:600], FileTrouble.BROKEN),
        ("people.xls", XLS[:8] + b"\xff" * 4096, FileTrouble.BROKEN),
        ("people.csv", "姓名\n张三".encode("utf-16"), FileTrouble.WRONG_ENCODING),
        ("people.csv", "姓名\n张三".encode() + b"\xff", FileTrouble.WRONG_ENCODING),
        ("people.csv", '姓名\n"张三'.encode(), FileTrouble.BROKEN_CSV),
        ("people.csv", b"," * opening.MOST_COLUMNS, FileTrouble.TOO_MANY_COLUMNS),
        ("people.csv", b"a\n" * (opening.MOST_ROWS + 1), FileTrouble.TOO_MANY_ROWS),
        ("people.csv", b"a" * (opening.MOST_BYTES + 1), FileTrouble.TOO_LARGE),
    ],
)
def test_a_file_is_refused_for_its_reason(name, content, why):
    assert trouble(name, content) == why


def test_the_same_bytes_are_taken_under_their_own_name_in_any_case():
    assert len(grids("A.XLSX", XLSX)[0].rows) == 13
    assert len(grids("A.XLS", XLS)[0].rows) == 41


def test_a_package_that_is_no_workbook_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert trouble("a.xlsx", out.getvalue()) == FileTrouble.WRONG_KIND


def test_a_file_with_a_password_is_told_so():
    content = XLS[:8] + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le")
    assert trouble("people.xlsx", content) == FileTrouble.PASSWORD


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.delattr(opening.subprocess, "run")
    bomb = repacked(XLSX, {"xl/media/zeros.bin": b"\0" * (opening.MOST_UNPACKED_BYTES + 1)})
    assert len(bomb) < 200_000
    assert trouble("a.xlsx", bomb) == FileTrouble.TOO_LARGE
    smaller = repacked(XLSX, {"xl/media/zeros.bin": b"\0" * (opening.MOST_UNPACKED_BYTES // 4)})
    assert trouble("a.xlsx", smaller) == FileTrouble.TOO_LARGE
    many = repacked(XLSX, {f"xl/media/{n}": b"" for n in range(opening.MOST_PARTS)})
    assert trouble("a.xlsx", many) == FileTrouble.TOO_LARGE


def test_a_bomb_that_lies_about_its_size_ends_in_a_sentence():
    """The list of contents says 1 kB; what comes out is more than may be unpacked."""
    name = "xl/sharedStrings.xml"
    text = b"<sst><si><t>" + b"a" * opening.MOST_UNPACKED_BYTES + b"</t></si></sst>"
    bomb = repacked(workbook(["姓名"], ["张三"]), {name: text})
    real = len(text).to_bytes(4, "little")
    assert bomb.count(real) == 2
    lie = bomb.replace(real, (1000).to_bytes(4, "little"))
    assert trouble("a.xlsx", lie) in {FileTrouble.TOO_LARGE, FileTrouble.BROKEN}


def test_one_cell_in_the_last_corner_does_not_take_the_memory():
    def far(book):
        book.active["XFD1048576"] = "x"

    assert trouble("a.xlsx", workbook(["姓名"], change=far)) in {
        FileTrouble.TOO_LARGE,
        FileTrouble.TOO_MANY_ROWS,
    }


def test_a_table_with_too_many_rows_or_columns_is_refused():
    def low(book):
        book.active.cell(opening.MOST_ROWS + 1, 1, "x")

    def wide(book):
        book.active.cell(1, opening.MOST_COLUMNS + 1, "x")

    assert trouble("a.xlsx", workbook(["姓名"], change=low)) == FileTrouble.TOO_MANY_ROWS
    assert trouble("a.xlsx", workbook(["姓名"], change=wide)) == FileTrouble.TOO_MANY_COLUMNS


def test_entities_are_not_expanded():
    sheet = (
        '<!DOCTYPE x [<!ENTITY a "boom"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;&f;</t></is></c></row></sheetData>'
        "</worksheet>"
    )
    content = repacked(XLSX, {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert trouble("a.xlsx", content) == FileTrouble.BROKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_each_encoding(encoding):
    content = "姓名,电话\r\n𬱖一诺,010\r\n".encode(encoding)
    assert grids("a.csv", content)[0].rows == [["姓名", "电话"], ["𬱖一诺", "010"]]


def test_gb18030_is_the_edition_of_2022():
    assert grids("a.csv", b"\xfe\x59,\xfe\x51,\xd5\xc5")[0].rows == [["龴", "𠂇", "张"]]


def test_utf_8_is_not_mistaken_for_gb18030():
    content = "姓名\n涓冮噷".encode()
    assert grids("a.csv", content)[0].rows == [["姓名"], ["涓冮噷"]]


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_csv_may_part_its_cells_by_another_sign(comma):
    content = f'姓名{comma}电话\n"张{comma}三"{comma}010\n\n李四{comma}011\n'.encode()
    assert grids("a.csv", content)[0].rows == [
        ["姓名", "电话"],
        [f"张{comma}三", "010"],
        [],
        ["李四", "011"],
    ]


def test_the_row_in_which_a_quotation_mark_is_wrong_is_named():
    with pytest.raises(Unreadable) as refusal:
        grids("a.csv", b'a,b\nc,d\n"e"x,f\n')
    assert refusal.value.because.facts == {"row": 3}


def test_hidden_sheets_are_not_read():
    def hide(book):
        book.create_sheet("旧").append(["secret"])
        book["旧"].sheet_state = "hidden"

    assert [grid.name for grid in grids("a.xlsx", workbook(["姓名"], change=hide))] == ["Sheet"]


def test_formulas_are_found_in_the_sheet_in_which_they_stand():
    def two(book):
        book.active["B2"] = "=1+1"
        book.create_sheet("二").append(["=A1", "'=x", "1=2"])

    first, second = grids("a.xlsx", workbook(["姓名"], change=two))
    assert first.formulas == {"B2"}
    assert second.formulas == {"A1"}
    assert second.rows[0][1:] == ["'=x", "1=2"]


def test_whoever_works_on_the_rows_of_a_workbook_takes_his_time(monkeypatch):
    """The reader has a minute for the file, and not for what becomes of each of its rows."""
    monkeypatch.setattr(long, "SECONDS", 3)
    content = workbook(*([f"第{row}行", "社区" * 20] for row in range(6_000)))
    rows = long.rows("people.xlsx", content, "Sheet", 0)
    assert next(rows).cells[0] == "第0行"
    time.sleep(4)
    assert [row.cells[0] for row in rows][-1] == "第5999行"
