"""Numbers of certificates: nobody can guess one, anybody can read one out over the telephone.

`ZM2026-7K3M-9QXW-2DTHB`: the year, 60 random bits, and a character that checks the others.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

PREFIX = "ZM"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U
RANDOM = 12  # letters of 5 bits
_MEANT = str.maketrans("OIL", "011")
_WHOLE = re.compile(rf"{PREFIX}[0-9]{{4}}[{LETTERS}]{{{RANDOM + 1}}}")


def new(year: int) -> str:
    """A number that no certificate has."""
    body = f"{year:04d}" + "".join(secrets.choice(LETTERS) for _ in range(RANDOM))
    return grouped(PREFIX + body + check_letter(body))


def check_letter(body: str) -> str:
    """Luhn's sum modulo 32: one wrong letter never passes, nor two neighbours that changed places.

    (All but the pair of the first and the last letter of the alphabet.)
    """
    total = 0
    for place, letter in enumerate(reversed(body)):
        value = LETTERS.index(letter) * (1 if place % 2 else 2)
        total += sum(divmod(value, len(LETTERS)))
    return LETTERS[-total % len(LETTERS)]


def read(typed: str) -> str | None:
    """The number that was meant, or None when it cannot be one."""
    number = _squeezed(typed)
    if not _WHOLE.fullmatch(number) or check_letter(number[len(PREFIX) : -1]) != number[-1]:
        return None
    return grouped(number)


def beginning(typed: str) -> str | None:
    """What a number begins with that is typed as far as this; None for anything else."""
    number = _squeezed(typed)
    return grouped(number) if number.startswith(PREFIX) and number != PREFIX else None


def grouped(number: str) -> str:
    """Written as it is printed, in groups."""
    parts = (number[:6], number[6:10], number[10:14], number[14:])
    return "-".join(part for part in parts if part)


def _squeezed(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).upper()
    number = "".join(sign for sign in plain if sign.isascii() and sign.isalnum())
    return number[: len(PREFIX)] + number[len(PREFIX) :].translate(_MEANT)
