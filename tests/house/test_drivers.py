"""A request ends without its writes, and the database keeps what was prepared for it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from talent.db import db, undo
from talent.once import SentForm

OFTEN = 8  # more than psycopg waits for before it prepares a statement
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%sent_form%'")


def _sent():
    return db.session.scalar(select(func.count()).select_from(SentForm))


def test_what_is_undone_is_gone_and_what_was_prepared_stays(app):
    for _ in range(OFTEN):
        row = {"digest": "0", "at": datetime.now(UTC)}
        db.session.execute(insert(SentForm), row)
        assert _sent() == 1
        undo()
    assert _sent() == 0
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(PREPARED) == 2
    db.session.rollback()


def test_after_an_error_too_nothing_is_left(app):
    row = {"digest": "0", "at": datetime.now(UTC)}
    db.session.execute(insert(SentForm), row)
    with pytest.raises(IntegrityError):
        db.session.execute(insert(SentForm), row)
    undo()
    assert _sent() == 0
    db.session.rollback()


@pytest.mark.parametrize("rested", [0, 3600])
def test_a_connection_that_is_gone_is_replaced_before_anybody_notices(app, monkeypatch, rested):
    monkeypatch.setattr("talent.db.RESTED_S", rested)
    assert db.session.scalar(text("SELECT 1")) == 1
    mine = getattr(db.session.connection().connection.dbapi_connection, "info", None)
    db.session.rollback()
    if mine:  # of PostgreSQL: SQLite is a file
        killer = db.engine.pool.recreate().connect()
        killer.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", (mine.backend_pid,))
        killer.detach()
        killer.close()
    assert db.session.scalar(text("SELECT 1")) == 1
    db.session.rollback()
