"""The server is killed with -9 while people sign up: what it acknowledged is there, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

import make
import plan
import pytest
from ports import free_port
from wire import Unanswered, Visitor

from talent import clock
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.messages.models import Message, MessageKind
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Signup

ROOT = Path(__file__).parent.parent.parent
PEOPLE, SHIFTS, PLACES = 16, 6, 8
KILLED_AT = 15  # acknowledged sign-ups


class Server:
    """Pages as they are served in an office: gunicorn, two processes, tokens asked for."""

    def __init__(self, settings, said):
        self.port = free_port()
        self.said = said
        self.group = None
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL"))}
        self.given = kept | {
            "TALENT_ENV": "local",
            "TALENT_HOME": str(settings.TALENT_HOME),
            "DATABASE_URL": settings.SQLALCHEMY_DATABASE_URI,
            "DEMO": "0",
        }

    def start(self):
        address = f"127.0.0.1:{self.port}"
        with self.said.open("a") as out:
            self.group = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-b", address, "wsgi:app"],
                cwd=ROOT,
                env=self.given,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        end = time.monotonic() + 180
        while not self.answers():
            assert time.monotonic() < end, self.said.read_text()
            time.sleep(0.05)

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False

    def kill(self):
        """All its processes at once, without a word."""
        os.killpg(self.group.pid, signal.SIGKILL)
        self.group.wait()


@pytest.fixture
def server(app, settings, tmp_path):
    one = Server(settings, tmp_path / "said")
    yield one
    if one.group and one.group.poll() is None:
        one.kill()


@pytest.fixture
def scene(app, browser):
    """People with a session each, and shifts at different times with too few places for all."""
    office = make.office()
    project = plan.project(office)
    away = (clock.now() - make.NOW).total_seconds() / 3600
    shifts = [plan.shift(project, starts=away + 48 + 4 * n, places=PLACES) for n in range(SHIFTS)]
    people = []
    for _ in range(PEOPLE):
        account = make.volunteer(office)
        browser.sign_in(account)
        people.append((browser.get_cookie("talent").value, account.person_id))
    return people, [(each.id, plan.signup_url(each)) for each in shifts]


class Rush:
    """Everybody at once, each with the shifts in an order of their own; what each was answered."""

    def __init__(self, port, people, shifts):
        self.shifts = shifts
        self.visitors = [(Visitor(port, session), person_id) for session, person_id in people]
        self.told = {}
        self.then, self.lock = None, threading.Lock()

    def begin(self, at=0, then=None):
        """With so many acknowledged, do this at once: whoever watched might come too late."""
        self.at, self.then = at, then
        self.threads = [threading.Thread(target=self._go, args=each) for each in self.visitors]
        for thread in self.threads:
            thread.start()

    def _go(self, visitor, person_id):
        for shift_id, url in random.Random(person_id).sample(self.shifts, len(self.shifts)):
            if self.told.get((shift_id, person_id)) in {303, 409}:
                continue
            self.told[shift_id, person_id] = "unknown"
            try:
                if visitor.token is None:
                    visitor.open("/shifts/")
                status = visitor.post(url)
                while status == 503:  # the answer asks to come again
                    time.sleep(1)
                    status = visitor.post(url)
            except Unanswered:
                return  # nobody is there any more
            self.told[shift_id, person_id] = status
            with self.lock:
                if self.then and len(self.answered(303)) >= self.at:
                    self.then()
                    self.then = None

    def join(self):
        for thread in self.threads:
            thread.join(timeout=300)
        assert not any(thread.is_alive() for thread in self.threads), self.told
        assert self.then is None, self.told

    def answered(self, status):
        return {pair for pair, found in list(self.told.items()) if found == status}


def there_and_whole(rush):
    """All that was acknowledged is there, once, with all its parts; nothing is there by half."""
    db.session.rollback()
    rows = db.session.query(Signup).all()
    assert {row.state for row in rows} == {SignupState.CONFIRMED}
    pairs = [(row.shift_id, row.person_id) for row in rows]
    assert len(set(pairs)) == len(pairs)
    assert rush.answered(303) <= set(pairs)
    of_shift = Counter(row.shift_id for row in rows)
    taken = {need.shift_id: need.taken for need in db.session.query(Need)}
    assert taken == {shift_id: of_shift[shift_id] for shift_id, _ in rush.shifts}
    assert max(taken.values()) <= PLACES
    numbers = sorted(row.id for row in rows)
    entries = db.session.query(AuditEntry.subject).filter_by(act=Act.SIGNED_UP)
    assert sorted(int(name.removeprefix("signup:")) for (name,) in entries) == numbers
    told = db.session.query(Message.once).filter_by(kind=MessageKind.SIGNED_UP)
    assert sorted(int(once.split(":")[1]) for (once,) in told) == numbers
    db.session.rollback()
    return set(pairs)


def test_whatever_was_acknowledged_is_there_after_the_server_was_killed(server, scene):
    people, shifts = scene
    server.start()
    rush = Rush(server.port, people, shifts)

    rush.begin(KILLED_AT, server.kill)
    rush.join()
    assert rush.answered("unknown"), "it was killed when all was done"
    there_and_whole(rush)

    server.start()
    rush.begin()  # those without an answer ask again, and all go on
    rush.join()
    there = there_and_whole(rush)
    assert rush.answered(303) == there
    assert Counter(rush.told.values()) == {
        303: SHIFTS * PLACES,
        409: SHIFTS * (PEOPLE - PLACES),
    }
