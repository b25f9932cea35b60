"""Shifts and the people on them as the board shows them, read as columns.

The panel of a shift is asked for with each act and each search on it. One statement that is put
together once brings it; where a position asks for something, a second says for what. A person as an
object would be read with two sealed numbers, which are opened for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from talent.arrays import any_of
from talent.db import among, asked
from talent.errors import NotFound
from talent.people.models import Person
from talent.rules.signup import LIVE, SignupState
from talent.shifts.models import Need, Signup
from talent.shifts.outlines import service as outlines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.access import Actor, Permission
    from talent.shifts.outlines.service import Post, Turn


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is on it, by the names that the board shows."""

    id: int
    name: str
    volunteer_no: str
    sort_key: str


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


_PERSON = (
    Signup.id.label("signup_id"),
    Signup.person_id,
    Signup.state.label("signup_state"),
    Signup.overridden,
    Signup.override_reason,
    Person.name.label("person_name"),
    Person.volunteer_no,
    Person.sort_key,
)
_HERE = among(Signup.state, LIVE)
_ON = (
    select(Signup.shift_id, Signup.need_id, *_PERSON)
    .join(Person, Person.id == Signup.person_id)
    .where(any_of(Signup.shift_id, "shifts"), _HERE)
    .order_by(Person.sort_key, Person.id)
)
_PANEL = (
    outlines.ONE.add_columns(*_PERSON)
    .outerjoin(Signup, and_(Signup.need_id == Need.id, _HERE))
    .outerjoin(Person, Person.id == Signup.person_id)
    .order_by(Person.sort_key, Person.id)
)


def visible_turn(actor: Actor, permission: Permission, shift_id: int) -> Turn:
    """A shift of the actor's offices with its positions, or `NotFound`."""
    return _visible(outlines.one(shift_id), actor, permission)


def visible_panel(actor: Actor, permission: Permission, shift_id: int) -> tuple[Turn, list[On]]:
    """The shift and the people on it, by position and name, in one question; or `NotFound`."""
    rows = asked(_PANEL, shift=shift_id)
    shift = _visible(next(iter(outlines.turns(rows)), None), actor, permission)
    posts = {post.id: post for post in shift.needs}
    return shift, [_on(row, row.id, posts) for row in rows if row.signup_id]


def people_on(shifts: Sequence[Turn]) -> list[On]:
    """Who has a place on them or a turn in their lines, by name; one question for all of them."""
    rows = asked(_ON, shifts=[shift.id for shift in shifts]) if shifts else ()
    posts = {post.id: post for shift in shifts for post in shift.needs}
    return [_on(row, row.shift_id, posts) for row in rows]


def _visible(shift: Turn | None, actor: Actor, permission: Permission) -> Turn:
    if shift is None or not actor.may(permission, shift.project.office.path):
        raise NotFound
    return shift


def _on(row: Any, shift_id: int, posts: Mapping[int, Post]) -> On:
    return On(
        row.signup_id,
        shift_id,
        row.need_id,
        row.person_id,
        row.signup_state,
        row.overridden,
        row.override_reason,
        Somebody(row.person_id, row.person_name, row.volunteer_no, row.sort_key),
        posts[row.need_id],
    )
