"""A real browser at the app, which is served on the tests' own database."""

from __future__ import annotations

import re
import shutil
import threading
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from visitor import PATIENCE, Visitor
from werkzeug.serving import WSGIRequestHandler, make_server

from talent.db import db

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log(self, kind, message, *values):
        """Nothing: what goes wrong, the app's own log says."""


@pytest.fixture(scope="session")
def address(built):
    """Where the app is served, by threads of this process."""
    before = built.config["PUBLIC_URL"]
    server = make_server("127.0.0.1", 0, built, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    built.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
    yield built.config["PUBLIC_URL"]
    built.config["PUBLIC_URL"] = before
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; each test opens windows that share nothing with another's."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def guarded(app, monkeypatch):
    """The app as it is in an office: every form needs its token."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


@pytest.fixture
def opened(guarded, chromium, address):
    """Open a window: `opened(language="zh", width=320)`. At the end none may have complained."""
    visitors = []

    def open_window(language="zh", **wishes):
        visitors.append(Visitor(chromium, address, language, **wishes))
        return visitors[-1]

    yield open_window
    db.session.rollback()
    for visitor in visitors:
        visitor.close()
    assert [said for visitor in visitors for said in visitor.complaints] == []


@pytest.fixture
def letter(guarded):
    """The plain text of the mail that was written for a message."""
    folder = Path(guarded.config["MAIL_FOLDER"])

    def text(message):
        (path,) = folder.rglob(f"{message.id}.eml")
        return (
            message_from_bytes(path.read_bytes(), policy=default).get_body(["plain"]).get_content()
        )

    yield text
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def squeezed(settings):
    """Text files are served squeezed, as `make run` and `make test` prepare them."""
    found = [p for p in (ROOT / "static").rglob("*.gz") if not re.search(r"parts", str(p))]
    assert found, "run make test, or: python -m whitenoise.compress static"


def pytest_terminal_summary(terminalreporter):
    """How much was looked at, as the tests of all workers have counted it."""
    counts = Counter()
    for report in (each for kind in terminalreporter.stats.values() for each in kind):
        if getattr(report, "when", "") == "teardown":
            counts.update(dict(report.user_properties))
    for name, number in sorted(counts.items()):
        terminalreporter.write_line(f"{number:7} {name}")
