"""One cell, one value or one reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.sheets.cells import (
    CellTrouble,
    Unusable,
    day,
    digits,
    integer,
    is_blank,
    phone,
    share,
    text,
)


def why(read, cell):
    with pytest.raises(Unusable) as refusal:
        read(cell)
    return refusal.value.because.why


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026/01/05",
        "2026.1.5",
        "20260105",
        "2026年1月5日",
        "2026年01月05号",
        "2026 年 1 月 5 日",
        "２０２６年１月５日",
        "２０２６－０１－０５",
        " 2026-01-05 ",
        "2026-01-05 00:00:00",
        "2026/1/5 8:30",
        "46027",
        46027,
        46027.0,
        46027.75,
        20260105.0,
        date(2026, 1, 5),
        datetime(2026, 1, 5, 23, 59),
    ],
    ids=repr,
)
def test_a_day_is_read_in_every_spelling(cell):
    assert day(cell) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2001-02-30", CellTrouble.NO_SUCH_DAY),
        ("2023年2月29日", CellTrouble.NO_SUCH_DAY),
        ("20260431", CellTrouble.NO_SUCH_DAY),
        ("2026.13.1", CellTrouble.NO_SUCH_DAY),
        ("0000-01-01", CellTrouble.NO_SUCH_DAY),
        ("26-1-5", CellTrouble.TWO_DIGIT_YEAR),
        ("93年5月2日", CellTrouble.TWO_DIGIT_YEAR),
        ("5/1/26", CellTrouble.TWO_DIGIT_YEAR),
        ("930502", CellTrouble.TWO_DIGIT_YEAR),
        ("1993年5月", CellTrouble.MONTH_ONLY),
        ("1993.05", CellTrouble.MONTH_ONLY),
        ("199305", CellTrouble.MONTH_ONLY),
        (1993.5, CellTrouble.MONTH_ONLY),
        ("9199-03-03", CellTrouble.IMPOSSIBLE_YEAR),
        (date(1066, 10, 14), CellTrouble.IMPOSSIBLE_YEAR),
        ("05/01/2026", CellTrouble.NOT_A_DAY),
        ("1993", CellTrouble.NOT_A_DAY),
        (1993.0, CellTrouble.NOT_A_DAY),
        ("99999", CellTrouble.NOT_A_DAY),
        ("正月初五", CellTrouble.NOT_A_DAY),
        (True, CellTrouble.NOT_A_DAY),
        (time(8, 30), CellTrouble.NOT_A_DAY),
        (-5.0, CellTrouble.NOT_A_DAY),
        ("²026-01-05", CellTrouble.NOT_A_DAY),
    ],
    ids=repr,
)
def test_what_is_no_day_says_why(cell, reason):
    assert why(day, cell) == reason


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_every_spelling_of_every_day_is_the_same_day(value):
    spellings = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]
    serial = (value - date(1899, 12, 30)).days
    assert {day(value.strftime(one)) for one in spellings} | {day(float(serial))} == {value}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5200.0, 5200),
        (0.0, 0),
        ("0", 0),
        ("5200", 5200),
        ("5200.0", 5200),
        ("1,275", 1275),
        ("1，275", 1275),
        ("12,345,678", 12345678),
        ("１２，３４５", 12345),
        ("1 275", 1275),
        ("1\u00a0275", 1275),
        ("007", 7),
    ],
    ids=repr,
)
def test_a_whole_number_is_read(cell, number):
    assert integer(cell) == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("约5200", CellTrouble.ABOUT),
        ("5200多", CellTrouble.ABOUT),
        ("近5200", CellTrouble.ABOUT),
        ("5200左右", CellTrouble.ABOUT),
        ("5200+", CellTrouble.ABOUT),
        (-12.0, CellTrouble.NEGATIVE),
        ("-12", CellTrouble.NEGATIVE),
        ("－１２", CellTrouble.NEGATIVE),
        ("−12", CellTrouble.NEGATIVE),
        ("-1,275", CellTrouble.NEGATIVE),
        (12.5, CellTrouble.FRACTION),
        ("12.5", CellTrouble.FRACTION),
        ("1,27", CellTrouble.NOT_A_NUMBER),
        ("1,2755", CellTrouble.NOT_A_NUMBER),
        ("5200人", CellTrouble.NOT_A_NUMBER),
        ("5²", CellTrouble.NOT_A_NUMBER),
        ("五千", CellTrouble.NOT_A_NUMBER),
        (True, CellTrouble.NOT_A_NUMBER),
        (date(2026, 1, 5), CellTrouble.NOT_A_NUMBER),
        (1.1e17, CellTrouble.DIGITS_LOST),
    ],
    ids=repr,
)
def test_what_is_no_whole_number_says_why(cell, reason):
    assert why(integer, cell) == reason


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (1.0, "1"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("50%", "0.5"),
        ("５０％", "0.5"),
        ("12.5 %", "0.125"),
        ("0", "0"),
    ],
    ids=repr,
)
def test_a_share_is_read_exactly(cell, value):
    assert share(cell) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1.5", CellTrouble.NOT_A_SHARE),
        ("150%", CellTrouble.NOT_A_SHARE),
        (100.0, CellTrouble.NOT_A_SHARE),
        ("一半", CellTrouble.NOT_A_SHARE),
        ("1/2", CellTrouble.NOT_A_SHARE),
        (True, CellTrouble.NOT_A_SHARE),
        ("-0.5", CellTrouble.NEGATIVE),
    ],
    ids=repr,
)
def test_what_is_no_share_says_why(cell, reason):
    assert why(share, cell) == reason


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("１１０１０５２００２０７１４５０６３", "110105200207145063"),
        ("'110105200207145063", "110105200207145063"),
        ('="110105200207145063"', "110105200207145063"),
        ("110105200207145063\t", "110105200207145063"),
        ("\ufeff110105200207145063", "110105200207145063"),
        ("007", "007"),
        ("E12345678", "E12345678"),
        ("1E10", "1E10"),
        (13950024878.0, "13950024878"),
    ],
    ids=repr,
)
def test_digits_are_kept_every_one(cell, value):
    assert digits(cell) == value


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (1.101051964110493e17, "1.10105E+17"),
        ("1.10105E+17", "1.10105E+17"),
        ("1.10105e+17", "1.10105e+17"),
        ("１.１０１０５Ｅ＋１７", "1.10105E+17"),
        ("1E+17", "1E+17"),
        (1e15, "1.00000E+15"),
    ],
    ids=repr,
)
def test_a_number_that_lost_its_digits_is_refused_with_what_is_shown(cell, shown):
    with pytest.raises(Unusable) as refusal:
        digits(cell)
    assert refusal.value.because.why == CellTrouble.DIGITS_LOST
    assert refusal.value.because.facts == {"text": shown}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13950024878", "+8613950024878"),
        (13950024878.0, "+8613950024878"),
        ("186-2184 9997", "+8618621849997"),
        ("１８６５２８９７８９３", "+8618652897893"),
        ("+86 139 5002 4878", "+8613950024878"),
        ("008613950024878", "+8613950024878"),
        ("010-12345678", "+861012345678"),
        ("(0571) 8888 8888", "+8657188888888"),
        ("+852 2123 4567", "+85221234567"),
    ],
    ids=repr,
)
def test_a_phone_number_is_normalised(cell, number):
    assert phone(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        "12345",
        "1395002487",
        "139500248789",
        "13950024878/13912345678",
        "13888a662305",
        "无",
        "+999 123",
    ],
    ids=repr,
)
def test_what_is_no_phone_number_is_refused(cell):
    assert why(phone, cell) == CellTrouble.NO_PHONE


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" 于\u3000然犇 ", "于 然犇"),
        ("张\n三", "张 三"),
        ("张\x07三\u200b\ufeff", "张三"),
        ("𬱖一诺", "𬱖一诺"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("ئا\u200cب", "ئا\u200cب"),
        ("Ａ座", "Ａ座"),
        (60.0, "60"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (date(2026, 1, 5), "2026-01-05"),
    ],
    ids=repr,
)
def test_text_is_one_line_without_what_nobody_sees(cell, value):
    assert text(cell) == value


def test_text_is_made_narrow_only_where_asked():
    assert text("Ａ１２３（测）　①", plain=True) == "A123(测) ①"


def test_only_what_shows_nothing_is_blank():
    assert [is_blank(c) for c in ("", " ", "\u3000\u00a0", "\u200b\n")] == [True] * 4
    assert [is_blank(c) for c in ("0", 0, 0.0, False, "—")] == [False] * 5


def test_a_sentence_repeats_no_more_than_a_line_of_a_cell():
    with pytest.raises(Unusable) as refusal:
        day("日" * 500)
    assert refusal.value.because.facts == {"text": "日" * 40}


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.times()))
def test_any_cell_has_a_value_or_a_reason(cell):
    for read in (text, day, integer, share, digits, phone):
        with suppress(Unusable):
            read(cell)
