"""Migrations of a database in use: nothing that was there changes, whatever becomes of the run."""

from __future__ import annotations

import re
from pathlib import Path

import conftest
import dying
import flask_migrate
import generated
import pytest
from sqlalchemy import text

import config
from talent.app import create_app
from talent.db import MIGRATIONS, db

BEFORE = "0004"  # the release before; what came since is all new


@pytest.fixture
def full(tmp_path):
    """A database of the release before, with rows in every table; what is in it."""
    settings = config.Testing(tmp_path)
    settings.SQLALCHEMY_DATABASE_URI = conftest.database(tmp_path, "full")
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        tables = generated.reflected()
        generated.fill(tables)
        yield tables
        db.session.remove()
        db.engine.dispose()
    conftest.drop(settings.SQLALCHEMY_DATABASE_URI)


def test_every_row_survives_a_killed_run_the_next_one_and_the_way_down_and_up(full):
    before = generated.contents(full)
    assert [name for name, found in before.items() if not found] == []
    for step in (2, 15, 40):
        assert not dying.child(step, flask_migrate.upgrade)
        with db.engine.connect() as connection:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        assert found == BEFORE
        assert generated.contents(full) == before
        db.engine.dispose()
    flask_migrate.upgrade()
    assert generated.contents(full) == before
    generated.fill(generated.reflected(), but=before)  # what is new is full as well
    flask_migrate.downgrade(revision=BEFORE)
    assert generated.contents(full) == before
    flask_migrate.upgrade()
    assert generated.contents(full) == before


def test_the_newest_migrations_take_nothing_from_the_release_before():
    """Its code runs beside the new schema while machines are brought up to date one by one.

    A rule that falls away is no harm: the code of before does not lean on its being broken.
    """
    files = sorted(Path(MIGRATIONS, "versions").glob("[0-9]*_*.py"))
    whole = "".join(
        re.search(r"^def upgrade\(\):\n(.*?)^def ", file.read_text(), re.DOTALL | re.MULTILINE)[1]
        for file in files
        if file.name > f"{BEFORE}_~"
    )
    taken = r"drop_(?:table|column)\(|new_column_name=|rename_table|alter_column\("
    assert re.findall(taken, whole) == []
    added = re.findall(r"add_column\((sa\.Column\(.*?\n? *\))\)?\n", whole, re.DOTALL)
    assert added
    assert [
        each for each in added if "nullable=False" in each and "server_default" not in each
    ] == []
