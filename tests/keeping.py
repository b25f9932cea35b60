"""Commands as whoever runs Talent gives them, and a backup made by one."""

from __future__ import annotations

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
