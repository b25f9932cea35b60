"""Writes that fail or are cut short, memory that is not there: one act is refused, all is whole."""

from __future__ import annotations

import errno
import mmap
import os
import resource
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path

import conftest
import make
import making
import plan
import pytest
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from talent.access import Role
from talent.db import db
from talent.files import StoredFile
from talent.outages import Outage, outage
from talent.shifts.models import Need, Shift
from talent.training.courses.models import Material

SQLITE = not conftest.POSTGRESQL
LARGE = 3 << 20  # bytes of an upload
ROOM = 20_000  # bytes that a log of SQLite may have: less than one act writes
BROKEN = """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not write block 7' USING ERRCODE = 'io_error'; END $$"""


@pytest.fixture
def project(app, clock):
    return plan.project(make.office())


@pytest.fixture
def boss(browser, project):
    return browser.sign_in(plan.coordinator(project.office))


@pytest.fixture
def sent(project):
    return f"/shifts/new?project={project.id}", {
        "starts_at": "2026-10-22T09:00", "ends_at": "2026-10-22T12:00", "place": "食堂",
        "form_key": "the-page", f"places_{project.positions[0].id}": 4,
    }  # fmt: skip


def rows():
    db.session.rollback()
    return db.session.query(Shift).count(), db.session.query(Need).count()


@contextmanager
def limit(kind, most):
    """This process may have no more of it for now."""
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


@contextmanager
def failing_writes():
    """The file takes a part of what is written and then nothing more (EFBIG).

    A server is another process: there its own report of a failed write is raised where the second
    table of the act is written.
    """
    db.session.remove()
    if SQLITE:
        with db.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with limit(resource.RLIMIT_FSIZE, ROOM):
            yield
        return
    with db.engine.begin() as connection:
        connection.execute(text(BROKEN))
        connection.execute(
            text(
                "CREATE TRIGGER broken BEFORE INSERT ON shift_need"
                " FOR EACH ROW EXECUTE FUNCTION broken()"
            )
        )
    try:
        yield
    finally:
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION broken CASCADE"))


def test_a_write_that_fails_or_is_cut_short_leaves_nothing_and_sent_again_it_is_done(boss, sent):
    url, told = sent
    boss.visit("/shifts/")  # pages are compiled once, into files
    boss.visit("/nowhere", status=404)
    with failing_writes():
        page = boss.send(url, status=503, **told)
        assert "Nothing was saved" in page.words
        assert boss.visit("/shifts/").status == 200
    assert rows() == (0, 0)
    if SQLITE:
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    boss.send(url, **told)
    assert rows() == (1, 1)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_is_full_also_where_a_share_of_it_is_used_up(number):
    assert outage(OSError(number, os.strerror(number))) is Outage.FULL


def test_an_act_for_which_there_is_no_memory_fails_alone(browser, app):
    """In a child: what it was refused must not be missing in the tests that follow."""
    office = make.office()
    browser.sign_in(make.account(Role.COORDINATOR, office))
    address = f"/training/courses/{making.course(office).id}/materials"
    file = BytesIO(b"%PDF-1.7" + bytes(LARGE)), "x.pdf"
    with closing(EnvironBuilder(method="POST", data={"title": "x", "file": file})) as sent:
        asked = sent.get_request()
        told = {"data": asked.get_data(), "content_type": asked.content_type}
        asked.environ["wsgi.input"].close()
    browser.visit("/nowhere", status=404)  # the page of an error is compiled once
    db.session.remove()
    db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            db.engine.dispose(close=False)
            app.config["PROPAGATE_EXCEPTIONS"] = False
            status = _without_memory(lambda: browser.post(address, **told).status_code)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert db.session.query(Material).count() == 1


def _without_memory(act):
    """0 when it was answered with an error, nothing was left, and with memory it was done."""
    has = int(Path("/proc/self/statm").read_text().split()[0]) * mmap.PAGESIZE
    with limit(resource.RLIMIT_AS, has + (LARGE >> 2)):
        taken = []
        with suppress(MemoryError):
            while True:
                taken.append(bytearray(1 << 16))
        del taken[-32:]  # enough to say so, and less than the upload
        failed = act()
        del taken
    left = db.session.query(StoredFile).count()
    db.session.rollback()
    # Of the server the driver says that it could not be asked: come again.
    return 0 if failed in {500, 503} and (left, act()) == (0, 303) else 2
