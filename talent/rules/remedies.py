"""What would turn a refusal into a place: a day to wait for, a course, a credential, a skill.

A volunteer learns why, and what to do about it: 条例 Art. 12 (2017-12-01) asks for the conditions
of service to be told, practice of the platforms for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent.rules.reason import N_
from talent.rules.signup import Refusal
from talent.rules.words import Word
from talent.rules.workload import Overload

if TYPE_CHECKING:
    from datetime import date, datetime
    from enum import StrEnum

    from talent.rules.reason import Because


class RemedyKind(Word):
    """What it takes."""

    DATE = "date", N_("From a day on")
    COURSE = "course", N_("A course")
    CREDENTIAL = "credential", N_("A credential")
    SKILL = "skill", N_("A skill")
    AGREEMENT = "agreement", N_("An agreement to sign")
    PLACE_GIVEN_UP = "place_given_up", N_("Another place given up")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would make the reason pass.

    `value` is a moment or a day, from which on this shift (NOT_OPEN_YET, AHEAD) or one on such a
    day can be taken; the key of the course, credential, skill or
    agreement; the key of the other shift.
    """

    kind: RemedyKind
    value: date | datetime | int | str


_REMEDIES: dict[StrEnum | str, tuple[RemedyKind, str]] = {
    Refusal.NOT_OPEN_YET: (RemedyKind.DATE, "opens"),
    Refusal.TOO_YOUNG: (RemedyKind.DATE, "from_day"),
    Refusal.CREDENTIAL_NOT_YET: (RemedyKind.DATE, "since"),
    Refusal.TRAINING_NOT_YET: (RemedyKind.DATE, "since"),
    Overload.AHEAD: (RemedyKind.DATE, "frees"),
    Refusal.CREDENTIAL_MISSING: (RemedyKind.CREDENTIAL, "key"),
    Refusal.CREDENTIAL_LAPSES: (RemedyKind.CREDENTIAL, "key"),
    Refusal.TRAINING_MISSING: (RemedyKind.COURSE, "key"),
    Refusal.TRAINING_LAPSES: (RemedyKind.COURSE, "key"),
    Refusal.SKILL_MISSING: (RemedyKind.SKILL, "key"),
    Refusal.AGREEMENT: (RemedyKind.AGREEMENT, "key"),
    Refusal.OVERLAP: (RemedyKind.PLACE_GIVEN_UP, "key"),
    Overload.REST: (RemedyKind.PLACE_GIVEN_UP, "key"),
    Overload.TRAVEL: (RemedyKind.PLACE_GIVEN_UP, "key"),
    Overload.DAY_MINUTES: (RemedyKind.PLACE_GIVEN_UP, "key"),
    Overload.WEEK_MINUTES: (RemedyKind.PLACE_GIVEN_UP, "key"),
    Overload.DAYS_IN_ROW: (RemedyKind.PLACE_GIVEN_UP, "key"),
}


def remedy(because: Because) -> Remedy | None:
    """What would make this reason pass; None where nothing does that the person has in hand.

    Also of a reason that was kept and unpacked. A limit of a day, a week or a row has one only
    where giving up one coming shift is enough.
    """
    kind, fact = _REMEDIES.get(because.why, (None, ""))
    value = because.facts.get(fact)
    return Remedy(kind, value) if kind and value else None  # type: ignore[arg-type]
