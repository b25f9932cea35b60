"""The app and the bare page as they are served, asked over HTTP, and what their processes use."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CSRF = "0" * 40  # the secret of the bench's own sessions


@dataclass(frozen=True)
class Asked:
    """One answer: its status, how long it took in milliseconds, how long it is in bytes."""

    status: int
    took: float
    size: int


class Site:
    """A served app, and sessions of its accounts."""

    def __init__(self, app, port, workers, engine=None):
        self.port, self.workers, self.engine = port, workers, engine
        self.serializer = app.session_interface.get_signing_serializer(app)
        self.cookie_name = app.config["SESSION_COOKIE_NAME"]
        self.app = app

    def connected(self):
        """A line that is kept: all that is asked over it is answered by one process."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def cookie(self, account):
        """A session of an account, past the sign-in page; its CSRF secret is known to us."""
        held = {
            "_user_id": f"{account}.1", "_fresh": True, "csrf_token": CSRF, "key": key_of(account)
        }  # fmt: skip
        return f"{self.cookie_name}={self.serializer.dumps(held)}; lang=zh"

    def headers(self, account, *, form=False, htmx=False):
        """What a browser sends along."""
        sent = {"Cookie": self.cookie(account), "Accept-Encoding": "gzip"}
        if form:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return sent | ({"HX-Request": "true"} if htmx else {})

    def form(self):
        """What a form of such a session carries."""
        from itsdangerous import URLSafeTimedSerializer

        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return f"csrf_token={signer.dumps(CSRF)}"

    def ask(self, path, account, method="GET", connection=None, *, htmx=False):
        """Ask once, over a connection of its own or a given one."""
        own = connection or self.connected()
        form = method == "POST"
        body = self.form() if form else None
        headers = self.headers(account, form=form, htmx=htmx)
        began = time.perf_counter()
        own.request(method, path, body=body, headers=headers)
        answer = own.getresponse()
        size = len(answer.read())
        took = (time.perf_counter() - began) * 1000
        if connection is None:
            own.close()
        return Asked(answer.status, took, size)

    def statements(self, path, account, method="GET", *, htmx=False):
        """How many statements a page sends to the database, asked past the network."""
        from counting import queries

        headers = self.headers(account, form=method == "POST", htmx=htmx)
        more = {"data": self.form()} if method == "POST" else {}
        client = self.app.test_client(use_cookies=False)
        with self.app.app_context(), queries() as sent:
            client.open(path, method=method, headers=headers, **more)
        return len(sent)

    def cpu(self):
        """Seconds of CPU that the processes behind the pages have used."""
        return used_by(self.workers())

    def cpu_of_database(self):
        """The same of the processes of PostgreSQL that answer them; SQLite has none."""
        if self.engine is None or self.engine.dialect.name != "postgresql":
            return 0.0
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            return used_by([pid for (pid,) in found])

    def megabytes(self):
        """What each process holds in memory; what several share is each one's by its part."""
        held = []
        for pid in self.workers():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            held += [int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")]
        return [round(each, 1) for each in held]


def used_by(pids):
    """Seconds of CPU of processes with all their threads, to the nanosecond."""
    used = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                used += int(task.read_text().split()[0])
    return used / 1e9


@contextlib.contextmanager
def serving(database, home):
    """The app, migrated and empty, in this process."""
    os.environ.update(TALENT_ENV="local", DEMO="0", TALENT_HOME=str(home), LOG_LEVEL="WARNING")
    os.environ.pop("DATABASE_URL", None)
    if database:
        os.environ["DATABASE_URL"] = database
    from talent.app import create_app
    from talent.db import MIGRATIONS, db

    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade

        upgrade(directory=str(MIGRATIONS))
        yield app
        db.session.remove()
        db.engine.dispose()


def key_of(account):
    """What the cookie of an account's session holds."""
    return f"bench{account}"


def sign_in_everybody():
    """A session of each account."""
    from sqlalchemy import insert, select

    from talent.accounts.models import Account
    from talent.accounts.sessions.models import AccountSession, Way
    from talent.accounts.sessions.service import digest
    from talent.db import db, writing

    now = datetime.now(UTC)
    with writing():
        there = set(db.session.scalars(select(AccountSession.account_id)))
        rows = [
            {
                "digest": digest(key_of(account)), "account_id": account, "device": "bench",
                "way": Way.PASSWORD, "began_at": now, "seen_at": now, "proved_at": now,
            }
            for account in db.session.scalars(select(Account.id).order_by(Account.id))
            if account not in there
        ]  # fmt: skip
        if rows:
            db.session.execute(insert(AccountSession), rows)


@contextlib.contextmanager
def gunicorn(app, port, served="wsgi:app", ready="/healthz"):
    """It is served as an office serves it, on a port of its own."""
    from talent.db import db

    sign_in_everybody()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", served]
    server = subprocess.Popen(
        [*command, "--pythonpath", str(HERE)], cwd=ROOT, stdout=subprocess.DEVNULL
    )

    def workers():
        found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    site = Site(app, port, workers, db.engine)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                if site.ask(ready, 1).status == 200:
                    break
            time.sleep(0.2)
        yield site
    finally:
        server.terminate()
        server.wait(30)


def measured(name, site, asks):
    """A row of the table: all of this, one after the other."""
    used = site.cpu()
    answers = [ask() for ask in asks]
    return summed(name, answers, site.cpu() - used)


def summed(name, answers, used):
    """A row of the table: these answers, and the seconds of CPU that they cost together."""
    took = sorted(each.took for each in answers)
    return {
        "name": name,
        "median_ms": round(median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95) - 1], 1),
        "cpu_ms": round(1000 * used / len(answers), 2),
        "kB": round(median(each.size for each in answers) / 1000, 1),
        "status": " ".join(
            f"{status}×{sum(a.status == status for a in answers)}"
            for status in sorted({a.status for a in answers})
        ),
    }
