"""The import of appointments: people found by their document, or written down as staff."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.files import unsealed
from talent.people.models import Person
from talent.people.particulars import service as particulars
from talent.people.particulars.service import Particulars
from talent.rules import identity, names
from talent.rules.age import Minority
from talent.rules.identity import DocumentKind
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.cells import Unusable
from talent.sheets.outcomes import State
from talent.sheets.reading import read
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments.service import Terms, Unappointed
from talent.staffing.importing.service import (
    Directory,
    DryRun,
    Line,
    NoImport,
    title_of,
)
from talent.staffing.models import Appointment, AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from enum import StrEnum

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.offices.models import Office
    from talent.sheets.cells import Cell
    from talent.sheets.reading import Row

COLUMNS: dict[str, Sequence[str]] = {
    "above": ("街道", "乡镇", "街道（乡镇）", "街道/乡镇", "镇街", "Street"),
    "office": ("社区", "单位", "社区名称", "单位名称", "工作单位", "Office", "Community"),
    "name": ("姓名", "人员姓名", "Name"),
    "document": (
        *("身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号", "身份证"),
        "Number of the document",
    ),
    "post": ("职务", "岗位", "任职岗位", "现任职务", "Post"),
    "starts_on": ("任职时间", "任职日期", "任职起始日期", "First day"),
    "ends_on": ("离任时间", "离任日期", "离职时间", "离职日期", "Last day"),
    "full_time": ("是否专职", "专职", "是否全职", "Full-time"),
    "share": ("全职比例", "工作时间比例", "Share of full time"),
}
REQUIRED = ("office", "name", "document", "post", "starts_on")
LONGEST_POST = 100
_CHUNK = 400  # documents asked about at once
# In this order: a secretary of the party branch who is the director too is the party's.
_KINDS = (
    (r"党|书记|party|secretary", AppointmentKind.PARTY),
    (r"居委|村委|居民委员会|村民委员会|居务监督|committee|director", AppointmentKind.COMMITTEE),
    (r"网格|grid", AppointmentKind.GRID),
    (r"社工站|社会工作|social worker", AppointmentKind.SOCIAL_WORKER),
    (r"专职|专干|社区工作者|full-time", AppointmentKind.FULL_TIME),
)
_YES = {"是", "专职", "全职", "y", "yes", "1", "true"}
_NO = {"否", "兼职", "非专职", "n", "no", "0", "false"}


class Note(Word):
    """What is said of a row, besides the refusals of the law."""

    SAME = "same", N_("On record already; nothing changes.")
    CHANGES = "changes", N_("On record already; its terms will be changed to those of the file.")
    TWICE = "twice", N_("The same appointment stands in row %(row)s already.")
    OTHER_NAME = "other_name", N_("This document is on record under another name.")
    NAMED_OTHERWISE = (
        "named_otherwise",
        N_("Row %(row)s has the same document under another name."),
    )
    NEW_PERSON = "new_person", N_("Not on record yet: will be written down as staff.")
    OTHER_KIND = (
        "other_kind",
        N_("“%(text)s” is no post that is known here: kept as other staff, who do not count."),
    )
    NOT_YES_OR_NO = "not_yes_or_no", N_("“%(text)s” is neither yes nor no.")
    PART = "part", N_("Not full-time: kept with a share of %(share)s.")


@dataclass(frozen=True, slots=True)
class Plan:
    """One appointment to be written, or changed where `row` is on record."""

    office: Office
    stated: Particulars
    terms: Terms
    person: Person | None
    row: Appointment | None = None


@dataclass(slots=True)
class _Stated:
    line: Line[Plan]
    office: Office | None
    person: Particulars
    terms: Terms | None


def look(file: StoredFile, *, part: Decimal, actor: Actor, today: date) -> DryRun[Plan]:
    """Judge every row as if it were written, and write nothing.

    `part` is the share of full time of those whom the file calls not full-time.
    """
    return judge(file.name, unsealed(file), part=part, actor=actor, today=today)


def judge(name: str, content: bytes, *, part: Decimal, actor: Actor, today: date) -> DryRun[Plan]:
    """The same for bytes that are not kept yet; raises Unreadable."""
    sheet = read(name, content, columns=COLUMNS, required=REQUIRED, fill_down=["above"])
    directory = Directory(actor)
    stated = [_stated(row, directory, part, today) for row in sheet.rows]
    known = _people(one.person for one in stated)
    held = _appointments({person.id for person in known.values()})
    names_: dict[str, tuple[int, str]] = {}
    first: dict[tuple[str, int, AppointmentKind, date], int] = {}
    planned: dict[tuple[str, int], list[Terms]] = defaultdict(list)
    for one in stated:
        row = one.line.row
        if row.refused or one.office is None or one.terms is None:
            continue
        number, name_ = names_.setdefault(one.person.index, (row.number, one.person.name))
        if name_ != one.person.name:
            row.note("name", Because(Note.NAMED_OTHERWISE, {"row": number}))
            continue
        key = (one.person.index, one.office.id, one.terms.kind, one.terms.starts_on)
        if key in first:
            row.note(None, Because(Note.TWICE, {"row": first[key]}), State.DUPLICATE)
            continue
        first[key] = row.number
        person = known.get(one.person.index)
        if person and person.name != one.person.name:
            row.note("name", Note.OTHER_NAME)
            continue
        own = [a for a in held.get(person.id, ()) if a.office_id == one.office.id] if person else []
        others = planned[one.person.index, one.office.id]
        if plan := _plan(row, Plan(one.office, one.person, one.terms, person), own, others):
            one.line.plans.append(plan)
            others.append(plan.terms)
    return DryRun(sheet, [one.line for one in stated])


def confirm(
    file: StoredFile, *, digest: str, part: Decimal, actor: Actor, now: datetime, today: date
) -> DryRun[Plan]:
    """Write every appointment that can be taken, and forget the file."""
    if digest != file.digest:
        raise Refused([NoImport.CHANGED])
    found = look(file, part=part, actor=actor, today=today)
    if not found.plans:
        raise Refused([NoImport.NOTHING])
    made: dict[str, Person] = {}
    for plan in found.plans:
        if plan.row:
            appointing.change(plan.row, plan.terms, actor=actor, now=now)
            continue
        index = plan.stated.index
        person = plan.person or made.get(index)
        if person is None:
            person = made[index] = particulars.add(plan.stated, plan.office, actor=actor, now=now)
        appointing.appoint(person, plan.office, plan.terms, actor=actor, now=now)
    audit.record(
        Act.IMPORTED,
        "appointments",
        actor=actor,
        now=now,
        appointments=len(found.plans),
        people=len(made),
        file=file.digest[:16],
    )
    db.session.delete(file)
    return found


def _stated(row: Row, directory: Directory, part: Decimal, today: date) -> _Stated:
    """What a row says, each cell read; what cannot be read is noted."""
    line: Line[Plan] = Line(row)
    office = directory.find(row)
    person = Particulars(
        name=row.take("name", cells.text, required=True) or "",
        document_kind=DocumentKind.RESIDENT_ID,
        document=row.take("document", cells.digits, required=True) or "",
    )
    person.read()
    post = row.take("post", cells.text, required=True) or ""
    starts_on = row.take("starts_on", cells.day, required=True)
    last_day = row.take("ends_on", cells.day)
    share = _share(row, part)
    line.title = title_of(office, person.name, post)
    if not row.refused:
        _refuse(row, person, today)
    if starts_on and last_day and last_day < starts_on:
        facts = {"last": last_day, "first": starts_on}
        row.note("ends_on", Because(Unappointed.TURNED, facts))
    if starts_on is None or not post or row.refused:
        return _Stated(line, office, person, None)
    terms = Terms(_kind(row, post), starts_on, last_day, post[:LONGEST_POST], share)
    return _Stated(line, office, person, terms)


def _refuse(row: Row, person: Particulars, today: date) -> None:
    of: dict[StrEnum | str, str] = {
        **dict.fromkeys(identity.Unidentified, "document"),
        **dict.fromkeys(names.Unnamed, "name"),
        Minority.NOT_BORN: "document",
    }
    for because in particulars.refusals(person, today):
        row.note(of.get(because.why), because)


def _kind(row: Row, post: str) -> AppointmentKind:
    for pattern, kind in _KINDS:
        if re.search(pattern, post, re.IGNORECASE):
            return kind
    for kind in AppointmentKind:
        if post == kind.value:
            return kind
    row.note("post", Because(Note.OTHER_KIND, {"text": post}), State.TAKE)
    return AppointmentKind.OTHER


def _share(row: Row, part: Decimal) -> Decimal:
    share = row.take("share", cells.share)
    if share:
        return share.quantize(appointing.THOUSANDTH)
    full_time = row.take("full_time", _yes_or_no)
    if full_time is not False:
        return Decimal(1)
    row.note("full_time", Because(Note.PART, {"share": part}), State.TAKE)
    return part


def _yes_or_no(cell: Cell) -> bool:
    word = cells.text(cell, plain=True).casefold()
    if word not in _YES | _NO:
        raise Unusable(Note.NOT_YES_OR_NO, text=word)
    return word in _YES


def _plan(
    row: Row, plan: Plan, own: Sequence[Appointment], planned: Sequence[Terms]
) -> Plan | None:
    """Compare a row with what is on record and with the rows above it."""
    terms = plan.terms
    here = (terms.kind, terms.starts_on)
    on_record = next((a for a in own if (a.kind, a.starts_on) == here), None)
    if on_record:
        before = appointing.terms_of(on_record)
        terms = replace(  # the file does not tell
            terms,
            on_leave=before.on_leave,
            probation_until=before.probation_until,
            leave_from=before.leave_from,
            leave_until=before.leave_until,
        )
        if before == terms:
            row.note(None, Note.SAME, State.UNCHANGED)
            return None
    others = [appointing.terms_of(a) for a in own if a is not on_record]
    if reasons := appointing.refusals(terms, [*others, *planned]):
        row.note("post", reasons[0])
        return None
    if on_record:
        row.note(None, Note.CHANGES, State.TAKE)
    elif plan.person is None:
        row.note("name", Note.NEW_PERSON, State.TAKE)
    return replace(plan, terms=terms, row=on_record)


def _people(stated: Iterable[Particulars]) -> dict[str, Person]:
    """Who of the file is on record in whatever office, by the index of the document."""
    indexes = sorted({one.index for one in stated if one.document})
    found: dict[str, Person] = {}
    for start in range(0, len(indexes), _CHUNK):
        query = select(Person).where(
            Person.document_kind == DocumentKind.RESIDENT_ID,
            Person.document_index.in_(indexes[start : start + _CHUNK]),
        )
        found |= {person.document_index or "": person for person in db.session.scalars(query)}
    return found


def _appointments(person_ids: set[int]) -> dict[int, list[Appointment]]:
    found: dict[int, list[Appointment]] = {}
    ids = sorted(person_ids)
    for start in range(0, len(ids), _CHUNK):
        query = select(Appointment).where(Appointment.person_id.in_(ids[start : start + _CHUNK]))
        for row in db.session.scalars(query):
            found.setdefault(row.person_id, []).append(row)
    return found
