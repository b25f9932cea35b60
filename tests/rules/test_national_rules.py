"""Order 67 Art. 4: what a file for the designated system holds, and what lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules import mappings, national
from talent.rules.mappings import Trouble
from talent.rules.national import NEEDED, Column, Entered, FileMapping, Lack, Source

EXAMPLE = Path(mappings.__file__).parents[1] / "national" / "default.toml"
HOW = {Source.TIME: 'unit = "minutes"'}
NEEDED_COLUMNS = "\n".join(
    f'[[columns]]\ntitle = "{each.value}"\nfield = "{each.value}"\n{HOW.get(each, "")}'
    for each in NEEDED
)
LEAST = f'[file]\nkind = "csv"\n{NEEDED_COLUMNS}\n'


def troubles(text):
    mapping, reasons = mappings.read(text)
    assert (mapping is None) == bool(reasons)
    return [reason.why for reason in reasons]


def column(lines):
    return f'{LEAST}[[columns]]\ntitle = "x"\n{lines}\n'


def mapping(*columns, **codes):
    return FileMapping("", "csv", "", columns, codes, national.Answer())


def test_the_example_is_a_mapping_and_holds_every_field_of_articles_5_and_7():
    found, reasons = mappings.read(EXAMPLE.read_text(encoding="utf-8"))
    assert reasons == []
    held = {each.source for each in found.columns}
    assert {Source.SEX, Source.BORN, Source.AREA, Source.CONTACT, *NEEDED} <= held
    assert {Source.SKILLS, Source.CATEGORIES} <= held
    assert found.answer.titles["record"] == ("记录编号",)
    assert "成功" in found.answer.accepted


def test_the_least_mapping_is_taken():
    assert troubles(LEAST) == []


@pytest.mark.parametrize("field", NEEDED)
def test_no_needed_field_may_lack(field):
    text = LEAST.replace(f'field = "{field.value}"\n', 'value = "1"\n')
    assert troubles(text) == [Trouble.LACKS]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", Trouble.UNREADABLE),
        ("x" * 60_000, Trouble.TOO_LONG),
        (LEAST.replace("csv", "exe"), Trouble.NO_KIND),
        (f"{LEAST}[unheard]\n", Trouble.UNKNOWN),
        (column('field = "shoe_size"'), Trouble.UNKNOWN_FIELD),
        (column('field = "name"\nrequird = true'), Trouble.UNKNOWN),
        (column('field = "name"\nrequired = "yes"'), Trouble.WRONG_VALUE),
        (column("value = 7"), Trouble.WRONG_VALUE),
        (column(""), Trouble.NO_FIELD),
        (column('field = "time"'), Trouble.NO_UNIT),
        (column('field = "time"\nunit = "hours"'), Trouble.NO_DECIMALS),
        (column('field = "time"\nunit = "hours"\ndecimals = true'), Trouble.NO_DECIMALS),
        (column('field = "time"\nunit = "hours"\ndecimals = 5'), Trouble.NO_DECIMALS),
        (column('field = "time"\nunit = "minutes"\nrounding = "up"'), Trouble.WRONG_VALUE),
        (column('field = "date"\nformat = "%Y"'), Trouble.BAD_FORMAT),
        (column('field = "date"\nformat = "YYYY-MM"'), Trouble.BAD_FORMAT),
        (column('field = "date"\nformat = "YYYY-MM-DD hh"'), Trouble.BAD_FORMAT),
        (column('field = "sex"\ncodes = "none"'), Trouble.NO_CODES),
        (column('field = "sex"\ncodes = "s"') + '[codes.s]\nman = "1"', Trouble.UNKNOWN_CODE),
        (f'{LEAST}[[columns]]\ntitle = "name"\nvalue = "1"', Trouble.TWICE),
        (f'{LEAST}[[columns]]\ntitle = " "\nvalue = "1"', Trouble.NO_TITLE),
        (f'{LEAST}[answer]\nrecord = "号"', Trouble.NO_RESULT),
        (
            f'{LEAST}[answer]\nresult = "r"\naccepted = "a"\nrefused = "b"',
            Trouble.NO_KEY,
        ),
        (
            f'{LEAST}[answer]\nrecord = "n"\nresult = "r"\naccepted = "a"\nrefused = ["b", "A "]',
            Trouble.BOTH,
        ),
        ('[file]\nkind = "csv"', Trouble.NO_COLUMNS),
        ('[file]\nkind = "csv"\ncolumns = 3\n', Trouble.UNKNOWN),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(text, said):
    assert said in troubles(text)


def test_the_line_that_cannot_be_read_is_named():
    _, (reason,) = mappings.read('a = 1\nb = "\n')
    assert reason.facts["line"] == "2"


@given(st.text(max_size=200))
def test_no_text_is_more_than_a_mapping_or_reasons(text):
    troubles(text)
    troubles(LEAST + text)


@pytest.mark.parametrize(
    ("unit", "decimals", "rounding", "minutes", "written"),
    [
        ("minutes", 0, "down", 50, 50),
        ("hours", 2, "down", 50, Decimal("0.83")),
        ("hours", 2, "half_up", 51, Decimal("0.85")),
        ("hours", 1, "down", 119, Decimal("1.9")),
        ("hours", 1, "half_up", 119, Decimal("2.0")),
        ("hours", 0, "half_up", 90, Decimal(2)),
        ("hours", 4, "down", 1, Decimal("0.0166")),
    ],
)
def test_time_is_written_in_the_unit_and_decimals_that_are_stated(
    unit, decimals, rounding, minutes, written
):
    time = Column("t", Source.TIME, unit=unit, decimals=decimals, rounding=rounding)
    row, lacks = national.filled(mapping(time), {Source.TIME: minutes})
    assert (row, lacks) == ([written], [])
    assert str(row[0]) == str(written)


@given(st.integers(0, 100_000), st.integers(0, 4))
def test_rounded_down_hours_never_claim_more_than_was_served(minutes, decimals):
    time = Column("t", Source.TIME, unit="hours", decimals=decimals)
    (written,), _ = national.filled(mapping(time), {Source.TIME: minutes})
    assert 0 <= Decimal(minutes) / 60 - written < Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("", "2026-03-01"),
        ("YYYYMMDD", "20260301"),
        ("YYYY年MM月DD日", "2026年03月01日"),
        ("DD/MM/YYYY", "01/03/2026"),
    ],
)
def test_days_are_written_as_the_mapping_says(given_, written):
    row, _ = national.filled(
        mapping(Column("d", Source.DATE, format=given_)), {Source.DATE: date(2026, 3, 1)}
    )
    assert row == [written]


def test_moments_are_written_with_hours_and_minutes():
    starts = Column("s", Source.STARTS, format="YYYY-MM-DD hh:mm:ss")
    at = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert national.filled(mapping(starts), {Source.STARTS: at})[0] == ["2026-03-01 09:05:00"]


def test_a_code_is_looked_up_and_one_that_is_not_there_is_said():
    sex = Column("性别", Source.SEX, codes="sex")
    one = mapping(sex, sex={"female": "2"})
    assert national.filled(one, {Source.SEX: ("female", "女")}) == (["2"], [])
    row, (lack,) = national.filled(one, {Source.SEX: ("male", "男")})
    assert row == [None]
    assert (lack.why, lack.facts["value"]) == (Lack.NO_CODE, "男")
    rest = mapping(sex, sex={"female": "2", "*": "9"})
    assert national.filled(rest, {Source.SEX: ("male", "男")}) == (["9"], [])


def test_several_values_are_joined_by_their_names_or_codes():
    kinds = Column("类别", Source.CATEGORIES, separator=",")
    facts = {Source.CATEGORIES: [("elderly", "为老服务"), ("green", "环保")]}
    assert national.filled(mapping(kinds), facts) == (["为老服务,环保"], [])


@pytest.mark.parametrize("fact", [None, ""])
def test_a_required_field_that_is_empty_lacks_and_another_is_left_empty(fact):
    _, (lack,) = national.filled(
        mapping(Column("姓名", Source.NAME, required=True)), {Source.NAME: fact}
    )
    assert (lack.why, lack.facts) == (Lack.EMPTY, {"title": "姓名"})
    assert national.filled(mapping(Column("姓名", Source.NAME)), {}) == ([None], [])


def test_a_fixed_value_stands_in_every_row_and_is_never_run():
    fixed = Column("来源", value="{{7*7}} =1+1")
    assert national.filled(mapping(fixed), {})[0] == ["{{7*7}} =1+1"]


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ([], Entered.NOT_ENTERED),
        ([False, False], Entered.NOT_ENTERED),
        ([True, False], Entered.PARTLY),
        ([True, True], Entered.ENTERED),
    ],
)
def test_a_certificate_is_entered_when_all_its_records_are(accepted, said):
    assert national.entered(accepted) is said


@given(st.lists(st.booleans()))
def test_entered_is_never_said_of_a_record_that_is_not(accepted):
    assert (national.entered(accepted) is Entered.ENTERED) == (bool(accepted) and all(accepted))
