"""What the demonstration shows of skills, and of shifts on which nobody signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.access import SYSTEM
from talent.people.skills import service as skills
from talent.rules.attendance import SignMode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.demo.stage import District
    from talent.people.models import Skill

SKILLS = (("手语", "Sign language"), ("驾驶", "Driving"), ("普通话辅导", "Mandarin tutoring"))
FOURTH = 4  # one of so many volunteers has a skill


def begin(district: District) -> Sequence[Skill]:
    """The vocabulary, and who has what of it."""
    known = [
        skills.add(name_zh=zh, name_en=en, actor=SYSTEM, now=district.begun) for zh, en in SKILLS
    ]
    for people in district.volunteers.values():
        for turn, person in enumerate(people[::FOURTH]):
            person.known_skills = [known[turn % len(known)]]
    return known


def mode_of(index: int, turn: int) -> SignMode:
    """Of the second community's projects one is automatic, and one for signing in only."""
    if index != 1:
        return SignMode.IN_OUT
    return (SignMode.AUTOMATIC, SignMode.IN_ONLY, SignMode.IN_OUT)[turn]
