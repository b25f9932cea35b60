"""Which record a row of an answer speaks of: by its number, or by document, activity and day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.db import db
from talent.hours.models import ServiceRecord
from talent.national.models import NationalEntry
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.rules import identity
from talent.rules.identity import DocumentKind
from talent.sheets import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import Select

    from talent.sheets.reading import Row

    Key = tuple[str, date, str]

_CHUNK = 200
_LONGEST = 18  # digits of a record number


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was sent, as it was sent, and whose it is."""

    record: ServiceRecord
    entry: NationalEntry
    name: str


def digest(content: bytes) -> str:
    """By which the same file is known again."""
    return hashlib.sha256(content).hexdigest()


def found(rows: Sequence[Row], units: Select[int]) -> dict[int, list[Match]]:
    """For each row the records of these offices that it can mean. What was not sent is not met."""
    numbered = {row.number: _number(row) for row in rows}
    described = {
        row.number: key for row in rows if not numbered[row.number] and (key := _described(row))
    }
    by_number = _by_number({number for number in numbered.values() if number}, units)
    by_words = _by_words(described.values(), units)
    return {
        row.number: by_number.get(number, [])
        if (number := numbered[row.number])
        else by_words.get(described.get(row.number), [])
        for row in rows
    }


def _number(row: Row) -> int | None:
    """The record number; a cell with something else in it stands for no record at all."""
    if (text := row.take("record", cells.digits)) is None:
        return None
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else -1


def _described(row: Row) -> Key | None:
    document = row.take("document", cells.digits)
    day, activity = row.take("date", cells.day), row.take("activity", cells.text)
    if not (document and day and activity):
        return None
    return identity.normalise(document), day, activity


def _sent(units: Select[int]) -> Any:
    return (
        select(ServiceRecord, NationalEntry, Person.name, Person.document_index)
        .join(NationalEntry, NationalEntry.record_id == ServiceRecord.id)
        .join(Person, Person.id == ServiceRecord.person_id)
        .where(ServiceRecord.office_id.in_(units))
    )


def _by_number(numbers: set[int], units: Select[int]) -> dict[int, list[Match]]:
    matches: dict[int, list[Match]] = {}
    for some in _in_parts(sorted(numbers)):
        for record, entry, name, _ in db.session.execute(
            _sent(units).where(ServiceRecord.id.in_(some))
        ):
            matches[record.id] = [Match(record, entry, name)]
    return matches


def _by_words(keys: Iterable[Key], units: Select[int]) -> dict[Key | None, list[Match]]:
    """A document's kind is not said: its index is tried for each."""
    wanted = {document for document, _, _ in keys}
    indexes = {document_index(kind, one): one for one in wanted for kind in DocumentKind}
    matches: dict[Key | None, list[Match]] = {}
    for some in _in_parts(sorted(indexes)):
        for record, entry, name, index in db.session.execute(
            _sent(units).where(Person.document_index.in_(some))
        ):
            key = (indexes[index], entry.day, cells.text(entry.activity))
            matches.setdefault(key, []).append(Match(record, entry, name))
    return matches


def _in_parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
