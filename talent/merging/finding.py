"""Finding files that look alike: each is compared by its marks with those that have the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, tuple_, update

from talent.backup import numbers
from talent.db import db, upserting
from talent.merging.models import Likeness, LikenessMark, Pair
from talent.people.models import Person
from talent.rules import merging as law
from talent.rules.identity import normalise
from talent.rules.merging import Alike
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, timedelta

BATCH = 1000
CROWD = 12  # files with one mark: beyond, it is the phone of an office or a word for 'unknown'
_CHUNK = 400
_LENGTH = 32  # of a mark: 128 bits


def compare_next(now: datetime, settled: timedelta) -> int:
    """Compare the next files that were changed. How many; 0 when all are.

    What was changed just now is left for later: another one may still be committed before it.
    """
    mark = db.session.get(LikenessMark, 1)
    query = select(Person.id, Person.changed_at).where(Person.changed_at <= now - settled)
    if mark:
        since = tuple_(Person.changed_at, Person.id) > tuple_(mark.until, mark.last_id)
        query = query.where(since)
    found = db.session.execute(query.order_by(Person.changed_at, Person.id).limit(BATCH)).all()
    if not found:
        return 0
    compare_anew([id_ for id_, _ in found], now)
    last_id, until = found[-1]
    if mark is None:
        mark = LikenessMark(id=1)
        db.session.add(mark)
    mark.until, mark.last_id = until, last_id
    return len(found)


def compare_anew(ids: Sequence[int], now: datetime) -> None:
    """Compare these files with all others, as they are now. What was said to differ stays said."""
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = select(Person).where(Person.id.in_(some)).order_by(Person.id)
        people = list(db.session.scalars(query))
        db.session.execute(delete(Likeness).where(Likeness.person_id.in_(some)))
        written = [_likeness(one) for one in people if one.merged_into_person_id is None]
        if written:
            db.session.execute(upserting(Likeness).on_conflict_do_nothing(), written)
        _pair_up(some, now)


def _likeness(person: Person) -> dict[str, Any]:
    born = person.birth_date.isoformat() if person.birth_date else None
    sound = _sound(person)
    return {
        "person_id": person.id,
        "document": _mark("document", person.document and normalise(person.document)),
        "phone": person.phone_index and person.phone_index[:_LENGTH],
        "name_born": _mark("name", born and f"{person.name} {born}"),
        "pinyin_born": _mark("sound", born and f"{sound} {born}"),
        "pinyin_tail": _mark(
            "tail", person.phone_tail_index and f"{sound} {person.phone_tail_index}"
        ),
    }


def _mark(kind: str, text: str | None) -> str | None:
    return blind_index(f"likeness:{kind}", text)[:_LENGTH] if text else None


def _sound(person: Person) -> str:
    """The likely reading of the name without tones, as it also stands in a passport."""
    read = person.sort_key[: -len(person.name) - 1]
    return "".join(part.rstrip("12345") for part in read.split())


def _pair_up(ids: Collection[int], now: datetime) -> None:
    """The pairs of these files anew."""
    about = or_(Pair.first_person_id.in_(ids), Pair.second_person_id.in_(ids))
    said = {
        (pair.first_person_id, pair.second_person_id): pair
        for pair in db.session.scalars(select(Pair).where(about))
    }
    found = _alike(ids)
    papers = _papers({id_ for pair in found for id_ in pair})
    related = _related(found)
    weights = {
        pair: law.weight(reasons, papers_differ=law.differ(*(papers[id_] for id_ in pair)))
        for pair, reasons in found.items()
        if pair not in related
    }
    open_ = [pair.id for pair in said.values() if pair.apart_at is None]
    kept = {pair: one for pair, one in said.items() if weights.get(pair)}
    for pair, one in kept.items():
        told = sorted(reason.value for reason in found[pair])
        if (one.reasons, one.strength) != (told, weights[pair]):
            change = update(Pair).where(Pair.id == one.id)
            db.session.execute(change.values(reasons=told, strength=weights[pair]))
    over = set(open_) - {one.id for one in kept.values()}
    if over:
        db.session.execute(delete(Pair).where(Pair.id.in_(over)))
    fresh = [
        {
            "first_person_id": pair[0],
            "second_person_id": pair[1],
            "reasons": sorted(reason.value for reason in found[pair]),
            "strength": points,
            "found_at": now,
        }
        for pair, points in sorted(weights.items())
        if points and pair not in said
    ]
    if fresh:
        table: Any = Pair.__table__
        db.session.execute(insert(Pair), numbers.numbered(table, fresh))


def _alike(ids: Collection[int]) -> dict[tuple[int, int], set[Alike]]:
    """Which pairs with one of these have which marks in common: two questions for each kind."""
    wanted = set(ids)
    found: dict[tuple[int, int], set[Alike]] = defaultdict(set)
    for kind in Alike:
        column = getattr(Likeness, kind.value)
        own = select(column).where(Likeness.person_id.in_(ids), column.is_not(None))
        shared = (
            select(column)
            .where(column.in_(own))
            .group_by(column)
            .having(func.count().between(2, CROWD))
        )
        marks = db.session.scalars(shared).all()
        holders = select(column, Likeness.person_id).where(column.in_(marks))
        of: dict[str, list[int]] = defaultdict(list)
        for mark, person_id in db.session.execute(holders.order_by(Likeness.person_id)):
            of[mark].append(person_id)
        for files in of.values():
            for pair in combinations(files, 2):
                if wanted & set(pair):
                    found[pair].add(kind)
    return found


def _papers(ids: Iterable[int]) -> dict[int, tuple[str, str] | None]:
    """The kind of each one's paper and its number, as a blind index."""
    found: dict[int, tuple[str, str] | None] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(Person.id, Person.document_kind, Person.document_index)
        query = query.where(Person.id.in_(wanted[start : start + _CHUNK]))
        for id_, kind, index in db.session.execute(query):
            found[id_] = (kind.value, index) if kind and index else None
    return found


def _related(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Pairs of which one is the guardian of the other: they share a phone, and are two people."""
    wanted = sorted({id_ for pair in pairs for id_ in pair})
    related = set()
    for start in range(0, len(wanted), _CHUNK):
        query = select(Person.id, Person.guardian_id).where(
            Person.id.in_(wanted[start : start + _CHUNK]), Person.guardian_id.is_not(None)
        )
        for ward, guardian in db.session.execute(query):
            one, other = sorted((int(ward), int(guardian or 0)))
            related.add((one, other))
    return related
