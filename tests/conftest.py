"""The app on a real database, fresh for each test: SQLite, or PostgreSQL when it is named."""

from __future__ import annotations

import gc
import os
import shutil
import smtplib
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import flask_migrate
import hypothesis
import make
import pytest
import sound
import time_machine
from jinja2 import FileSystemBytecodeCache
from pages import Browser
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from config import Testing
from talent import denials
from talent.app import create_app
from talent.certificates.checking import throttle
from talent.db import db

ROOT = Path(__file__).parent.parent
POSTGRESQL = os.environ.get("TEST_DATABASE_URL")
FEW = int(os.environ.get("CASES_OF_A_TEST", "0"))

# A busy machine is no error, and a red run can be repeated.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(config, items):
    """Of a test with many values only the first few are asked, where another run asks them all."""
    if not FEW:
        return
    met = Counter()
    kept, left = [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        met[test] += 1
        (kept if met[test] <= FEW else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """After a race, a crash or a story nothing that is promised is broken, or the test is red."""
    result = yield
    if sound.is_concerned(item):
        assert sound.faults() == []
    return result


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def database(home: Path, purpose: str = "test") -> str:
    """The address of an empty database of this worker's own."""
    if not POSTGRESQL:
        return f"sqlite:///{home / 'talent.sqlite3'}"
    name = f"talent_{purpose}_{worker()}_{os.getpid()}"
    _on_server(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0",
    )
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


def drop(url: str) -> None:
    """Remove a database of the tests' server; one of SQLite goes with its folder."""
    if POSTGRESQL:
        _on_server(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


def _on_server(*statements: str) -> None:
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """One home and one database for all tests of this worker."""
    home = tmp_path_factory.mktemp("home")
    given = Testing(home)
    given.SQLALCHEMY_DATABASE_URI = database(home)
    return given


@pytest.fixture(scope="session")
def built(settings, tmp_path_factory):
    """The app, its tables made by the migrations."""
    app = create_app(settings)
    compiled = tmp_path_factory.getbasetemp().parent / "templates"  # by all workers once
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    file = settings.TALENT_HOME / "talent.sqlite3"
    if file.exists():
        shutil.copy(file, file.with_suffix(".empty"))
    yield app
    with app.app_context():
        db.engine.dispose()
    drop(settings.SQLALCHEMY_DATABASE_URI)


@pytest.fixture
def app(built, settings):
    """The app with an empty database, inside an application context."""
    yield from _clean(built, settings)


@pytest.fixture(scope="session")
def lasting(built, settings):
    """Opens the same for many tests at once, none of which may ask for the other one."""
    return contextmanager(partial(_clean, built, settings))


def _clean(built, settings):
    throttle.forget()
    denials.forget()
    with built.app_context():
        yield built
        db.session.remove()
        _empty(settings.TALENT_HOME)


def _empty(home: Path) -> None:
    if POSTGRESQL:
        with db.engine.begin() as connection:
            _empty_tables(connection)
        return
    db.engine.dispose()
    file = home / "talent.sqlite3"
    try:
        _fill_anew(file)
    except sqlite3.OperationalError:
        gc.collect()  # a failed test's traceback holds a connection
        _fill_anew(file)


def _fill_anew(file: Path) -> None:
    with (
        closing(sqlite3.connect(file.with_suffix(".empty"))) as empty,
        closing(sqlite3.connect(file, timeout=1)) as used,
    ):
        empty.backup(used)


def _empty_tables(connection: Connection) -> None:
    """Take the rows away and count from 1 again; of a hundred tables a test has used a few.

    Past the triggers of what only grows, as a superuser may between two tests.
    """
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    names = [table.name for table in db.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM \"{n}\")" for n in names)  # noqa: S608
    for name in connection.scalars(text(filled)).all():
        connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608
    counted = "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
    connection.execute(text(f"{counted} WHERE last_value IS NOT NULL"))


@pytest.fixture(autouse=True)
def _no_mail_leaves(monkeypatch):
    """No test opens a mail server, but those that start one of their own."""

    def refuse(_self, host, port, *_rest, **_words):
        if host not in {"127.0.0.1", "localhost"}:
            message = f"a test tried to reach a mail server at {host}:{port}"
            raise AssertionError(message)
        return _connect(_self, host, port, *_rest, **_words)

    _connect = smtplib.SMTP.connect
    monkeypatch.setattr(smtplib.SMTP, "connect", refuse)


@pytest.fixture
def browser(app):
    """Somebody at a browser who reads English."""
    app.test_client_class = Browser
    return app.test_client().speak("en")


@pytest.fixture
def clock():
    """Time stands at a Monday in June, nine o'clock in Shanghai, until it is moved."""
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller
