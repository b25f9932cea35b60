"""Rows while they are looked at and taken: what stands in them, whom they are about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from talent.db import db
from talent.intake.columns import PERMISSIONS
from talent.intake.models import IntakeRow, RowState
from talent.people import service as people
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.rules import identity, names
from talent.rules.identity import DocumentKind
from talent.rules.reason import N_, Because, packed
from talent.rules.words import Word
from talent.seal import blind_index
from talent.sheets import cells
from talent.sheets.cells import Unusable
from talent.sheets.headings import letter
from talent.sheets.opening import cell as from_json
from talent.sheets.outcomes import State
from talent.sheets.reading import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.errors import Refused
    from talent.intake.models import Intake
    from talent.sheets.cells import Cell

W = TypeVar("W")
KINDS_OF_DOCUMENT = {
    **dict.fromkeys(
        ("居民身份证", "身份证", "二代身份证", "residentidentitycard"), DocumentKind.RESIDENT_ID
    ),
    **dict.fromkeys(
        ("港澳居民来往内地通行证", "港澳通行证", "回乡证"), DocumentKind.HK_MACAO_PERMIT
    ),
    **dict.fromkeys(("台湾居民来往大陆通行证", "台湾通行证", "台胞证"), DocumentKind.TAIWAN_PERMIT),
    **dict.fromkeys(("港澳台居民居住证", "居住证"), DocumentKind.RESIDENCE_PERMIT),
    **dict.fromkeys(("外国人永久居留身份证", "外国人永久居留证"), DocumentKind.FOREIGN_PERMANENT),
    **dict.fromkeys(("护照", "passport"), DocumentKind.PASSPORT),
    **dict.fromkeys(("其他", "其他证件", "other"), DocumentKind.OTHER),
}


class RowNote(Word):
    """What is to be said of a row, besides the refusals of the law."""

    TWICE = "twice", N_("The same stands in row %(row)s already.")
    UNKNOWN = "unknown", N_("Nobody whom your offices know is meant by this row.")
    SEVERAL = "several", N_("More than one person is meant: give the number of the document.")
    OTHER_NAME = "other_name", N_("This document is on record under another name.")
    NUMBER_OF_OTHER = "number_of_other", N_("This volunteer number belongs to another name.")
    OTHER_DOCUMENT = "other_document", N_("Another document is on record for this person.")
    RESTRICTED = "restricted", N_("This person has left: what is on record stays as it is.")
    NO_KIND = "no_kind", N_("“%(text)s” is not a kind of document.")
    NO_LENGTH = "no_length", N_("How long is missing.")
    NOT_HOURS = "not_hours", N_("“%(text)s” is not a number of hours. Write it as 1.5.")
    FAULT = "fault", N_("This row could not be taken by a fault of Talent.")


@dataclass(frozen=True, slots=True)
class By:
    """Who imports what, and when."""

    intake: Intake
    actor: Actor
    now: datetime
    today: date

    @property
    def visible(self) -> ColumnElement[bool]:
        """Whom the importer's offices know."""
        return people.visible(self.actor, PERMISSIONS[self.intake.kind])


@dataclass(slots=True)
class Line:
    """One row: its cells by field, whom it is about, and what becomes of it."""

    kept: IntakeRow
    row: Row
    state: RowState = RowState.TAKE
    person: Person | None = None
    likeness: str | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    stated: Any = None  # what the kind of file makes of the cells

    def refuse(self, because: Because | Word, name: str | None = None) -> None:
        """It is not taken, and why."""
        self.row.note(name, because)
        self.state = RowState.REFUSED

    def write(self) -> None:
        """Keep what was found on the row of the table."""
        kept = self.kept
        kept.state = self.state
        kept.person_id = self.person.id if self.person else None
        kept.likeness = self.likeness
        kept.asks = self.asks
        kept.changes = json.dumps(self.changes) if self.changes else None
        kept.reasons = [
            {"at": said.cell if said.column else "", **packed(said.because)}
            for said in self.row.outcomes
            if said.because
        ]


def cells_kept(values: Sequence[Cell], formulas: Sequence[str]) -> str:
    """The cells of a row as they are kept."""
    return json.dumps([[_to_json(value) for value in values], list(formulas)], ensure_ascii=False)


def cells_of(kept: IntakeRow) -> tuple[list[Cell], list[str]]:
    """The cells again, and the columns in which there are formulas."""
    values, formulas = json.loads(kept.cells)
    return [from_json(value) for value in values], formulas


def line(kept: IntakeRow, mapping: Mapping[str, int]) -> Line:
    """A row by its fields."""
    values, formulas = cells_of(kept)
    letters = {name: letter(index) for name, index in mapping.items()}
    by_field = {name: values[i] if i < len(values) else "" for name, i in mapping.items()}
    running = frozenset(name for name, one in letters.items() if one in formulas)
    return Line(kept, Row(kept.number, by_field, letters, running))


def told(lines: Sequence[Line]) -> None:
    """What is noted by cells refuses the row."""
    for each in lines:
        if each.row.refused:
            each.state = RowState.REFUSED


def repeated(lines: Sequence[Line], intake_id: int) -> None:
    """Of rows about the same thing the first one holds."""
    keys = {each.likeness for each in lines if each.likeness}
    query = select(IntakeRow.likeness, IntakeRow.number).where(
        IntakeRow.intake_id == intake_id,
        IntakeRow.likeness.in_(keys),
        IntakeRow.state.not_in((RowState.REFUSED, RowState.DUPLICATE)),
    )
    first: dict[str | None, int] = {}
    for key, number in db.session.execute(query.order_by(IntakeRow.number)):
        first.setdefault(key, number)
    for each in sorted(lines, key=lambda one: one.row.number):
        if each.likeness is None or each.state is RowState.REFUSED:
            continue
        number = first.setdefault(each.likeness, each.row.number)
        if number < each.row.number:
            each.state = RowState.DUPLICATE
            because = Because(RowNote.TWICE, {"row": number})
            each.row.note("document", because, State.DUPLICATE)


def match(lines: Sequence[Line], by: By) -> None:
    """Whom rows are about: by document, else by number, else by name, birth date and phone.

    In a few questions for all of them. By a document anybody is found; else whom the offices know.
    """
    documents, numbers, phones = _named(lines)
    live = Person.merged_into_person_id.is_(None)
    for person in db.session.scalars(select(Person).where(Person.document_index.in_(documents))):
        for each in documents[person.document_index or ""]:
            each.person = person if person.document_kind is _kind_of(each) else None
    _by_number(documents, numbers)
    for person in db.session.scalars(
        select(Person).where(Person.volunteer_no.in_(numbers), by.visible, live)
    ):
        for each in numbers[person.volunteer_no]:
            each.person = each.person or person
    query = select(Person).where(Person.phone_index.in_(phones), by.visible, live)
    for person in db.session.scalars(query.order_by(Person.id)):
        for each in phones[person.phone_index or ""]:
            if (
                _quietly(each, "born", cells.day) == person.birth_date
                and _name(each) == person.name
            ):
                if each.person:
                    each.row.note("name", RowNote.SEVERAL)
                each.person = each.person or person


def _named(lines: Sequence[Line]) -> tuple[dict[str, list[Line]], ...]:
    """The lines by the index of the document, by the number, by the index of the phone."""
    documents: dict[str, list[Line]] = {}
    numbers: dict[str, list[Line]] = {}
    phones: dict[str, list[Line]] = {}
    for each in lines:
        if typed := _quietly(each, "document", cells.digits):
            index = document_index(_kind_of(each), identity.normalise(typed))
            documents.setdefault(index, []).append(each)
        elif number := _quietly(each, "number", cells.digits):
            numbers.setdefault(identity.normalise(number), []).append(each)
        elif _quietly(each, "born", cells.day) and (phone := _quietly(each, "phone", cells.phone)):
            phones.setdefault(blind_index("phone", phone), []).append(each)
    return documents, numbers, phones


def same_name(each: Line) -> None:
    """Whoever was found has the name that stands in the row; nobody who left is changed."""
    if each.person is None:
        return
    if each.person.name != _name(each):
        found = each.row["document"] != ""
        each.row.note("name", RowNote.OTHER_NAME if found else RowNote.NUMBER_OF_OTHER)
    elif each.person.restricted_at is not None:
        each.row.note("name", RowNote.RESTRICTED)


def known(lines: Sequence[Line], by: By) -> None:
    """For rows about people who must be on record: who they are, or that nobody is meant."""
    match(lines, by)
    ids = [each.person.id for each in lines if each.person]
    query = select(Person.id).where(Person.id.in_(ids), by.visible)
    reached = set(db.session.scalars(query))
    for each in lines:
        each.row.take("name", cells.text, required=True)
        if each.person is None or each.person.id not in reached:
            each.person = None
            each.row.note(None, RowNote.UNKNOWN)
        same_name(each)


def kind_of_document(cell: Cell) -> DocumentKind:
    """The kind that a cell names."""
    return word(cell, KINDS_OF_DOCUMENT, RowNote.NO_KIND)


def word(cell: Cell, known: Mapping[str, W], why: Word) -> W:
    """The member of a closed list that a cell names."""
    typed = cells.text(cell, plain=True)
    found = known.get("".join(typed.split()).casefold())
    if found is None:
        raise Unusable(why, text=typed[:40])
    return found


def _by_number(documents: dict[str, list[Line]], numbers: dict[str, list[Line]]) -> None:
    """A document that nobody has may be new to somebody who is named by number."""
    for each in (one for some in documents.values() for one in some if one.person is None):
        if number := _quietly(each, "number", cells.digits):
            numbers.setdefault(identity.normalise(number), []).append(each)


def _kind_of(each: Line) -> DocumentKind:
    return _quietly(each, "kind", kind_of_document) or DocumentKind.RESIDENT_ID


def _name(each: Line) -> str:
    return names.normalise(_quietly(each, "name", cells.text) or "")


def _quietly(each: Line, name: str, read: Any) -> Any:
    """The value of a cell; one that cannot be read is noted where it is asked for in earnest."""
    cell = each.row[name]
    if cells.is_blank(cell):
        return None
    try:
        return read(cell)
    except Unusable:
        return None


def _to_json(value: Cell) -> Any:
    if isinstance(value, datetime | date | time):
        return [type(value).__name__, value.isoformat()]
    return value


def refused(each: Line, refusal: Refused) -> None:
    """The house does not take it, and why."""
    for reason in refusal.reasons:
        each.refuse(reason)


def likeness(*of: object) -> str:
    """Equal for rows about the same thing, and telling nothing of it."""
    return blind_index("intake", "\x1f".join(map(str, of)))


def amount(row: Row, *, needed: bool = True) -> int | None:
    """Minutes, from a column of minutes or one of hours; noted when there is neither."""
    if minutes := row.take("minutes", cells.integer):
        return minutes
    if hours := row.take("hours", _hours):
        return hours
    if needed and not row.refused:
        row.note("minutes" if "minutes" in row.letters else "hours", RowNote.NO_LENGTH)
    return None


def _hours(cell: Cell) -> int:
    """Hours as people write them, in minutes: 2, 1.5, 2小时, 2小时30分."""
    typed = "".join(cells.text(cell, plain=True).split()).casefold()
    spelled = re.fullmatch(
        r"(\d+(?:\.\d+)?)(?:个?(?:小时|学时|课时)|h|hours?)?(?:(\d+)分钟?)?", typed
    )
    if spelled is None:
        raise Unusable(RowNote.NOT_HOURS, text=typed[:40])
    minutes = Decimal(spelled[1]) * 60 + int(spelled[2] or 0)
    if minutes % 1:
        raise Unusable(RowNote.NOT_HOURS, text=typed[:40])
    return int(minutes)
