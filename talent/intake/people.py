"""Rows of people: added as the office's volunteers, or updated field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.intake import lines as all_lines
from talent.intake.lines import RowNote
from talent.intake.models import RowState, Way
from talent.intake.stated import Guardian, PersonNote, Stated, read
from talent.offices.service import categories
from talent.people import service as people
from talent.people.consents import service as consenting
from talent.people.history import service as history
from talent.people.households import service as households
from talent.people.households.models import Household, HouseholdMember
from talent.people.models import Person, Registration
from talent.people.particulars import service as particulars
from talent.people.particulars.service import Particulars
from talent.people.registrations import service as registrations
from talent.rules import age, identity, names
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind
from talent.rules.reason import Because
from talent.rules.words import Word
from talent.sheets.cells import CellTrouble
from talent.sheets.outcomes import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.intake.lines import By, Line
    from talent.sheets.reading import Row

# In which column a reason of the law belongs.
_CELLS: dict[str, str] = {
    **dict.fromkeys(map(str, identity.Unidentified), "document"),
    **dict.fromkeys(map(str, names.Unnamed), "name"),
    str(identity.Unidentified.OTHER_BIRTH_DATE): "born",
    str(identity.Unidentified.OTHER_SEX): "sex",
    str(age.Minority.NOT_BORN): "born",
}
# What an update may change, as the particulars and the table of people call it.
_FIELDS = {
    "sex": "sex",
    "born": "birth_date",
    "document_kind": "document_kind",
    "document": "document",
    "phone": "phone",
    "email": "email",
    "area": "area",
    "skills": "skills",
    "guardian_name": "guardian_name",
    "guardian_phone": "guardian_phone",
    "guardian_relation": "guardian_relation",
}


def judge(lines: Sequence[Line], by: By) -> None:
    """What would become of each row: asked of the law, and compared with what is on record."""
    known = {name: c for c in categories() for name in (c.name_zh, c.name_en) if name}
    all_lines.match(lines, by)
    ids = [each.person.id for each in lines if each.person]
    here = _ids(
        select(Registration.person_id).where(
            Registration.person_id.in_(ids), Registration.office_id == by.intake.office_id
        )
    )
    reached = _ids(select(Person.id).where(Person.id.in_(ids), by.visible))
    homes = _homes(ids, by.intake.office_id)
    for each in lines:
        each.stated = read(each, known, by)
        all_lines.same_name(each)
        if each.person is None:
            _judge_new(each, by)
        elif not each.row.refused:
            _judge_known(each, by, reached=reached, here=here, homes=homes)
    _judge_guardians(lines, by)
    all_lines.told(lines)
    all_lines.repeated(lines, by.intake.id)


def write(lines: Sequence[Line], by: By) -> None:
    """Add and update what is to be; a row that is refused after all says why."""
    new = [each for each in lines if each.state is RowState.TAKE and each.person is None]
    try:
        with db.session.begin_nested():
            entered = _enter(new, by)
    except Refused:
        entered = []
        for each in new:
            entered += _enter_alone(each, by)
    for each, person in entered:
        each.person = person
        _bind(each, person, by)
        each.state = RowState.ADDED
    for each in lines:
        if each.person is not None and each.state in {RowState.TAKE, RowState.UPDATE}:
            _write_known(each, each.person, by)


def _enter(new: Sequence[Line], by: By) -> list[tuple[Line, Person]]:
    if not new:
        return []
    entered = registrations.enter_all(
        [each.stated.particulars for each in new],
        by.intake.office,
        consents={ConsentKind.PRIVACY},
        actor=by.actor,
        now=by.now,
    )
    return list(zip(new, entered, strict=True))


def _enter_alone(each: Line, by: By) -> list[tuple[Line, Person]]:
    try:
        with db.session.begin_nested():
            return _enter([each], by)
    except Refused as refusal:
        for reason in refusal.reasons:
            each.refuse(reason, "document")
        return []


def _write_known(each: Line, person: Person, by: By) -> None:
    stated: Stated = each.stated
    became = RowState.ADDED if stated.registers else RowState.UPDATED
    try:
        with db.session.begin_nested():
            if stated.registers:
                consenting.give_on_paper(
                    person, {ConsentKind.PRIVACY}, actor=by.actor, now=by.now, evidence_id=None
                )
                registrations.begin(person, by.intake.office, actor=by.actor, now=by.now)
            if any(name in _FIELDS.values() or name == "categories" for name, *_ in each.changes):
                particulars.change(
                    person, stated.particulars, actor=by.actor, now=by.now, today=by.today
                )
            if each.changes:
                _bind(each, person, by)
    except Refused as refusal:
        for reason in refusal.reasons:
            each.refuse(reason)
    else:
        each.state = became


def _bind(each: Line, person: Person, by: By) -> None:
    """Household and guardian of somebody who is on record now."""
    stated: Stated = each.stated
    if stated.household:
        number, relation, head = stated.household
        households.join(
            person, by.intake.office, number=number, relation=relation, head=head,
            actor=by.actor, now=by.now,
        )  # fmt: skip
    if stated.guardian is None:
        return
    kind, number = DocumentKind.RESIDENT_ID, stated.guardian.document
    guardian = particulars.by_document(kind, number)
    if guardian is None:
        told = Particulars(stated.guardian.name, kind, number, phone=stated.guardian.phone)
        told.complete()
        guardian = particulars.add(told, by.intake.office, actor=by.actor, now=by.now)
    if person.guardian_id == guardian.id:
        return
    was = db.session.get(Person, person.guardian_id) if person.guardian_id else None
    people.tie(guardian, by.intake.office)
    person.guardian_id = guardian.id
    values = {"guardian": (was.name if was else None, guardian.name)}
    history.keep(Act.PERSON_CHANGED, person, values, actor=by.actor, now=by.now)


def _judge_new(each: Line, by: By) -> None:
    row, stated = each.row, each.stated.particulars
    if by.intake.way is Way.UPDATE:
        row.note(None, RowNote.UNKNOWN)
    elif not stated.document and not row.refused:
        row.note("document", CellTrouble.MISSING)
    if row.refused:
        return
    for because in particulars.refusals(stated, by.today):
        row.note(_CELLS.get(str(because.why)), because)
    if row.refused:
        return
    each.likeness = stated.index
    if not (stated.phone or stated.email):
        row.note("phone", PersonNote.NO_CONTACT)
    for name, value, note in (
        ("born", stated.born, PersonNote.BORN_NEEDED),
        ("sex", stated.sex, PersonNote.SEX_NEEDED),
    ):
        if value is None:
            each.asks.append(name)
            each.state = RowState.ASK
            row.note(name, note, State.ASK)
    _warn_of_minor(row, stated, by)


def _warn_of_minor(row: Row, stated: Particulars, by: By) -> None:
    if stated.born and age.strict_notice_needed(stated.born, by.today):
        row.note("born", PersonNote.CHILD, State.ASK)
    elif stated.born and age.guardian_needed(stated.born, by.today):
        row.note("born", PersonNote.MINOR, State.ASK)


def _judge_known(
    each: Line,
    by: By,
    *,
    reached: set[int],
    here: set[int],
    homes: Mapping[int, tuple[str, str, bool]],
) -> None:
    """Somebody on record: registered here too, updated, or as it is."""
    if (person := each.person) is None:
        return
    stated: Stated = each.stated
    each.likeness = f"person:{person.id}"
    stated.registers = person.id not in here and by.intake.way is not Way.UPDATE
    if person.id in reached and by.intake.way is not Way.ADD:
        _compare(each, person, stated, by)
        home = homes.get(person.id)
        if stated.household and stated.household != home:
            was = " ".join(home[:2]) if home else ""
            each.changes.append(("household", was, " ".join(stated.household[:2])))
    else:
        stated.guardian = stated.household = None
    if each.row.refused:
        return
    if stated.registers:
        each.row.note(None, PersonNote.HERE_TOO, State.TAKE)
    elif person.id not in reached:
        each.person = None
        each.row.note(None, RowNote.UNKNOWN)
    elif each.changes:
        each.state = RowState.UPDATE
    else:
        each.state = RowState.SAME
        each.row.note(None, PersonNote.ON_RECORD, State.UNCHANGED)


def _compare(each: Line, person: Person, stated: Stated, by: By) -> None:
    """What each field is and becomes. An empty cell empties nothing."""
    told, row = stated.particulars, each.row
    if told.document and person.document and told.document != person.document:
        row.note("document", RowNote.OTHER_DOCUMENT)
    if told.born and person.birth_date and told.born != person.birth_date:
        row.note("born", Because(PersonNote.OTHER_BORN, {"day": person.birth_date}))
    if told.sex and person.sex and told.sex is not person.sex:
        row.note("sex", PersonNote.OTHER_SEX)
    kind = person.document_kind if person.document else told.document_kind
    merged = replace(
        told,
        name=person.name,
        document_kind=kind or told.document_kind,
        document=person.document or told.document,
        categories=told.categories or list(person.categories),
        **{
            name: getattr(told, name) or getattr(person, column)
            for name, column in _FIELDS.items()
            if not name.startswith("document")
        },
    )
    merged.area = merged.area or ""
    for because in particulars.refusals(merged, by.today):
        row.note(_CELLS.get(str(because.why)), because)
    for name, column in _FIELDS.items():
        was, became = getattr(person, column), getattr(merged, name)
        if (was or None) != (became or None):
            each.changes.append((column, _shown(column, was), _shown(column, became)))
    if {c.id for c in merged.categories} != {c.id for c in person.categories}:
        pair = (person.categories, merged.categories)
        was, became = ("、".join(sorted(c.name_zh for c in some)) for some in pair)
        each.changes.append(("categories", was, became))
    stated.particulars = merged


def _judge_guardians(lines: Sequence[Line], by: By) -> None:
    """Who speaks for minors: of age, and not on record under another name."""
    asked = [each for each in lines if each.stated.guardian and not each.row.refused]
    kind = DocumentKind.RESIDENT_ID
    indexes = {each.row.number: _index(kind, each.stated.guardian.document) for each in asked}
    query = select(Person).where(
        Person.document_kind == kind, Person.document_index.in_(indexes.values())
    )
    found = {person.document_index: person for person in db.session.scalars(query)}
    wards = [each.person.guardian_id for each in asked if each.person and each.person.guardian_id]
    now_there = {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_(wards)))}
    for each in asked:
        stated: Stated = each.stated
        person = found.get(indexes[each.row.number])
        if stated.guardian and _may_speak(each, stated.guardian, person, by):
            held = now_there.get((each.person.guardian_id or 0) if each.person else 0)
            if each.person and (person is None or held is None or held.id != person.id):
                was = held.name if held else ""
                each.changes.append(("guardian", was, stated.guardian.name))
                if each.state is RowState.SAME:
                    each.state = RowState.UPDATE
                    each.row.outcomes.clear()
        elif not each.row.refused:
            stated.guardian = None


def _may_speak(each: Line, guardian: Guardian, person: Person | None, by: By) -> bool:
    row, stated = each.row, each.stated.particulars
    if stated.born and not age.guardian_needed(stated.born, by.today):
        row.note("guardian_document", PersonNote.NO_WARD, State.TAKE)
        return False
    for because in identity.refusals(DocumentKind.RESIDENT_ID, guardian.document, by.today):
        row.note("guardian_document", because)
    if not row.refused:
        born = identity.birth_date(DocumentKind.RESIDENT_ID, guardian.document)
        if guardian.document == stated.document:
            row.note("guardian_document", PersonNote.GUARDIAN_SELF)
        elif born and age.guardian_needed(born, by.today):
            row.note("guardian_document", PersonNote.GUARDIAN_MINOR)
        elif person is not None and person.name != guardian.name:
            row.note("guardian_name", PersonNote.GUARDIAN_NAME)
    return not row.refused


def _homes(ids: Sequence[int], office_id: int) -> dict[int, tuple[str, str, bool]]:
    query = (
        select(HouseholdMember, Household)
        .join(HouseholdMember.household)
        .where(HouseholdMember.person_id.in_(ids), Household.office_id == office_id)
    )
    return {
        member.person_id: (home.number, member.relation, member.head)
        for member, home in db.session.execute(query)
    }


def _ids(query: Any) -> set[int]:
    return set(db.session.scalars(query))


def _index(kind: DocumentKind, number: str) -> str:
    return particulars.document_index(kind, number)


def _shown(column: str, value: Any) -> str:
    """A value as the page shows it; of a document only what may be shown."""
    if value in (None, ""):
        return ""
    if column == "document":
        return identity.masked(str(value)) or ""
    return value.label if isinstance(value, Word) else str(value)
