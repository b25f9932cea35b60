"""One cell, as people fill it in, to one value; or the reason why not, in a sentence."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import phonenumbers

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from talent.rules.reason import Fact

Cell: TypeAlias = str | int | float | date | datetime | time  # "" is an empty cell

EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number and no more
EARLIEST_YEAR, LATEST_YEAR = 1850, 2199
_DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet's calendar, from 1 March 1900 on
_SERIALS = range(10_000, 73_051)  # 18 May 1927 to 31 December 2099: any other number is no day
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts write a name
_QUOTED = 40  # characters of a cell that a sentence repeats


class CellTrouble(Word):
    """Why a cell cannot be read as what its column holds."""

    MISSING = "missing", N_("This cell must not be empty.")
    FORMULA = "formula", N_("There is a formula in this cell and no value. Paste the value.")
    NOT_A_DAY = "not_a_day", N_("“%(text)s” is not a day. Write it as 2026-01-05.")
    NO_SUCH_DAY = "no_such_day", N_("There is no such day as “%(text)s”.")
    TWO_DIGIT_YEAR = "two_digit_year", N_("“%(text)s”: write the year with four digits.")
    MONTH_ONLY = "month_only", N_("“%(text)s” names a month; the day is missing.")
    IMPOSSIBLE_YEAR = "impossible_year", N_("“%(text)s”: this year cannot be meant.")
    NOT_A_NUMBER = "not_a_number", N_("“%(text)s” is not a whole number.")
    ABOUT = "about", N_("“%(text)s” is not exact. Write the exact number.")
    NEGATIVE = "negative", N_("“%(text)s” is less than zero.")
    FRACTION = "fraction", N_("“%(text)s” is not whole. Write a number without a fraction.")
    NOT_A_SHARE = "not_a_share", N_("“%(text)s” is not a share. Write 0.5 for half of full time.")
    DIGITS_LOST = (
        "digits_lost",
        N_(
            "The spreadsheet program turned this number into “%(text)s”, and its last digits are"
            " lost. Format the column as text and enter the number anew.",
        ),
    )
    NO_PHONE = "no_phone", N_("“%(text)s” is not a phone number.")


class Unusable(Exception):
    """A cell that cannot be read, and why."""

    def __init__(self, why: Word, **facts: Fact) -> None:
        self.because = Because(why, facts)
        super().__init__(str(why))


def narrow(value: str) -> str:
    """Full-width letters, digits, signs and spaces as the ones of a plain keyboard."""
    return value.translate(_NARROW)


def is_blank(cell: Cell) -> bool:
    """Whether nothing that a reader could see stands in a cell."""
    return isinstance(cell, str) and not _tidy(cell)


def _tidy(value: str) -> str:
    """One line, single spaces, nothing invisible."""
    if value.isprintable():  # no space but the plain one, nothing invisible: so are nearly all
        return " ".join(value.split())
    visible = "".join(
        " " if char.isspace() else char
        for char in value
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf"}
    )
    return " ".join(visible.split())


def text(cell: Cell, *, plain: bool = False) -> str:
    """The cell as one line of text; `plain` also makes full-width letters and digits narrow."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _digits_of(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return _tidy(narrow(cell) if plain else cell)


def _digits_of(number: float) -> str:
    if abs(number) >= EXACT_BELOW:
        raise Unusable(CellTrouble.DIGITS_LOST, text=f"{number:.5E}")
    return f"{number:.15g}" if math.isfinite(number) else ""


def digits(cell: Cell) -> str:
    """A number that is a name (identity document, certificate): every digit or a reason."""
    value = text(cell, plain=True)
    if wrapped := re.fullmatch(r'="(.*)"', value):  # how some programs keep digits in a CSV
        value = wrapped[1]
    value = value.removeprefix("'").strip()
    if re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", value):
        raise Unusable(CellTrouble.DIGITS_LOST, text=value)
    return value


def day(cell: Cell) -> date:
    """A day in any of the spellings that offices use, year first."""
    if isinstance(cell, datetime):
        return _in_range(cell.date(), cell)
    if isinstance(cell, date):
        return _in_range(cell, cell)
    value = re.sub(r"[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?$", "", _shown(cell))
    serial = re.fullmatch(r"(\d{5})(\.\d+)?", value)
    if serial and int(serial[1]) in _SERIALS:
        return _DAY_ZERO + timedelta(days=int(serial[1]))
    gap = r"\s*[-/.年月]\s*"
    spelled = re.fullmatch(rf"(\d{{4}}){gap}(\d{{1,2}}){gap}(\d{{1,2}})\s*[日号]?", value)
    spelled = spelled or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", value)
    if spelled:
        try:
            return _in_range(date(*map(int, spelled.groups())), cell)
        except ValueError:
            _no(CellTrouble.NO_SUCH_DAY, cell)
    if re.fullmatch(rf"\d{{4}}{gap}\d{{1,2}}\s*月?|(19|20)\d\d(0[1-9]|1[0-2])", value):
        _no(CellTrouble.MONTH_ONLY, cell)
    if re.fullmatch(rf"\d\d?{gap}\d\d?{gap}\d\d?\s*[日号]?|\d{{6}}", value):
        _no(CellTrouble.TWO_DIGIT_YEAR, cell)
    return _no(CellTrouble.NOT_A_DAY, cell)


def integer(cell: Cell) -> int:
    """A whole number from zero on; thousands may be parted, digits may be full-width."""
    value = _shown(cell)
    if isinstance(cell, bool | date | time):
        _no(CellTrouble.NOT_A_NUMBER, cell)
    if re.fullmatch(r"\d{1,3}([, ]\d{3})+(\.\d+)?", value.lstrip("-")):
        value = re.sub(r"[, ]", "", value)
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        about = re.search(r"^(大约|约|近|超|~|≈|about)|\d(多|余|左右|以上|上下|\+)", value)
        _no(CellTrouble.ABOUT if about else CellTrouble.NOT_A_NUMBER, cell)
    number = Decimal(value)
    if number < 0:
        _no(CellTrouble.NEGATIVE, cell)
    if number % 1:
        _no(CellTrouble.FRACTION, cell)
    return int(number)


def share(cell: Cell) -> Decimal:
    """A part of a whole: 0.5, 50%, ５０％."""
    value = _shown(cell).replace(" ", "")
    per_cent = value.endswith("%")
    if isinstance(cell, bool | date | time) or not re.fullmatch(r"-?\d*\.?\d+%?", value):
        _no(CellTrouble.NOT_A_SHARE, cell)
    number = Decimal(value.rstrip("%")) / (100 if per_cent else 1)
    if number < 0:
        _no(CellTrouble.NEGATIVE, cell)
    if number > 1:
        _no(CellTrouble.NOT_A_SHARE, cell)
    return number


def phone(cell: Cell) -> str:
    """A phone number as +8613800138000; without a country code it is one of the mainland."""
    value = digits(cell)
    if not re.fullmatch(r"\+?[\d\s().-]+", value):
        _no(CellTrouble.NO_PHONE, cell)
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        _no(CellTrouble.NO_PHONE, cell)
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    # New mobile prefixes are given out more often than the table of valid ones is renewed.
    if re.fullmatch(r"\+861[3-9]\d{9}", written) or phonenumbers.is_valid_number(number):
        return written
    return _no(CellTrouble.NO_PHONE, cell)


def _shown(cell: Cell) -> str:
    """What a cell shows, on a plain keyboard's characters."""
    return text(cell, plain=True)


def _in_range(value: date, cell: Cell) -> date:
    if EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        return value
    return _no(CellTrouble.IMPOSSIBLE_YEAR, cell)


def _no(why: CellTrouble, cell: Cell) -> NoReturn:
    """Refuse, repeating what stands in the cell."""
    raise Unusable(why, text=text(cell)[:_QUOTED])
