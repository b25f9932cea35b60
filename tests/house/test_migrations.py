"""The migrations build what the models say, on both engines, and can be taken back."""

import conftest
import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

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
