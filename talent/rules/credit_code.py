"""Unified social credit codes of organisations: GB 32100-2015."""

from __future__ import annotations

import re
from enum import StrEnum

from talent.rules.reason import N_, Because

LENGTH = 18  # characters
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
WEIGHTS = tuple(3**place % len(ALPHABET) for place in range(LENGTH - 1))

_DIVISION = re.compile(r"[0-9]{6}")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Uncoded(StrEnum):
    """Why a code is not taken."""

    LENGTH = N_("The code has %(length)s characters. It must have %(needed)s.")
    CHARACTERS = N_("The code consists of digits and capital letters, without I, O, S, V and Z.")
    DIVISION = N_("Characters 3 to 8 are the division code: six digits.")
    CHECK_CHARACTER = N_(
        "The last character does not fit the others. Compare the code with the document.",
    )


def normalise(typed: str) -> str:
    """Read full-width characters, spaces, hyphens and small letters as meant."""
    text = typed.translate(_FULL_WIDTH)
    return "".join(text.split()).replace("-", "").upper()


def check_character(first_17: str) -> str:
    """5.2: 31 less the weighted sum modulo 31; 31 itself is written 0."""
    values = (ALPHABET.index(character) for character in first_17)
    total = sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
    return ALPHABET[-total % len(ALPHABET)]


def refusals(code: str) -> list[Because]:
    """5.1: 18 characters of the alphabet, a division of six digits; 5.2: the last one checks."""
    if len(code) != LENGTH:
        return [Because(Uncoded.LENGTH, {"length": len(code), "needed": LENGTH})]
    if not set(code) <= set(ALPHABET):
        return [Because(Uncoded.CHARACTERS)]
    if not _DIVISION.fullmatch(code[2:8]):
        return [Because(Uncoded.DIVISION)]
    if check_character(code[:-1]) != code[-1]:
        return [Because(Uncoded.CHECK_CHARACTER)]
    return []
