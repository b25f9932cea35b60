"""Where the table begins, which column is which, and what is passed over."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from talent.rules.reason import Because
from talent.sheets.cells import CellTrouble, day, integer, text
from talent.sheets.headings import letter
from talent.sheets.opening import FileTrouble, Unreadable
from talent.sheets.outcomes import Outcome, State
from talent.sheets.reading import RowNote, read

COLUMNS = {
    "name": ("姓名", "名字", "Name"),
    "phone": ("联系电话", "手机"),
    "born_on": ("出生日期",),
}


def from_csv(body, columns=COLUMNS, **more):
    return read("a.csv", body.encode(), columns=columns, **more)


def from_xlsx(rows, change=None, columns=COLUMNS, **more):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = BytesIO()
    book.save(out)
    return read("a.xlsx", out.getvalue(), columns=columns, **more)


@pytest.mark.parametrize(
    "heading",
    [
        "姓名",
        "姓 名",
        "姓　名",
        "*姓名",
        "姓名：",
        "姓名（必填）",
        "姓\n名",
        "名字",
        "ＮＡＭＥ",
        "name ",
    ],
)
def test_a_heading_is_recognised_however_it_is_written(heading):
    sheet = from_xlsx([["题目"], [], [heading, "手机"], ["张三", "1"]])
    assert sheet.heading_row == 3
    assert sheet.columns["name"].letter == "A"
    assert [(row.number, row["name"]) for row in sheet.rows] == [(4, "张三")]


def test_of_two_columns_for_one_field_the_better_heading_is_taken_and_the_other_is_named():
    sheet = from_csv("手机,姓名,联系电话\n1,张三,2\n")
    assert sheet.rows[0]["phone"] == "2"
    assert [(c.letter, c.title) for c in sheet.unknown] == [("A", "手机")]


def test_a_column_without_heading_that_holds_something_is_named():
    sheet = from_csv("姓名,,\n张三,x,\n")
    assert [(c.letter, c.title) for c in sheet.unknown] == [("B", "")]


def test_missing_columns_are_named_by_their_first_heading():
    with pytest.raises(Unreadable) as refusal:
        from_csv("名字,地址\n张三,x\n", required=["name", "phone", "born_on"])
    assert refusal.value.because == Because(
        FileTrouble.NO_HEADINGS, {"columns": "联系电话, 出生日期"}
    )


def test_a_table_without_any_known_heading_is_refused():
    with pytest.raises(Unreadable) as refusal:
        from_csv("甲,乙\n1,2\n")
    assert refusal.value.because.facts == {"columns": "姓名, 联系电话, 出生日期"}


def test_a_file_of_blanks_is_empty():
    with pytest.raises(Unreadable) as refusal:
        from_csv(" ,\u3000\n\n")
    assert refusal.value.because.why == FileTrouble.EMPTY


def test_merged_headings_of_two_rows_are_read_as_one():
    def merge(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")

    rows = [
        ["姓名", "联系方式", None, "常住人口", None],
        [None, "手机", "地址", "城镇", "农村"],
        ["张三", "1", "某路", 5, 6],
    ]
    columns = COLUMNS | {"urban": ("常住人口城镇",), "rural": ("常住人口农村",)}
    sheet = from_xlsx(rows, merge, columns, required=["name", "phone"])
    assert sheet.heading_row == 2
    assert {field: column.letter for field, column in sheet.columns.items()} == {
        "name": "A",
        "phone": "B",
        "urban": "D",
        "rural": "E",
    }
    assert [row.number for row in sheet.rows] == [3]
    assert [column.title for column in sheet.unknown] == ["联系方式 地址"]


def test_a_table_that_starts_in_the_middle_of_a_sheet_keeps_its_addresses():
    book = openpyxl.Workbook()
    for at, value in {"C5": "姓名", "D5": "出生日期", "C6": "张三", "D6": "x"}.items():
        book.active[at] = value
    out = BytesIO()
    book.save(out)
    sheet = read("a.xlsx", out.getvalue(), columns=COLUMNS)
    row = sheet.rows[0]
    assert (sheet.heading_row, row.number, row["name"]) == (5, 6, "张三")
    assert row.take("born_on", day) is None
    assert row.outcomes == [
        Outcome(6, "D", Because(CellTrouble.NOT_A_DAY, {"text": "x"}), State.REFUSE)
    ]
    assert row.outcomes[0].cell == "D6"
    assert row.refused


@pytest.mark.parametrize("word", ["合计", "合 计", "总计：", "小计", "共计", "Total", "SUBTOTAL"])
def test_a_row_of_totals_is_ignored_wherever_it_stands(word):
    sheet = from_csv(f"序号,姓名,人数\n1,张三,5\n,{word},5\n2,李四,6\n")
    assert [row.number for row in sheet.rows] == [2, 4]
    assert sheet.ignored == [Outcome(3, "B", Because(RowNote.TOTALS), State.IGNORE)]


def test_a_person_whose_name_holds_the_word_is_no_total():
    sheet = from_csv("姓名\n合计文\n总小计\n")
    assert [row["name"] for row in sheet.rows] == ["合计文", "总小计"]


def test_a_note_below_the_table_is_ignored_and_named():
    sheet = from_csv("姓名,手机\n张三,1\n填表人：李四,2026年1月\n")
    assert [row.number for row in sheet.rows] == [2]
    assert sheet.ignored == [Outcome(3, "A", Because(RowNote.FOOTNOTE), State.IGNORE)]


def test_headings_that_are_repeated_on_each_page_are_ignored():
    sheet = from_csv("姓名,手 机\n张三,1\n姓 名,手机\n李四,2\n")
    assert sheet.heading_row == 1
    assert [row.number for row in sheet.rows] == [2, 4]
    assert sheet.ignored == [Outcome(3, None, Because(RowNote.HEADINGS), State.IGNORE)]


def test_blank_rows_are_dropped_and_still_counted():
    sheet = from_csv("姓名,手机\n\n张三,1\n \u3000,\u00a0\n李四,2\n")
    assert [row.number for row in sheet.rows] == [3, 5]


def test_where_no_cell_is_merged_an_empty_one_takes_the_value_above():
    columns = {"street": ("街道",), "community": ("社区",)}
    body = "街道,社区\n东湖,一\n,二\n\n南山,三\n,四\n合计,4\n"
    sheet = from_csv(body, columns, fill_down=["street"])
    assert [(r.number, r["street"]) for r in sheet.rows] == [
        (2, "东湖"),
        (3, "东湖"),
        (5, "南山"),
        (6, "南山"),
    ]


def test_where_cells_are_merged_an_empty_one_beside_them_stays_empty():
    columns = {"street": ("街道",), "community": ("社区",)}
    rows = [["街道", "社区"], ["东湖", "一"], [None, "二"], [None, "三"]]
    sheet = from_xlsx(rows, lambda s: s.merge_cells("A2:A3"), columns, fill_down=["street"])
    assert [row["street"] for row in sheet.rows] == ["东湖", "东湖", ""]


def test_the_sheet_that_has_the_columns_is_read_and_the_others_are_named():
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active.append(["请按格式填写"])
    book.create_sheet("花名册").append(["姓名"])
    book["花名册"].append(["张三"])
    book.create_sheet("Sheet3")
    out = BytesIO()
    book.save(out)
    sheet = read("a.xlsx", out.getvalue(), columns=COLUMNS, required=["name"])
    assert (sheet.name, sheet.other_sheets) == ("花名册", ("填表说明",))
    assert [row["name"] for row in sheet.rows] == ["张三"]


def test_a_formula_without_a_value_is_not_a_blank_row():
    sheet = from_xlsx([["姓名", "手机"], ["=1+1", None], ["张三", "1"]])
    assert [row.number for row in sheet.rows] == [2, 3]
    assert sheet.rows[0].take("name", text) is None
    assert [(o.cell, o.because.why) for o in sheet.rows[0].outcomes] == [
        ("A2", CellTrouble.FORMULA)
    ]
    assert [row.formulas for row in sheet.rows] == [{"name"}, set()]


def test_what_stands_in_a_csv_as_a_formula_is_text_for_the_caller_to_judge():
    sheet = from_csv('姓名\n"=HYPERLINK(""x"")"\n')
    assert sheet.rows[0].take("name", text) == '=HYPERLINK("x")'


def test_a_required_cell_that_is_empty_is_refused_and_an_optional_one_is_none():
    row = from_csv("姓名,手机,出生日期\n,1,\n").rows[0]
    assert row.take("born_on", day) is None
    assert not row.refused
    assert row.take("name", text, required=True) is None
    assert row.refused
    assert [(o.cell, o.because.why) for o in row.outcomes] == [("A2", CellTrouble.MISSING)]


def test_a_row_keeps_notes_that_do_not_refuse_it():
    row = from_csv("姓名\n张三\n").rows[0]
    row.note(None, CellTrouble.MISSING, State.ASK)
    assert not row.refused
    assert row.outcomes[0].cell == "2"


def test_columns_are_lettered_as_a_spreadsheet_does():
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702, 16383)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_numbers_above_the_headings_do_not_disturb_them():
    sheet = from_xlsx(
        [[1.1e17, 2], ["姓名", 2025], ["张三", 7]], columns={"name": ("姓名",), "n": ("2025",)}
    )
    assert sheet.rows[0].take("n", integer) == 7
