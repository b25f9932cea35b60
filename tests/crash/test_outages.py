"""The database is away, slow or only read: all are told so, and nobody has to restart."""

from __future__ import annotations

from contextlib import contextmanager

import between
import conftest
import make
import pytest
from beside import beside, let_go
from sqlalchemy import event

from talent.access import Role
from talent.db import db
from talent.operation import health

SQLITE = not conftest.POSTGRESQL


class OfSqlite:
    """Its file, which can be out of reach."""

    def __init__(self, settings):
        self.address = settings.SQLALCHEMY_DATABASE_URI
        self.file = settings.TALENT_HOME / "talent.sqlite3"
        self.aside = self.file.with_suffix(".aside")

    def cut(self):
        self.file.rename(self.aside)
        self.file.mkdir()

    def mend(self):
        if self.aside.exists():
            self.file.rmdir()
            self.aside.rename(self.file)

    close = mend


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Where others take the CPU, a database that is there may be waited for."""
    monkeypatch.setattr(health, "WITHIN", 60)


@pytest.fixture
def line(app, settings):
    """What stands between Talent and its database."""
    one = (OfSqlite if SQLITE else lambda given: between.Line(given.SQLALCHEMY_DATABASE_URI))(
        settings
    )
    yield one
    one.close()


def test_a_database_that_is_away_is_said_and_when_it_is_back_all_goes_on(app, settings, line):
    who = make.volunteer(make.office())
    name, key = who.get_id(), make.session(who.id)
    db.session.remove()
    there = beside(settings, line.address)
    with there.app_context():
        visitor = there.test_client().speak("zh")
        visitor.bear(name, key)
        assert visitor.visit("/shifts/").status == 200
        assert visitor.get("/readyz").status_code == 200
        db.session.remove()
        let_go(app)
        if SQLITE:
            let_go(there)
        line.cut()
        try:
            for _ in range(2):  # the first finds a connection that was cut
                page = visitor.get("/shifts/")
                assert page.status_code == 503
                assert page.headers["Retry-After"]
            page = visitor.visit("/shifts/", status=503)
            assert "数据库没有应答" in page.words
            style = next(link.get("href") for link in page.all("link", rel="stylesheet"))
            with visitor.get(style) as answer:
                assert answer.status_code == 200
            assert "数据库没有应答" in visitor.get("/shifts/", headers={"HX-Request": "true"}).text
            visitor.send("/account/sign-in", 503, login="a@example.org", password="x")
            assert visitor.get("/readyz").status_code == 503
            assert visitor.get("/healthz").status_code == 200
        finally:
            line.mend()
        assert visitor.visit("/shifts/").status == 200
        assert visitor.get("/readyz").status_code == 200
    let_go(there)


def test_a_database_that_goes_away_while_a_refusal_is_told_is_said(app, settings, line):
    who = make.volunteer(make.office())
    name, key = who.get_id(), make.session(who.id)
    db.session.remove()
    there = beside(settings, line.address)
    with there.app_context():
        visitor = there.test_client().speak("en")
        visitor.bear(name, key)
        visitor.send("/shifts/999/cancellation", 404)
        engine, cut, left = db.engine, [], []

        def away(_connection):
            if not cut:
                cut.append(line.cut())
                left.append(engine.pool)  # the connection that is in use comes back to it
                engine.dispose()

        event.listen(engine, "rollback", away)
        try:
            page = visitor.send("/shifts/999/cancellation", 503)
            line.mend()
            cut.clear()
            assert visitor.visit("/shifts/").status == 200  # cut when the page was made
            assert cut
        finally:
            event.remove(engine, "rollback", away)
            line.mend()
            for pool in left:
                pool.dispose()
        assert "The database" in page.words
        assert visitor.visit("/shifts/").status == 200
    let_go(there)


def test_a_database_that_is_slow_slows_pages_and_breaks_none(app, settings, line):
    """On SQLite there is no way between that could be slow."""
    if SQLITE:
        assert line.address.startswith("sqlite")
        return
    who = make.account(Role.COORDINATOR, make.office())
    name, key = who.get_id(), make.session(who.id)
    db.session.remove()
    there = beside(settings, line.address)
    with there.app_context():
        visitor = there.test_client().speak("en")
        visitor.bear(name, key)
        visitor.visit("/shifts/")
        line.delay = 0.2
        assert visitor.visit("/shifts/").status == 200
        assert 0 < line.slowed * line.delay < 3  # seconds, whatever else the machine does
        line.mend()
    let_go(there)


@contextmanager
def only_read(settings):
    """The address of the database as somebody who may only read it has it."""
    if SQLITE:
        file = settings.TALENT_HOME / "talent.sqlite3"
        yield f"sqlite:///file:{file}?mode=ro&uri=true"
        return
    name = db.engine.url.database
    conftest._on_server(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        yield settings.SQLALCHEMY_DATABASE_URI
    finally:
        conftest._on_server(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_a_database_that_can_only_be_read_is_read(app, settings):
    who = make.volunteer(make.office())
    name, key = who.get_id(), make.session(who.id)
    db.session.remove()
    with only_read(settings) as address:
        there = beside(settings, address)
        with there.app_context():
            reader = there.test_client().speak("en")
            reader.bear(name, key)
            assert reader.visit("/shifts/").status == 200
            typed = {"login": "a@example.org", "password": "x"}
            assert "can only be read" in reader.send("/account/sign-in", 503, **typed).text
        let_go(there)
    db.engine.dispose()
    assert app.test_client().get("/readyz").status_code == 200
