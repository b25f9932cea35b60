"""What an act upon many people leaves with each of them, and who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from talent.access import Permission
from talent.audit import Act
from talent.directory.models import PartState
from talent.people.history import service as history
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from talent.access import Actor
    from talent.directory.models import ManyAct
    from talent.people.models import Person

EDIT = Permission.EDIT_PEOPLE


class Unmeant(StrEnum):
    """Why an act leaves a person out, or an undo."""

    GONE = N_("No office of yours knows this person any more.")
    NO_REGISTRATION = N_("There is no registration to move: %(state)s.")
    CHANGED_SINCE = N_("It was changed since.")
    RELIED_ON = N_("The person is registered or appointed there by now.")
    STOPPED = N_("This person wants no such messages.")


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and for which act."""

    actor: Actor
    now: datetime
    act: ManyAct

    @property
    def wish(self) -> Mapping[str, Any]:
        """What the act is to do."""
        return self.act.wish


@dataclass(slots=True)
class Outcome:
    """What became of one person."""

    state: PartState = PartState.SAME
    before: list[Any] | None = None
    after: list[Any] | None = None
    reasons: list[Because] = field(default_factory=list)


def trace(person: Person, name: str, pair: tuple[Any, Any], by: By) -> None:
    """Leave in the history of a person what was and what became of a field."""
    history.keep(
        Act.PERSON_CHANGED, person, {name: pair}, actor=by.actor, now=by.now, many=by.act.id
    )
    person.changed_at = by.now
