"""Certificates of service records: 志愿服务记录与证明出具办法（试行）(Order 67), Art. 14 to 17."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because, Minutes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import date

    from talent.rules.reason import Fact

MINUTES_IN_HOUR = 60
DOTS = "·・•‧"
# Families of two characters, so that 欧阳 is not cut into 欧.
COMPOUND_SURNAMES = frozenset(
    """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政
    濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马
    公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌
    微生 梁丘 左丘 东门 西门 第五 歐陽 司馬 諸葛 尉遲 澹臺 鍾離 長孫 鮮于 東方 公孫
    """.split()  # noqa: SIM905 - eighty quoted strings are harder to read
)


class Refusal(StrEnum):
    """Why a record, or a period, cannot be certified."""

    NOT_APPROVED = N_("The record is not approved.")
    OTHER_UNIT = N_("Another unit recorded it, and only that unit may certify it.")
    OUTSIDE_PERIOD = N_("%(date)s is outside the period.")
    NO_TIME = N_("The record has no service time.")
    NO_CONTENT = N_("The record does not say what was done.")
    NO_UNIT = N_("The record does not name the unit that recorded it.")
    NOTHING_TO_CERTIFY = N_("There is no approved record in this period.")
    PERIOD_BACKWARDS = N_("The period ends before it begins.")
    PERIOD_NOT_OVER = N_("The period must not end after today.")


class Change(StrEnum):
    """What has happened to a record since it was certified."""

    RECORD_GONE = N_("The record of %(date)s is no longer approved.")
    MINUTES_CHANGED = N_("The record of %(date)s had %(was)s and now has %(now)s.")
    WORDING_CHANGED = N_("The record of %(date)s was corrected.")


@dataclass(frozen=True, slots=True)
class Line:
    """A service record as a certificate lists it, with the fields of Art. 7."""

    record: int
    unit: Hashable
    date: date
    activity: str
    place: str
    content: str
    minutes: int
    organiser: str
    in_charge: str
    source: str


def period_refusals(first: date, last: date, *, today: date) -> list[Because]:
    """Art. 3, truthfully: a certificate speaks of days that have come, the last one included."""
    if last < first:
        return [Because(Refusal.PERIOD_BACKWARDS)]
    return [Because(Refusal.PERIOD_NOT_OVER)] if last > today else []


def refusals(
    line: Line, *, approved: bool, first: date, last: date, issuer: Hashable | None = None
) -> list[Because]:
    """Why a record cannot stand on a certificate; an empty list means it can.

    Art. 15: time, content and recording unit must be stated. 谁记录谁证明: with an `issuer`, only
    what it recorded itself; without one, the volunteer's own export of all units, in groups.
    Both days of the period are inclusive.
    """
    reasons = []
    if not approved:
        reasons.append(Because(Refusal.NOT_APPROVED))
    if not first <= line.date <= last:
        reasons.append(Because(Refusal.OUTSIDE_PERIOD, {"date": line.date}))
    if line.minutes <= 0:
        reasons.append(Because(Refusal.NO_TIME))
    if not line.content.strip():
        reasons.append(Because(Refusal.NO_CONTENT))
    if line.unit is None:
        reasons.append(Because(Refusal.NO_UNIT))
    elif issuer is not None and line.unit != issuer:
        reasons.append(Because(Refusal.OTHER_UNIT))
    return reasons


def by_unit(lines: Iterable[Line]) -> dict[Hashable, list[Line]]:
    """Lines grouped by recording unit, in the order of their days; first served, first listed."""
    groups: dict[Hashable, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.date, line.record)):
        groups.setdefault(line.unit, []).append(line)
    return groups


def total_minutes(lines: Iterable[Line]) -> int:
    """The sum of the minutes, which is the sum of the lines as shown: neither is rounded."""
    return sum(line.minutes for line in lines)


def hours_and_minutes(minutes: int) -> tuple[int, int]:
    """Whole hours and the minutes left over: the unit of every figure on a certificate.

    Hours are the unit of measure (Art. 7) and minutes their remainder, because a third of an
    hour has no exact decimal: three times 50 min shows as 2 h 30 min, and adds up.
    """
    return divmod(minutes, MINUTES_IN_HOUR)


def changes(certified: Iterable[Line], current: Iterable[Line]) -> list[Because]:
    """Art. 13 and 17: why a certificate no longer tells the truth; empty while it does.

    `current` are the approved lines today. A record that was added later makes the old
    certificate incomplete, not false, so it changes nothing here.
    """
    now = {line.record: line for line in current}
    reasons = []
    for was in certified:
        line = now.get(was.record)
        if line is None:
            reasons.append(Because(Change.RECORD_GONE, {"date": was.date}))
        elif line.minutes != was.minutes:
            facts: dict[str, Fact] = {
                "date": was.date,
                "was": Minutes(was.minutes),
                "now": Minutes(line.minutes),
            }
            reasons.append(Because(Change.MINUTES_CHANGED, facts))
        elif line != was:
            reasons.append(Because(Change.WORDING_CHANGED, {"date": was.date}))
    return reasons


def masked_name(name: str) -> str:
    """Art. 16: a name as a stranger may see it. 张*, 欧阳*, 阿*·买*, M* L*.

    The family name of a Han name, or the first letter of each part of any other; one star for
    the rest, however long it is. A name of one character is a star alone.
    """
    parts: list[str] = []
    part = ""
    for letter in name.strip():
        if letter in DOTS or letter.isspace():
            parts += [part, letter]
            part = ""
        else:
            part += letter
    parts.append(part)
    whole = len(parts) == 1
    return "".join(
        part if index % 2 else _masked_part(part, whole=whole) for index, part in enumerate(parts)
    )


def _masked_part(part: str, *, whole: bool) -> str:
    letters = _letters(part)
    if len(letters) <= 1:
        return "*" if letters else ""
    if whole and letters[2:] and "".join(letters[:2]) in COMPOUND_SURNAMES:
        return "".join(letters[:2]) + "*"
    return letters[0] + "*"


def _letters(text: str) -> list[str]:
    """Characters with the marks that stand on them, so that no accent is cut off its letter."""
    letters: list[str] = []
    for character in text:
        if letters and unicodedata.category(character).startswith("M"):
            letters[-1] += character
        else:
            letters.append(character)
    return letters
