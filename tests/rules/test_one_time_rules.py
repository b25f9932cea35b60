"""Codes that work once, against the tables of the RFCs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.one_time import (
    ALPHABET,
    RECOVERY_CODES,
    RECOVERY_SIGNS,
    address,
    code_of,
    is_app_code,
    matching_step,
    place_of,
    read_code,
    recovery_code,
    shown_secret,
    step_at,
)

SHA1 = b"12345678901234567890"
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238_appendix_b(seconds, expected):
    assert code_of(SHA1, step_at(datetime.fromtimestamp(seconds, UTC)), digits=8) == expected


@pytest.mark.parametrize(
    ("counter", "expected"),
    list(
        enumerate(
            [
                "755224",
                "287082",
                "359152",
                "969429",
                "338314",
                "254676",
                "287922",
                "162583",
                "399871",
            ]
        )
    ),
)
def test_the_codes_are_those_of_rfc_4226_appendix_d(counter, expected):
    assert code_of(SHA1, counter) == expected


@pytest.mark.parametrize(
    ("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_wrong(off, taken):
    typed = code_of(SHA1, step_at(NOW) + off)
    assert (matching_step(SHA1, typed, NOW, 0) == step_at(NOW) + off) is taken


def test_a_step_that_was_used_and_those_before_work_no_more():
    used = step_at(NOW)
    for off in (-1, 0):
        assert matching_step(SHA1, code_of(SHA1, used + off), NOW, used) is None
    assert matching_step(SHA1, code_of(SHA1, used + 1), NOW, used) == used + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "\u0661" * 6])
def test_what_is_no_code_matches_nothing(typed):
    assert matching_step(SHA1, typed, NOW, 0) is None


@given(st.integers(0, RECOVERY_CODES - 1), st.binary(min_size=RECOVERY_SIGNS, max_size=20))
def test_a_recovery_code_is_read_back_however_it_is_written(place, numbers):
    code = recovery_code(place, numbers)
    assert len(ALPHABET) == 32  # each random byte gives five bits, evenly
    for written in (code, code.lower(), code.replace("-", " "), f" {code[:3]} {code[3:]} "):
        assert place_of(read_code(written)) == place
        assert read_code(written) == code.replace("-", "")
    assert not is_app_code(read_code(code))


def test_letters_that_are_misread_are_read_as_what_was_meant():
    assert read_code("oO-iIlL １２") == "001111" + "12"


@pytest.mark.parametrize("code", ["", "ABC", "A123456789", "1" * 9, "1" * 11, "\u0661" + "A" * 9])
def test_what_is_no_recovery_code_has_no_place(code):
    assert place_of(code) is None


def test_the_address_for_the_app_holds_key_name_and_kind():
    text = address(SHA1, "li.mei@example.org", "Talent")
    assert text == (
        "otpauth://totp/Talent:li.mei%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Talent&algorithm=SHA1&digits=6&period=30"
    )
    assert shown_secret(SHA1) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_step_is_half_a_minute():
    assert step_at(NOW + timedelta(seconds=30)) == step_at(NOW) + 1
