"""Identity documents: GB 11643-1999 (resident number), Order 67 Art. 5, 条例 Art. 7 (2017-12-01).

A number that passes is well formed. That its holder is who he says is another matter.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from talent.rules.reason import N_, Because
from talent.rules.words import Word

LENGTH = 18  # characters
OLD_LENGTH = 15  # characters, withdrawn on 2013-01-01
MAXIMUM_LENGTH = 32  # characters, of any other document
SHORTEST_SHOWN = 6  # characters; a shorter number is hidden whole
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
RESIDENCE_PERMIT_PREFIXES = ("81", "82", "83")  # Hong Kong, Macao, Taiwan

_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_FLOATING = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+|[0-9]{15,}\.0*")
_LETTERS_AND_DIGITS = re.compile(r"[0-9A-Z]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UNSEEN = dict.fromkeys((8203, 8204, 8205, 8288, 65279))


class DocumentKind(Word):
    """The kinds of document that are taken."""

    RESIDENT_ID = "resident_id", N_("Resident identity card")
    HK_MACAO_PERMIT = (
        "hk_macao_permit",
        N_("Mainland travel permit for Hong Kong and Macao residents"),
    )
    TAIWAN_PERMIT = "taiwan_permit", N_("Mainland travel permit for Taiwan residents")
    RESIDENCE_PERMIT = (
        "residence_permit",
        N_("Residence permit for Hong Kong, Macao and Taiwan residents"),
    )
    FOREIGN_PERMANENT = "foreign_permanent", N_("Foreign permanent resident identity card")
    PASSPORT = "passport", N_("Passport")
    OTHER = "other", N_("Another document")


TELLING = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT})  # birth date and sex


class Sex(Word):
    """As the identity document has it."""

    FEMALE = "female", N_("Female")
    MALE = "male", N_("Male")


class Unidentified(StrEnum):
    """Why a number is not taken."""

    MISSING = N_("Enter the number of the document.")
    FLOATING = N_(
        "A spreadsheet turned this number into %(number)s and lost its last digits."
        " Format the column as text and enter the number again.",
    )
    OLD_NUMBER = N_(
        "This is an old number of 15 digits. Enter the 18 characters of the present card."
    )
    LENGTH = N_("The number has %(length)s characters. It must have %(needed)s.")
    CHARACTERS = N_("The number must be 17 digits, followed by a digit or X.")
    NO_SUCH_DAY = N_(
        "Characters 7 to 14 (%(digits)s) are the birth date, and there is no such day."
    )
    FUTURE = N_("The birth date in the number, %(born)s, has not come yet.")
    CHECK_DIGIT = N_(
        "The last character does not fit the others. Compare the number with the card."
    )
    IS_RESIDENCE_PERMIT = N_(
        "A number that starts with %(prefix)s belongs to a residence permit for Hong Kong, Macao"
        " and Taiwan residents. Choose that kind of document.",
    )
    NOT_RESIDENCE_PERMIT = N_("The number of a residence permit starts with 81, 82 or 83.")
    TOO_LONG = N_("The number has %(length)s characters. At most %(most)s are kept.")
    STRANGE_CHARACTERS = N_("The number may contain only letters and digits.")
    OTHER_BIRTH_DATE = N_("The number says born on %(in_number)s, the form says %(given)s.")
    OTHER_SEX = N_("The sex given is not the one that the number says.")


def normalise(typed: str) -> str:
    """Read full-width signs, spaces, hyphens, an apostrophe in front and a small x as meant."""
    text = typed.translate(_FULL_WIDTH).translate(_UNSEEN)
    text = "".join(text.split()).lstrip("'‘’").upper()
    return text if _FLOATING.fullmatch(text) else text.replace("-", "")


def check_character(first_17: str) -> str:
    """GB 11643: the weighted sum of 17 digits modulo 11 picks the last character."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_17, strict=True))
    return CHECK_CHARACTERS[total % len(CHECK_CHARACTERS)]


def refusals(kind: DocumentKind, number: str, today: date) -> list[Because]:
    """Order 67 Art. 5: a number that can be the number of such a document. `number` is normalised.

    Resident cards and residence permits are read by GB 11643, other documents are kept as text.
    """
    if not number:
        return [Because(Unidentified.MISSING)]
    if _FLOATING.fullmatch(number):
        return [Because(Unidentified.FLOATING, {"number": number})]
    if kind in TELLING:
        return _number_refusals(kind, number, today)
    if len(number) > MAXIMUM_LENGTH:
        facts = {"length": len(number), "most": MAXIMUM_LENGTH}
        return [Because(Unidentified.TOO_LONG, facts)]
    readable = number.isprintable() and any(sign.isalnum() for sign in number)
    if not (readable if kind is DocumentKind.OTHER else _LETTERS_AND_DIGITS.fullmatch(number)):
        return [Because(Unidentified.STRANGE_CHARACTERS)]
    return []


def contradictions(
    kind: DocumentKind,
    number: str,
    *,
    born: date | None,
    sex: Sex | None,
) -> list[Because]:
    """条例 Art. 7: what is stated is true. The number tells the birth date and the sex as well.

    None means that it was not stated, which contradicts nothing.
    """
    found = []
    in_number = birth_date(kind, number)
    if born and in_number and born != in_number:
        facts = {"in_number": in_number, "given": born}
        found.append(Because(Unidentified.OTHER_BIRTH_DATE, facts))
    sex_in_number = sex_of(kind, number)
    if sex and sex_in_number and sex != sex_in_number:
        found.append(Because(Unidentified.OTHER_SEX))
    return found


def birth_date(kind: DocumentKind, number: str) -> date | None:
    """GB 11643: characters 7 to 14. None when the document does not tell, or tells no real day."""
    if not _tells(kind, number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(kind: DocumentKind, number: str) -> Sex | None:
    """GB 11643: the 17th digit is odd for men. None when the document does not tell."""
    if not _tells(kind, number):
        return None
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def masked(number: str) -> str:
    """PIPL Art. 51: six characters, stars, four characters; of a shorter number one and two."""
    if len(number) < SHORTEST_SHOWN:
        return "*" * len(number)
    front, back = (6, 4) if len(number) >= LENGTH else (1, 2)
    return number[:front] + "*" * (len(number) - front - back) + number[-back:]


def _number_refusals(kind: DocumentKind, number: str, today: date) -> list[Because]:
    if len(number) == OLD_LENGTH and number.isascii() and number.isdigit():
        return [Because(Unidentified.OLD_NUMBER)]
    if len(number) != LENGTH:
        return [Because(Unidentified.LENGTH, {"length": len(number), "needed": LENGTH})]
    if not _NUMBER.fullmatch(number):
        return [Because(Unidentified.CHARACTERS)]
    found = []
    of_permit = number.startswith(RESIDENCE_PERMIT_PREFIXES)
    if of_permit and kind is DocumentKind.RESIDENT_ID:
        found.append(Because(Unidentified.IS_RESIDENCE_PERMIT, {"prefix": number[:2]}))
    if not of_permit and kind is DocumentKind.RESIDENCE_PERMIT:
        found.append(Because(Unidentified.NOT_RESIDENCE_PERMIT))
    born = birth_date(kind, number)
    if born is None:
        found.append(Because(Unidentified.NO_SUCH_DAY, {"digits": number[6:14]}))
    elif born > today:
        found.append(Because(Unidentified.FUTURE, {"born": born}))
    if check_character(number[:17]) != number[17]:
        found.append(Because(Unidentified.CHECK_DIGIT))
    return found


def _tells(kind: DocumentKind, number: str) -> bool:
    return kind in TELLING and _NUMBER.fullmatch(number) is not None
