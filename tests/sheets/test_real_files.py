"""The spreadsheets that offices sent, cell by cell, with the row numbers that they show."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from talent.sheets.cells import CellTrouble, day, digits, integer, phone, text
from talent.sheets.outcomes import State
from talent.sheets.reading import RowNote, read

FILES = Path(__file__).with_name("files")
PEOPLE = {
    "name": ("姓名", "名字"),
    "sex": ("性别",),
    "born_on": ("出生日期", "出生年月"),
    "document": ("身份证号码", "身份证号", "证件号码"),
    "document_kind": ("证件类型",),
    "phone": ("联系电话", "手机", "联系方式"),
    "joined_on": ("加入时间",),
}
READERS = {
    "name": partial(text),
    "born_on": day,
    "document": digits,
    "phone": phone,
    "joined_on": day,
}


def opened(name, columns, **more):
    return read(name, (FILES / name).read_bytes(), columns=columns, **more)


def roster():
    """Each row's number, what was read and what was wrong."""
    sheet = opened("people-roster.xlsx", PEOPLE, required=["name", "document"])
    values = {
        row.number: {
            field: row.take(field, reader, required=field in {"name", "document"})
            for field, reader in READERS.items()
        }
        for row in sheet.rows
    }
    wrong = {o.cell: o.because.why for row in sheet.rows for o in row.outcomes}
    return sheet, values, wrong


def test_the_roster_has_its_headings_in_row_3_and_sixty_people():
    sheet, _, _ = roster()
    assert sheet.heading_row == 3
    assert {field: column.letter for field, column in sheet.columns.items()} == {
        "name": "B",
        "sex": "C",
        "born_on": "D",
        "document": "E",
        "phone": "F",
        "joined_on": "J",
    }
    assert [row.number for row in sheet.rows] == [n for n in range(4, 66) if n not in {24, 46}]
    assert [column.title for column in sheet.unknown] == [
        "序号",
        "居住地址",
        "专业技能",
        "服务类别",
        "备注",
    ]


def test_the_totals_of_the_roster_are_ignored_and_said_to_be():
    sheet, _, _ = roster()
    assert [(o.cell, o.state, o.because.why) for o in sheet.ignored] == [
        ("A66", State.IGNORE, RowNote.TOTALS),
    ]


def test_of_the_roster_exactly_the_bad_cells_are_refused_each_for_its_reason():
    _, _, wrong = roster()
    assert wrong == {
        "E10": CellTrouble.DIGITS_LOST,
        "D35": CellTrouble.NO_SUCH_DAY,
        "E44": CellTrouble.MISSING,
        "F52": CellTrouble.NO_PHONE,
        "B55": CellTrouble.FORMULA,
    }


def test_the_odd_cells_of_the_roster_are_read():
    _, values, _ = roster()
    assert values[14]["document"] == "110105200207145063"
    assert values[14]["phone"] == "+8618652897893"
    assert values[22]["name"] == "𬱖一诺"
    assert values[25]["name"] == "阿卜杜拉·买买提江"
    assert values[29]["phone"] == "+8618621849997"
    assert values[41]["name"] == "于 然犇"
    assert values[49] == values[7]


def test_the_days_of_the_roster_are_read_in_six_spellings():
    _, values, _ = roster()
    assert {number: values[number]["born_on"] for number in range(4, 10)} == {
        4: date(1993, 11, 4),
        5: date(1999, 3, 29),
        6: date(1981, 5, 25),
        7: date(2001, 9, 29),
        8: date(1985, 6, 24),
        9: date(1963, 7, 6),
    }
    assert all(
        row["born_on"].strftime("%Y%m%d") == row["document"][6:14]
        for number, row in values.items()
        if number not in {10, 18, 35, 44}
    )


def test_the_gb18030_file_is_read_with_its_own_order_of_columns():
    sheet = opened("people-gb18030.csv", PEOPLE, required=["name", "document", "phone"])
    assert [row.number for row in sheet.rows] == list(range(2, 32))
    assert sheet.rows[5]["name"] == "龻龘"
    assert sheet.rows[9].take("document", digits) == "E12345678"
    assert sheet.rows[9].take("document_kind", text) == "护照"
    assert sheet.rows[0].take("phone", phone) == "+8613950024878"
    assert "born_on" not in sheet.columns
    assert sheet.rows[0].take("born_on", day) is None
    assert sheet.rows[0].outcomes == []


def test_the_population_has_its_streets_filled_down_and_two_cells_refused():
    columns = {
        "street": ("街道",),
        "community": ("社区",),
        "households": ("户数",),
        "residents": ("常住人口",),
        "urban": ("其中：城镇常住人口",),
        "as_of": ("统计日期",),
    }
    sheet = opened("population.xlsx", columns, required=list(columns), fill_down=["street"])
    assert [row["street"] for row in sheet.rows] == (
        ["东湖街道"] * 4 + ["南山街道"] * 4 + ["北园镇"] * 4
    )
    households = [row.take("households", integer) for row in sheet.rows]
    residents = [row.take("residents", integer) for row in sheet.rows]
    assert households[:5] == [1426, 2663, 1275, 2965, None]
    assert residents[:3] == [3707, None, 3315]
    assert {row.take("as_of", day) for row in sheet.rows} == {date(2025, 11, 1)}
    assert {o.cell: o.because.why for row in sheet.rows for o in row.outcomes} == {
        "D3": CellTrouble.ABOUT,
        "C6": CellTrouble.NEGATIVE,
    }


def test_the_streets_stay_empty_when_nobody_asks_to_fill_them_down():
    sheet = opened("population.xlsx", {"street": ("街道",), "community": ("社区",)})
    assert [row["street"] for row in sheet.rows[:2]] == ["东湖街道", ""]


def test_the_old_format_holds_forty_appointments_of_thirty_nine_people():
    columns = {
        "community": ("社区",),
        "name": ("姓名",),
        "document": ("身份证号",),
        "starts_on": ("任职时间",),
        "ends_on": ("离任时间",),
    }
    sheet = opened("appointments.xls", columns, required=list(columns))
    assert [row.number for row in sheet.rows] == list(range(2, 42))
    assert len({row.take("document", digits) for row in sheet.rows}) == 39
    ends = [row.take("ends_on", day) for row in sheet.rows]
    assert set(ends) == {None, date(2026, 3, 31)}
    assert sheet.rows[0].take("starts_on", day) == date(2023, 3, 29)
