"""A person's own data as one archive: each row and file, and a page to read (PIPL Art. 45)."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import render_template
from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import Base, db
from talent.errors import Refused
from talent.files import StoredFile
from talent.i18n import gettext
from talent.privacy import reading, walking
from talent.privacy.holdings import HOLDINGS, LEFT_OUT, OTHERS
from talent.rules import privacy as law

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table

    from talent.access import Actor
    from talent.people.models import Person

Rows = dict[str, list[dict[str, Any]]]


def take(person: Person, *, reason: str | None, actor: Actor, now: datetime) -> bytes:
    """The archive. Whoever takes another one's says why; each time is kept."""
    own = actor.person_id in {person.id, person.guardian_id} - {None}
    if not own and (refused := law.refusals_to_take(reason or "")):
        raise Refused(refused)
    rows = rows_of(person)
    number = sum(map(len, rows.values()))
    audit.record(Act.DATA_TAKEN, person, actor=actor, now=now, rows=number, reason=reason or "")
    return _packed(person, rows, now)


def rows_of(person: Person) -> Rows:
    """Every row that is the person's, by table; one question for each table."""
    found = {name: _rows(Base.metadata.tables[name], person.id) for name in walking.tables()}
    return {name: rows for name, rows in found.items() if rows}


def _rows(table: Table, person_id: int) -> list[dict[str, Any]]:
    shown = [c for c in table.columns if c.name not in LEFT_OUT and not c.name.endswith("_index")]
    query = select(*shown).where(walking.rows_of(table.name, person_id, OTHERS.keys()))
    query = query.order_by(*table.primary_key.columns)
    return [dict(row) for row in db.session.execute(query).mappings()]


def _packed(person: Person, rows: Rows, now: datetime) -> bytes:
    files = _files(rows)
    named = {name: gettext(HOLDINGS[name].label) for name in rows}
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {name: [_plain(row) for row in of] for name, of in rows.items()}
        text = json.dumps(told, ensure_ascii=False, indent=1)
        archive.writestr("data.json", text)
        known = reading.offices()
        shown = {named[name]: _table(of, known) for name, of in rows.items()}
        kept = {gettext(HOLDINGS[name].label): HOLDINGS[name] for name in rows}
        page = render_template(
            "privacy/archive.html", person=person, tables=shown, kept=kept, files=files, now=now
        )
        archive.writestr("index.html", page)
        for name, file in files:
            archive.writestr(name, file.content)
    return body.getvalue()


def _files(rows: Rows) -> list[tuple[str, StoredFile]]:
    """The files to which the rows lead, each under a name of its own."""
    ids = {
        row[column.name]
        for name, of in rows.items()
        for column in Base.metadata.tables[name].columns
        if any(key.column.table.name == StoredFile.__tablename__ for key in column.foreign_keys)
        for row in of
    } - {None}
    query = select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)
    return [
        (f"files/{file.id}-{file.name.replace('/', '_').replace(chr(92), '_')}", file)
        for file in db.session.scalars(query)
    ]


def _table(
    rows: Sequence[Mapping[str, Any]], known: Mapping[int, str]
) -> tuple[list[str], list[list[Any]]]:
    names = reading.heads(rows)
    cells = [[_value(reading.said(name, row[name], known)) for name in names] for row in rows]
    return reading.titles(names), cells


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    """As JSON knows it: moments and days as ISO text, exact decimals as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value
