"""Machines as an office runs them, each with a home of its own, and somebody at a browser."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from machines import ROOT
from ports import free_port
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEYS = ("SECRET_KEY", "INDEX_KEY")


def environment(app, home, **more):
    """What a machine is told: the database and the keys are the same for all, the home is not."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL"))}
    return kept | {
        "TALENT_ENV": "local", "DEMO": "0", "TALENT_HOME": str(home), "LOG_LEVEL": "WARNING",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "PUBLIC_URL": "http://localhost",
        "DATA_KEYS": ",".join(app.config["DATA_KEYS"]), "WORKER_LEASE": "3",
        "METRICS_LOOPBACK": "1",
        **{name: app.config[name] for name in KEYS}, **more,
    }  # fmt: skip


class Process:
    """A process of its own group, that can be frozen and killed."""

    def __init__(self, words, env, said, cwd=ROOT):
        self.said = said
        with said.open("a") as out:
            self.running = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=cwd, env=env,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        self.pid = self.running.pid

    def freeze(self):
        os.killpg(self.pid, signal.SIGSTOP)

    def wake(self):
        os.killpg(self.pid, signal.SIGCONT)

    def kill(self):
        """Without a word, with all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.running.wait()


class Machine(Process):
    """Pages, on a port of their own."""

    def __init__(self, env, said, cwd=ROOT, ready="/readyz"):
        self.port, self.ready = free_port(), ready
        super().__init__(["gunicorn", "-b", f"127.0.0.1:{self.port}", "wsgi:app"], env, said, cwd)

    def until_up(self, seconds=180):
        end = time.monotonic() + seconds
        while not self.answers():
            assert self.running.poll() is None, self.said.read_text()[-3000:]
            assert time.monotonic() < end, self.said.read_text()[-3000:]
            time.sleep(0.1)

    def answers(self):
        with suppress(OSError):
            return Person().ask(self, "GET", self.ready).status == 200
        return False


class Worker(Process):
    """Timed work."""

    def __init__(self, env, said, cwd=ROOT):
        super().__init__(["flask", "--app", "wsgi", "worker"], env, said, cwd)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    data: bytes
    location: str | None

    @property
    def text(self):
        return self.data.decode()


class Person:
    """A browser that is sent to one machine, then to another."""

    def __init__(self, session=None, language="en"):
        self.cookies = {"lang": language} | ({"talent": session} if session else {})
        self.token = None

    def ask(self, machine, method, path, body=None, kind=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = Answer(answer.status, answer.read(), answer.headers.get("Location"))
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return found

    def visit(self, machine, path, status=200):
        found = self.ask(machine, "GET", path)
        assert found.status == status, (path, found.status, found.text[-2000:])
        if token := TOKEN.search(found.text if b"csrf_token" in found.data else ""):
            self.token = token[1]
        return found

    def send(self, machine, path, status=303, *, files=False, **fields):
        """Fill in a form, with the token that the last page gave."""
        fields = {"csrf_token": self.token or "", **fields}
        if files:
            fields = {
                name: FileStorage(*told) if isinstance(told, tuple) else told
                for name, told in fields.items()
            }
            kind, body = encode_multipart(fields)
            kind = f'multipart/form-data; boundary="{kind}"'
        else:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields, doseq=True)
        found = self.ask(machine, "POST", path, body, kind)
        assert status is None or found.status == status, (path, found.status, found.text[-3000:])
        return found

    def sign_in(self, machine, login, password, status=303):
        """Through the page; the token of before ends with it."""
        self.visit(machine, "/account/sign-in")
        found = self.send(machine, "/account/sign-in", status, login=login, password=password)
        self.token = None
        return found

    def is_in(self, machine):
        return self.ask(machine, "GET", "/account/").status == 200
