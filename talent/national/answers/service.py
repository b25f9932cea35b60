"""An answer of the designated system: what it says of each record, and taking it over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from talent import audit, files
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.national import service
from talent.national.answers import matching
from talent.national.mappings import service as mappings
from talent.national.models import (
    NationalAnswer,
    NationalEntry,
    NationalEvent,
    NationalVolunteer,
    Standing,
)
from talent.offices.models import Office
from talent.offices.service import seen
from talent.rules import national as law
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.outcomes import Outcome, State, gravest, tally
from talent.sheets.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.hours.models import ServiceRecord
    from talent.rules.national import Answer
    from talent.sheets.reading import Row, Sheet

MEDIA_TYPE = "application/vnd.talent.national-answer"
KEPT = timedelta(days=1)
LONGEST_REASON, LONGEST_NUMBER, LONGEST_VOLUNTEER = 500, 64, 32
_CHUNK = 500


class Note(Word):
    """What is said of a row of an answer."""

    UNKNOWN = "unknown", N_("There is no such record among those that your offices sent.")
    SEVERAL = "several", N_("Several records fit this row. Only a record number tells them apart.")
    NEITHER = "neither", N_("“%(word)s” is neither accepted nor refused in your mapping.")
    TWICE = "twice", N_("Row %(row)s says the same.")
    OTHERWISE = "otherwise", N_("Row %(row)s says something else of the same record.")
    SAME = "same", N_("On record already; nothing changes.")
    TAKEN = "taken", N_("This file was taken over already; nothing changes.")
    TOO_LONG = "too_long", N_("The number is too long: at most %(most)s characters.")


class NoAnswer(Word):
    """Why an answer is not taken over."""

    NO_COLUMNS = "no_columns", N_("The mapping of this office does not say how an answer is read.")
    CHANGED = "changed", N_("The file is no longer the one that was looked at. Upload it again.")
    NOTHING = "nothing", N_("Nothing in this file is new.")


@dataclass(frozen=True, slots=True)
class Said:
    """What the answer says of one record."""

    record_id: int
    person_id: int
    standing: Standing
    number: str | None
    reason: str | None
    volunteer: str | None


@dataclass(slots=True)
class Line:
    """One row of the file, and what would be written for it."""

    row: Row
    title: str = ""
    said: Said | None = None
    taken: bool = False

    @property
    def outcomes(self) -> list[Outcome]:
        """What is said of the row and its cells."""
        return self.row.outcomes

    @property
    def state(self) -> State:
        """What becomes of the row."""
        if self.taken:
            return State.TAKE
        return gravest(self.outcomes, State.UNCHANGED)


@dataclass(slots=True)
class DryRun:
    """What taking the answer over would do."""

    sheet: Sheet
    lines: list[Line] = field(default_factory=list)

    @property
    def taken(self) -> list[Said]:
        """All that would be written."""
        return [line.said for line in self.lines if line.taken and line.said]

    def states(self) -> dict[State, int]:
        """How many rows there are of each state."""
        return tally(line.state for line in self.lines)

    def number(self, standing: Standing) -> int:
        """How many records are newly said to be accepted, or refused."""
        return sum(said.standing is standing for said in self.taken)


def keep(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep an upload until it is confirmed, sealed; what was left unconfirmed goes away."""
    files.forget(MEDIA_TYPE, before=now - KEPT, actor=actor)
    file = files.keep_sealed(name, content, media_type=MEDIA_TYPE, actor=actor, now=now)
    file.digest = matching.digest(content)
    return file


def kept(file_id: int, *, actor: Actor) -> StoredFile:
    """An upload of this account, or `NotFound`."""
    return files.handed_in(file_id, MEDIA_TYPE, actor=actor)


def look(file: StoredFile, office: Office, *, actor: Actor, today: date) -> DryRun:
    """Judge every row as if it were written, and write nothing."""
    content = files.unsealed(file)
    return judge(file.name, content, office, actor=actor, today=today)


def judge(name: str, content: bytes, office: Office, *, actor: Actor, today: date) -> DryRun:
    """The same for bytes that are not kept yet; raises Unreadable."""
    answer = mappings.held_by(office, on=today).mapping.answer
    if not answer.titles:
        raise Refused([NoAnswer.NO_COLUMNS])
    sheet = read(name, content, columns=answer.titles, required=["result"])
    units = seen(actor, Permission.REVIEW_HOURS).where(service.below(office))
    found = DryRun(sheet, [Line(row) for row in sheet.rows])
    matches = matching.found(sheet.rows, units)
    before = _taken_before(matching.digest(content))
    first: dict[int, Line] = {}
    for line in found.lines:
        _read(line, answer, matches[line.row.number])
        if line.said:
            _weigh(line, matches[line.row.number][0], before, first)
    return found


def _read(line: Line, answer: Answer, matches: Sequence[matching.Match]) -> None:
    row = line.row
    word = row.take("result", cells.text, required=True) or ""
    number = row.take("number", cells.digits)
    reason = row.take("reason", cells.text)
    volunteer = row.take("volunteer_number", cells.digits)
    standing = _standing(answer, word)
    if word and standing is None:
        row.note("result", Because(Note.NEITHER, {"word": word[:40]}))
    for name, value, most in (
        ("number", number, LONGEST_NUMBER),
        ("volunteer_number", volunteer, LONGEST_VOLUNTEER),
    ):
        if value and len(value) > most:
            row.note(name, Because(Note.TOO_LONG, {"most": most}))
    if len(matches) != 1:
        row.note(None, Note.SEVERAL if matches else Note.UNKNOWN)
        return
    one = matches[0]
    line.title = f"{one.name} · {one.record.activity} · {one.record.day.isoformat()}"
    if standing and not row.refused:
        yes = standing is Standing.ACCEPTED
        line.said = Said(
            record_id=one.record.id,
            person_id=one.record.person_id,
            standing=standing,
            number=number if yes else None,
            reason=None if yes else (reason or "")[:LONGEST_REASON] or None,
            volunteer=volunteer,
        )


def _standing(answer: Answer, word: str) -> Standing | None:
    if law.normal(word) in answer.accepted:
        return Standing.ACCEPTED
    return Standing.REFUSED if law.normal(word) in answer.refused else None


def _weigh(line: Line, one: matching.Match, before: set[int], first: dict[int, Line]) -> None:
    """Whether what a row says is new."""
    said, row = line.said, line.row
    if said is None:
        return
    if earlier := first.get(said.record_id):
        same = earlier.said == said
        because = Because(Note.TWICE if same else Note.OTHERWISE, {"row": earlier.row.number})
        row.note(None, because, State.DUPLICATE if same else State.REFUSE)
        return
    first[said.record_id] = line
    if said.record_id in before:
        row.note(None, Note.TAKEN, State.UNCHANGED)
    elif _same(one.entry, said):
        row.note(None, Note.SAME, State.UNCHANGED)
    else:
        line.taken = True


def _same(entry: NationalEntry, said: Said) -> bool:
    same_number = said.number in {None, entry.number}
    return same_number and (entry.standing, entry.reason) == (said.standing, said.reason)


def _taken_before(digest: str) -> set[int]:
    """The records of which this very file was taken over: once more, it says nothing new."""
    query = (
        select(NationalEvent.record_id)
        .join(NationalAnswer, NationalAnswer.id == NationalEvent.answer_id)
        .where(NationalAnswer.digest == digest)
    )
    return set(db.session.scalars(query))


def confirm(
    file: StoredFile, office: Office, *, digest: str, actor: Actor, now: datetime, today: date
) -> DryRun:
    """Write what the answer says of every record that it may speak of, and forget the file."""
    if digest != file.digest:
        raise Refused([NoAnswer.CHANGED])
    below = select(Office.id).where(service.below(office)).order_by(Office.id)
    db.session.execute(below.with_for_update(key_share=True)).all()
    found = look(file, office, actor=actor, today=today)
    if not found.taken:
        raise Refused([NoAnswer.NOTHING])
    answer = NationalAnswer(
        office_id=office.id,
        name=file.name,
        digest=file.digest,
        accepted=found.number(Standing.ACCEPTED),
        refused=found.number(Standing.REFUSED),
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(answer)
    db.session.flush()
    _write(found.taken, answer, actor=actor, now=now)
    audit.record(
        Act.NATIONAL_ANSWERED,
        answer,
        actor=actor,
        now=now,
        office_id=office.id,
        accepted=answer.accepted,
        refused=answer.refused,
        digest=answer.digest[:16],
    )
    db.session.delete(file)
    return found


def _write(taken: Sequence[Said], answer: NationalAnswer, *, actor: Actor, now: datetime) -> None:
    by_record = {said.record_id: said for said in taken}
    ids = sorted(by_record)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = select(NationalEntry).where(NationalEntry.record_id.in_(some))
        for entry in db.session.scalars(query):
            said = by_record[entry.record_id]
            entry.standing, entry.answered_at = said.standing, now
            entry.number, entry.reason = said.number or entry.number, said.reason
        steps = [
            {
                "record_id": id_,
                "standing": by_record[id_].standing,
                "at": now,
                "account_id": actor.account_id,
                "answer_id": answer.id,
                "batch_id": None,
                "number": by_record[id_].number,
                "reason": by_record[id_].reason,
            }
            for id_ in some
        ]
        db.session.execute(insert(NationalEvent), steps)
    _number({said.person_id: said.volunteer for said in taken if said.volunteer}, now)


def _number(numbers: dict[int, str], now: datetime) -> None:
    """The volunteers' numbers in the designated system, as it says them."""
    ids = sorted(numbers)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = select(NationalVolunteer).where(NationalVolunteer.person_id.in_(some))
        known = {row.person_id: row for row in db.session.scalars(query)}
        for id_ in some:
            row = known.get(id_) or NationalVolunteer(person_id=id_)
            row.number, row.said_at = numbers[id_], now
            db.session.add(row)


def withdraw(record: ServiceRecord, *, actor: Actor, now: datetime) -> None:
    """Somebody took the record out of the designated system, because it was taken back here."""
    line = service.line_of(record)
    if line.entry is None or line.standing is not Standing.TAKEN_BACK:
        raise Refused([NoAnswer.NOTHING])
    line.entry.standing, line.entry.answered_at = Standing.WITHDRAWN, now
    db.session.add(
        NationalEvent(
            record_id=record.id, standing=Standing.WITHDRAWN, at=now, account_id=actor.account_id
        )
    )
    audit.record(Act.NATIONAL_WITHDRAWN, record, actor=actor, now=now, office_id=record.office_id)
