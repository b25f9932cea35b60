"""Back to a moment by the archive of PostgreSQL's log, with the very lines of docs/operate.md."""

from __future__ import annotations

import re
import shutil
import time

import flask_migrate
import make
import psycopg
import pytest
from machines import ROOT

import config
from talent import clock
from talent.app import create_app
from talent.db import db
from talent.fsck import service as fsck
from talent.people.models import Tie

PAGE = (ROOT / "docs/operate.md").read_text(encoding="utf-8").split("**Back to any moment")[1]
SENT, FETCHED = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)[:2]
COPIED = re.search(r"`pg_basebackup -D \S+ ([^`]+)`", PAGE)[1].split()
MOMENT = re.compile("(?<=recovery_target_time = ').*?(?=')")


@pytest.fixture
def app(cluster, tmp_path):
    given = config.Testing(tmp_path)
    given.SQLALCHEMY_DATABASE_URI = cluster.url
    one = create_app(given)
    with one.app_context():
        flask_migrate.upgrade()
        yield one
        let_go()


@pytest.fixture
def away(cluster):
    """A folder on another machine, as the page calls it."""
    place = cluster.disk / "backup"
    (place / "wal").mkdir(parents=True)
    for each in (place, place / "wal"):
        if who := cluster.owner.get("user"):
            shutil.chown(each, who)
    return place


def let_go():
    db.session.remove()
    db.engine.dispose()


def asked(cluster, statement):
    with psycopg.connect(cluster.url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(statement).fetchone()[0]


def until(true):
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def told(cluster, lines, away):
    """Lines of the page in the server's file of settings, with its folder where ours is."""
    with (cluster.place / "postgresql.conf").open("a") as settings:
        settings.write(lines.replace("/backup", str(away)))


def ties():
    db.session.rollback()
    return db.session.query(Tie).count()


def test_what_was_deleted_after_a_moment_is_back_and_whole(cluster, app, away):
    told(cluster, SENT, away)
    let_go()
    cluster.stop(mode="fast")
    cluster.start()
    where = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "talent"]
    cluster.call("pg_basebackup", *where, *COPIED, place=away / "base")
    office = make.office()
    for name in ("王秀兰", "李建国", "张伟"):
        make.record(make.person(name, at=office), office, 60)
    there = ties()
    moment = asked(cluster, "SELECT clock_timestamp()::text")
    let_go()
    assert asked(cluster, "WITH gone AS (DELETE FROM person_office RETURNING 1)"
                 " SELECT count(*) FROM gone") == there == 3  # fmt: skip
    last = asked(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
    until((away / "wal" / last).exists)

    cluster.stop()
    shutil.rmtree(cluster.place)
    shutil.move(away / "base", cluster.place)
    told(cluster, MOMENT.sub(moment, FETCHED), away)
    (cluster.place / "recovery.signal").touch()
    cluster.start()
    until(lambda: not asked(cluster, "SELECT pg_is_in_recovery()"))

    assert ties() == 3
    now = clock.now()
    assert [one.check.code for one in fsck.run(now, promoted=now) if one.faults] == []
    assert asked(cluster, "SELECT timeline_id FROM pg_control_checkpoint()") == 2
    make.person("赵六", at=db.session.merge(office))  # it is written to again
