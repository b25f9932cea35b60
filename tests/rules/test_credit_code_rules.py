from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from stdnum.cn import uscc

from talent.rules.credit_code import ALPHABET, Uncoded, check_character, normalise, refusals

CODE = "91110000600037341L"


@pytest.mark.parametrize("code", [CODE, "91350211M000100Y43", "N2110000600037341T"])
def test_only_codes_whose_last_character_fits_are_taken(code):
    fits = check_character(code[:-1])
    assert refusals(code[:-1] + fits) == []
    others = [sign for sign in ALPHABET if sign != fits]
    assert all(whys(refusals(code[:-1] + sign)) == [Uncoded.CHECK_CHARACTER] for sign in others)


def test_a_published_code_is_taken_as_it_stands():
    assert refusals(CODE) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", Uncoded.LENGTH),
        (CODE[:-1], Uncoded.LENGTH),
        (CODE + "1", Uncoded.LENGTH),
        ("91110000600037341I", Uncoded.CHARACTERS),
        ("9111000060003734OL", Uncoded.CHARACTERS),
        ("91110000600037341l", Uncoded.CHARACTERS),
        ("91110000600037341Ｌ", Uncoded.CHARACTERS),
        ("9111000A600037341L", Uncoded.DIVISION),
        ("91110000600037341M", Uncoded.CHECK_CHARACTER),
        ("19110000600037341L", Uncoded.CHECK_CHARACTER),
    ],
)
def test_a_wrong_code_is_refused_for_its_own_reason(code, reason):
    assert whys(refusals(code)) == [reason]


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_not_in_the_alphabet(letter):
    assert whys(refusals("9" + letter + CODE[2:])) == [Uncoded.CHARACTERS]


@pytest.mark.parametrize(
    "typed",
    [
        "91110000600037341l",
        " 9111 0000 6000 3734 1L",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000-600037341-L",
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed):
    assert normalise(typed) == CODE


@QUICK
@given(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9))
def test_another_implementation_computes_the_same_last_character(digits, rest):
    made = digits + rest + check_character(digits + rest)
    assert refusals(made) == []
    assert uscc.is_valid(made)


@QUICK
@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(place, sign):
    wrong = CODE[:place] + sign + CODE[place + 1 :]
    assert (refusals(wrong) == []) is (wrong == CODE)


@QUICK
@given(st.text(max_size=30))
def test_no_text_at_all_makes_it_fail(typed):
    whys(refusals(normalise(typed)))
