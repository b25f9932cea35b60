"""Talent and the canary, served on this machine for as long as they are attacked."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOREIGN = ("TALENT_", "MAIL_", "SECRET_", "DATA_KEYS", "INDEX_KEY", "DATABASE_URL", "PUBLIC_URL")
WITHIN = 90  # seconds until a server is up


@dataclass
class Site:
    """Where something is served, and what its processes say."""

    name: str
    port: int
    said: Path
    root: str = field(init=False)

    def __post_init__(self) -> None:
        self.root = f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> Path:
        """Where each request leaves a line: method, path, status."""
        return self.said.with_suffix(".asked")


@dataclass
class Answer:
    """What came back."""

    status: int
    head: http.client.HTTPMessage
    body: str
    took: float


class Visitor:
    """A browser without a window: it keeps cookies and finds the tokens of forms."""

    def __init__(self, site: Site, cookies: dict[str, str] | None = None) -> None:
        self.site, self.cookies = site, dict(cookies or {})
        self.source: str | None = None  # where it seems to come from
        self.known_token: str | None = None

    def ask(self, path, method="GET", body=None, **head: str) -> Answer:
        """One request over a connection of its own."""
        source = (self.source, 0) if self.source else None
        line = http.client.HTTPConnection(
            "127.0.0.1", self.site.port, timeout=60, source_address=source
        )
        given = {name.replace("_", "-"): value for name, value in head.items()}
        if self.cookies:
            given["Cookie"] = self.cookie
        if isinstance(body, dict):
            body = urlencode(body, doseq=True)
            given.setdefault("Content-Type", "application/x-www-form-urlencoded")
        began = time.perf_counter()
        with contextlib.closing(line):
            line.request(method, path, body=body, headers=given)
            answer = line.getresponse()
            read = answer.read().decode("utf-8", "replace")
        took = time.perf_counter() - began
        for each in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(each).items():
                self.cookies[name] = morsel.value
        return Answer(answer.status, answer.headers, read, took)

    @property
    def cookie(self) -> str:
        """All cookies, as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def token(self, path) -> str:
        """What the forms of a page carry against forgery."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask(path).body)
        return unescape(found[1]) if found else ""

    def sign_in(self, login: str, password: str) -> Answer:
        """Come in as a person does."""
        token = self.token("/account/sign-in")
        sent = {"csrf_token": token, "login": login, "password": password}
        return self.ask("/account/sign-in", "POST", sent)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(**given: str) -> dict[str, str]:
    """Ours without what belongs to another Talent, and no way out for a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        kept.pop(name, None)
        kept.pop(name.upper(), None)
    return kept | {"PYTHONUNBUFFERED": "1", "NO_PROXY": "*"} | given


@contextlib.contextmanager
def _gunicorn(name, folder, environ, *words: str) -> Iterator[Site]:
    site = Site(name, free_port(), folder / f"{name}.log")
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{site.port}", *words]
    command += ["--access-logfile", str(site.asked), "--access-logformat", "%(m)s %(U)s %(s)s"]
    with site.said.open("w") as said:
        child = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=said, stderr=said, start_new_session=True
        )
        try:
            _wait(site, child)
            yield site
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def _wait(site: Site, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + WITHIN
    while time.monotonic() < end and child.poll() is None:
        with contextlib.suppress(OSError):
            if Visitor(site).ask("/").status < 500:
                return
        time.sleep(0.2)
    sys.exit(f"{site.name} is not served: {site.said.read_text()[-2000:]}")


@contextlib.contextmanager
def canary(folder: Path) -> Iterator[Site]:
    """The site full of holes, behind a server that waits for everybody as long as they like."""
    words = ("-c", "/dev/null", "-k", "gthread", "-w", "1", "--threads", "6", "canary:app")
    with _gunicorn(
        "canary", folder, environment(PYTHONPATH=str(HERE), TMPDIR=str(folder)), *words
    ) as site:
        yield site


@contextlib.contextmanager
def talent(folder: Path, home: Path, database: str | None) -> Iterator[Site]:
    """Talent with its demonstration, as `make run` serves it."""
    given = environment(TALENT_ENV="local", TALENT_HOME=str(home), DEMO="1", LOG_LEVEL="WARNING")
    if database:
        given["DATABASE_URL"] = database
    prepare = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
    subprocess.run(prepare, cwd=ROOT, env=given, check=True, stdout=subprocess.DEVNULL)
    with _gunicorn("talent", folder, given, "wsgi:app") as site:
        yield site


@contextlib.contextmanager
def helper(script: str) -> Iterator[int]:
    """A small server of ours beside it."""
    port = free_port()
    child = subprocess.Popen([sys.executable, str(HERE / script), str(port)])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        child.kill()
        child.wait()
