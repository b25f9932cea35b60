"""The database is away, slow, only read or full: all are told so, and nobody has to restart."""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
import tempfile
import time
import warnings
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import between
import conftest
import make
import making
import pytest
from pages import Browser
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

import config
from talent.access import Role
from talent.app import create_app
from talent.db import db
from talent.files import StoredFile
from talent.training.courses.models import Material

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


@pytest.fixture
def line(app, settings):
    """What stands between Talent and its database."""
    one = (OfSqlite if SQLITE else lambda given: between.Line(given.SQLALCHEMY_DATABASE_URI))(
        settings
    )
    yield one
    one.close()


def beside(settings, address):
    """Another process of the same Talent, which reaches the database by another way."""
    given = config.Testing(settings.TALENT_HOME)
    given.SQLALCHEMY_DATABASE_URI = address
    given.SECOND_FACTOR = settings.SECOND_FACTOR
    there = create_app(given)
    there.test_client_class = Browser
    return there


def let_go(app):
    """No connection is kept, as after a while in which nobody came."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


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
        began = time.monotonic()
        assert visitor.visit("/shifts/").status == 200
        assert time.monotonic() - began < 3
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


class Disk:
    """A disk of its own, of some size; where none can be made, the files of SQLite stop to grow."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.made = os.geteuid() == 0 and self._mount("size=256k,mode=1777")

    def _mount(self, options):
        given = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        return subprocess.run(given, check=False).returncode == 0

    def grow(self, size):
        given = ["mount", "-o", f"remount,size={size}", str(self.folder)]
        subprocess.run(given, check=True)

    def close(self):
        if self.made:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(caplog):
    place = Path(tempfile.mkdtemp(prefix="talent-disk-"))
    place.chmod(0o755)
    one = Disk(place / "small")
    yield one
    caplog.get_records("call").clear()  # they hold the error, and that holds the upload's file
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # Python drops what is full
    one.close()
    shutil.rmtree(place, ignore_errors=True)


def whole_pdf(size):
    return BytesIO(b"%PDF-1.7" + random.Random(6).randbytes(size)), "x.pdf"


@contextmanager
def on_disk(app, settings, disk):
    """Talent with a database, or with the table of files, on a disk that has little room."""
    if SQLITE:
        file = settings.TALENT_HOME / "talent.sqlite3"
        disk.grow(file.stat().st_size + (1 << 20))
        db.session.remove()
        db.engine.dispose()
        shutil.copy(file, disk.folder)
        there = beside(settings, f"sqlite:///{disk.folder}/talent.sqlite3")
        yield there, lambda: disk.grow("40m")
        let_go(there)
        return
    shutil.chown(disk.folder, "postgres")
    disk.grow("1m")
    conftest._on_server(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL stored_file"))  # of what other tests have left
    try:
        _table_to("small")
        yield app, lambda: disk.grow("40m")
    finally:
        _table_to("pg_default")
        conftest._on_server("DROP TABLESPACE small")


def _table_to(space):
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE stored_file SET TABLESPACE {space}"))


@pytest.mark.filterwarnings("ignore:[Uu]nclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_said_nothing_is_half_written_and_with_room_all_goes_on(app, settings, disk):
    office = make.office()
    who = make.account(Role.COORDINATOR, office)
    course = making.course(office)
    address, key = f"/training/courses/{course.id}/materials", make.session(who.id)
    name = who.get_id()
    assert disk.made or os.geteuid(), "no disk could be made"
    if not disk.made:
        return
    with on_disk(app, settings, disk) as (there, more_room), there.app_context():
        there.test_client_class = Browser
        visitor = there.test_client().speak("en")
        visitor.bear(name, key)
        page = visitor.send(address, 503, files_=True, title="x", file=whole_pdf(3 << 20))
        assert "disk is full" in page.text
        assert db.session.query(StoredFile).count() == 0
        assert db.session.query(Material).count() == 0
        if SQLITE:
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert visitor.visit("/shifts/").status == 200
        more_room()
        visitor.send(address, files_=True, title="x", file=whole_pdf(3 << 20))
        assert db.session.query(StoredFile).one().size == (3 << 20) + 8
        db.session.remove()


@pytest.mark.filterwarnings("ignore:[Uu]nclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_of_temporary_files_refuses_the_upload_and_nothing_else(
    app, browser, disk, monkeypatch
):
    office = make.office()
    browser.sign_in(make.account(Role.COORDINATOR, office))
    address = f"/training/courses/{making.course(office).id}/materials"
    if disk.made:
        sent = EnvironBuilder(method="POST", data={"title": "x", "file": whole_pdf(1 << 20)})
        asked = sent.get_request()
        body = asked.get_data()
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        answer = browser.post(address, data=body, content_type=asked.content_type)
        sent.close()
        assert answer.status_code == 503
        assert "disk is full" in answer.text
    assert db.session.query(StoredFile).count() == 0
    assert browser.visit("/shifts/").status == 200
    browser.send(address, title="x", link="https://example.org/")
    assert list(disk.folder.iterdir()) == []
