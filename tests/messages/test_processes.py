"""Real workers in processes of their own: killed, doubled, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import make
import pytest

from talent import clock as wall
from talent.db import db, writing
from talent.messages import service
from talent.messages.models import JobRun, Message, MessageKind, MessageState, Trouble
from talent.operation.leading import leading
from talent.schedule import SCHEDULE

ROOT = Path(__file__).parent.parent.parent
FACTS = {
    "activity": "敬老院陪伴",
    "day": "2026-05-20",
    "old_minutes": 120,
    "new_minutes": 90,
    "reason": "提前离开",
    "path": "/hours/7",
}


@pytest.fixture
def start(app, server, settings):
    """Start a process with the app's own database, mail server and keys."""
    started = []
    given = os.environ | {
        "TALENT_ENV": "testing",
        "TALENT_HOME": str(settings.TALENT_HOME),
        "DATABASE_URL": settings.SQLALCHEMY_DATABASE_URI,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(server.port),
        "WORKER_LEASE": "3",
    }

    def begin(*command):
        db.session.rollback()
        child = subprocess.Popen(
            [sys.executable, "-m", "flask", *command],
            cwd=ROOT,
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(child)
        return child

    yield begin
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()


def told(once="1"):
    with writing():
        return service.tell(
            MessageKind.PASSWORD_RESET,  # never put off by quiet hours
            once=once,
            now=wall.now(),
            person=make.person(),
            facts={"until_at": "2099-01-01T00:00:00+00:00", "path": "/x/"},
            secret="s",
        )


def row(number):
    db.session.rollback()
    return db.session.get(Message, number, populate_existing=True)


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.1)
    message = "it did not happen in time"
    raise AssertionError(message)


def test_a_worker_killed_between_sending_and_marking_sends_no_second_mail(start, server):
    number = told()
    first = start("worker")

    def kill():
        first.send_signal(signal.SIGKILL)
        first.wait()
        return "250 OK"

    server.script["DATA"] = [kill]
    until(lambda: len(server.accepted) == 1)
    assert first.wait() == -signal.SIGKILL
    assert row(number).state is MessageState.HANDED

    second = start("job", "messages.deliver")
    assert second.wait(120) == 0
    third = start("job", "messages.deliver", "--at", "2090-01-01T03:00:00+00:00")
    assert third.wait(120) == 0

    assert len(server.accepted) == 1
    assert (row(number).state, row(number).trouble) == (MessageState.HANDED, Trouble.NOT_CONFIRMED)


def test_a_worker_killed_before_handing_over_loses_nothing_and_doubles_nothing(start, server):
    number = told()
    first = start("worker")

    def kill():
        first.send_signal(signal.SIGKILL)
        first.wait()
        return "250 OK"

    server.script["RCPT"] = [kill]
    until(lambda: first.poll() is not None)
    assert row(number).state is MessageState.CLAIMED

    later = (wall.now() + service.timedelta(minutes=11)).isoformat()
    assert start("job", "messages.deliver", "--at", later).wait(120) == 0
    assert start("job", "messages.deliver", "--at", later).wait(120) == 0

    assert len(server.accepted) == 1
    assert row(number).state is MessageState.SENT


def test_two_workers_at_once_send_each_message_once(start, server):
    numbers = {told(str(n)) for n in range(30)}

    both = [start("job", "messages.deliver") for _ in range(2)]
    assert [child.wait(120) for child in both] == [0, 0]

    assert len(server.accepted) == len(numbers)
    assert len({tuple(to) for to, _ in server.accepted}) == len(numbers)
    assert {row(n).state for n in numbers} == {MessageState.SENT}


def test_one_worker_leads_and_the_other_takes_over_when_it_is_killed(start, app):
    beat = lambda: db.session.rollback() or db.session.get(JobRun, "messages.deliver")  # noqa: E731
    first = start("worker")
    until(lambda: beat() is not None)
    second = start("worker")
    with leading(app, "test:1:a") as mine:
        assert mine is None

    first.kill()
    first.wait()
    at_death = beat().started_at
    until(lambda: beat().started_at > at_death)

    second.terminate()
    assert second.wait(120) == 0
    with leading(app, "test:1:a") as mine:
        assert mine is not None
        assert mine.still()


def test_a_worker_stops_when_it_is_told_to(start):
    worker = start("worker")
    until(lambda: db.session.rollback() or db.session.get(JobRun, "messages.deliver") is not None)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(120) == 0


def test_every_job_runs_by_command_and_leaves_its_heartbeat(start):
    child = start("run-jobs")
    said, _ = child.communicate(timeout=300)

    assert child.returncode == 0, said
    db.session.rollback()
    beats = db.session.query(JobRun).all()
    assert sorted(beat.name for beat in beats) == sorted(job.name for job in SCHEDULE)
    assert all(beat.finished_at for beat in beats)
