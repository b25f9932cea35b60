"""Languages that a person speaks or signs: ISO 639-3 codes, and how well (practice of offices).

Chinese dialects stand beside each other: an old neighbour is helped by one who speaks hers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence


class Tongue(Word):
    """Languages, dialects and sign languages, by their codes of ISO 639-3."""

    MANDARIN = "cmn", N_("Mandarin")
    CANTONESE = "yue", N_("Cantonese")
    WU = "wuu", N_("Wu (Shanghainese)")
    MIN_NAN = "nan", N_("Southern Min (Hokkien)")
    MIN_DONG = "cdo", N_("Eastern Min (Fuzhou)")
    HAKKA = "hak", N_("Hakka")
    XIANG = "hsn", N_("Xiang (Hunan)")
    GAN = "gan", N_("Gan (Jiangxi)")
    JIN = "cjy", N_("Jin (Shanxi)")
    CHINESE_SIGN = "csl", N_("Chinese Sign Language")
    TIBETAN = "bod", N_("Tibetan")
    UYGHUR = "uig", N_("Uyghur")
    MONGOLIAN = "mon", N_("Mongolian")
    ZHUANG = "zha", N_("Zhuang")
    KAZAKH = "kaz", N_("Kazakh")
    KOREAN = "kor", N_("Korean")
    YI = "iii", N_("Yi")
    HMONG = "hmn", N_("Miao (Hmong)")
    ENGLISH = "eng", N_("English")
    JAPANESE = "jpn", N_("Japanese")
    FRENCH = "fra", N_("French")
    GERMAN = "deu", N_("German")
    SPANISH = "spa", N_("Spanish")
    PORTUGUESE = "por", N_("Portuguese")
    RUSSIAN = "rus", N_("Russian")
    ARABIC = "ara", N_("Arabic")
    VIETNAMESE = "vie", N_("Vietnamese")
    THAI = "tha", N_("Thai")


class Fluency(Word):
    """How well, from little to much."""

    BASIC = "basic", N_("A little")
    EVERYDAY = "everyday", N_("Everyday talk")
    FLUENT = "fluent", N_("Fluent")
    NATIVE = "native", N_("Mother tongue")


class Unspoken(StrEnum):
    """Why a list of languages is not kept so."""

    TWICE = N_("This language stands in the list already.")


def refusals(tongues: Sequence[Tongue], index: int) -> list[Because]:
    """Practice: each language once. Why the one at `index` cannot stand."""
    return [Because(Unspoken.TWICE)] if tongues[index] in tongues[:index] else []
