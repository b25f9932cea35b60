"""A list of people for one shift: a dry run of every row, then places for all of them or nobody."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent import audit, files
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.people import service as people
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.rules import identity, names
from talent.rules.identity import DocumentKind
from talent.rules.reason import N_, Because
from talent.rules.signup import LIVE, Refusal, SignupState
from talent.rules.words import Word
from talent.seal import blind_index
from talent.sheets import cells
from talent.sheets.outcomes import Outcome, State, gravest
from talent.sheets.reading import read
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Signup
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.sheets.reading import Row, Sheet
    from talent.shifts.models import Need, Shift

COLUMNS: dict[str, Sequence[str]] = {
    "name": ("姓名", "志愿者姓名", "真实姓名", "Name"),
    "number": ("志愿者编号", "志愿者号", "志愿者证号", "编号", "Volunteer number"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "联系方式", "Phone"),
    "document": (
        *("身份证号码", "身份证号", "身份证件号码", "公民身份号码", "证件号码", "证件号"),
        *("身份证", "Number of the document"),
    ),
    "position": ("岗位", "岗位名称", "服务岗位", "Position"),
}
REQUIRED = ("name",)
MOST_ROWS = 500  # of people for one shift
_CHUNK = 400  # numbers asked about at once
_MEDIA_TYPE = "application/x-talent-list"


class RowNote(Word):
    """What is to be said of a row, besides the refusals of the law."""

    NO_NUMBER = (
        "no_number",
        N_("A volunteer number, a phone number or the number of a document is needed."),
    )
    NOBODY = "nobody", N_("Nobody whom your offices know is found so.")
    OTHER_NAME = "other_name", N_("This number is on record under another name.")
    SEVERAL = "several", N_("Several people are found so. Add the volunteer number.")
    TWICE = "twice", N_("The same person stands in row %(row)s already.")
    SEATED = "seated", N_("Has a place already; nothing changes.")
    NO_POSITION = "no_position", N_("“%(text)s” is not a position of this shift.")
    WHICH_POSITION = "which_position", N_("Say which position: %(positions)s.")


class NoList(Word):
    """Why a list is not taken."""

    CHANGED = "changed", N_("The list is no longer the one that was looked at. Hand it in again.")
    NOTHING = "nothing", N_("No row of this list can be taken.")
    PROBLEMS = (
        "problems",
        N_("There are rows with problems. Nobody was signed up; choose to leave them out."),
    )
    TOO_LONG = "too_long", N_("A list for one shift has at most %(rows)s rows.")


@dataclass(slots=True)
class Line:
    """One row of the list: who it is, where he is to serve, and what becomes of the row."""

    row: Row
    name: str
    person: Person | None = None
    need: Need | None = None

    @property
    def number(self) -> int:
        """The row as the spreadsheet shows it."""
        return self.row.number

    @property
    def outcomes(self) -> list[Outcome]:
        """What is said of the row."""
        return self.row.outcomes

    @property
    def state(self) -> State:
        """The gravest of its outcomes; a row without one is taken."""
        return gravest(self.outcomes, State.TAKE)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What taking the list would do."""

    sheet: Sheet
    lines: list[Line]

    def of(self, *states: State) -> list[Line]:
        """The rows in these states."""
        return [line for line in self.lines if line.state in states]


def keep(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep a list between the dry run and its confirmation, sealed: it is full of numbers."""
    _read(name, content)
    return files.keep_sealed(name, content, media_type=_MEDIA_TYPE, actor=actor, now=now)


def kept(file_id: int, *, actor: Actor) -> StoredFile:
    """A list of this account, or `NotFound`."""
    return files.handed_in(file_id, _MEDIA_TYPE, actor=actor)


def forget_lists(before: datetime) -> int:
    """Delete lists that nobody confirmed."""
    return files.forget(_MEDIA_TYPE, before=before)


def _read(name: str, content: bytes) -> Sheet:
    sheet = read(name, content, columns=COLUMNS, required=REQUIRED)
    if len(sheet.rows) > MOST_ROWS:
        raise Refused([Because(NoList.TOO_LONG, {"rows": MOST_ROWS})])
    return sheet


def dry_run(file: StoredFile, shift: Shift, *, actor: Actor, now: datetime) -> DryRun:
    """Look at every row as if everybody were signed up, and write nothing."""
    sheet = _read(file.name, files.unsealed(file))
    lines = [_line(row, shift) for row in sheet.rows]
    _find(lines, actor)
    _mark_doubles(lines)
    _judge([line for line in lines if line.state is State.TAKE], shift, now)
    return DryRun(sheet, lines)


def confirm(
    file: StoredFile,
    shift_id: int,
    *,
    digest: str,
    leave_out: bool,
    actor: Actor,
    now: datetime,
) -> int:
    """Places for every row, or with `leave_out` for those without problems; how many are new."""
    if digest != file.digest or hashlib.sha256(file.content).hexdigest() != digest:
        raise Refused([NoList.CHANGED])
    shift = places.held(shift_id)
    found = dry_run(file, shift, actor=actor, now=now)
    if found.of(State.REFUSE) and not leave_out:
        raise Refused([NoList.PROBLEMS])
    taken = [(line.person, line.need) for line in found.of(State.TAKE) if line.person and line.need]
    if not taken and not found.of(State.UNCHANGED):
        raise Refused([NoList.NOTHING])
    places.hold_people(person.id for person, _ in taken)
    for person, need in sorted(taken, key=lambda pair: pair[0].id):
        terms = places.Terms()
        places.take(shift, need, person.id, actor=actor, now=now, terms=terms)
    audit.record(
        Act.IMPORTED, shift, actor=actor, now=now, office_id=shift.project.office_id,
        rows=len(taken), file=file.digest[:16],
    )  # fmt: skip
    db.session.delete(file)
    return len(taken)


def _line(row: Row, shift: Shift) -> Line:
    """What a row says, each cell read; what cannot be read is noted."""
    name = names.normalise(row.take("name", cells.text, required=True) or "")
    line = Line(row, name)
    typed = row.take("position", lambda cell: cells.text(cell, plain=True))
    if typed:
        line.need = next((n for n in shift.needs if _goes_by(n, typed)), None)
        if line.need is None:
            row.note("position", Because(RowNote.NO_POSITION, {"text": typed[:40]}))
    elif len(shift.needs) == 1:
        line.need = shift.needs[0]
    elif not row.refused:
        known = ", ".join(need.position.name for need in shift.needs)
        row.note("position", Because(RowNote.WHICH_POSITION, {"positions": known}))
    return line


def _goes_by(need: Need, typed: str) -> bool:
    known = (need.position.name, need.position.name_en or "")
    return typed.casefold() in {name.casefold() for name in known}


def _find(lines: Sequence[Line], actor: Actor) -> None:
    """Who the rows are, among those whom the actor's offices know, in a few questions."""
    keys = {line.number: _keys(line.row) for line in lines if not line.row.refused}
    known = _known({each for found in keys.values() for _, each in found}, actor)
    for line in lines:
        if line.number not in keys:
            continue
        asked = keys[line.number]
        if not asked and not line.row.refused:
            line.row.note(None, RowNote.NO_NUMBER)
        elif not line.row.refused:
            _settle(line, asked, known)


def _keys(row: Row) -> list[tuple[str, tuple[str, str]]]:
    """By what a row names its person: (column, (how, key)), the surest first."""
    found = []
    if number := row.take("number", cells.digits):
        found.append(("number", ("number", identity.normalise(number))))
    if document := row.take("document", cells.digits):
        text = identity.normalise(document)
        found.append(("document", ("document", text)))
    if phone := row.take("phone", cells.phone):
        found.append(("phone", ("phone", phone)))
    return found


def _known(keys: Iterable[tuple[str, str]], actor: Actor) -> Mapping[tuple[str, str], list[Person]]:
    """The people behind the keys. A document is looked for under every kind that it may be."""
    wanted: dict[tuple[str, str], tuple[str, str]] = {}  # how it is kept: as it was named
    for how, text in keys:
        if how == "number":
            wanted["number", text] = (how, text)
        elif how == "phone":
            wanted["phone", blind_index("phone", text)] = (how, text)
        else:
            for kind in DocumentKind:
                wanted["document", document_index(kind, text)] = (how, text)
    columns = {
        "number": Person.volunteer_no,
        "phone": Person.phone_index,
        "document": Person.document_index,
    }
    found: dict[tuple[str, str], list[Person]] = {}
    visible = people.visible(actor, Permission.PLAN_SHIFTS)
    for how, column in columns.items():
        kept = [key for by, key in wanted if by == how]
        for start in range(0, len(kept), _CHUNK):
            chunk = kept[start : start + _CHUNK]
            query = select(Person).where(column.in_(chunk), visible).order_by(Person.id)
            for person in db.session.scalars(query):
                key = wanted[how, getattr(person, column.key)]
                if person not in found.setdefault(key, []):
                    found[key].append(person)
    return found


def _settle(
    line: Line,
    asked: Sequence[tuple[str, tuple[str, str]]],
    known: Mapping[tuple[str, str], list[Person]],
) -> None:
    """One person to whom every number of the row leads, and whose name it is."""
    persons: list[Person] | None = None
    for column, key in asked:
        found = known.get(key, [])
        persons = [p for p in found if persons is None or p in persons]
        if not persons:
            line.row.note(column, RowNote.NOBODY)
            return
    column = asked[0][0]
    same = [person for person in persons or [] if person.name == line.name]
    if not same:
        line.row.note("name", RowNote.OTHER_NAME)
    elif len(same) > 1:
        line.row.note(column, RowNote.SEVERAL)
    else:
        line.person = same[0]


def _mark_doubles(lines: Sequence[Line]) -> None:
    seen: dict[int, int] = {}
    for line in lines:
        if line.person is None or line.row.refused:
            continue
        if first := seen.get(line.person.id):
            line.row.note(None, Because(RowNote.TWICE, {"row": first}), State.DUPLICATE)
        seen.setdefault(line.person.id, line.number)


def _judge(lines: Sequence[Line], shift: Shift, now: datetime) -> None:
    """Ask the law about each row, and count the places that the rows before it take."""
    ids = [line.person.id for line in lines if line.person]
    if not ids:
        return
    facts = eligibility.facts_of(ids, since=shift.starts_at)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    query = select(Signup).where(
        Signup.shift_id == shift.id, Signup.person_id.in_(ids), Signup.state.in_(LIVE)
    )
    had = {one.person_id: one for one in db.session.scalars(query)}
    used: Counter[int] = Counter()
    for line in lines:
        if line.person is None or line.need is None:
            continue
        own = had.get(line.person.id)
        if own and own.state is SignupState.CONFIRMED:
            line.row.note(None, RowNote.SEATED, State.UNCHANGED)
            continue
        law = eligibility.reasons(line.need, shift, facts[line.person.id], told, now).to_take
        against = [b for b in law if not (own and b.why == Refusal.ALREADY)]
        full = any(b.why == Refusal.FULL for b in against)
        for because in against:
            line.row.note(None, because)
        if not against:
            used[line.need.id] += 1
        if not full and used[line.need.id] > line.need.free:
            line.row.note(None, Refusal.FULL)
