"""Tables that leave: the same digits in both formats, and nothing that runs."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.sheets.guard import guard, unguard
from talent.sheets.opening import grids
from talent.sheets.writing import LONGEST_TEXT, write_csv, write_xlsx, written

RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\u3000=1", "\u200b=1"]
RUNS += [
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "a\n=1",
    "a\r\n =1",
    "\n=1",
    "'=1",
    "''@x",
    "=cmd|' /C calc'!A0",
]


def sheet_of(content):
    return openpyxl.load_workbook(BytesIO(content)).active


def cells_of(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def both(value):
    """One value as the XLSX shows it and as the CSV shows it."""
    cell = sheet_of(write_xlsx("t", ["值"], [[value]]))["A2"]
    shown = cell.value
    if cell.data_type == "n" and shown is not None:
        decimals = len(cell.number_format.partition(".")[2])
        shown = f"{Decimal(repr(shown)):.{decimals}f}"
    elif cell.is_date:
        shown = shown.strftime("%Y-%m-%d" if "hh" not in cell.number_format else "%Y-%m-%d %H:%M")
    return shown or "", cells_of(write_csv(["值"], [[value]]))[1][0]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-12, "-12"),
        (5200, "5200"),
        (Decimal("18.00"), "18.00"),
        (Decimal("17.86"), "17.86"),
        (Decimal("0.10"), "0.10"),
        (Decimal("-0.5"), "-0.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12345678901.2345"), "12345678901.2345"),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (10**15 - 1, "999999999999999"),
        (110105194912310021, "110105194912310021"),
        ("110105194912310021", "110105194912310021"),
        ("007", "007"),
        ("1.10", "1.10"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")), "2026-01-05 08:30"),
        (None, ""),
        ("", ""),
    ],
    ids=repr,
)
def test_xlsx_and_csv_show_the_same_digits(value, shown):
    assert both(value) == (shown, shown)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.integers(-(10**18), 10**18))
def test_xlsx_and_csv_show_the_same_digits_of_any_number(value):
    shown, in_csv = both(value)
    assert shown.removeprefix("-") == in_csv.removeprefix("-")


def test_numbers_are_numbers_and_text_is_text_in_the_workbook():
    row = [
        5,
        Decimal("1.50"),
        "5",
        "00123",
        "110105194912310021",
        "=1+1",
        "http://example.invalid/",
    ]
    cells = sheet_of(write_xlsx("t", list("ABCDEFG"), [row]))[2]
    assert [cell.data_type for cell in cells] == ["n", "n", "s", "s", "s", "s", "s"]
    assert [cell.value for cell in cells] == [5, 1.5, *row[2:]]
    assert cells[1].number_format == "0.00"
    assert cells[4].number_format == "@"
    assert [cell.hyperlink for cell in cells] == [None] * 7


@pytest.mark.parametrize("value", RUNS)
def test_no_text_becomes_a_formula_in_the_workbook(value):
    content = write_xlsx("t", [value], [[value]])
    assert grids("t.xlsx", content)[0].formulas == frozenset()
    assert [cell.data_type for cell in sheet_of(content)["A"]] == ["s", "s"]


def test_the_heading_stands_still_and_columns_fit_what_they_hold():
    sheet = sheet_of(
        write_xlsx("统计", ["社区", "n"], [["东湖第一社区居民委员会", 1], ["长" * 90, 2]])
    )
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["A"].width > 55
    assert sheet.column_dimensions["B"].width < 10


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2026/1 [街道]: 表*?", "2026 1  街道   表"),
        ("长" * 40, "长" * 31),
        ("''", "Talent"),
        ("", "Talent"),
    ],
)
def test_a_title_becomes_a_name_that_a_sheet_may_have(title, name):
    assert sheet_of(write_xlsx(title, ["a"], [])).title == name


def test_text_that_no_cell_can_hold_is_cut_where_one_sees_it():
    value = sheet_of(write_xlsx("t", ["a"], [["长" * (LONGEST_TEXT + 1)]]))["A2"].value
    assert value == "长" * (LONGEST_TEXT - 1) + "…"


@pytest.mark.parametrize("write", [partial(write_xlsx, "t"), write_csv])
def test_a_moment_that_was_not_brought_into_a_zone_is_a_bug(write):
    with pytest.raises(ValueError, match="wall clock"):
        write(["a"], [[datetime(2026, 1, 5, tzinfo=UTC)]])


def test_the_csv_has_the_mark_of_utf_8_and_ends_its_rows_as_rfc_4180_says():
    content = write_csv(["姓名", "备注"], [["𬱖一诺", 'a"b,c'], ["张三", "两\n行"]])
    assert content == (
        b"\xef\xbb\xbf" + '姓名,备注\r\n𬱖一诺,"a""b,c"\r\n张三,"两\n行"\r\n'.encode()
    )


@pytest.mark.parametrize("value", RUNS)
def test_text_that_could_run_is_guarded_in_every_line_and_comes_back(value):
    cell = cells_of(write_csv([value], [[value]]))[1][0]
    assert cell.startswith("'")
    assert all(line.startswith("'") for line in cell.splitlines())
    assert unguard(cell) == value


@pytest.mark.parametrize(
    "value", ["张三", "", "1+1=2", "a-b", "'t", "a\nb", "—", "x@y.invalid", "2026-01-05"]
)
def test_text_that_cannot_run_is_left_alone(value):
    assert guard(value) == value
    assert unguard(value) == value


TRICKY = st.text(st.sampled_from("'=+-@＝＠\t\r\n \u00a0\u3000\u200b\x0ba张1"), max_size=12)


@given(TRICKY | st.text())
def test_the_guard_is_taken_off_exactly(value):
    assert unguard(guard(value)) == value


@given(TRICKY)
def test_no_line_of_a_guarded_text_can_run(value):
    for line in guard(value).replace("\r", "\n").split("\n"):
        assert line.strip(" \u00a0\u3000\u200b\x0b")[:1] not in set("=+-@＝＠\t")


@given(st.lists(st.lists(TRICKY.filter(bool), min_size=2, max_size=2), min_size=1, max_size=4))
def test_what_is_written_as_csv_is_read_again(rows):
    content = write_csv(["甲", "乙"], rows)
    assert grids("t.csv", content)[0].rows == [["甲", "乙"], *rows]


def test_what_is_written_as_xlsx_is_read_again():
    rows = [[value, n] for n, value in enumerate([*RUNS, "_x0041_", "𬱖", "a\nb"])]
    read = grids("t.xlsx", write_xlsx("t", ["甲", "乙"], rows))[0].rows
    assert [text for text, _ in read[1:]] == [text for text, _ in rows]


def test_a_value_is_written_as_it_is_shown():
    assert [written(v) for v in (None, 7, Decimal("7.50"), date(2026, 1, 5), "x")] == [
        "",
        "7",
        "7.50",
        "2026-01-05",
        "x",
    ]
