"""The migrations build what the models say, on both engines, and can be taken back."""

from datetime import datetime, timedelta

import conftest
import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, MetaData, insert, inspect, text

import config
from talent.app import create_app
from talent.db import db


@pytest.fixture
def empty(tmp_path, request):
    """An app on a database with nothing in it."""
    settings = config.Testing(tmp_path)
    settings.SQLALCHEMY_DATABASE_URI = conftest.database(tmp_path, "migrate")
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    conftest.drop(settings.SQLALCHEMY_DATABASE_URI)


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_migrations_build_exactly_the_models(empty):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    assert tables() == set(db.metadata.tables)


def test_migrations_go_up_down_and_up_again(empty):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert tables() == set()
    flask_migrate.upgrade()
    assert tables() == set(db.metadata.tables)


def test_the_ledger_of_a_migrated_database_only_grows(empty):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
        assert connection.execute(text(query)).scalar() >= 1


def test_a_migrated_database_keeps_every_check_and_partial_index(empty):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="0001")
    flask_migrate.upgrade()
    there = inspect(db.engine)
    for table in db.metadata.tables.values():
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        kept = {c["name"] for c in there.get_check_constraints(table.name)}
        assert wanted <= kept, table.name
    live = {name: index for name, index in _partial_indexes().items() if "uq_signup_live" in name}
    assert all("reserve" in text and "offered" in text for text in live.values())
    assert live


def _partial_indexes():
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE%'"
    with db.engine.connect() as connection:
        return dict(connection.execute(text(query)).all())


def test_what_was_planned_before_keeps_its_places_and_gates_on_the_way_up_and_down(empty):
    flask_migrate.upgrade(revision="0001")
    _planned_before()
    flask_migrate.upgrade()
    asked = "SELECT position_id, credential_kind_id, course_id FROM requirement ORDER BY id"
    assert _rows(asked) == [(1, 1, None), (1, None, 1)]
    assert _rows("SELECT taken, least, reserve, reserved FROM shift_need") == [(1, 0, 0, 0)]
    assert [tuple(map(bool, row)) for row in _rows("SELECT seated FROM signup ORDER BY id")] == [
        (True,),
        (False,),
    ]
    flask_migrate.downgrade(revision="0001")
    assert _rows("SELECT credential_kind_id, course_id FROM position") == [(1, 1)]
    assert _rows("SELECT state FROM signup ORDER BY id") == [("confirmed",), ("waiting",)]


def _planned_before():
    """A shift with one who has a place and one who waits, in the tables of the first release."""
    known = MetaData()
    known.reflect(db.engine)
    then = datetime(2026, 6, 1, 1)
    with db.engine.begin() as connection:
        for name, row in (
            ("office", {"path": "/1/", "kind": "community", "name_zh": "春风社区",
                        "zone": "Asia/Shanghai", "settlement": "urban", "open": True}),
            ("service_category", {"code": "e", "name_zh": "为老", "open": True, "place": 0}),
            ("credential_kind", {"code": "aid", "name_zh": "急救证"}),
            ("course", {"name_zh": "急救", "office_id": 1}),
            ("project", {"office_id": 1, "audience_id": 1, "category_id": 1, "name": "送餐",
                         "content": "送餐", "place": "食堂", "person_in_charge": "李",
                         "risky": False, "state": "open", "made_at": then}),
            ("position", {"project_id": 1, "name": "急救员", "credential_kind_id": 1,
                          "course_id": 1}),
            ("shift", {"project_id": 1, "starts_at": then, "ends_at": then + timedelta(hours=1),
                       "zone": "Asia/Shanghai", "state": "published", "version": 1,
                       "scan_token": "x", "made_at": then}),
            ("shift_need", {"shift_id": 1, "position_id": 1, "places": 1, "taken": 1}),
            *(
                ("person", {"volunteer_no": str(n), "name": "王", "sort_key": "wang2",
                            "language": "zh", "made_at": then, "changed_at": then})
                for n in range(2)
            ),
            *(
                ("signup", {"shift_id": 1, "need_id": 1, "person_id": n, "state": state,
                            "walk_in": False, "made_at": then, "queued_at": then})
                for n, state in ((1, "confirmed"), (2, "waiting"))
            ),
        ):  # fmt: skip
            table = known.tables[name]
            needed = {
                c.name: _filled(c, then)
                for c in table.columns
                if not c.nullable and not c.primary_key and c.name not in row
            }
            connection.execute(insert(table).values(needed | row))


def _filled(column, then):
    """Something for a column that this test says nothing about."""
    given = {bool: False, int: 0, str: "", datetime: then}
    return given.get(column.type.python_type, "")


def _rows(query):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
