"""Commands as whoever runs Talent gives them, and a backup made by one."""

from __future__ import annotations

import shutil

import conftest
import pytest

import config
from talent.app import create_app
from talent.backup import copies
from talent.db import db


def run(app, *words):
    """A command of `flask`; its exit code and what it said."""
    db.session.remove()
    with app.app_context():
        told = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told.exit_code, told.output


def backed_up(app, folder):
    """The file of a backup that was made just now."""
    code, said = run(app, "backup", "--to", folder)
    assert code == 0, said
    return copies.existing(folder)[0]


@pytest.fixture
def elsewhere(settings, tmp_path):
    """Talent on another machine: an empty database, and the secrets that were kept apart."""
    home = tmp_path / "elsewhere"
    shutil.copytree(settings.TALENT_HOME / "keys", home / "keys")
    given = config.Testing(home)
    given.SQLALCHEMY_DATABASE_URI = conftest.database(home, "elsewhere")
    there = create_app(given)
    yield there
    with there.app_context():
        db.engine.dispose()
    conftest.drop(given.SQLALCHEMY_DATABASE_URI)
