"""A disk is full: that is said, nothing is half written, and with room all goes on by itself."""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import conftest
import make
import making
import pytest
from beside import beside, let_go
from pages import Browser
from sqlalchemy import event, text
from werkzeug.test import EnvironBuilder

from talent.access import Role
from talent.db import db
from talent.files import StoredFile
from talent.training.courses.models import Material

SQLITE = not conftest.POSTGRESQL
NO_ROOM = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"""


class Disk:
    """A disk of its own, of some size. Root must be able to make one; others go another way."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.made = os.geteuid() == 0 and self._mount("size=256k,mode=1777")
        assert self.made or os.geteuid(), "root can make no disk here"

    def _mount(self, options):
        given = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        return subprocess.run(given, check=False).returncode == 0

    def grow(self, size):
        given = ["mount", "-o", f"remount,size={size}", str(self.folder)]
        subprocess.run(given, check=True)

    def close(self):
        if self.made:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@contextmanager
def little_room(disk):
    """On its own disk there is little; elsewhere no file of this process becomes larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft if disk.made else 600 << 10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


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
def without_disk(app):
    """The same without a disk: SQLite may have no page more, a server says that it has no room."""
    if SQLITE:
        there = None

        def bound(raw, _record):
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count = {1 << 30 if there else pages + 64}")

        def more_room():
            nonlocal there
            there = True
            let_go(app)

        let_go(app)
        event.listen(db.engine, "connect", bound)
        yield app, more_room
        event.remove(db.engine, "connect", bound)
        let_go(app)
        return
    _said(NO_ROOM, "CREATE TRIGGER no_room BEFORE INSERT ON stored_file"
          " FOR EACH ROW EXECUTE FUNCTION no_room()")  # fmt: skip
    try:
        yield app, lambda: _said("DROP FUNCTION no_room CASCADE")
    finally:
        _said("DROP FUNCTION IF EXISTS no_room CASCADE")


def _said(*statements):
    db.session.remove()
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def on_disk(app, settings, disk):
    """Talent with a database, or with the table of files, on a disk that has little room."""
    if not disk.made:
        with without_disk(app) as told:
            yield told
        return
    if SQLITE:
        file = settings.TALENT_HOME / "talent.sqlite3"
        db.session.remove()
        db.engine.dispose()
        with closing(sqlite3.connect(file)) as used:
            used.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # whoever else has it open still
        disk.grow(file.stat().st_size + (1 << 20))
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
    _said(f"ALTER TABLE stored_file SET TABLESPACE {space}")


@pytest.mark.filterwarnings("ignore:[Uu]nclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_said_nothing_is_half_written_and_with_room_all_goes_on(app, settings, disk):
    office = make.office()
    who = make.account(Role.COORDINATOR, office)
    course = making.course(office)
    address, key = f"/training/courses/{course.id}/materials", make.session(who.id)
    name = who.get_id()
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
    sent = EnvironBuilder(method="POST", data={"title": "x", "file": whole_pdf(1 << 20)})
    asked = sent.get_request()
    body = asked.get_data()
    browser.visit("/nowhere", status=404)  # the page of an error is compiled once, into a file
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    with little_room(disk):
        answer = browser.post(address, data=body, content_type=asked.content_type)
    sent.close()
    assert answer.status_code == 503
    assert "disk is full" in answer.text
    assert db.session.query(StoredFile).count() == 0
    assert browser.visit("/shifts/").status == 200
    browser.send(address, title="x", link="https://example.org/")
    assert list(disk.folder.iterdir()) == []
