"""Skills and kinds of service, given to many people and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, not_, select
from sqlalchemy.orm import selectinload

from talent.db import db
from talent.directory.acts.outcomes import Outcome, Unmeant, trace
from talent.directory.models import ManyKind, PartState
from talent.offices.models import ServiceCategory
from talent.people.models import Person, Skill, person_category, person_skill
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.directory.acts.outcomes import By
    from talent.directory.models import ActPart

_K, _P = ManyKind, PartState


LISTS: dict[ManyKind, tuple[Any, Any, str, str]] = {
    _K.GIVE_SKILL: (person_skill, person_skill.c.skill_id, "skill", "known_skills"),
    _K.TAKE_SKILL: (person_skill, person_skill.c.skill_id, "skill", "known_skills"),
    _K.GIVE_CATEGORY: (person_category, person_category.c.category_id, "category", "categories"),
    _K.TAKE_CATEGORY: (person_category, person_category.c.category_id, "category", "categories"),
}
_TAKES = {_K.TAKE_SKILL, _K.TAKE_CATEGORY}
_WORDS: dict[str, Any] = {"skill": Skill, "category": ServiceCategory}


def would_change(kind: ManyKind, wish: Mapping[str, Any]) -> ColumnElement[bool]:
    """Those with whom it is not as it would be."""
    table, column, key, _ = LISTS[kind]
    here: ColumnElement[bool] = column == wish[key]
    has = exists().where(table.c.person_id == Person.id, here)
    return has if kind in _TAKES else not_(has)


def do(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """Give it or take it."""
    return _on_list(people, by, there=by.act.kind not in _TAKES)


def undo(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    """Take it back from those who still have it, or the other way round."""
    some = [people[part.person_id] for part in parts if part.person_id in people]
    found = _on_list(some, by, there=by.act.kind in _TAKES)
    for outcome in found.values():
        changed = outcome.state is _P.CHANGED
        outcome.state = _P.UNDONE if changed else _P.KEPT
        outcome.reasons = [] if changed else [Because(Unmeant.CHANGED_SINCE)]
    return found


def _on_list(people: Sequence[Person], by: By, *, there: bool) -> dict[int, Outcome]:
    """See that a skill or kind of service is with each of these people, or is not."""
    _, _, key, name = LISTS[by.act.kind]
    thing = db.session.get_one(_WORDS[key], by.wish[key])
    load = selectinload(getattr(Person, name))
    fresh = select(Person).where(Person.id.in_([p.id for p in people])).options(load)
    db.session.scalars(fresh.execution_options(populate_existing=True)).all()
    found = {}
    for person in people:
        had = list(getattr(person, name))
        found[person.id] = Outcome()
        if (thing in had) is there:
            continue
        has = [*had, thing] if there else [each for each in had if each is not thing]
        setattr(person, name, has)
        found[person.id].state = _P.CHANGED
        pair = ([each.name_zh for each in had], [each.name_zh for each in has])
        trace(person, name, pair, by)
    return found
