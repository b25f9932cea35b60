"""Numbers of certificates: unguessable, readable, and a wrong one is noticed."""

import re

import pytest

from talent.certificates.number import LETTERS, beginning, check_letter, new, read

NUMBER = "ZM2026-KE2J-HFZF-134G2"  # made once, so that every run asks the same


def squeezed(number):
    return number.replace("-", "")


def test_a_number_names_its_year_and_fits_the_column():
    assert re.fullmatch(r"ZM2026-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}", NUMBER)
    assert len(NUMBER) <= 32
    assert not set("ILOU") & set(NUMBER[6:])


def test_no_two_numbers_are_the_same():
    assert len({new(2026) for _ in range(5000)}) == 5000


@pytest.mark.parametrize(
    "typed",
    [NUMBER, NUMBER.lower(), squeezed(NUMBER), f"  {NUMBER} ", NUMBER.replace("-", " — ")],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert read(typed) == NUMBER


def test_full_width_and_confusable_letters_are_read_as_meant():
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else c for c in NUMBER)
    assert read(wide) == NUMBER
    number = next(n for n in iter(lambda: new(2026), "") if "0" in n[7:] and "1" in n[7:])
    assert read(number[:7] + number[7:].replace("0", "O").replace("1", "l")) == number


def test_one_wrong_letter_is_always_noticed():
    plain = squeezed(NUMBER)
    wrong = [
        plain[:place] + letter + plain[place + 1 :]
        for place in range(6, len(plain))
        for letter in LETTERS
        if letter != plain[place]
    ]
    assert [number for number in wrong if read(number)] == []


def test_two_neighbours_that_changed_places_are_noticed():
    body = "2026" + "7K3M9QXW2DTH"
    swapped = {
        body[:place] + body[place + 1] + body[place] + body[place + 2 :]
        for place in range(len(body) - 1)
    } - {body}
    assert check_letter(body) not in {check_letter(other) for other in swapped}


@pytest.mark.parametrize(
    "typed", ["", "ZM", "ZM2026", "12", NUMBER[:-1], NUMBER + "0", "证明", "%"]
)
def test_what_is_no_number_is_none(typed):
    assert read(typed) is None


def test_the_beginning_of_a_number_finds_it():
    assert NUMBER.startswith(beginning(squeezed(NUMBER)[:9].lower()))
    assert beginning("王秀兰") is None
    assert beginning("zm") is None
