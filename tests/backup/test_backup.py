"""Backup and restore as whoever runs Talent does them: by command, on a real database."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import make
import pytest
from keeping import backed_up, elsewhere, run
from pages import Browser
from sqlalchemy import text, update

import config
from talent import clock as wall
from talent import schedule
from talent.app import create_app
from talent.backup import copies, jobs, leaving, sealing
from talent.certificates.models import Certificate
from talent.db import db, writing
from talent.hours.models import ServiceRecord
from talent.operation import figures
from talent.passwords import hashed
from talent.people.models import Person

__all__ = ["elsewhere"]

PASSWORD = "风和日丽的一天"
WRITERS = 8


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def office(app):
    return make.office()


class Writers:
    """Eight that write at the same time; what was acknowledged to them, in order."""

    def __init__(self, app, office):
        self.app, self.office = app, office
        self.acknowledged, self.stop = [], threading.Event()
        self.threads = [threading.Thread(target=self.write) for _ in range(WRITERS)]

    def write(self):
        with self.app.app_context():
            office = db.session.merge(self.office, load=False)
            person = make.person(at=office)
            while not self.stop.is_set():
                self.acknowledged.append(make.record(person, office, 60).id)
            db.session.remove()

    def __enter__(self):
        db.session.expunge(self.office)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, more):
        wanted, end = len(self.acknowledged) + more, time.monotonic() + 60
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < end, "they do not write"
            time.sleep(0.01)


def test_after_a_disaster_all_that_was_acknowledged_before_the_backup_is_back(
    app, browser, office, folder, elsewhere, record_property
):
    person = make.person(at=office)
    who = make.account(person=person, email="wang@example.org", password_hash=hashed(PASSWORD))
    make.record(who.person, office, 90)
    browser.sign_in(who).send("/certificates/", language="zh", once="1")
    db.session.rollback()
    certificate = db.session.query(Certificate).one()
    number, digest = certificate.number, certificate.digest

    with Writers(app, office) as writers:
        writers.wait_for(WRITERS)
        before = list(writers.acknowledged)
        file = backed_up(app, folder)
        writers.wait_for(1)
    after = set(writers.acknowledged) - set(before)
    assert after, "nobody wrote meanwhile"

    began = time.monotonic()
    code, said = run(elsewhere, "restore", file)
    took = time.monotonic() - began
    assert code == 0, said
    record_property("restored_s", round(took, 2))
    print(f"restored in {took:.1f} s: {said.splitlines()[0]}")

    with elsewhere.app_context():
        assert set(before) <= {id_ for (id_,) in db.session.query(ServiceRecord.id)}
        assert db.session.query(Certificate).one().digest == digest
    for command in (("ledger", "verify"), ("ledger", "reconcile"), ("fsck",)):
        code, told = run(elsewhere, *command)
        assert code == 0, told

    elsewhere.test_client_class = Browser
    with elsewhere.app_context():
        visitor = elsewhere.test_client().speak("en")
        assert number in visitor.visit(f"/verify/{number}").words
        visitor.send("/account/sign-in", login="wang@example.org", password=PASSWORD)
        assert visitor.visit("/certificates/").status == 200


def test_a_restore_goes_over_nothing_but_the_database_whose_name_is_typed(app, office, folder):
    number, file = office.id, backed_up(app, folder)
    gone = make.person("后来的人").id
    name = copies.told(file)["database"]

    code, said = run(app, "restore", file)
    assert code == 1
    assert f"not empty (overwrite it with --over {name})" in said
    code, said = run(app, "restore", file, "--over", "other")
    assert code == 1
    assert f"called {name}, and not other" in said
    assert db.session.get(Person, gone)

    code, said = run(app, "restore", file, "--over", name)
    assert code == 0, said
    assert db.session.query(Person).count() == 0
    assert make.office("另一社区").id > number + 1  # what was given since is not given again


def test_who_still_has_the_database_open_keeps_it(app, office, folder, monkeypatch):
    monkeypatch.setattr(leaving, "MOMENT", 1)
    file = backed_up(app, folder)
    with db.engine.connect() as other:
        other.detach()  # the command lets go of the pool
        other.execute(text("SELECT count(*) FROM office")).all()
        code, said = run(app, "restore", file, "--over", copies.told(file)["database"])
    assert code == 1
    assert "stop the pages and the timed work first" in said
    assert db.session.query(Person).count() == 0


def test_who_is_leaving_is_waited_for(app, office, folder):
    file = backed_up(app, folder)
    with closing(db.engine.raw_connection()) as other:
        other.detach()  # the command lets go of the pool
        leaving = threading.Timer(1, other.close)
        leaving.start()
        code, said = run(app, "restore", file, "--over", copies.told(file)["database"])
        leaving.join()
    assert code == 0, said


def test_a_wrong_key_a_cut_or_altered_file_and_missing_secrets_are_refused(
    app, office, folder, elsewhere, monkeypatch
):
    make.person(phone="+8613800138000")
    file = backed_up(app, folder)
    whole = file.read_bytes()
    middle = len(whole) // 2
    for wrong in (
        whole[:middle],
        whole[:-1],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        b"",
        b"PK\x03\x04",
    ):
        file.write_bytes(wrong)
        for command in (("backup", "verify"), ("restore",)):
            code, said = run(elsewhere, *command, file)
            assert code == 1, said
            assert file.name in said
    file.write_bytes(whole)
    given = elsewhere.config
    for name, value, said_so in (
        ("BACKUP_KEY", ["x" * 43], "which BACKUP_KEY does not hold"),
        ("BACKUP_KEY", [], "BACKUP_KEY must be set"),
        ("BACKUP_KEY", ["short"], "at least 32 characters"),
        ("DATA_KEYS", [], "DATA_KEYS lacks the key"),
        ("INDEX_KEY", "another one", "INDEX_KEY is another one"),
    ):
        with monkeypatch.context() as other:
            other.setitem(given, name, value)
            code, said = run(elsewhere, "restore", file)
        assert code == 1
        assert said_so in said
    with elsewhere.app_context():
        assert copies._engine().is_empty()
    assert run(elsewhere, "backup", "verify", file)[0] == 0


def test_a_backup_that_holds_something_else_than_it_says_leaves_the_database_empty(
    app, office, folder, elsewhere
):
    file = backed_up(app, folder)
    for of, wrong in (("rows", 7), ("checks", "7")):
        other = resealed(file, of, wrong)
        code, said = run(elsewhere, "restore", other)
        assert code == 1, said
        with elsewhere.app_context():
            assert copies._engine().is_empty()
    code, said = run(elsewhere, "restore", file)
    assert code == 0, said


def resealed(file, of, wrong):
    """The same backup, whose manifest says something else; sealed with the right key."""
    other = file.with_name("other.backup")
    with copies._opened(file) as (told, bits), other.open("wb") as out:
        told[of] |= dict.fromkeys(told[of], wrong)
        sealer = sealing.Sealer(out, copies._keys()[0])
        sealer.write(json.dumps(told).encode() + b"\n")
        for bit in bits:
            sealer.write(bit)
        sealer.end()
    return other


def test_a_backup_of_a_newer_talent_is_refused(app, office, folder, elsewhere):
    known = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    _stamp("9999")
    try:
        file = backed_up(app, folder)
    finally:
        _stamp(known)
    code, said = run(elsewhere, "restore", file)
    assert code == 1
    assert "of a newer Talent, whose migration 9999 is not known here" in said


def _stamp(version):
    with writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def test_nothing_of_a_person_can_be_read_in_the_file(app, office, folder):
    make.person("欧阳翠花", phone="+8613800138000", at=office)
    with writing():
        db.session.execute(update(Person).values(area="欧阳翠花"))
    whole = backed_up(app, folder).read_bytes()
    assert "欧阳".encode() not in whole
    assert b"CREATE TABLE" not in whole


def test_the_list_says_what_is_there_and_which_keys_it_needs(app, folder, monkeypatch):
    make.person(phone="+8613800138000")
    file = backed_up(app, folder)
    told = copies.told(file)
    assert told["rows"]["person"] == 1
    assert sum(told["data_keys"].values()) >= 1
    assert not [v for v in app.config["DATA_KEYS"] if v in str(told)]
    code, said = run(app, "backup", "list", folder)
    assert code == 0
    assert f"{told['engine']} {told['engine_version']}" in said
    assert f"DATA_KEYS {next(iter(told['data_keys']))}" in said
    monkeypatch.setitem(app.config, "BACKUP_KEY", ["x" * 43])
    assert "which is not here" in run(app, "backup", "list", folder)[1]


def test_only_what_is_good_has_a_name_and_the_last_one_stays(app, folder, monkeypatch):
    folder.mkdir()
    begun = datetime(2026, 6, 5, tzinfo=UTC)  # a Friday
    for day in range(9):
        (folder / f"talent-{begun + timedelta(days=day):%Y%m%dT%H%M%SZ}.backup").touch()
    copies.back_up(folder, now=begun + timedelta(days=9))
    assert len(copies.existing(folder)) == 7 + 1  # a Sunday's, of the week before
    (folder / "talent-20260620T000000Z.backup.part").write_bytes(b"of one that was killed")
    (folder / "other.txt").write_text("somebody else's")
    with monkeypatch.context() as given:
        given.setitem(app.config, "BACKUP_KEY", [])
        assert run(app, "backup", "--to", folder)[0] == 1
    assert len(copies.existing(folder)) == 8
    code, said = run(app, "backup", "--to", folder, "--daily", 0, "--weekly", 0, "--monthly", 0)
    assert code == 0, said
    [only] = copies.existing(folder)
    assert copies.check(only)
    assert {each.name for each in folder.iterdir()} == {only.name, "other.txt"}


def test_two_at_once_do_not_disturb_each_other(app, folder):
    with copies._work():
        code, said = run(app, "backup", "--to", folder)
    assert code == 1
    assert "another backup or restore is under way" in said


def test_killed_in_the_middle_it_leaves_nothing_that_could_be_taken_for_a_backup(
    app, office, folder, settings
):
    with writing():
        db.session.execute(_noise())
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)
        copies.back_up(folder, now=make.NOW)
        os._exit(0)
    end = time.monotonic() + 60
    while not list(folder.glob("*.part")):
        assert time.monotonic() < end
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it was quicker"
    assert copies.existing(folder) == []
    good = backed_up(app, folder)
    assert [each.name for each in folder.iterdir()] == [good.name]
    assert not (settings.TALENT_HOME / "backup-work").exists()


def _noise():
    """Some megabytes, so that there is a middle."""
    return text(
        "INSERT INTO stored_file (name, media_type, digest, size, content, at)"
        " VALUES ('x', 'x', 'x', 1, :content, '2026-06-01 00:00:00')"
    ).bindparams(content=os.urandom(8 << 20))


def test_each_night_has_one_and_a_failed_one_is_tried_again(app, folder, clock, monkeypatch):
    nightly = next(job for job in schedule.SCHEDULE if job.name == "backup.nightly")
    assert jobs.nightly(wall.now()) == "no BACKUP_FOLDER is set"
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", folder)
    now = datetime(2026, 6, 1, 18, 5, tzinfo=UTC)  # five past two in Shanghai
    clock.move_to(now)
    with monkeypatch.context() as given:
        given.setitem(app.config, "BACKUP_KEY", [])
        assert not schedule.run(nightly, now)
    assert schedule.run(nightly, now)
    assert copies.newest(folder) == now
    told = "".join(figures.lines(now + timedelta(hours=1)))
    assert "talent_backup_age_seconds 3600" in told
    for later, number in ((1, 1), (23, 1), (24, 2), (30, 2)):
        jobs.nightly(now + timedelta(hours=later))
        assert len(copies.existing(folder)) == number


def test_a_damaged_database_is_found_and_no_backup_is_made_of_it(app, tmp_path, monkeypatch):
    """Of SQLite; a server of PostgreSQL looks at its own pages (`--data-checksums`)."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    there = create_app(config.Testing(tmp_path / "home"))
    file = tmp_path / "home" / "talent.sqlite3"
    with there.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('0004')"))
            connection.execute(text("CREATE TABLE office (name TEXT)"))
            for number in range(2000):
                connection.execute(text("INSERT INTO office VALUES (:n)"), {"n": f"社区{number}"})
        db.engine.dispose()
    assert run(there, "backup", "--to", tmp_path / "kept")[0] == 0
    whole = bytearray(file.read_bytes())
    place = len(whole) // 4096 // 2 * 4096
    whole[place : place + 64] = bytes(64)
    file.write_bytes(bytes(whole))
    code, said = run(there, "backup", "--to", tmp_path / "kept")
    assert code == 1, said
    assert "damaged" in said or "cannot be read" in said
    assert len(copies.existing(tmp_path / "kept")) == 1
    with there.app_context():
        db.engine.dispose()
