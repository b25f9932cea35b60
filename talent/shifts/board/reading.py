"""Shifts and the people on them as the board shows them, read as columns.

The panel of a shift is asked for with each act and each search on it. Two statements that are put
together once bring it; where a position asks for something, a third says for what. A person as an
object would be read with two sealed numbers, which are opened for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from talent.arrays import any_of
from talent.db import among, asked
from talent.errors import NotFound
from talent.people.models import Person
from talent.rules.signup import LIVE, SignupState
from talent.shifts.models import Signup
from talent.shifts.outlines import service as outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

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


def _of(those: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Signup.id,
            Signup.shift_id,
            Signup.need_id,
            Signup.person_id,
            Signup.state,
            Signup.overridden,
            Signup.override_reason,
            Person.name,
            Person.volunteer_no,
            Person.sort_key,
        )
        .join(Person, Person.id == Signup.person_id)
        .where(those, among(Signup.state, LIVE))
        .order_by(Person.sort_key, Person.id)
    )


_ON_ONE = _of(Signup.shift_id == bindparam("shift", type_=Signup.shift_id.type))
_ON_MANY = _of(any_of(Signup.shift_id, "shifts"))


def visible_turn(actor: Actor, permission: Permission, shift_id: int) -> Turn:
    """A shift of the actor's offices with its positions, or `NotFound`."""
    shift = outlines.one(shift_id)
    if shift is None or not actor.may(permission, shift.project.office.path):
        raise NotFound
    return shift


def people_on(shifts: Sequence[Turn]) -> list[On]:
    """Who has a place on them or a turn in their lines, by name; one question for all of them."""
    if len(shifts) == 1:
        rows = asked(_ON_ONE, shift=shifts[0].id)
    else:
        rows = asked(_ON_MANY, shifts=[shift.id for shift in shifts]) if shifts else ()
    posts = {post.id: post for shift in shifts for post in shift.needs}
    return [
        On(
            row.id,
            row.shift_id,
            row.need_id,
            row.person_id,
            row.state,
            row.overridden,
            row.override_reason,
            Somebody(row.person_id, row.name, row.volunteer_no, row.sort_key),
            posts[row.need_id],
        )
        for row in rows
    ]
