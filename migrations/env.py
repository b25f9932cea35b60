"""Alembic's entry: the same scripts on SQLite and on PostgreSQL."""

from alembic import context
from flask import current_app

from talent.db import UtcDateTime, db


def render_item(kind, thing, _context):
    """Our column types are written as what the database sees."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and type(thing).__name__ == "Sealed":
        return "sa.Text()"
    return False


def _keys(connection, word):
    """Switch the foreign keys of SQLite: past SQLAlchemy, as it does nothing in a transaction."""
    connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={word}")


def run() -> None:
    """Bring the database of the app to the asked revision, in one transaction."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _keys(connection, "OFF")  # a table that is made anew is dropped under its references
        options = current_app.extensions["migrate"].configure_args
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            _keys(connection, "ON")


run()
