"""Faults in the middle of an act: it is there once or not, and sent again it is done once."""

from __future__ import annotations

import itertools
import os
import random
import socket
import sqlite3
import struct
import threading
import time
from contextlib import closing, contextmanager

import dying
import make
import plan
import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import OperationalError
from werkzeug.serving import WSGIRequestHandler, make_server

from talent.db import LOCK_TIMEOUT_MS, db
from talent.shifts.models import Shift, Signup

RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def project(app, clock):
    return plan.project(make.office())


@pytest.fixture
def boss(browser, project):
    return browser.sign_in(plan.coordinator(project.office))


def form(project, key="the-page"):
    return {
        "starts_at": "2026-10-22T09:00", "ends_at": "2026-10-22T12:00", "place": "食堂",
        "form_key": key, f"places_{project.positions[0].id}": 4,
    }  # fmt: skip


def shifts():
    db.session.rollback()
    return db.session.query(Shift).count()


def test_killed_at_any_step_and_sent_again_an_act_is_done_once(boss, project):
    url, sent = f"/shifts/new?project={project.id}", form(project)
    for step in itertools.count(1):
        done = dying.child(step, lambda: boss.send(url, **sent))
        before = shifts()
        assert before <= 1
        if done:
            break
    assert step > 10, "it died at every step"
    db.session.remove()
    led = boss.send(url, **sent).location
    assert shifts() == 1
    assert led == f"/shifts/{db.session.query(Shift).one().id}"


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log(self, kind, message, *values):
        """Nothing."""


def test_cut_off_in_the_answer_and_sent_again_an_act_is_done_once(app, boss, project):
    url, sent = f"/shifts/new?project={project.id}", form(project)
    db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    cookie = f"talent={boss.get_cookie('talent').value}"
    body = "&".join(f"{name}={value}" for name, value in sent.items()).encode()
    head = (
        f"POST {url} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    try:
        with socket.create_connection(("127.0.0.1", server.server_port)) as line:
            line.sendall(head.encode() + body)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        until(lambda: shifts() == 1)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert boss.send(url, **sent).location == f"/shifts/{db.session.query(Shift).one().id}"
    assert shifts() == 1


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def hung(settings, shift_id):
    """Somebody else holds the lock and does not go on."""
    file = settings.TALENT_HOME / "talent.sqlite3"
    if file.exists():
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    other = create_engine(settings.SQLALCHEMY_DATABASE_URI)
    with other.connect() as connection:
        connection.execute(select(Shift.id).where(Shift.id == shift_id).with_for_update())
        yield
    other.dispose()


@contextmanager
def patience(milliseconds):
    """As long as PostgreSQL waits; SQLite, which has no line to stand in, waits longer."""

    def told(connection, _record):
        if isinstance(connection, sqlite3.Connection):
            connection.execute(f"PRAGMA busy_timeout={milliseconds}")

    event.listen(db.engine, "connect", told)
    db.session.remove()
    db.engine.dispose()
    try:
        yield
    finally:
        event.remove(db.engine, "connect", told)
        db.session.remove()
        db.engine.dispose()


def test_while_somebody_holds_the_lock_others_are_told_to_come_again(browser, project, settings):
    shift = plan.shift(project)
    url, number = plan.signup_url(shift), shift.id
    browser.sign_in(make.volunteer(project.office))
    db.session.rollback()
    with patience(LOCK_TIMEOUT_MS), hung(settings, number):
        began = time.monotonic()
        page = browser.send(url, status=503, form_key="k")
        took = time.monotonic() - began
    assert took > LOCK_TIMEOUT_MS / 1000 - 0.5  # and no longer than the lock, which was not let go
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(text("SHOW lock_timeout")) == f"{LOCK_TIMEOUT_MS // 1000}s"
        db.session.rollback()
    assert page.response.headers["Retry-After"] == "3"
    assert "Somebody else is writing just now." in page.words
    assert db.session.query(Signup).count() == 0
    browser.send(url, form_key="k")
    assert db.session.query(Signup).count() == 1


def lost(connection):
    """The database goes away under a connection."""
    if connection.dialect.name == "sqlite":
        why = sqlite3.OperationalError("database is locked")
        why.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError("COMMIT", {}, why)  # noqa: EM101 - a statement
    pid = connection.connection.dbapi_connection.info.backend_pid
    other = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as else_:
        else_.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()


def test_a_database_that_goes_away_in_the_commit_is_said_and_the_act_is_done_once(boss, project):
    url, sent = f"/shifts/new?project={project.id}", form(project)
    left = [1]

    def away(connection):
        if left:
            left.pop()
            lost(connection)

    event.listen(db.engine, "commit", away)
    try:
        page = boss.send(url, status=503, **sent)
    finally:
        event.remove(db.engine, "commit", away)
    assert page.response.headers["Retry-After"] == "3"
    assert page.words.count("in a few seconds") == 1
    assert shifts() == 0
    boss.send(url, **sent)
    boss.send(url, **sent)
    assert shifts() == 1


def test_a_database_that_was_away_between_two_pages_is_not_noticed(boss, project):
    boss.visit("/shifts/")
    url, sent = f"/shifts/new?project={project.id}", form(project)
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        other = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
        with other.connect() as else_:
            query = (
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert else_.scalar(text(query)) > 0
        other.dispose()
    else:
        db.engine.dispose()
    boss.visit("/shifts/")
    boss.send(url, **sent)
    assert shifts() == 1


def test_after_a_power_cut_a_file_of_sqlite_opens_and_holds_whole_transactions(tmp_path):
    """The file as it would be found: what was not written to the end is cut off somewhere."""
    file = tmp_path / "talent.sqlite3"
    engine = create_engine(f"sqlite:///{file}")  # with the settings of every connection of ours
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("CREATE TABLE act (id INTEGER PRIMARY KEY, half TEXT)")
        ends = []
        for number in range(40):
            raw.execute("BEGIN IMMEDIATE")
            for half in range(2):
                raw.execute("INSERT INTO act (half) VALUES (?)", (f"{number}.{half}" * 400,))
            raw.execute("COMMIT")
            ends.append(os.path.getsize(f"{file}-wal"))  # noqa: PTH202 - beside the file
        data, wal = file.read_bytes(), (tmp_path / "talent.sqlite3-wal").read_bytes()
    engine.dispose()
    chance = random.Random(6)
    for turn in range(30):
        found = tmp_path / f"found-{turn}"
        cut = chance.randrange(ends[0], len(wal))
        found.write_bytes(data)
        (tmp_path / f"found-{turn}-wal").write_bytes(wal[:cut])
        with closing(sqlite3.connect(found)) as after:
            assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = after.execute("SELECT count(*) FROM act").fetchone()[0]
        assert rows == 2 * sum(end <= cut for end in ends)
