"""Marks that are planted in everything that is known of people, and found again in answers."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from datetime import date

import make
from sqlalchemy import String, Text, select, update
from sqlalchemy.exc import IntegrityError

from talent.access import Field
from talent.db import Base, db, writing
from talent.people.models import Person
from talent.privacy.holdings import HOLDINGS
from talent.rules.identity import DocumentKind

WHOSE = ("own", "office", "there")  # the volunteer's and the child's, others' here, all there
# Words that somebody wrote of a person, and why: what the erasure empties, but for names and marks.
UNTOLD = {"given_by", "signed_by", "left", "in_device", "out_device", "device_index", "number",
          "post"}  # fmt: skip
WHY = {"reason", "why", "ended_why", "override_reason", "withdrawn_why", "kept_why", "undone_why"}
DEEPEST = 3  # files in files
NAMES = (
    ("person", "name"), ("project", "name"), ("course", "name_zh"), ("team", "name_zh"),
    ("account", "name"), ("staffing_draft", "name"), ("counting_draft", "name"),
    ("people_filter", "name"), ("kiosk", "name"), ("volunteer_group", "name"),
)  # fmt: skip


def plant(world):
    """Mark every file and every word; what is looked for, by its mark: (whose, field)."""
    marks = {}
    with writing():
        own = {world.here["person_id"], world.here["guardians.show person_id"]}
        first, last = world.first_there["person"], world.last_there["person"]
        documents = _documents(world)
        for person in db.session.scalars(select(Person).order_by(Person.id)):
            there = first <= person.id <= last
            whose = 2 if there else 0 if person.id in own else 1
            _mark(person, whose, person.id in documents, marks)
        for number, (table, column) in enumerate(_words()):
            _write(world, table, column, number, own, marks)
        for number, (table, column) in enumerate(NAMES):
            _rename(world, Base.metadata.tables[table], column, f"qy{number}z2qy", marks)
    return marks


def _rename(world, table, column, mark, marks):
    """What is only there goes by a name that nobody here is to read on any list."""
    there = table.c.id.between(world.first_there[table.name], world.last_there[table.name])
    db.session.execute(update(table).where(there).values({column: mark}))
    marks[mark] = WHOSE[2], "name"


def _documents(world):
    return {world.here["person_id"], world.here["first"], world.there["person_id"]}


def _mark(person, whose, documented, marks):
    young = person.guardian_id is not None
    born = date(2014 if young else 1951, 2 + whose, 13)
    person.birth_date = born
    person.phone = f"+86139111100{whose}1"
    person.email = f"qxmail{whose}x{person.id}@example.org"
    person.area = f"qxarea{whose}qx"
    person.emergency_name, person.emergency_phone = f"qxcall{whose}qx", f"+86139222200{whose}2"
    person.emergency_relation = f"qxkin{whose}qx"
    found = {
        f"139111100{whose}1": Field.PHONE,
        f"qxmail{whose}x": Field.MAIL,
        f"qxarea{whose}qx": Field.AREA,
        f"qxcall{whose}qx": Field.EMERGENCY,
        f"139222200{whose}2": Field.EMERGENCY,
        f"qxkin{whose}qx": Field.EMERGENCY,
        f"{born:%Y-%m-%d}": Field.BIRTH,
        f"{born.day} {born:%b} {born.year}": Field.BIRTH,
    }
    if young:
        person.guardian_name, person.guardian_phone = f"qxward{whose}qx", f"+86139333300{whose}3"
        found |= {f"qxward{whose}qx": Field.GUARDIAN, f"139333300{whose}3": Field.GUARDIAN}
    if documented:
        person.document_kind = DocumentKind.RESIDENT_ID
        person.document = make.resident_id(date(1960, 1, 1), serial=90 + whose)
        person.document_index = f"mark {whose}"
        found[person.document] = Field.IDENTITY
    marks |= {mark: (WHOSE[whose], field) for mark, field in found.items()}


def _words():
    """The columns with words of or about a person."""
    for name, holding in sorted(HOLDINGS.items()):
        table = Base.metadata.tables[name]
        for column in holding.emptied:
            if column not in UNTOLD and type(table.c[column].type) in {String, Text}:
                yield table, table.c[column]


def _write(world, table, column, number, own, marks):
    if "id" not in table.c:
        return
    field = Field.REASONS if column.name in WHY else Field.NOTES
    first, last = world.first_there[table.name], world.last_there[table.name]
    there = table.c.id.between(first, last)
    mine = table.c.person_id.in_(own) if "person_id" in table.c else table.c.id < 0
    for whose, which in enumerate((mine & ~there, ~mine & ~there, there)):
        mark = f"qx{number:02d}z{whose}qx"
        for also in (True, column.is_not(None)):  # where a row may have none, what is there
            try:
                with db.session.begin_nested():
                    db.session.execute(update(table).where(which, also).values({column: mark}))
            except IntegrityError:
                continue
            marks[mark] = WHOSE[whose], field
            break


def found(marks, answer):
    """Whose fields stand in an answer, in a page or in any kind of file."""
    text = _text(answer.data)
    close = re.sub(r"(?<=\d) (?=\d)", "", text)
    return {what for mark, what in marks.items() if mark in text or mark in close}


def _text(content, depth=0):
    if content.startswith(b"PK\x03\x04") and depth < DEEPEST:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(_text(parts.read(name), depth + 1) for name in parts.namelist())
    if content.startswith(b"%PDF"):
        made = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=False
        )
        return made.stdout.decode("utf-8", "replace")
    return content.decode("utf-8", "replace")
