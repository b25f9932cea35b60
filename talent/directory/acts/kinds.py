"""What each kind of act does to people, and how it is taken back.

Each gets some people who are held for it and says of each what was there before and what is there
now. An undo touches only what is still as the act left it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talent.access import Permission
from talent.directory.acts import belonging, moving, telling, vocabulary
from talent.directory.acts.outcomes import EDIT
from talent.directory.models import ManyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.directory.acts.outcomes import By, Outcome
    from talent.directory.models import ActPart
    from talent.people.models import Person

    Do = Callable[[Sequence[Person], By], dict[int, Outcome]]
    Undo = Callable[[Mapping[int, Person], Sequence[ActPart], By], dict[int, Outcome]]

_K = ManyKind
UNDOABLE = frozenset(ManyKind) - {_K.SEND}


def permission_of(kind: ManyKind) -> Permission:
    """What has to be held for each of the people."""
    return Permission.SEND_MESSAGES if kind is _K.SEND else EDIT


def would_change(kind: ManyKind, wish: Mapping[str, Any], actor: Actor) -> ColumnElement[bool]:
    """The condition on `Person` of those for whom the act changes something; at most these."""
    if kind in moving.MOVES:
        return moving.would_change(kind, wish, actor)
    if kind in vocabulary.LISTS:
        return vocabulary.would_change(kind, wish)
    if kind in {_K.TIE, _K.JOIN_TEAM}:
        return belonging.would_change(kind, wish)
    return telling.would_change(kind, wish)


def do(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """Do it to these people."""
    return _DO[by.act.kind](people, by)


def undo(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    """Take it back from these people, where it still is as the act left it."""
    return _UNDO[by.act.kind](people, parts, by)


_DO: dict[ManyKind, Do] = {
    **dict.fromkeys(vocabulary.LISTS, vocabulary.do),
    **dict.fromkeys(moving.MOVES, moving.do),
    _K.TIE: belonging.make_known,
    _K.JOIN_TEAM: belonging.join,
    _K.SET_LANGUAGE: telling.set_language,
    _K.SEND: telling.send,
}
_UNDO: dict[ManyKind, Undo] = {
    **dict.fromkeys(vocabulary.LISTS, vocabulary.undo),
    **dict.fromkeys(moving.MOVES, moving.undo),
    _K.TIE: belonging.make_unknown,
    _K.JOIN_TEAM: belonging.leave,
    _K.SET_LANGUAGE: telling.set_language_back,
}
