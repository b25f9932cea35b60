"""The vocabulary of skills, kept as the service categories are, by the whole town's office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.audit import Act, record
from talent.db import db
from talent.errors import Refused
from talent.offices.calendar import must_edit
from talent.people.models import Skill
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor


class Unlisted(Word):
    """Why a skill is not written so."""

    KNOWN = "known", N_("There is a skill of this name already.")


def add(*, name_zh: str, name_en: str | None, actor: Actor, now: datetime) -> Skill:
    """One more skill to ask for."""
    must_edit(actor)
    _refuse_twice(name_zh, None)
    skill = Skill(name_zh=name_zh, name_en=name_en, open=True)
    db.session.add(skill)
    db.session.flush()
    record(Act.SKILL_CHANGED, skill, actor=actor, now=now, name=name_zh)
    return skill


def change(
    skill: Skill,
    *,
    name_zh: str,
    name_en: str | None,
    is_open: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Rename or close it. A closed one is no longer offered; who has it keeps it."""
    must_edit(actor)
    _refuse_twice(name_zh, skill.id)
    skill.name_zh, skill.name_en, skill.open = name_zh, name_en, is_open
    record(Act.SKILL_CHANGED, skill, actor=actor, now=now, name=name_zh, open=is_open)


def _refuse_twice(name_zh: str, but: int | None) -> None:
    found = db.session.scalar(select(Skill.id).where(Skill.name_zh == name_zh))
    if found is not None and found != but:
        raise Refused([Unlisted.KNOWN])
