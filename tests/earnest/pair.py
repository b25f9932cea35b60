"""Two workers on one database, and letters that are to be sent once."""

from __future__ import annotations

import time

import conftest
import make
from earnest.fleet import Worker, environment
from sqlalchemy import select

from talent import clock
from talent.db import db, writing
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind, MessageState
from talent.operation.models import JobFailure, WorkerBeat


def tell(number):
    """A letter that waits for nobody's quiet hours."""
    with writing():
        messages.tell(
            MessageKind.PASSWORD_RESET, once=f"letter {number}", now=clock.now(),
            person=make.person(), secret="s",
            facts={"until_at": "2099-01-01T00:00:00+00:00", "path": "/x/"},
        )  # fmt: skip


class Pair:
    """Two workers, and the letters that they have to send."""

    def __init__(self, app, server, folder):
        self.server, self.folder, self.told = server, folder, 0
        post = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(server.port)}
        self.given = {"TALENT_ENV": "testing", **post}  # which makes no backups
        self.app = app
        self.all = [self.start(), self.start()]

    def start(self):
        number = time.monotonic_ns()
        home = self.app.config["TALENT_HOME"]
        if conftest.POSTGRESQL:
            home = self.folder / f"home{number}"
        return Worker(environment(self.app, home, **self.given), self.folder / f"said{number}")

    def leader(self):
        """The one that leads; one that was frozen says for a moment more that it does."""

        def only_one():
            leads = [row for row in beats() if row.leads and alive(row)]
            return leads if len(leads) == 1 else None

        [beat] = until(only_one)
        [found] = [each for each in self.all if each.pid == int(beat.id.split(":")[1])]
        return found

    def letters(self, number=3):
        for _ in range(number):
            self.told += 1
            tell(self.told)

    def until_all_sent(self):
        until(lambda: len(self.server.accepted) >= self.told and not left())

    def replace(self, worker):
        """Another one in its place, as the machine does it."""
        new = self.all[self.all.index(worker)] = self.start()
        return new

    def close(self):
        for each in self.all:
            each.kill()


def beats():
    db.session.rollback()
    return db.session.scalars(select(WorkerBeat).execution_options(populate_existing=True)).all()


def alive(row):
    """Whether a process of this number is at work: neither gone nor frozen."""
    try:
        with open(f"/proc/{row.id.split(':')[1]}/stat") as file:  # noqa: PTH123 - not of a disk
            return file.read().rpartition(")")[2].split()[0] not in "TZ"
    except FileNotFoundError:
        return False


def left():
    db.session.rollback()
    query = select(Message.id).where(Message.state.not_in((MessageState.SENT,)))
    return db.session.scalars(query).all()


def until(true, seconds=240):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def once_each(pair):
    """Every letter went out, none of them twice; no job failed."""
    numbers = [letter["Message-ID"] for _, letter in pair.server.accepted]
    assert len(numbers) == len(set(numbers)) == pair.told
    assert db.session.query(Message).count() == pair.told
    assert db.session.query(JobFailure.said).all() == []
