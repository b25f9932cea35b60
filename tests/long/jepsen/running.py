"""A run: clients, what goes wrong, what they were answered, and what is there in the end."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import checker
import flask_migrate
import stage
from machines import Cluster, Disk, Machine
from nemesis import Nemesis
from proxy import Proxy

import config
from talent.app import create_app
from talent.db import db

HERE = Path(__file__).parent
SECONDS = max(6, min(600, float(os.environ.get("LONG_SECONDS", "60"))))
QUICK = 30  # seconds below which faults are short too, and the scene is small
SEED = int(os.environ.get("JEPSEN_SEED") or random.SystemRandom().randrange(10_000))
POSTGRESQL = bool(os.environ.get("TEST_DATABASE_URL"))


@contextmanager
def service(tmp_path, broken=""):
    """A database of its own on a small disk, and the machines that serve it.

    On PostgreSQL two that share nothing else, on SQLite one.
    """
    folder = Path(tempfile.mkdtemp(prefix="talent-jepsen-"))
    folder.chmod(0o755)  # the database server is somebody else
    disk = Disk(folder / "disk")
    cluster, found = None, []
    try:
        cluster = Cluster(disk) if POSTGRESQL else None
        home = tmp_path / "home" if cluster else disk.place / "home"
        given = config.Testing(home)
        given.SQLALCHEMY_DATABASE_URI = (
            cluster.url if cluster else f"sqlite:///{home / 'talent.sqlite3'}"
        )
        app = create_app(given)
        homes = [home]
        if cluster:
            homes.append(tmp_path / "other")
        with app.app_context():
            flask_migrate.upgrade()
            for other in homes[1:]:
                shutil.copytree(home / "keys", other / "keys")
            found += [
                Machine(each, given.SQLALCHEMY_DATABASE_URI, tmp_path / f"said-{n}", broken)
                for n, each in enumerate(homes)
            ]
            try:
                yield app, found, disk, cluster
            finally:
                db.session.remove()
                db.engine.dispose()
    finally:
        for each in found:
            each.close()
        if cluster:
            cluster.stop()
        disk.close()
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """What was done, what went wrong, and whether that fits what is there."""

    def __init__(self, tmp_path, seconds=SECONDS, *, broken="", only=None):
        self.seconds, self.quick = seconds, seconds < QUICK
        with service(tmp_path, broken) as (app, machines, disk, cluster):
            self.cluster = cluster
            if broken == "lock":
                _drop_check(disk, cluster, app)
            self._go(app, machines, disk, cluster, tmp_path, only)

    def _go(self, app, machines, disk, cluster, tmp_path, only):
        proxies = [Proxy(each.port) for each in machines]
        plan = stage.build(app, seed=SEED, quick=self.quick)
        began = time.monotonic()
        for each in machines:
            each.until_up()
        self.start = time.monotonic() - began
        until = time.time() + self.seconds
        plan |= {"ports": [each.port for each in proxies], "until": until, "pause": 0.1}
        finished = _clients(plan, tmp_path)
        self.nemesis = Nemesis(
            seed=SEED, until=until, machines=machines, proxies=proxies, disk=disk, cluster=cluster,
            cookie=plan["clients"][0]["people"][0]["cookie"], quick=self.quick, only=only,
        )  # fmt: skip
        self.nemesis.start()
        self.log = finished()
        self.nemesis.join(timeout=120)
        for proxy in proxies:
            proxy.close()
        for each in machines:
            each.until_up()
        self.wrong = checker.wrong(self.log)
        self.unsound = _unsound(machines[0])

    @property
    def slow(self):
        """Faults after which pages did not come again in time.

        Five seconds; where others are at work too, as much longer as an act took in peace.
        """
        disturbed = [(each["began"], each["healed"] + each["all"]) for each in self.nemesis.told]
        calm = [
            act["ended"] - act["began"]
            for act in self.log
            if len(act["answers"]) == 1
            and not any(act["began"] < end and begin < act["ended"] for begin, end in disturbed)
        ]
        self.within = max(WITHIN, self.start) + max(calm, default=0)
        return [each for each in self.nemesis.told if each["first"] > self.within]

    def __str__(self):
        answers, kinds = (Counter(act[name] for act in self.log) for name in ("answer", "kind"))
        again = sum(len(act["answers"]) > 1 and act["answer"] == "ok" for act in self.log)
        told = (
            f"{'PostgreSQL' if self.cluster else 'SQLite'}, seed {SEED}, {self.seconds:.0f} s:"
            f" {len(self.log)} acts, {answers['ok']} done ({again} when sent again),"
            f" {answers['fail']} refused, {answers['unknown']} unknown;"
            f" {len(self.nemesis.told)} faults"
        )
        lines = [told, "  acts: " + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))]
        if not self.nemesis.disk.small:
            lines.append("  no full disk: a small one can be mounted by root alone")
        for name in sorted({each["fault"] for each in self.nemesis.told}):
            of = [each for each in self.nemesis.told if each["fault"] == name]
            first, all_ = (max(each[which] for each in of) for which in ("first", "all"))
            lines.append(
                f"  {name:<17} {len(of):>3}  pages again within {first:.1f} s,"
                f" everywhere {all_:.1f} s"
            )
        return "\n".join(lines)


WITHIN = 5  # seconds in which pages come again


def _clients(plan, tmp_path):
    """Start them all; gives a way to wait for their logs."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    logs = [tmp_path / f"log-{n}" for n in range(stage.CLIENTS)]
    running = [
        subprocess.Popen([sys.executable, str(HERE / "client.py"), str(file), str(n), str(log)])
        for n, log in enumerate(logs)
    ]

    def finished():
        for each in running:
            each.wait(timeout=max(0, plan["until"] - time.time()) + 180)
        lines = [line for log in logs for line in log.read_text().splitlines()]
        return sorted((json.loads(line) for line in lines), key=lambda act: act["ended"])

    return finished


def _unsound(machine):
    """What `flask fsck` finds, asked as in production."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "fsck", "--json"],
        cwd=HERE.parents[2], env=machine.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("["), done.stderr[-3000:]
    return [each for each in json.loads(done.stdout) if each["faults"]]


def _drop_check(disk, cluster, app):
    """Past the last guard of the database itself, the check of its counters."""
    name = "ck_shift_need_within_places"
    with db.engine.connect() as connection:
        if cluster:
            connection.exec_driver_sql(f"ALTER TABLE shift_need DROP CONSTRAINT {name}")
            connection.commit()
            return
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'taken <= places', '1 = 1')"
            " WHERE name = 'shift_need'"
        )
        raw.execute("PRAGMA writable_schema=RESET")
