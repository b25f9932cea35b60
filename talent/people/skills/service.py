"""The vocabulary of skills, kept as the service categories are, by the whole town's office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.audit import Act, record
from talent.db import db
from talent.errors import Refused
from talent.offices.calendar import must_edit
from talent.people import service as people
from talent.people.models import Skill
from talent.rules import trees
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor


class Unlisted(Word):
    """Why a skill is not written so."""

    KNOWN = "known", N_("There is a skill of this name already.")
    ABOVE = "above", N_("The skill above it is not there any more. Choose another one.")


def add(
    *,
    name_zh: str,
    name_en: str | None,
    parent_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Skill:
    """One more skill to ask for, on top or below another one."""
    must_edit(actor)
    _refuse_twice(name_zh, None)
    _refuse_place(None, parent_id)
    skill = Skill(name_zh=name_zh, name_en=name_en, parent_id=parent_id, open=True)
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
    parent_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Rename, move or close it. A closed one is no longer offered; who has it keeps it."""
    must_edit(actor)
    _refuse_twice(name_zh, skill.id)
    _refuse_place(skill.id, parent_id)
    skill.name_zh, skill.name_en, skill.open = name_zh, name_en, is_open
    skill.parent_id = parent_id
    record(
        Act.SKILL_CHANGED, skill, actor=actor, now=now,
        name=name_zh, open=is_open, parent=parent_id,
    )  # fmt: skip


def places_for(skill: Skill | None) -> list[Skill]:
    """Below which skills this one, or a new one, may stand, in the order of the tree."""
    rows = db.session.scalars(select(Skill).order_by(Skill.id)).all()
    above = {row.id: row.parent_id for row in rows}
    key = skill.id if skill else None
    most = trees.SKILL_LEVELS
    return [
        row
        for row in people.in_tree(rows)
        if not trees.refusals_to_place(key, row.id, above, most=most)
    ]


def _refuse_place(key: int | None, under: int | None) -> None:
    above = people.skill_parents()
    if under is not None and under not in above:
        raise Refused([Unlisted.ABOVE])
    if found := trees.refusals_to_place(key, under, above, most=trees.SKILL_LEVELS):
        raise Refused(found)


def _refuse_twice(name_zh: str, but: int | None) -> None:
    found = db.session.scalar(select(Skill.id).where(Skill.name_zh == name_zh))
    if found is not None and found != but:
        raise Refused([Unlisted.KNOWN])
