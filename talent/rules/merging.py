"""Two files of one person: what makes them alike, when they are joined, and parted again.

Order 67 Art. 13 (what is wrong is put right) and PIPL Art. 8 (what is kept is accurate).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from datetime import date, datetime

UNDONE_WITHIN = timedelta(days=30)
STRAGGLERS = timedelta(hours=1)  # so long may arrive what was under way when files were joined
NOT_THE_SAME = 60  # is taken off when both papers are there and name two people


class Alike(Word):
    """What two files have in common."""

    DOCUMENT = "document", N_("The same number of a document")
    NAME_BORN = "name_born", N_("The same name and birth date")
    PHONE = "phone", N_("The same phone")
    PINYIN_BORN = "pinyin_born", N_("A name that sounds alike, and the same birth date")
    PINYIN_TAIL = "pinyin_tail", N_("A name that sounds alike, and the same end of the phone")


class Strength(Word):
    """How likely it is that two files are of one person."""

    SURE = "sure", N_("Almost certain")
    LIKELY = "likely", N_("Likely")
    POSSIBLE = "possible", N_("Possible")


class Unjoinable(Word):
    """Why two files are not joined."""

    SAME = "same", N_("These are one and the same file.")
    JOINED = "joined", N_("One of the two files was joined with another one already.")
    NAMELESS = "nameless", N_("One of the two files was anonymised. Nobody knows whose it was.")
    GUARDIAN = "guardian", N_("One of the two is the guardian of the other.")
    NO_REASON = "no_reason", N_("Say how you know that both are one person.")
    PAPERS = (
        "papers",
        N_("The numbers of their documents differ. Confirm that you have seen the documents."),
    )
    CHANGED = "changed", N_("Something changed since you looked. Please look at it once more.")


class Unpartable(Word):
    """Why joined files stay joined."""

    OVER = "over", N_("This could be undone until %(day)s.")
    UNDONE = "undone", N_("This was undone already.")
    LATER = "later", N_("The file was joined with another one since. Undo that first.")
    NO_REASON = "no_reason", N_("Say why the files are parted.")


WEIGHTS = {
    Alike.DOCUMENT: 100,
    Alike.NAME_BORN: 60,
    Alike.PHONE: 40,
    Alike.PINYIN_BORN: 40,
    Alike.PINYIN_TAIL: 30,
}
LIKELY_FROM, SURE_FROM = 50, 90


@dataclass(frozen=True, slots=True)
class File:
    """One of the two files, as the law reads it. `paper`: kind and number, if known."""

    id: Hashable
    joined: bool = False
    guardian: Hashable | None = None
    paper: tuple[str, str] | None = None
    nameless: bool = False


def differ(one: tuple[str, str] | None, other: tuple[str, str] | None) -> bool:
    """Whether two papers of one kind name two people; papers of two kinds say nothing."""
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]


def weight(found: Collection[Alike], *, papers_differ: bool = False) -> int:
    """How strongly two files look like one person, of 100; 0 is not worth a look."""
    counted = set(found)
    if Alike.NAME_BORN in counted:
        counted.discard(Alike.PINYIN_BORN)
    points = sum(WEIGHTS[one] for one in counted)
    return max(min(points, 100) - (NOT_THE_SAME if papers_differ else 0), 0)


def strength(points: int) -> Strength:
    """The weight in a word."""
    if points >= SURE_FROM:
        return Strength.SURE
    return Strength.LIKELY if points >= LIKELY_FROM else Strength.POSSIBLE


def refusals_to_join(
    source: File, target: File, *, reason: str, papers_seen: bool
) -> list[Because]:
    """Art. 13: two files of one person become one, with a reason, by one who is sure."""
    if source.id == target.id:
        return [Because(Unjoinable.SAME)]
    found = []
    if source.joined or target.joined:
        found.append(Because(Unjoinable.JOINED))
    if source.nameless or target.nameless:
        found.append(Because(Unjoinable.NAMELESS))
    if source.guardian == target.id or target.guardian == source.id:
        found.append(Because(Unjoinable.GUARDIAN))
    if differ(source.paper, target.paper) and not papers_seen:
        found.append(Because(Unjoinable.PAPERS))
    if not reason.strip():
        found.append(Because(Unjoinable.NO_REASON))
    return found


def undone_until(joined_at: datetime) -> datetime:
    """The last moment at which it can be undone."""
    return joined_at + UNDONE_WITHIN


def refusals_to_part(
    joined_at: datetime,
    now: datetime,
    *,
    last_day: date,
    undone: bool,
    joined_since: bool,
    reason: str,
) -> list[Because]:
    """Within thirty days, once, the last one first, with a reason."""
    if undone:
        return [Because(Unpartable.UNDONE)]
    if now > undone_until(joined_at):
        return [Because(Unpartable.OVER, {"day": last_day})]
    found = []
    if joined_since:
        found.append(Because(Unpartable.LATER))
    if not reason.strip():
        found.append(Because(Unpartable.NO_REASON))
    return found
