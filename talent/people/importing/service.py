"""The import of people: what becomes of each row, and writing all rows that are taken."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from sqlalchemy import select

from talent import audit, files
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.files import StoredFile
from talent.offices.service import categories
from talent.people.models import Person, Registration
from talent.people.particulars import service as particulars
from talent.people.particulars.service import Particulars
from talent.people.registrations import service as registrations
from talent.rules import age, identity, names
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind, Sex
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.seal import seal, unseal
from talent.sheets import cells
from talent.sheets.cells import Unusable
from talent.sheets.outcomes import Outcome, State
from talent.sheets.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office, ServiceCategory
    from talent.sheets.cells import Cell
    from talent.sheets.reading import Row, Sheet

W = TypeVar("W")
Answers: TypeAlias = "Mapping[int, tuple[date | None, Sex | None]]"

COLUMNS: dict[str, Sequence[str]] = {
    "name": ("姓名", "志愿者姓名", "真实姓名", "Name"),
    "sex": ("性别", "Sex", "Gender"),
    "born": ("出生日期", "出生年月日", "出生年月", "生日", "Birth date", "Date of birth"),
    "kind": ("证件类型", "证件种类", "证件类别", "Kind of document"),
    "document": (
        *("身份证号码", "身份证号", "身份证件号码", "公民身份号码", "证件号码", "证件号"),
        *("身份证", "Number of the document"),
    ),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "联系方式", "Phone"),
    "email": ("电子邮箱", "邮箱", "电子邮件", "E-mail", "Email", "Mail address"),
    "area": ("居住区域", "居住地址", "现居住地", "住址", "家庭住址", "地址", "Area of residence"),
    "skills": ("专业技能", "技能特长", "特长", "技能", "Skills"),
    "categories": ("服务类别", "服务类型", "服务意向", "志愿服务类别", "Kinds of service"),
    "guardian_name": ("监护人姓名", "监护人", "Name of the guardian"),
    "guardian_phone": ("监护人电话", "监护人联系方式", "监护人联系电话", "Phone of the guardian"),
}
REQUIRED = ("name", "document")
_KINDS = {
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
_SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male"), Sex.MALE),
    **dict.fromkeys(("女", "女性", "f", "female"), Sex.FEMALE),
}
# In which column a reason of the law belongs.
_CELLS: dict[str, str] = {
    **dict.fromkeys(map(str, identity.Unidentified), "document"),
    **dict.fromkeys(map(str, names.Unnamed), "name"),
    str(identity.Unidentified.OTHER_BIRTH_DATE): "born",
    str(identity.Unidentified.OTHER_SEX): "sex",
    str(age.Minority.NOT_BORN): "born",
}
_MEDIA_TYPE = "application/octet-stream"


class RowNote(Word):
    """What is to be said of a row, besides the refusals of the law."""

    TWICE = "twice", N_("The same document stands in row %(row)s already.")
    ON_RECORD = "on_record", N_("On record at this office already; nothing changes.")
    OTHER_NAME = "other_name", N_("This document is on record under another name.")
    HERE_TOO = "here_too", N_("On record already; will be registered at this office as well.")
    BORN_NEEDED = "born_needed", N_("This document does not tell the birth date: enter it here.")
    SEX_NEEDED = "sex_needed", N_("This document does not tell the sex: choose it here.")
    CHILD = (
        "child",
        N_("Under 14: not active until the guardian's consent to both notices is on record."),
    )
    MINOR = "minor", N_("Under 18: not active until the guardian's consent is on record.")
    NO_CONTACT = "no_contact", N_("A telephone number or a mail address is missing.")
    NO_KIND = "no_kind", N_("“%(text)s” is not a kind of document.")
    NO_SEX = "no_sex", N_("“%(text)s” is not a sex.")
    NO_MAIL = "no_mail", N_("“%(text)s” is not a mail address.")
    NO_CATEGORY = "no_category", N_("“%(text)s” is not a kind of service here: left out.")


class NoImport(Word):
    """Why an import is not confirmed."""

    CHANGED = "changed", N_("The file is no longer the one that was looked at. Upload it again.")
    NOTHING = "nothing", N_("No row of this file can be taken.")


@dataclass(slots=True)
class Line:
    """One row of the file: what it states, and what becomes of it."""

    row: Row
    stated: Particulars
    known: Person | None = None
    asks: set[str] = field(default_factory=set)  # fields that the page must ask for

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
        found = {outcome.state for outcome in self.outcomes}
        order = (State.REFUSE, State.DUPLICATE, State.UNCHANGED, State.ASK)
        return next((state for state in order if state in found), State.TAKE)

    @property
    def taken(self) -> bool:
        """Whether the row is written when the import is confirmed."""
        waits = self.state is State.ASK and not self.asks
        return waits or self.state is State.TAKE


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do."""

    sheet: Sheet
    lines: list[Line]

    @property
    def taken(self) -> list[Line]:
        """The rows that would be written."""
        return [line for line in self.lines if line.taken]


def keep(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep an upload between the dry run and its confirmation, sealed: it is full of numbers."""
    read(name, content, columns=COLUMNS, required=REQUIRED)
    sealed = seal(base64.b64encode(content).decode()).encode()
    return files.keep(name, sealed, media_type=_MEDIA_TYPE, actor=actor, now=now)


def kept(file_id: int, *, actor: Actor) -> StoredFile:
    """An upload of this account, or `NotFound`."""
    file = db.session.get(StoredFile, file_id)
    if file is None or file.account_id != actor.account_id or file.media_type != _MEDIA_TYPE:
        raise NotFound
    return file


def dry_run(
    file: StoredFile, office: Office, *, today: date, answers: Answers | None = None
) -> DryRun:
    """Look at every row as if it were written, and write nothing."""
    content = base64.b64decode(unseal(file.content.decode()))
    sheet = read(file.name, content, columns=COLUMNS, required=REQUIRED)
    known_categories = {name: c for c in categories() for name in (c.name_zh, c.name_en) if name}
    lines = [Line(row, _stated(row, known_categories)) for row in sheet.rows]
    _find_known(lines)
    here = _registered_at(office, lines)
    seen: dict[str, int] = {}
    for line in lines:
        born, sex = (answers or {}).get(line.number, (None, None))
        line.stated.born = line.stated.born or born
        line.stated.sex = line.stated.sex or sex
        _judge(line, seen, here, today)
    return DryRun(sheet, lines)


def confirm(
    file: StoredFile,
    office: Office,
    *,
    digest: str,
    answers: Answers,
    actor: Actor,
    now: datetime,
    today: date,
) -> DryRun:
    """Write every row that can be taken, and forget the file."""
    if digest != file.digest or hashlib.sha256(file.content).hexdigest() != digest:
        raise Refused([NoImport.CHANGED])
    found = dry_run(file, office, today=today, answers=answers)
    if not found.taken:
        raise Refused([NoImport.NOTHING])
    for line in found.taken:
        if line.known:
            registrations.begin(line.known, office, actor=actor, now=now)
    new = [line.stated for line in found.taken if not line.known]
    if new:
        consents = {ConsentKind.PRIVACY}
        registrations.enter_all(new, office, consents=consents, actor=actor, now=now)
    facts = {"rows": len(found.taken), "file": file.digest[:16]}
    audit.record(Act.IMPORTED, "people", actor=actor, now=now, office_id=office.id, **facts)
    db.session.delete(file)
    return found


def forget_uploads(before: datetime) -> int:
    """Delete uploads that nobody confirmed."""
    query = select(StoredFile).where(StoredFile.media_type == _MEDIA_TYPE, StoredFile.at < before)
    old = db.session.scalars(query).all()
    for file in old:
        db.session.delete(file)
    return len(old)


def _stated(row: Row, known: Mapping[str, ServiceCategory]) -> Particulars:
    """What a row says, each cell read; what cannot be read is noted."""
    kind = row.take("kind", _kind) or DocumentKind.RESIDENT_ID
    area = row.take("area", cells.text) or ""
    skills = row.take("skills", cells.text)
    stated = Particulars(
        name=row.take("name", cells.text, required=True) or "",
        document_kind=kind,
        document=row.take("document", cells.digits, required=True) or "",
        sex=row.take("sex", _sex),
        born=row.take("born", cells.day),
        area=area[:100],
        phone=row.take("phone", cells.phone),
        email=row.take("email", _email),
        skills=skills if "skills" not in row.letters else skills or "",
        guardian_name=row.take("guardian_name", cells.text),
        guardian_phone=row.take("guardian_phone", cells.phone),
        categories=_categories(row, known),
    )
    stated.read()
    return stated


def _judge(line: Line, seen: dict[str, int], here: set[int], today: date) -> None:
    """Ask the law about a row, then the rows above it, then what is on record."""
    row, stated = line.row, line.stated
    if not row.refused:
        _refuse(line, today)
    if row.refused:
        return
    if first := seen.get(stated.index):
        row.note("document", Because(RowNote.TWICE, {"row": first}), State.DUPLICATE)
        return
    seen[stated.index] = line.number
    if line.known:
        _compare(line, here)
        return
    if not (stated.phone or stated.email):
        row.note("phone", RowNote.NO_CONTACT)
    for name, value, note in (
        ("born", stated.born, RowNote.BORN_NEEDED),
        ("sex", stated.sex, RowNote.SEX_NEEDED),
    ):
        if value is None:
            line.asks.add(name)
            row.note(name, note, State.ASK)
    if stated.born and age.strict_notice_needed(stated.born, today):
        row.note("born", RowNote.CHILD, State.ASK)
    elif stated.born and age.guardian_needed(stated.born, today):
        row.note("born", RowNote.MINOR, State.ASK)


def _refuse(line: Line, today: date) -> None:
    stated, row = line.stated, line.row
    for because in particulars.refusals(stated, today):
        row.note(_CELLS.get(str(because.why)), because)


def _compare(line: Line, here: set[int]) -> None:
    known = line.known
    if known is None:
        return
    if known.name != line.stated.name:
        line.row.note("name", RowNote.OTHER_NAME)
    elif known.id in here:
        line.row.note(None, RowNote.ON_RECORD, State.UNCHANGED)
    else:
        line.row.note(None, RowNote.HERE_TOO, State.TAKE)


def _find_known(lines: Sequence[Line]) -> None:
    """Who of the file is on record, in a few questions."""
    found = particulars.on_record(line.stated for line in lines if line.stated.document)
    for line in lines:
        line.known = found.get((line.stated.document_kind, line.stated.index))


def _registered_at(office: Office, lines: Sequence[Line]) -> set[int]:
    if not any(line.known for line in lines):
        return set()
    query = select(Registration.person_id).where(Registration.office_id == office.id)
    return set(db.session.scalars(query))


def _kind(cell: Cell) -> DocumentKind:
    return _word(cell, _KINDS, RowNote.NO_KIND)


def _sex(cell: Cell) -> Sex:
    return _word(cell, _SEXES, RowNote.NO_SEX)


def _word(cell: Cell, words: Mapping[str, W], why: RowNote) -> W:
    """The member of a closed list that a cell names."""
    typed = cells.text(cell, plain=True)
    found = words.get("".join(typed.split()).casefold())
    if found is None:
        raise Unusable(why, text=typed)
    return found


def _email(cell: Cell) -> str:
    address = cells.text(cell, plain=True)
    name, at, host = address.rpartition("@")
    if not (name and at and "." in host) or " " in address:
        raise Unusable(RowNote.NO_MAIL, text=address)
    return address


def _categories(row: Row, known: Mapping[str, ServiceCategory]) -> list[ServiceCategory]:
    """The kinds of service that a cell names; one that is not known here is said and left out."""
    found = []
    typed = row.take("categories", cells.text) or ""
    for name in filter(None, re.split(r"[、，,;；/\s]+", typed)):
        if name in known:
            found.append(known[name])
        else:
            row.note("categories", Because(RowNote.NO_CATEGORY, {"text": name}), State.TAKE)
    return list(dict.fromkeys(found))
