"""How long a backup and its way back take with years of use in the database, on both engines.

`python tests/load/restore.py` fills an empty database, backs it up, reads the backup again and
restores it into another empty database. It prints seconds and the most memory that each took.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "load")]


def settings(home, url):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL"))}
    return kept | {
        "TALENT_ENV": "local",
        "TALENT_HOME": str(home),
        "DATABASE_URL": url,
        "DEMO": "0",
    }


def fill(given, asked):
    os.environ.update(given)
    from flask_migrate import upgrade
    from seed import fill as filled

    from talent.app import create_app

    with create_app().app_context():
        upgrade(directory=str(ROOT / "migrations"))
        filled(
            datetime.now(UTC),
            people=asked.people,
            shifts=asked.shifts,
            signups=asked.signups,
            records=asked.records,
        )


def flask(given, *words):
    """Run a command; how long it took, and the most memory it had (of it alone), in MB."""
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "flask", *map(str, words)], cwd=ROOT, env=given,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0 or "checks," in said, said  # what was sown is not whole
    return time.monotonic() - began, used.ru_maxrss // 1024, said


def empty(url, name):
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return re.sub(r"/postgres\b", f"/{name}", url)


def measure(engine, asked):
    from run import postgresql

    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql()) if engine == "postgresql" else ""
        used = settings(place / "home", empty(server, "years") if server else "")
        child = os.fork()
        if child == 0:
            fill(used, asked)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        lines = [("backup, with a second reading", *flask(used, "backup", "--to", place / "kept"))]
        [file] = (place / "kept").iterdir()
        lines.append(("backup verify", *flask(used, "backup", "verify", file)))
        there = settings(place / "home", empty(server, "there") if server else "")
        if not server:
            for left in (place / "home").glob("talent.sqlite3*"):
                left.unlink()
        lines.append(("restore, with all checks", *flask(there, "restore", file)))
        print(f"\n{engine}: {file.stat().st_size / 1e6:.1f} MB in the file")
        for name, seconds, memory, said in lines:
            print(f"  {name:<32}{seconds:7.1f} s {memory:5} MB  {_told(said)}")


def _told(said):
    """The line with its time, else the first."""
    lines = said.splitlines()
    return next((each for each in lines if each.startswith("Restored")), lines[0])[:60]


def main():
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--people", type=int, default=20_000)
    read.add_argument("--shifts", type=int, default=50_000)
    read.add_argument("--signups", type=int, default=500_000)
    read.add_argument("--records", type=int, default=0)
    read.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = read.parse_args()
    for engine in ("sqlite", "postgresql"):
        if asked.only in {None, engine}:
            measure(engine, asked)


if __name__ == "__main__":
    main()
