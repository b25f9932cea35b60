"""The work list of likely duplicates, what was said about a pair, and what was joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.orm import aliased, contains_eager, joinedload

from talent import audit
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound
from talent.merging.models import Merge, Pair
from talent.offices.service import seen
from talent.people.models import Person, Tie
from talent.rules.merging import Alike, Strength, strength

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor, Permission

PAGE = 30


@dataclass(frozen=True, slots=True)
class Key:
    """The last line of a page: the pages go from the strongest to the weakest."""

    strength: int
    id: int

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return f"{self.strength}-{self.id}"

    @classmethod
    def of(cls, typed: str) -> Key | None:
        """From an address; None for the first page."""
        points, _, id_ = typed.partition("-")
        known = points.isdecimal() and id_.isdecimal() and len(typed) < 20  # noqa: PLR2004
        return cls(int(points), int(id_)) if known else None


def listed(
    actor: Actor, permission: Permission, *, apart: bool = False, after: Key | None = None
) -> tuple[Sequence[Pair], Key | None]:
    """A page of pairs of which the actor sees both files, the likeliest first; the next key."""
    first, second = aliased(Person), aliased(Person)
    query = (
        select(Pair)
        .join(first, Pair.first)
        .join(second, Pair.second)
        .where(_known(actor, permission, first), _known(actor, permission, second))
        .where(Pair.apart_at.is_not(None) if apart else Pair.apart_at.is_(None))
        .options(contains_eager(Pair.first.of_type(first)))
        .options(contains_eager(Pair.second.of_type(second)))
        .order_by(Pair.strength.desc(), Pair.id.desc())
    )
    if after:
        query = query.where(tuple_(Pair.strength, Pair.id) < (after.strength, after.id))
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], Key(last.strength, last.id) if last else None


def likely(actor: Actor, permission: Permission, person_id: int) -> Sequence[Pair]:
    """The pairs of one file of which the actor sees the other one as well."""
    first, second = aliased(Person), aliased(Person)
    query = (
        select(Pair)
        .join(first, Pair.first)
        .join(second, Pair.second)
        .where(or_(Pair.first_person_id == person_id, Pair.second_person_id == person_id))
        .where(_known(actor, permission, first), _known(actor, permission, second))
        .where(Pair.apart_at.is_(None))
        .options(contains_eager(Pair.first.of_type(first)))
        .options(contains_eager(Pair.second.of_type(second)))
        .order_by(Pair.strength.desc(), Pair.id)
    )
    return db.session.scalars(query.limit(PAGE)).all()


def _known(actor: Actor, permission: Permission, person: type[Person]) -> ColumnElement[bool]:
    return exists().where(Tie.person_id == person.id, Tie.office_id.in_(seen(actor, permission)))


def pair_of(first: int, second: int) -> Pair | None:
    """What was found or said about two files."""
    one, other = sorted((first, second))
    query = select(Pair).where(Pair.first_person_id == one, Pair.second_person_id == other)
    return db.session.scalars(query).one_or_none()


def alike(pair: Pair) -> list[Alike]:
    """Why it was found, the strongest first; what goes without saying is left out."""
    found = {one for one in Alike if one.value in pair.reasons}
    if Alike.NAME_BORN in found:
        found.discard(Alike.PINYIN_BORN)
        if Alike.PHONE in found:
            found.discard(Alike.PINYIN_TAIL)
    return [one for one in Alike if one in found]


def how_likely(pair: Pair) -> Strength:
    """How likely it is one person."""
    return strength(pair.strength)


def tell_apart(first: int, second: int, *, why: str, actor: Actor, now: datetime) -> Pair:
    """These are two people: nobody is asked again."""
    pair = pair_of(first, second)
    if pair is None:
        one, other = sorted((first, second))
        pair = Pair(
            first_person_id=one, second_person_id=other, reasons=[], strength=0, found_at=now
        )
        db.session.add(pair)
        db.session.flush()
    else:
        pair = locked(Pair, pair.id)
    pair.apart_at, pair.apart_by, pair.apart_why = now, actor.account_id, why or None
    for file in (pair.first, pair.second):
        audit.record(Act.NOT_THE_SAME, file, actor=actor, now=now, first=first, second=second)
    return pair


def ask_again(actor: Actor, permission: Permission, pair_id: int) -> None:
    """Put a pair back onto the list."""
    first, second = aliased(Person), aliased(Person)
    query = select(Pair.id).join(first, Pair.first).join(second, Pair.second)
    query = query.where(
        Pair.id == pair_id,
        _known(actor, permission, first),
        _known(actor, permission, second),
    )
    if (found := db.session.scalar(query)) is None:
        raise NotFound
    pair = locked(Pair, found)
    pair.apart_at = pair.apart_by = pair.apart_why = None


def merges(
    actor: Actor, permission: Permission, *, before: int | None = None
) -> tuple[Sequence[Merge], int | None]:
    """A page of what was joined at the actor's offices, the latest first; the next key."""
    known = select(Tie.person_id).where(Tie.office_id.in_(seen(actor, permission)))
    query = (
        select(Merge)
        .where(Merge.target_person_id.in_(known))
        .options(joinedload(Merge.source), joinedload(Merge.target))
        .order_by(Merge.id.desc())
    )
    if before is not None:
        query = query.where(Merge.id < before)
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def joined_into(person_id: int) -> Sequence[Merge]:
    """The files that were joined into this one and still are."""
    query = (
        select(Merge)
        .where(Merge.target_person_id == person_id, Merge.undone_at.is_(None))
        .options(joinedload(Merge.source))
    )
    return db.session.scalars(query.order_by(Merge.id.desc())).all()
