"""Names of persons: GB 18030-2022 (2023-08-01) and whatever else people are called.

No list of scripts is asked: a name is refused for what it contains, never for what it is.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from talent.rules.reason import N_, Because

MAXIMUM_LENGTH = 50  # code points
MIDDLE_DOT = "·"

_DOTS = frozenset("·•‧∙⋅・･")
_STOPS = frozenset(".．")
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")
_JOINERS = frozenset("\u200c\u200d")  # letters of Persian and of Indian scripts need them
_FORMULA = frozenset("=+-@＝＋－＠")
_IDEOGRAPHIC_PLANES = (2, 3)  # reserved for ideographs, also for those that are not yet assigned


class Unnamed(StrEnum):
    """Why a text is not taken as a name."""

    MISSING = N_("Enter the name.")
    TOO_LONG = N_("The name has %(length)s characters. At most %(most)s are kept.")
    FORMULA = N_("This is a formula of a spreadsheet, not a name.")
    CONTROL = N_("The name contains a control character.")
    GARBLED = N_("The name contains a sign that was lost. The file was read in another encoding.")
    PRIVATE = N_(
        "The name contains a sign that only one computer knows (%(code)s). Enter the character of"
        " the national standard.",
    )
    NO_LETTER = N_("A name contains at least one letter or character.")


def normalise(typed: str) -> str:
    """One middle dot, no invisible signs, no spaces at the ends and between Chinese characters.

    Runs of spaces in other names become one. Letters with accents are composed; a compatibility
    ideograph is somebody's own character and stays as it is.
    """
    text = (
        typed if any(_compatible(sign) for sign in typed) else unicodedata.normalize("NFC", typed)
    )
    shown = "".join(MIDDLE_DOT if sign in _DOTS else sign for sign in text if sign not in _UNSEEN)
    words = shown.split()
    name = "".join(words[:1])
    for word in words[1:]:
        joined = _ideographic(name[-1]) and _ideographic(word[0])
        dotted = name[-1] == MIDDLE_DOT or word[0] == MIDDLE_DOT
        name += word if joined or dotted else f" {word}"
    return _dotted(name)


def refusals(name: str) -> list[Because]:
    """What keeps a normalised text from being a name."""
    if not name:
        return [Because(Unnamed.MISSING)]
    if name[0] in _FORMULA:
        return [Because(Unnamed.FORMULA)]
    found = []
    if len(name) > MAXIMUM_LENGTH:
        found.append(Because(Unnamed.TOO_LONG, {"length": len(name), "most": MAXIMUM_LENGTH}))
    categories = {unicodedata.category(sign): sign for sign in name if sign not in _JOINERS}
    if categories.keys() & {"Cc", "Cf", "Zl", "Zp"}:
        found.append(Because(Unnamed.CONTROL))
    if "�" in name or "Cs" in categories:
        found.append(Because(Unnamed.GARBLED))
    if sign := categories.get("Co"):
        found.append(Because(Unnamed.PRIVATE, {"code": f"U+{ord(sign):04X}"}))
    if not found and not any(_letter(sign) for sign in name):
        found.append(Because(Unnamed.NO_LETTER))
    return found


def _dotted(name: str) -> str:
    """A full stop between two ideographs was typed for the middle dot."""
    return "".join(
        MIDDLE_DOT if sign in _STOPS and _between_ideographs(name, place) else sign
        for place, sign in enumerate(name)
    )


def _between_ideographs(name: str, place: int) -> bool:
    inside = 0 < place < len(name) - 1
    return inside and _ideographic(name[place - 1]) and _ideographic(name[place + 1])


def _compatible(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("CJK COMPATIBILITY IDEOGRAPH")


def _ideographic(sign: str) -> bool:
    named = unicodedata.name(sign, "").startswith(("CJK ", "IDEOGRAPHIC "))
    return named or ord(sign) >> 16 in _IDEOGRAPHIC_PLANES


def _letter(sign: str) -> bool:
    return _ideographic(sign) or unicodedata.category(sign).startswith("L")
