from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys
from stdnum.cn import ric

from talent.rules.identity import (
    DocumentKind,
    Sex,
    Unidentified,
    birth_date,
    check_character,
    contradictions,
    masked,
    normalise,
    refusals,
    sex_of,
)

TODAY = date(2026, 6, 1)
WOMAN = "11010519491231002X"
MAN = "440524188001010014"
RESIDENT = DocumentKind.RESIDENT_ID
PERMIT = DocumentKind.RESIDENCE_PERMIT
FREE_TEXT = [kind for kind in DocumentKind if kind not in {RESIDENT, PERMIT}]


def number(first_17):
    return first_17 + check_character(first_17)


@pytest.mark.parametrize("valid", [WOMAN, MAN, "110105200207145063"])
def test_numbers_whose_check_digit_fits_are_taken(valid):
    assert refusals(RESIDENT, valid, TODAY) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("11010519491231002x", WOMAN),
        ("11010519491231002ｘ", WOMAN),
        ("１１０１０５１９４９１２３１００２Ｘ", WOMAN),
        (" 110105 19491231 002X\t", WOMAN),
        ("110105\u300019491231\u00a0002X", WOMAN),
        ("\ufeff110105-19491231-002x\u200b", WOMAN),
        ("'110105194912310021", "110105194912310021"),
        ("110105\u200b19491231\u200c00\u200d2\u2060X\ufeff", WOMAN),
        ("e12345678", "E12345678"),
        ("1.10105e+17", "1.10105E+17"),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed, meant):
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("", Unidentified.MISSING),
        ("110105194912310021", Unidentified.CHECK_DIGIT),
        ("11010519491231002", Unidentified.LENGTH),
        ("11010519491231002XX", Unidentified.LENGTH),
        ("110105491231002", Unidentified.OLD_NUMBER),
        ("11010549123100A", Unidentified.LENGTH),
        ("1.10105E+17", Unidentified.FLOATING),
        ("1.101051964110493E+17", Unidentified.FLOATING),
        ("1E17", Unidentified.FLOATING),
        ("110105196411049300.0", Unidentified.FLOATING),
        ("11010519491231X02X", Unidentified.CHARACTERS),
        ("11010519491231002Y", Unidentified.CHARACTERS),
        ("１１０１０５１９４９１２３１００２Ｘ", Unidentified.CHARACTERS),  # not normalised
        ("٣٣٠١٠٥١٩٤٩١٢٣١٠٠٢٣", Unidentified.CHARACTERS),  # digits of another script
        (number("11010520010230001"), Unidentified.NO_SUCH_DAY),
        (number("11010519000229001"), Unidentified.NO_SUCH_DAY),  # 1900 was no leap year
        (number("11010519991301001"), Unidentified.NO_SUCH_DAY),
        (number("11010500000101001"), Unidentified.NO_SUCH_DAY),
        (number("11010520260602001"), Unidentified.FUTURE),
        (number("81000019900101001"), Unidentified.IS_RESIDENCE_PERMIT),
    ],
)
def test_a_wrong_number_is_refused_for_its_own_reason(wrong, reason):
    assert whys(refusals(RESIDENT, wrong, TODAY)) == [reason]


def test_a_refusal_shows_the_part_of_the_number_that_is_meant():
    (day,) = refusals(RESIDENT, number("11010520010230001"), TODAY)
    assert day.facts == {"digits": "20010230"}
    (prefix,) = refusals(RESIDENT, number("82000019900101001"), TODAY)
    assert prefix.facts == {"prefix": "82"}


def test_a_number_with_two_faults_tells_both():
    reasons = whys(refusals(RESIDENT, "110105200102300010", TODAY))
    assert reasons == [Unidentified.NO_SUCH_DAY, Unidentified.CHECK_DIGIT]


def test_someone_born_today_is_born_and_someone_born_tomorrow_is_not():
    assert refusals(RESIDENT, number("11010520260601001"), TODAY) == []
    assert whys(refusals(RESIDENT, number("11010520260602001"), TODAY)) == [Unidentified.FUTURE]


def test_29_february_is_a_birthday_in_leap_years():
    assert refusals(RESIDENT, number("11010520000229001"), TODAY) == []


@pytest.mark.parametrize("prefix", ["81", "82", "83"])
def test_residence_permits_are_checked_by_the_same_digit(prefix):
    good = number(f"{prefix}000019900101001")
    assert refusals(PERMIT, good, TODAY) == []
    bad = good[:-1] + ("0" if good[-1] != "0" else "1")
    assert whys(refusals(PERMIT, bad, TODAY)) == [Unidentified.CHECK_DIGIT]


def test_a_resident_number_is_no_residence_permit():
    assert whys(refusals(PERMIT, WOMAN, TODAY)) == [Unidentified.NOT_RESIDENCE_PERMIT]


@pytest.mark.parametrize("kind", FREE_TEXT)
@pytest.mark.parametrize(
    "text", ["E12345678", "H12345678", "12345678", "ABC123456789012", "A" * 32]
)
def test_other_documents_are_kept_as_text(kind, text):
    assert refusals(kind, text, TODAY) == []


@pytest.mark.parametrize("kind", FREE_TEXT)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unidentified.MISSING),
        ("A" * 33, Unidentified.TOO_LONG),
        ("E123\x00456", Unidentified.STRANGE_CHARACTERS),
        ("--", Unidentified.STRANGE_CHARACTERS),
        ("1.10105E+17", Unidentified.FLOATING),
    ],
)
def test_other_documents_are_refused_when_they_cannot_be_read(kind, text, reason):
    assert whys(refusals(kind, text, TODAY)) == [reason]


def test_only_a_document_of_another_kind_may_have_other_letters():
    assert refusals(DocumentKind.OTHER, "军字第1234567号", TODAY) == []
    refused = whys(refusals(DocumentKind.PASSPORT, "军字第1234567号", TODAY))
    assert refused == [Unidentified.STRANGE_CHARACTERS]


def test_the_number_tells_birth_date_and_sex():
    assert birth_date(RESIDENT, WOMAN) == date(1949, 12, 31)
    assert sex_of(RESIDENT, WOMAN) is Sex.FEMALE
    assert birth_date(RESIDENT, MAN) == date(1880, 1, 1)
    assert sex_of(RESIDENT, MAN) is Sex.MALE


@pytest.mark.parametrize("kind", FREE_TEXT)
def test_other_documents_tell_neither_even_with_18_digits(kind):
    assert birth_date(kind, WOMAN) is None
    assert sex_of(kind, WOMAN) is None
    assert contradictions(kind, WOMAN, born=date(2000, 1, 1), sex=Sex.MALE) == []


def test_a_number_that_is_none_tells_nothing():
    assert birth_date(RESIDENT, "110105") is None
    assert sex_of(RESIDENT, "110105") is None
    assert birth_date(RESIDENT, number("11010520010230001")) is None


@pytest.mark.parametrize(
    ("born", "sex", "reasons"),
    [
        (date(1949, 12, 31), Sex.FEMALE, []),
        (None, None, []),
        (date(1949, 12, 30), Sex.FEMALE, [Unidentified.OTHER_BIRTH_DATE]),
        (date(1949, 12, 31), Sex.MALE, [Unidentified.OTHER_SEX]),
        (date(1950, 1, 1), Sex.MALE, [Unidentified.OTHER_BIRTH_DATE, Unidentified.OTHER_SEX]),
        (None, Sex.MALE, [Unidentified.OTHER_SEX]),
    ],
)
def test_what_contradicts_the_number_is_told(born, sex, reasons):
    assert whys(contradictions(RESIDENT, WOMAN, born=born, sex=sex)) == reasons


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        (WOMAN, "110105********002X"),
        ("E12345678", "E******78"),
        ("123456", "1***56"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_number_is_masked(whole, shown):
    assert masked(whole) == shown


births = st.dates(date(1880, 1, 1), TODAY)


@QUICK
@given(births, st.integers(0, 999))
def test_every_number_with_its_check_digit_is_taken_and_tells_its_date(born, serial):
    made = number(f"110105{born:%Y%m%d}{serial:03d}")
    assert refusals(RESIDENT, made, TODAY) == []
    assert birth_date(RESIDENT, made) == born
    assert sex_of(RESIDENT, made) is (Sex.MALE if serial % 2 else Sex.FEMALE)
    assert ric.is_valid(made)  # another implementation agrees


@QUICK
@given(births, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born, place, added):
    made = number(f"110105{born:%Y%m%d}123")
    old = "0123456789X".index(made[place])
    if place < 17:
        wrong = made[:place] + str((old + added) % 10) + made[place + 1 :]
    else:
        wrong = made[:17] + "0123456789X"[(old + added) % 11]
    found = whys(refusals(RESIDENT, wrong, TODAY))
    assert Unidentified.CHECK_DIGIT in found


@QUICK
@given(st.text(max_size=40), st.sampled_from(list(DocumentKind)))
def test_no_text_at_all_makes_it_fail(typed, kind):
    text = normalise(typed)
    assert normalise(text) == text
    whys(refusals(kind, text, TODAY))
    contradictions(kind, text, born=TODAY, sex=Sex.MALE)
    assert len(masked(text)) == len(text)
