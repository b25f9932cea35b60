"""How names are read: the key by which people are sorted, and every way to type a name."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING

# We read character by character: words would be 44 MB of memory that nobody asks for.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # noqa: TID251 - for the library alone
from pypinyin import Style, pinyin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_KEY = 200  # characters
_READINGS_AT_MOST = 16  # of one name: a long name of ambiguous characters has thousands
_READINGS_OF_A_SIGN = 3
_UNREADABLE = "~"  # sorts after every letter

# Characters that are read in another way when they are a family name.
_AS_SURNAMES = """
    单shan4 曾zeng1 仇qiu2 区ou1 解xie4 查zha1 任ren2 华hua4 朴piao2 盖ge3 翟zhai2 乐yue4
    洗xian3 冼xian3 召shao4 员yun4 贠yun4 逄pang2 缪miao4 宓mi4 秘bi4 折she2 黑he4 盛sheng4
    尹yin3 种chong2 重chong2 祭zhai4 能nai4 教jiao4 纪ji3 葛ge3 燕yan1 宁ning4 应ying1
    晁chao2 郇xun2 牟mu4 尉wei4 阚kan4 郗xi1 隗wei3 谌chen2 佴nai4 过guo1 那na1 柏bai3 卜bu3
    覃qin2 哈ha3 车che1 曲qu1 石shi2 句gou1 訾zi1 褚chu3 麴qu1 相xiang4 薄bo2 於yu1 戏xi4
    钻zuan1 强qiang2 卷juan4 眭sui1 俞yu2
"""
_SURNAMES = {word[0]: word[1:] for word in _AS_SURNAMES.split()}
_DOUBLE_SURNAMES = {
    "尉迟": ("yu4", "chi2"),
    "万俟": ("mo4", "qi2"),
    "长孙": ("zhang3", "sun1"),
    "单于": ("chan2", "yu2"),
    "澹台": ("tan2", "tai2"),
    "皇甫": ("huang2", "fu3"),
    "令狐": ("ling2", "hu2"),
    "夏侯": ("xia4", "hou2"),
    "呼延": ("hu1", "yan2"),
    "鲜于": ("xian1", "yu2"),
    "诸葛": ("zhu1", "ge3"),
    "宇文": ("yu3", "wen2"),
}


def sort_key(name: str) -> str:
    """Pinyin, character by character, with tones as numbers; then the name itself."""
    read = " ".join(readings[0] for _, readings in _read(name))
    return f"{read[: LONGEST_KEY - len(name) - 1]} {name}"


def keys(name: str) -> set[str]:
    """Every text that finds the name when its beginning is typed.

    The name and its parts, the pinyin of each reading in full, of the given name, and initials.
    """
    signs = _read(name)
    letters = [(sign, _plain(readings)) for sign, readings in signs]
    starts = {0} | _starts(name)
    found = {squeezed(name[start:]) for start in starts}
    for reading in islice(product(*(each for _, each in letters)), _READINGS_AT_MOST):
        found |= {"".join(reading[start:]) for start in _places(name, starts)}
        found.add("".join(part[:1] for part in reading))
    return {key[:LONGEST_KEY] for key in found if key}


def squeezed(text: str) -> str:
    """Small letters without spaces, dots and apostrophes: `Ōu yáng`, `ou'yang` and `ouyang`."""
    parted = unicodedata.normalize("NFD", text.casefold().replace("ü", "v"))
    kept = (sign for sign in parted if unicodedata.category(sign)[0] not in "PZM")
    return unicodedata.normalize("NFC", "".join(kept))


def _read(name: str) -> list[tuple[str, Sequence[str]]]:
    """Each character, or each word of letters, with its readings; the likely one first."""
    signs: list[tuple[str, Sequence[str]]] = []
    word = ""
    for sign in name:
        if _alphabetic(sign):
            word += sign
            continue
        if word:
            signs.append((word, [squeezed(word)]))
            word = ""
        if unicodedata.category(sign)[0] not in "PZ":
            signs.append((sign, _readings(sign)))
    if word:
        signs.append((word, [squeezed(word)]))
    return _as_surname(name, signs)


def _as_surname(
    name: str, signs: list[tuple[str, Sequence[str]]]
) -> list[tuple[str, Sequence[str]]]:
    fixed: Sequence[str] = _DOUBLE_SURNAMES.get(name[:2], ())
    if not fixed and name[:1] in _SURNAMES:
        fixed = (_SURNAMES[name[0]],)
    for place, reading in enumerate(fixed):
        sign, others = signs[place]
        signs[place] = (sign, [reading, *(other for other in others if other != reading)])
    return signs


@lru_cache(maxsize=4096)
def _readings(sign: str) -> Sequence[str]:
    """Of one character. A name is read several times over, and names share their characters."""
    found = pinyin(sign, style=Style.TONE3, heteronym=True, errors="ignore", v_to_u=False)
    known = found[0][:_READINGS_OF_A_SIGN] if found and found[0][0] else [_UNREADABLE + sign]
    return tuple(known)


def _plain(readings: Iterable[str]) -> list[str]:
    """Without tones; ü as it is typed: lv, lu, and lyu as passports have it."""
    plain: dict[str, None] = {}
    for reading in readings:
        bare = reading.rstrip("12345").removeprefix(_UNREADABLE)
        for spelled in (bare, bare.replace("v", "u"), bare.replace("v", "yu")):
            plain.setdefault(spelled)
    return list(plain)


def _alphabetic(sign: str) -> bool:
    """A letter of an alphabet, or what stands inside a word of letters."""
    return sign in "'’-" or (sign.isalpha() and unicodedata.category(sign) != "Lo")


def _starts(name: str) -> set[int]:
    """Where in the name a search may begin: after the family name, after a dot or a blank."""
    after = {place + 1 for place, sign in enumerate(name[:-1]) if not _within(sign)}
    given = {1, 2} if len(name) > 1 and not _alphabetic(name[0]) else set()
    return {start for start in after | given if start < len(name)}


def _within(sign: str) -> bool:
    return sign in "'’-" or unicodedata.category(sign)[0] not in "PZ"


def _places(name: str, starts: set[int]) -> set[int]:
    """The same places, counted in what is read."""
    return {len(_read(name[:start])) for start in starts}
