"""Sealed texts under the newest key, and blind indexes under the present one, piece by piece."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import LargeBinary, Text, case, delete, func, select, tuple_, type_coerce, update

from talent import seal
from talent.accounts.models import Account
from talent.db import Base, Sealed, db, writing
from talent.files import StoredFile
from talent.merging.models import Likeness, LikenessMark
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.people.service import TAIL

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Table

PIECE = 200
_BEGINNING = b"gAAAA"  # of every sealed text; no paper that is handed in begins so
UNREADABLE = "opened by no key"


class Place(NamedTuple):
    """Where sealed texts stand."""

    table: Table
    column: Column[str]

    @property
    def title(self) -> str:
        """As it is called in the database."""
        return f"{self.table.name}.{self.column.name}"


def places() -> list[Place]:
    """Every column of sealed texts, whatever feature it belongs to; and the files among them."""
    columns = [
        Place(table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]
    files: Table = StoredFile.__table__  # type: ignore[assignment]
    return [*columns, Place(files, files.c.content)]


def reseal(place: Place) -> Counter[str]:
    """Put all texts of a column under the newest key; how many of them each key had sealed.

    Piece by piece, each in its own transaction. What another one writes meanwhile stays, and is
    under the newest key anyhow. Broken off, it goes on where it stopped: what is done is read only.
    """
    found: Counter[str] = Counter()
    newest, after = seal.data_key_ids()[0], None
    while rows := _rows(place, after):
        after = rows[-1][:-1]
        old = []
        for *key, text in rows:
            by = seal.sealed_by(text) if place.column.name != "content" else _by(text)
            found[UNREADABLE if by == "unknown" else by] += 1
            if by not in {newest, "unknown"}:
                old.append((tuple(key), text))
        if old:
            with writing():
                for identity, text in old:
                    _renew(place, identity, text)
    return found


def count(place: Place) -> Counter[str]:
    """How many texts of a column each key has sealed."""
    found: Counter[str] = Counter()
    after = None
    while rows := _rows(place, after):
        after = rows[-1][:-1]
        found.update(_by(text) for *_, text in rows)
    return found


def _by(text: str) -> str:
    by = seal.sealed_by(text)
    return UNREADABLE if by == "unknown" else by


def _raw(place: Place) -> ColumnElement[str]:
    """The column as it is written, past the type that opens it."""
    return type_coerce(place.column, Text)


def _rows(place: Place, after: tuple[int | str, ...] | None) -> list[tuple[str, ...]]:
    keys = list(place.table.primary_key)
    raw = place.column if _is_file(place) else _raw(place)
    query = select(*keys, raw).where(place.column.is_not(None)).order_by(*keys).limit(PIECE)
    if _is_file(place):
        query = query.where(func.substr(place.column, 1, len(_BEGINNING)) == _BEGINNING)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    rows = db.session.execute(query).all()
    db.session.rollback()  # nothing is held while the keys are tried
    return [(*key, text.decode() if _is_file(place) else text) for *key, text in rows]


def _is_file(place: Place) -> bool:
    return isinstance(place.column.type, LargeBinary)


def _renew(place: Place, identity: tuple[int | str, ...], text: str) -> None:
    """The same text under the newest key, if nobody has written another one meanwhile."""
    table, fresh = place.table, seal.reseal(text)
    keys = zip(table.primary_key, identity, strict=True)
    row = [column == value for column, value in keys]
    if _is_file(place):
        was, content = text.encode(), fresh.encode()
        of_it = table.c.digest == hashlib.sha256(was).hexdigest()  # some keep that of the open file
        new = {
            "content": content,
            "size": len(content),
            "digest": case((of_it, hashlib.sha256(content).hexdigest()), else_=table.c.digest),
        }
        db.session.execute(update(table).where(*row, table.c.content == was).values(new))
        return
    as_it_is = {place.column.name: type_coerce(fresh, Text)}
    db.session.execute(update(table).where(*row, _raw(place) == text).values(as_it_is))


# -- the key of the blind indexes


def reindex() -> tuple[int, int]:
    """All indexes under the present INDEX_KEY: how many people, and how many accounts stay behind.

    An account keeps no phone number: unless its person has it, the older key finds it until it
    signs in, and stays among INDEX_KEY_FALLBACKS as long.
    """
    people, known = 0, set[int]()
    after = 0
    while ids := _ids(after):
        after = ids[-1]
        with writing():
            query = select(Person).where(Person.id.in_(ids)).with_for_update().order_by(Person.id)
            for person in db.session.scalars(query):
                _index(person)
                known |= _index_account(person)
                people += 1
    with writing():  # the worker compares all files anew
        db.session.execute(delete(Likeness))
        db.session.execute(delete(LikenessMark))
    left = select(func.count()).where(Account.phone_index.is_not(None), Account.id.not_in(known))
    return people, db.session.scalar(left) or 0


def _ids(after: int) -> list[int]:
    query = select(Person.id).where(Person.id > after).order_by(Person.id).limit(PIECE)
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return ids


def _index(person: Person) -> None:
    if person.document and person.document_kind:
        person.document_index = document_index(person.document_kind, person.document)
    if person.phone:
        person.phone_index = seal.blind_index("phone", person.phone)
        person.phone_tail_index = seal.blind_index("phone-tail", person.phone[-TAIL:])


def _index_account(person: Person) -> set[int]:
    """The account whose number is that of its person; its id, when its index is the present one."""
    if not person.phone:
        return set()
    ways = seal.blind_indexes("phone", person.phone)
    query = select(Account).where(Account.phone_index.in_(ways))
    for account in db.session.scalars(query):
        account.phone_index = ways[0]
        return {account.id}
    return set()
