from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.names import Unnamed, normalise, refusals

RARE = ["\U0002cc56一诺", "李\U00020164", "䶮", "㛃", "\U00031350文", "〇"]


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "欧阳娜娜",
        "阿卜杜拉·买买提江",
        "Jean-Luc O’Brien Jr.",
        "Þórdís Ævarsdóttir",
        "김철수",
        "محمد علي",
        "नेहा शर्मा",
        "葛\U000e0100城",
        "X",
        "字" * 50,
        "\U00020164" * 50,
        *RARE,
    ],
)
def test_names_of_any_kind_are_taken_and_kept(name):
    assert normalise(name) == name
    assert refusals(name) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 于\u3000然犇 ", "于然犇"),
        ("张 三", "张三"),
        ("\ufeff张\u200b三\t", "张三"),
        ("\U0002cc56 一 诺", "\U0002cc56一诺"),
        ("\U00031350 文", "\U00031350文"),  # not yet assigned where this Python was made
        ("  Anna   Maria\u00a0Schmidt ", "Anna Maria Schmidt"),
        ("Li 张", "Li 张"),
        ("阿卜杜拉 · 买买提江", "阿卜杜拉·买买提江"),
        ("阿卜杜拉•买买提江", "阿卜杜拉·买买提江"),
        ("阿卜杜拉・买买提江", "阿卜杜拉·买买提江"),
        ("阿卜杜拉．买买提江", "阿卜杜拉·买买提江"),
        ("阿卜杜拉.买买提江", "阿卜杜拉·买买提江"),
        ("J. R. Smith", "J. R. Smith"),
        ("买.提", "买·提"),
        ("买.提Li", "买·提Li"),
        ("买.Li提", "买.Li提"),
        ("张.Li", "张.Li"),
        ("Li.张", "Li.张"),
        ("\U0002ebf0 文", "\U0002ebf0文"),  # nor this one, in the other plane
        ("张三.", "张三."),
        (".张三", ".张三"),
        ("Jose\u0301", "José"),
        ("\uf9db\u6b63", "\uf9db\u6b63"),  # a compatibility ideograph is somebody's own
        ("", ""),
        ("   ", ""),
    ],
)
def test_what_is_typed_is_tidied(typed, name):
    assert normalise(typed) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unnamed.MISSING),
        ("   ", Unnamed.MISSING),
        ("字" * 51, Unnamed.TOO_LONG),
        ("\U00020164" * 51, Unnamed.TOO_LONG),
        ("=1+1", Unnamed.FORMULA),
        ('=HYPERLINK("http://example.invalid","张三")', Unnamed.FORMULA),
        ("＝1+1", Unnamed.FORMULA),
        ("+8613800000000", Unnamed.FORMULA),
        ("-张三", Unnamed.FORMULA),
        ("@SUM(A1)", Unnamed.FORMULA),
        ("\t=1+1", Unnamed.FORMULA),
        ("张\x00三", Unnamed.CONTROL),
        ("张\x1b三", Unnamed.CONTROL),
        ("张\u202e三", Unnamed.CONTROL),
        ("张\ufffd", Unnamed.GARBLED),
        ("张\ue863", Unnamed.PRIVATE),
        ("12345", Unnamed.NO_LETTER),
        ("·", Unnamed.NO_LETTER),
        ("合计：60", None),
        ("?", Unnamed.NO_LETTER),
    ],
)
def test_what_is_no_name_is_refused_for_its_own_reason(text, reason):
    assert whys(refusals(normalise(text))) == ([reason] if reason else [])


def test_half_a_character_is_no_name():
    assert whys(refusals("张" + chr(0xD800))) == [Unnamed.GARBLED]


@pytest.mark.parametrize("name", RARE)
def test_a_rare_character_alone_is_a_letter(name):
    assert refusals(name[0]) == []


def test_length_is_counted_in_characters_not_in_bytes():
    assert refusals("\U0002cc56" * 50) == []
    (because,) = refusals("\U0002cc56" * 51)
    assert because.facts == {"length": 51, "most": 50}


@QUICK
@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing_and_nothing_makes_it_fail(typed):
    name = normalise(typed)
    assert normalise(name) == name
    whys(refusals(name))


@QUICK
@given(st.text(max_size=60))
def test_a_name_that_was_taken_can_be_written_and_starts_no_formula(typed):
    name = normalise(typed)
    if not refusals(name):
        assert name.encode()
        assert name == name.strip()
        assert name[0] not in "=+-@"
        assert not set(name) & set("\x00\t\r\n")
