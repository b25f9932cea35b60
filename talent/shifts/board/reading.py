"""One shift with its positions and people as the board shows them, read as columns.

The panel of a shift is asked for with each act and each search on it. Two statements that are put
together once bring it; where a position asks for something, a third says for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from talent.db import asked
from talent.errors import NotFound
from talent.people.models import Person
from talent.rules.signup import LIVE, SignupState
from talent.shifts.models import Signup
from talent.shifts.outlines import service as outlines

if TYPE_CHECKING:
    from talent.access import Actor, Permission
    from talent.shifts.outlines.service import Post, Turn


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is on it, by the names that the board shows."""

    id: int
    name: str
    volunteer_no: str


@dataclass(frozen=True, slots=True)
class On:
    """A place that somebody has on the shift, or a turn in its line."""

    id: int
    shift_id: int
    need_id: int
    person_id: int
    state: SignupState
    overridden: str | None
    override_reason: str | None
    person: Somebody
    need: Post


_PEOPLE = (
    select(
        Signup.id,
        Signup.need_id,
        Signup.person_id,
        Signup.state,
        Signup.overridden,
        Signup.override_reason,
        Person.name,
        Person.volunteer_no,
    )
    .join(Person, Person.id == Signup.person_id)
    .where(
        Signup.shift_id == bindparam("shift"),
        or_(*(Signup.state == state for state in sorted(LIVE))),  # IN is written anew each time
    )
    .order_by(Person.sort_key, Person.id)
)


def visible_turn(actor: Actor, permission: Permission, shift_id: int) -> Turn:
    """A shift of the actor's offices with its positions, or `NotFound`."""
    shift = outlines.one(shift_id)
    if shift is None or not actor.may(permission, shift.project.office.path):
        raise NotFound
    return shift


def people_on(shift: Turn) -> list[On]:
    """Who has a place on it or a turn in its line, by name."""
    posts = {post.id: post for post in shift.needs}
    return [
        On(
            row.id,
            shift.id,
            row.need_id,
            row.person_id,
            row.state,
            row.overridden,
            row.override_reason,
            Somebody(row.person_id, row.name, row.volunteer_no),
            posts[row.need_id],
        )
        for row in asked(_PEOPLE, shift=shift.id)
    ]
