"""The code of the release before writes into the new tables, which have more columns than it knows.

Both releases beside each other: `tests/long/test_rolling_deploy.py`.
"""

from __future__ import annotations

import flask_migrate
import generated
import pytest
from sqlalchemy import text

from talent.db import db
from talent.serve import prepare


@pytest.mark.usefixtures("before")
def test_rows_with_the_columns_of_the_release_before_are_taken():
    known = generated.reflected()
    flask_migrate.upgrade()
    generated.fill(known)
    kept = generated.contents(known)
    assert [name for name, rows in kept.items() if not rows] == []


def test_code_that_is_started_on_newer_tables_leaves_them_as_they_are(app):
    """A machine that has not been brought up to date yet is restarted, or brought back."""
    of_this = stamped()
    stamped("9999")
    try:
        done = app.test_cli_runner().invoke(prepare)
        assert (done.exit_code, stamped()) == (0, "9999"), done.output
    finally:
        stamped(of_this)


def stamped(with_=None):
    """The migration that the tables bear, or are said to."""
    with db.engine.begin() as connection:
        if with_:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": with_})
        return connection.scalar(text("SELECT version_num FROM alembic_version"))
