"""The database: base class, column types, and the transaction rules of both engines."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Text,
    event,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import MultipleResultsFound, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from talent import drivers, questions, seal
from talent.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from enum import StrEnum

    from flask import Flask
    from sqlalchemy import ColumnElement, Connection, CursorResult, Executable
    from sqlalchemy.sql.selectable import SelectBase

LOCK_TIMEOUT_MS = 3000
# Who waits for SQLite's lock looks again and again and does not stand in a line: in a rush the
# unlucky are passed by for a while, though the lock itself is held for some 30 ms at a time.
SQLITE_WAIT_S = 10
RESTED_S = 5  # a connection of which longer nothing was wanted is asked whether it holds
# Each takes some 0.13 MB, and half as many again are kept before the seldom ones go: after a look
# at every page the library's 500 were 65 MB of a process. Those that are asked often stay.
STATEMENTS_KEPT = 150
MIGRATIONS = Path(__file__).parent.parent / "migrations"

# Nothing writes but through a door (request, job, command), which says so here. A SQLite write
# begins IMMEDIATE, or two of them pass each other's checks.
reading: ContextVar[bool] = ContextVar("reading", default=True)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused. SQLite would drop the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment without a zone cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal.seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal.unseal(value)


def words(kind: type[StrEnum], length: int = 30) -> Enum:
    """A column of an enumeration, stored as its values; nothing else is taken."""
    return Enum(
        kind,
        native_enum=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """Every table's base, with names for every constraint from day one."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            },
        ),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

migrate = Migrate(render_as_batch=True, compare_type=True)

Row = TypeVar("Row", bound=Base)


def init_app(app: Flask) -> None:
    """Bind the database to the app."""
    sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    options.setdefault("hide_parameters", not app.debug)  # an error tells nobody's data
    options.setdefault("query_cache_size", STATEMENTS_KEPT)
    if not sqlite:
        # One machine has one zone: the database is asked in UTC, wherever it stands.
        said = f"-c lock_timeout={LOCK_TIMEOUT_MS}"
        given = {"options": said, "cursor_factory": drivers.Terse}
        options.setdefault("connect_args", given)
    else:
        options.setdefault("connect_args", {"timeout": SQLITE_WAIT_S})
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))


def undo() -> None:
    """Nothing is left of what a request did. It is a rollback that forgets no statement."""
    session = db.session()
    if session.in_transaction() and session.is_active:
        with suppress(SQLAlchemyError):  # it has gone away: then there is nothing to keep
            drivers.undo(_held(session).connection.dbapi_connection)
    session.rollback()


@contextmanager
def writing() -> Iterator[None]:
    """The door of jobs and commands: one transaction, committed at the end or rolled back."""
    db.session.rollback()
    token = reading.set(False)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        reading.reset(token)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """The last migrations that this code brings along, and all of them."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    every = (script.revision for script in scripts.walk_revisions())
    return frozenset(scripts.get_heads()), frozenset(every)


def migrated() -> bool:
    """Whether the tables are those that this code expects, or newer: those it can live with.

    A new version is rolled out tables first, and serves beside the old one for a while.
    """
    heads, every = _known()
    found = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    return bool(found) and (found == heads or not found & every)


def asked(statement: SelectBase, **given: Any) -> Sequence[Any]:
    """The rows of a statement that is put together once, for columns and not for objects.

    It goes past the session, at a third of the cost; what the session has not written yet goes
    first.
    """
    return questions.answer(_connection(), statement, given)


def asked_one(statement: SelectBase, **given: Any) -> Any | None:
    """The only row of such a statement, or None."""
    rows = asked(statement, **given)
    if len(rows) > 1:
        raise MultipleResultsFound
    return rows[0] if rows else None


def wrote(statement: Executable, **given: Any) -> CursorResult[Any]:
    """The same for a statement that writes; it needs a door as everything that writes does."""
    _through_a_door()
    return _connection().execute(statement, given)


def _connection() -> Connection:
    """What the session has not written yet goes first, also where it does not ask itself."""
    session = db.session()
    if session.autoflush:
        session.flush()
    return _held(session)


def _held(session: Session) -> Connection:
    """The connection of a session, kept: to be told it anew takes as long as a short statement."""
    held: Connection | None = session.info.get("connection")
    if held is None or held.closed or not held.in_transaction():
        held = session.info["connection"] = session.connection()
    return held


def wrote_all(statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """The same for many rows at once."""
    _through_a_door()
    session = db.session()
    session.flush()
    if rows:
        session.connection().execute(statement, rows)


def among(column: Any, words: Iterable[StrEnum]) -> ColumnElement[bool]:
    """The column holds one of these words of ours, which stand in the statement as they are.

    One with IN is written anew each time that it is asked, and each word is sent along.
    """
    return or_(*(column == literal_column(f"'{word.value}'") for word in sorted(words)))


def one(model: type[Row], identity: int) -> Row:
    """The row, or `NotFound`."""
    if (row := db.session.get(model, identity)) is None:
        raise NotFound
    return row


def locked(model: type[Row], identity: int) -> Row:
    """The row as it is now, held until the transaction ends (on SQLite the whole file is held)."""
    query = select(model).where(model.__mapper__.primary_key[0] == identity)
    row = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True),
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def take_first(model: type[Row], free: ColumnElement[bool], **taken: Any) -> int | None:
    """Take the first row that is free, for this worker alone, by writing `taken` on it; its id.

    Who comes second finds it free no more, and takes nothing this time.
    """
    number: ColumnElement[int] = model.__mapper__.primary_key[0]
    first = select(number).where(free).order_by(number).limit(1)
    if (id_ := db.session.scalar(first)) is None:
        return None
    mine = update(model).where(number == id_, free).values(**taken).returning(number)
    return db.session.scalar(mine, execution_options={"synchronize_session": False})


def upserting(model: type[Row]) -> Any:
    """An insert of the engine that is used, which can say what becomes of a row that is there."""
    return {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert(model)


@event.listens_for(Engine, "connect")
def _connect(connection: Any, _record: Any) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "checkin")
def _rests(_connection: Any, record: Any) -> None:
    record.info["since"] = monotonic()


@event.listens_for(Engine, "checkout")
def _still_there(connection: Any, record: Any, _proxy: Any) -> None:
    rested = monotonic() - record.info.get("since", monotonic()) > RESTED_S
    drivers.ask(connection, rested=rested)


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    if reading.get():  # it waits for nobody and cannot fail: the driver is told, past the rest
        connection.connection.dbapi_connection.execute("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@event.listens_for(Session, "before_flush")
def _only_through_a_door(_session: Any, _context: Any, _instances: Any) -> None:
    _through_a_door()


def _through_a_door() -> None:
    if reading.get():
        message = "a read tried to write"
        raise RuntimeError(message)
