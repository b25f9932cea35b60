"""How fast it is: pages, one sign-up, and a storm on one shift, on SQLite and on PostgreSQL.

Prints a table, compares it with the last one and keeps it in build/bench.json. Times are those of
this machine at this moment: compare the columns of one run, and CPU before milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "load")]

TOTALS = str(Path(__file__).with_name("totals.py"))
CERTIFICATES = str(Path(__file__).with_name("certificates.py"))
DIRECTORY = str(Path(__file__).with_name("directory.py"))
INTAKE = str(Path(__file__).with_name("intake.py"))
STAFFING = str(Path(__file__).with_name("staffing.py"))
LAST = ROOT / "build" / "bench.json"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Asked:
    """One answer: its status, how long it took in milliseconds, how long it is in bytes."""

    status: int
    took: float
    size: int


class Site:
    """The served app, and sessions of its accounts."""

    def __init__(self, app, port, workers):
        self.port, self.workers = port, workers
        self.serializer = app.session_interface.get_signing_serializer(app)
        self.cookie_name = app.config["SESSION_COOKIE_NAME"]
        self.app = app

    def cookie(self, account):
        """A session of an account, past the sign-in page; its CSRF secret is known to us."""
        held = {"_user_id": f"{account}.1", "_fresh": True, "csrf_token": "0" * 40}
        return f"{self.cookie_name}={self.serializer.dumps(held)}; lang=zh"

    def token(self):
        """What a form of such a session carries."""
        from itsdangerous import URLSafeTimedSerializer

        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return signer.dumps("0" * 40)

    def ask(self, path, account, method="GET", connection=None):
        """Ask once, over a connection of its own or a given one."""
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie(account), "Accept-Encoding": "gzip"}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = f"csrf_token={self.token()}"
        began = time.perf_counter()
        own.request(method, path, body=body, headers=headers)
        answer = own.getresponse()
        size = len(answer.read())
        took = (time.perf_counter() - began) * 1000
        if connection is None:
            own.close()
        return Asked(answer.status, took, size)

    def cpu(self):
        """Seconds of CPU that the processes behind the pages have used."""
        used = 0
        for pid in self.workers():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used += int(fields[11]) + int(fields[12])
        return used / TICK


@contextlib.contextmanager
def serving(database, home):
    """The app under gunicorn on a port of its own, migrated and empty."""
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


@contextlib.contextmanager
def gunicorn(app, port):
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def workers():
        found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    site = Site(app, port, workers)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                if site.ask("/healthz", 1).status == 200:
                    break
            time.sleep(0.2)
        yield site
    finally:
        server.terminate()
        server.wait(30)


def pages(site, known, times):
    """Each page asked for so many times, one after the other, by different people."""
    boss, people = known["boss"][0], known["volunteers"]
    shift = known["coming"][0]
    wanted = {
        "bare answer (/healthz)": lambda _turn: ("/healthz", people[0]),
        "list of shifts": lambda turn: ("/shifts/", people[turn * 37 % len(people)]),
        "shifts for me": lambda turn: ("/shifts/for-me", people[turn * 37 % len(people)]),
        "my shifts": lambda turn: ("/shifts/mine", people[turn * 37 % len(people)]),
        "one shift": lambda _turn: (f"/shifts/{shift}", boss),
        "roster": lambda _turn: (f"/shifts/{shift}/roster", boss),
        "board, a day": lambda _turn: ("/shifts/board?view=day", boss),
        "board, a week": lambda _turn: ("/shifts/board?view=week", boss),
        "board, a month": lambda _turn: ("/shifts/board?view=month", boss),
        "people": lambda _turn: ("/people/", boss),
    }
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    for name, of in wanted.items():
        for turn in range(4):
            site.ask(*of(turn), connection=connection)  # warm
        yield measured(
            name,
            site,
            [lambda t=t, of=of: site.ask(*of(t), connection=connection) for t in range(times)],
        )


def sign_ups(site, known, times):
    """Places taken one after the other, each by another person on another shift."""
    asks = []
    for turn, shift in enumerate(known["coming"][:times]):
        community = shift % 200 // 5  # who may take a shift lives where it is offered
        number = len(known["volunteers"]) // 40 - 1 - turn % 100
        person = number * 40 + community or 40
        need = (shift - 1) * 5 + 5
        asks.append(
            lambda s=shift, p=person, n=need: site.ask(f"/shifts/{s}/signup?need={n}", p, "POST")
        )
    return measured("one sign-up", site, asks)


def storm(site, known, people=500, at_once=32, within=20):
    """All want the same shift, coming evenly within so many seconds."""
    shift, need = known["storm"][0], known["storm_need"][0]
    path = f"/shifts/{shift}/signup?need={need}"
    crowd = known["volunteers"][:: max(len(known["volunteers"]) // people, 1)][:people]
    began = time.perf_counter()
    used = site.cpu()

    def come(turn, person):
        time.sleep(max(began + within * turn / len(crowd) - time.perf_counter(), 0))
        return site.ask(path, person, "POST")

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(come, range(len(crowd)), crowd))
    row = summed(f"storm: {people} people, 50 places", answers, site.cpu() - used)
    row["seconds"] = round(time.perf_counter() - began, 1)
    row["seated"] = sum(each.status == 303 for each in answers)
    row["refused"] = sum(each.status == 409 for each in answers)
    row["errors"] = sum(each.status >= 500 for each in answers)
    return row


def measured(name, site, asks):
    used = site.cpu()
    answers = [ask() for ask in asks]
    return summed(name, answers, site.cpu() - used)


def summed(name, answers, used):
    took = sorted(each.took for each in answers)
    return {
        "name": name,
        "median_ms": round(median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95) - 1], 1),
        "cpu_ms": round(1000 * used / len(answers), 1),
        "kB": round(median(each.size for each in answers) / 1000, 1),
        "status": " ".join(
            f"{status}×{sum(a.status == status for a in answers)}"
            for status in sorted({a.status for a in answers})
        ),
    }


def printed(title, rows, last):
    print(f"\n{title}")
    print(f"{'':34} {'median':>8} {'p95':>8} {'CPU':>8} {'size':>7}  {'last p95':>8}  answers")
    for row in rows:
        before = last.get(row["name"], {}).get("p95_ms", "")
        print(
            f"{row['name']:34} {row['median_ms']:>6} ms {row['p95_ms']:>5} ms {row['cpu_ms']:>5} ms"
            f" {row['kB']:>4} kB  {before:>8}  {row['status']}"
        )
        if "seated" in row:
            told = {n: row[n] for n in ("seconds", "seated", "refused", "errors")}
            print(f"{'':34} {told}")


def asked():
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--shifts", type=int, default=50_000)
    parser.add_argument("--signups", type=int, default=500_000)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--entries", default="10000,1000000,10000000", help="of the ledger")
    parser.add_argument("--found", default="2000,200000", help="people among whom one searches")
    parser.add_argument("--rows", type=int, default=50_000, help="of an imported file")
    return parser.parse_args()


def keep(title, rows):
    """Put the rows into the file of all figures; gives those that stood there."""
    kept = json.loads(LAST.read_text()) if LAST.exists() else {}
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps(kept | {title: rows}, ensure_ascii=False, indent=1))
    return kept.get(title, [])


def main():
    given = asked()
    if "TALENT_BENCH" not in os.environ:  # each database in a process of its own
        from run import postgresql

        failed, scripts = 0, (sys.argv[0], TOTALS, CERTIFICATES, STAFFING, DIRECTORY, INTAKE)
        for engine, script in product(("sqlite", "postgresql"), scripts):
            if given.only in {None, engine}:
                with contextlib.ExitStack() as stack:
                    url = stack.enter_context(postgresql()) if engine == "postgresql" else ""
                    home = stack.enter_context(tempfile.TemporaryDirectory(prefix="talent-bench-"))
                    env = os.environ | {
                        "TALENT_BENCH": engine,
                        "BENCH_URL": url,
                        "BENCH_HOME": home,
                    }
                    failed |= subprocess.run(
                        [sys.executable, script, *sys.argv[1:]], env=env, check=False
                    ).returncode
        sys.exit(failed)
    engine, now = os.environ["TALENT_BENCH"], datetime.now(UTC)
    import seed

    with serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])) as app:
        began = time.perf_counter()
        known = seed.fill(now, people=given.people, shifts=given.shifts, signups=given.signups)
        if engine == "postgresql":
            from talent.db import db

            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        print(f"{engine}: filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        with gunicorn(app, 8750) as site:
            rows = [*pages(site, known, given.times)]
            rows.append(sign_ups(site, known, given.times))
            rows.append(storm(site, known))
    size = f"{given.people:,} people, {given.shifts:,} shifts, {given.signups:,} sign-ups"
    title = f"{engine}: {size}"
    printed(title, rows, {row["name"]: row for row in keep(title, rows)})
    if rows[-1]["errors"] or rows[-1]["seated"] != seed.STORM:
        sys.exit("the storm was not weathered")


if __name__ == "__main__":
    main()
