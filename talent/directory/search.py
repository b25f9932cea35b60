"""Finding people: which ones fit, in which order, and the cheapest way to them.

Each filter is a part that names people by their ids. Where one part holds few, they are asked
about one by one; where every part holds many, people are walked in the order that is wanted until
a page is full. So a page costs the same with two thousand people on record as with 200 000. Where
parts hold many and only few of them the same ones, whichever way is shorter is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text, tuple_

from talent.db import db
from talent.directory.filters import Order
from talent.directory.parts import BEYOND, parts_of
from talent.people.models import (
    NameKey,
    Person,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission
    from talent.directory.filters import Wanted
    from talent.directory.parts import Part

PAGE = 50
COUNTED = 200  # up to here people are counted for a page
FEW = 3_000  # people who are asked about one by one
MANY = 8_000  # who are too, where even more would be walked past
OPEN = 4  # one in so many fits, as far as is known, where a part holds more than are counted
# An anonymised file has nothing to sort by: it stands in no list, and none is walked past it.
NAMED = Person.sort_key > ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of people by their ids, the key of the next one, and how many there are.

    `number` is None on later pages; when `more` says so there are more than it tells.
    """

    ids: Sequence[int]
    after: str | None
    number: int | None
    more: bool


def listed(actor: Actor, permission: Permission, wanted: Wanted, *, today: date) -> Listed:
    """The people of a page, of the offices for which the permission is held."""
    if db.engine.dialect.name == "postgresql":  # to start others takes longer than a page does
        db.session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    parts = list(parts_of(actor, permission, wanted, today))
    few = _smallest(parts)
    others = [part for part in parts[1:] if not part.names]  # the first says where they are known
    most = PAGE if wanted.after or (others and not few) else COUNTED
    query = _ordered(parts, few, wanted)
    rows = db.session.execute(query.limit(most + 1)).all()
    shown, last = rows[:PAGE], rows[PAGE - 1] if len(rows) > PAGE else None
    return Listed(
        [row.id for row in shown],
        _key(last, wanted.order) if last else None,
        None if wanted.after else min(len(rows), most),
        len(rows) > most,
    )


def everybody(actor: Actor, permission: Permission, wanted: Wanted, *, today: date) -> Select[int]:
    """The ids of all who fit, for acts and for files."""
    parts = parts_of(actor, permission, wanted, today)
    return select(Person.id).where(NAMED, *(part.of(Person.id) for part in parts))


def counted(query: Select[int]) -> int:
    """How many people a query names."""
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def in_order(query: Any, order: Order) -> Any:
    """People in the order that is wanted."""
    if order is Order.NEW:
        return query.order_by(Person.id.desc())
    return query.order_by(Person.sort_key, Person.id)


def _smallest(parts: Sequence[Part]) -> Part | None:
    """The part that names the fewest people, when they are few: as such, or for what all ask."""
    sizes = _sizes(parts, FEW)
    if min(sizes) > FEW and any(not part.names for part in parts[1:]):
        *sizes, people = _sizes(parts, MANY, func.coalesce(func.max(Person.id), 0))
        told = [people / max(size, 1) if size <= MANY else OPEN for size in sizes]
        if any(part.narrows for part in parts):  # and says all that the first part says
            told[0] = 1
        rarity = prod(told)
        limit = min(MANY, people, (PAGE + 1) * rarity)
    else:
        limit = FEW
    size, at = min((size, at) for at, size in enumerate(sizes))
    return parts[at] if size <= limit else None


def _sizes(parts: Sequence[Part], most: int, *others: ColumnElement[int]) -> list[int]:
    """How many people each part names, one more than the most where there are more."""
    counts = [
        select(func.count()).select_from(part.ids.limit(most + 1).subquery()).scalar_subquery()
        for part in parts
    ]
    return [*db.session.execute(select(*counts, *others)).one()]


def _ordered(parts: Sequence[Part], few: Part | None, wanted: Wanted) -> Any:
    """The people who fit, in order, from the key on."""
    named = next((part for part in parts if part.names), None)
    if few is None and named and wanted.order is Order.NAME:
        return _by_head(named.names, [part for part in parts if part is not named], wanted)
    query = select(Person.id.label("id"), Person.sort_key.label("sort_key"))
    if few:
        chosen = few.ids.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
        query = query.where(Person.id.in_(select(*chosen.c)))
    asked = [part for part in parts if part is not few or not part.exact]
    query = query.where(NAMED, *(part.of(Person.id) for part in asked))
    number, key = _read(wanted.after)
    if number is not None and wanted.order is Order.NEW:
        query = query.where(Person.id < number)
    elif number is not None:
        query = query.where(tuple_(Person.sort_key, Person.id) > tuple_(key, number))
    return in_order(query, wanted.order)


def _by_head(key: str, others: Sequence[Part], wanted: Wanted) -> Any:
    """The many whose name begins so, read in their order under its first sign."""
    query = select(NameKey.person_id.label("id"), NameKey.sort_key.label("sort_key")).distinct()
    query = query.where(NameKey.head == key[0], *(part.of(NameKey.person_id) for part in others))
    if len(key) > 1:
        typed = NameKey.text.concat("")  # so that no database takes the index by text
        query = query.where(typed >= key, typed < key + BEYOND)
    number, after = _read(wanted.after)
    place = tuple_(NameKey.sort_key, NameKey.person_id)
    if number is not None:
        query = query.where(place > tuple_(after, number))
    return query.order_by(NameKey.sort_key, NameKey.person_id)


def _key(row: Any, order: Order) -> str:
    return str(row.id) if order is Order.NEW else f"{row.id}:{row.sort_key}"


def _read(after: str) -> tuple[int | None, str]:
    number, _, key = after.partition(":")
    fits = number.isdecimal() and len(number) < 19  # noqa: PLR2004 - no larger number is an id
    return int(number) if fits else None, key
