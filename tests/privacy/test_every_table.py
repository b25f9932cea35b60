"""Every table with a row of a person: declared, given to the person, and without a name at the end.

One row is written into each table that leads to a person, whatever it is, with a sign in each text.
"""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from datetime import date, time
from decimal import Decimal

import make
import pytest
from sqlalchemy import JSON, Boolean, Date, Enum, Integer, LargeBinary, Numeric, Time, select, text

from talent.access import SYSTEM
from talent.db import Base, UtcDateTime, db, writing
from talent.files import StoredFile
from talent.people.models import Person
from talent.privacy import ending, taking, walking
from talent.privacy.holdings import ANOTHERS, HOLDINGS, LEFT_OUT, OTHERS, PARTICULARS, SPOKEN, Ends

pytestmark = pytest.mark.usefixtures("clock")
SIGN = "钱多多之标记"
ROW = 7001  # the id of the row in each table


def test_every_table_that_leads_to_a_person_is_declared():
    assert set(walking.tables()) == set(HOLDINGS)
    leads = {(table, column) for table, column, _ in walking.leads()}
    assert set(OTHERS) <= leads
    assert set(ANOTHERS) <= set(OTHERS)


def test_what_is_declared_is_there():
    for name, holding in HOLDINGS.items():
        columns = Base.metadata.tables[name].columns
        assert set(holding.emptied) | set(holding.files) <= set(columns.keys()), name
        assert (holding.ends is Ends.EMPTIED) or not holding.emptied, name
    particulars = Base.metadata.tables["person"].columns
    assert set(PARTICULARS) <= set(particulars.keys())
    assert {key for key in SPOKEN if key[1] not in Base.metadata.tables[key[0]].columns} == set()


def value(column):
    """Something for a column, with the sign wherever a text fits."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class(kind.enums[0]) if kind.enum_class else kind.enums[0]
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, UtcDateTime):
        return make.NOW
    if isinstance(kind, Numeric):
        return Decimal(1)
    simple = {Integer: 1, Date: make.TODAY, Time: time(9), JSON: {"said": SIGN}, LargeBinary: b"x"}
    for type_, given in simple.items():
        if isinstance(kind, type_):
            return given
    length = getattr(kind, "length", None)
    return "x" if length and length < len(SIGN) else SIGN  # too short to name anybody


class Undone(Exception):
    """What was written here no database would keep."""


def let_anything_in():
    """No foreign keys and no checks, in this transaction."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
        return
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
    for table, name in db.session.execute(text(checks)).all():
        if table in Base.metadata.tables:
            db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))


@pytest.fixture
def everywhere(app):
    """A person with a row in every table that can have one, until the test is over."""
    office = make.office()
    leads = {(table, column): to for table, column, to in walking.leads()}
    with suppress(Undone), writing():
        let_anything_in()
        file = StoredFile(
            id=ROW, name=SIGN, media_type="image/png", digest="0" * 64, size=1, content=b"x",
            at=make.NOW,
        )  # fmt: skip
        db.session.add(file)
        db.session.flush()
        for name in walking.tables():
            table = Base.metadata.tables[name]
            row = {column.name: _of(name, column, leads, office.id) for column in table.columns}
            db.session.execute(table.insert().values(row))
        yield db.session.get(Person, ROW)
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))
        raise Undone


def _of(name, column, leads, office_id):
    to = leads.get((name, column.name))
    keys = [key.column.table.name for key in column.foreign_keys]
    if name == "person" and (to or column.name in {"restricted_at", "anonymised_at"}):
        return None
    if (name, column.name) == ("certificate", "content"):
        return {"person": {"name": SIGN, "document": SIGN}, "groups": []}
    if to or keys == ["stored_file"] or (column.name == "id" and isinstance(column.type, Integer)):
        return ROW
    return office_id if keys == ["office"] else value(column)


def signed(table, row):
    """The columns of a row in which the sign stands."""
    return {
        (table, name) for name, said in row.items()
        if SIGN in (json.dumps(said, default=str, ensure_ascii=False))
    }  # fmt: skip


def test_the_archive_has_every_row_that_is_ones_own(app, everywhere):
    with app.test_request_context("/"):
        body = taking.take(everywhere, reason="本人申请", actor=SYSTEM, now=make.NOW)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        told = json.loads(archive.read("data.json"))
        assert [name for name in archive.namelist() if name.startswith("files/")]
        assert SIGN in archive.read("index.html").decode()
    withheld = {table for table, column in OTHERS}
    assert set(walking.tables()) - set(told) <= withheld
    for name, rows in told.items():
        assert len(rows) == 1, name
        assert not LEFT_OUT & rows[0].keys(), name
        assert not [key for key in rows[0] if key.endswith("_index")], name


def test_at_the_end_no_word_names_the_person(everywhere):
    for name in ("erasure_office", "erasure"):  # it is for the first time
        db.session.execute(Base.metadata.tables[name].delete())
    report = ending.anonymise(everywhere, date(2016, 1, 1), now=make.NOW)
    left = set()
    for name in walking.tables():
        table = Base.metadata.tables[name]
        rows = db.session.execute(select(table)).mappings().all()
        removed = HOLDINGS[name].ends is Ends.REMOVED
        assert not (removed and rows), name
        for row in rows:
            left |= signed(name, row)
    assert left - SPOKEN == set()
    assert SPOKEN - left == set()
    assert db.session.query(StoredFile).count() == 0
    assert report.counts["message"] == [1, 0]
    assert everywhere.name != SIGN
