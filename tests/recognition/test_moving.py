"""What offices had set as star hours becomes schemes, for as long as it held."""

import json
from datetime import date, datetime

import conftest
import flask_migrate
import pytest
from sqlalchemy import MetaData, insert, text

import config
from talent.app import create_app
from talent.db import db

OLD = [30, 60, 100, 200, 300]


@pytest.fixture
def empty(tmp_path):
    """An app on a database with nothing in it."""
    settings = config.Testing(tmp_path)
    settings.SQLALCHEMY_DATABASE_URI = conftest.database(tmp_path, "moving")
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    conftest.drop(settings.SQLALCHEMY_DATABASE_URI)


def rows(query):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def written(*rules):
    """A district, a community below it, and the rules that they set."""
    known = MetaData()
    known.reflect(db.engine)
    then = datetime(2026, 6, 1, 1)
    with db.engine.begin() as connection:
        for parent, path in ((None, "/1/"), (1, "/1/2/")):
            row = {
                "parent_id": parent, "path": path, "kind": "community", "name_zh": "春风",
                "zone": "Asia/Shanghai", "settlement": "urban", "open": True,
            }  # fmt: skip
            connection.execute(insert(known.tables["office"]), row)
        for office_id, value, day in rules:
            row = {
                "office_id": office_id, "name": "star_hours", "value": value,
                "valid_from": day, "set_at": then,
            }  # fmt: skip
            connection.execute(insert(known.tables["office_rule"]), row)


def schemes():
    found = rows(
        "SELECT s.office_id, s.first_day, s.last_day, s.sureness, l.hours FROM star_scheme AS s "
        "JOIN star_level AS l ON l.scheme_id = s.id ORDER BY s.office_id, s.first_day, l.place"
    )
    held = {}
    for office_id, first, last, sure, hours in found:
        key = (office_id, str(first), last and str(last), sure)
        held.setdefault(key, []).append(hours)
    return held


def test_each_word_becomes_a_scheme_for_as_long_as_it_held(empty):
    flask_migrate.upgrade(revision="0002")
    written((2, OLD, date(2026, 1, 1)), (2, None, date(2026, 5, 1)), (1, OLD, date(2026, 3, 1)))
    flask_migrate.upgrade()
    assert schemes() == {
        (1, "2021-02-01", "2026-02-28", "quoted"): [100, 300, 600, 1000, 1500],
        (1, "2026-03-01", None, "own"): OLD,
        (2, "2026-01-01", "2026-04-30", "own"): OLD,
    }
    assert rows("SELECT * FROM office_rule WHERE name = 'star_hours'") == []
    flask_migrate.downgrade(revision="0002")
    kept = rows("SELECT office_id, valid_from, value FROM office_rule ORDER BY 1, 2")
    kept = [(n, str(day), v if isinstance(v, list) else json.loads(v)) for n, day, v in kept]
    assert (1, "2026-03-01", OLD) in kept
    assert (2, "2026-01-01", OLD) in kept


def test_an_empty_database_begins_without_a_scheme(empty):
    flask_migrate.upgrade()
    assert rows("SELECT * FROM star_scheme") == []
