"""What many people are told, and in which language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, not_

from talent.directory.acts.outcomes import Outcome, Unmeant, trace
from talent.directory.models import ManyKind, PartState
from talent.messages.models import MessageKind, Stopped
from talent.messages.service import tell
from talent.people.models import Person
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.directory.acts.outcomes import By
    from talent.directory.models import ActPart

_P = PartState


def would_change(kind: ManyKind, wish: Mapping[str, Any]) -> ColumnElement[bool]:
    """Those with another language, or who want such messages."""
    if kind is ManyKind.SET_LANGUAGE:
        other: ColumnElement[bool] = Person.language != wish["language"]
        return other
    stopped = exists().where(
        Stopped.person_id == Person.id, Stopped.kind == MessageKind.OFFICE_NOTICE
    )
    return not_(stopped)


def set_language(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """From now on they are told things in this language."""
    wanted = by.wish["language"]
    found = {}
    for person in people:
        found[person.id] = Outcome()
        if person.language != wanted:
            found[person.id] = Outcome(_P.CHANGED, before=[person.language], after=[wanted])
            trace(person, "language", (person.language, wanted), by)
            person.language = wanted
    return found


def set_language_back(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    """Back to the language before, where it is still the one of the act."""
    found = {}
    for part in parts:
        if not (person := people.get(part.person_id)):
            continue
        if [person.language] != part.after or not part.before:
            found[person.id] = Outcome(_P.KEPT, reasons=[Because(Unmeant.CHANGED_SINCE)])
            continue
        trace(person, "language", (person.language, part.before[0]), by)
        person.language = part.before[0]
        found[person.id] = Outcome(_P.UNDONE)
    return found


def send(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """Write to each, but to those who want no such messages."""
    found = {}
    for person in people:
        told = tell(
            MessageKind.OFFICE_NOTICE,
            once=f"{by.act.id}:{person.id}",
            now=by.now,
            person=person,
            office_id=by.wish["office"],
            facts={"subject": by.act.title, "text": by.wish["text"], "path": "/people/me"},
        )
        found[person.id] = Outcome(_P.CHANGED)
        if told is None:
            found[person.id] = Outcome(_P.LEFT_OUT, reasons=[Because(Unmeant.STOPPED)])
    return found
