"""The whole suite: on SQLite, on a PostgreSQL cluster of its own, and in a browser."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
# What asks no database need not be asked on a second one.
NO_DATABASE = (
    "tests/rules", "tests/sheets", "tests/house/test_style.py", "tests/house/test_colours.py",
    "tests/house/test_access.py", "tests/certificates/test_pdf.py",
    "tests/certificates/test_number.py", "tests/safety/test_deploy.py",
    "tests/safety/test_memory.py", "tests/safety/test_outgoing.py", "tests/safety/test_sbom.py",
    "tests/safety/test_security_table.py", "tests/safety/test_server.py",
    "tests/safety/test_templates.py", "tests/safety/test_wellknown.py",
)  # fmt: skip
# Processes that are started, raced and killed, and what the engines do most differently. Every run
# asks them of PostgreSQL; `--all` asks both engines for everything.
PROCESSES = (
    "tests/crash", "tests/earnest", "tests/messages/test_processes.py", "tests/operation",
    "tests/calendars/test_clients.py", "tests/shifts/test_race.py",
    "tests/shifts/test_race_ways.py", "tests/shifts/test_board_race.py",
    "tests/merging/test_race.py", "tests/directory/test_race.py",
)  # fmt: skip
SEVERAL = ("tests/earnest",)  # machines: SQLite has one
DIFFERENT = (
    "tests/house/test_migrations.py", "tests/house/test_migrations_full.py",
    "tests/hours/test_race.py", "tests/backup/test_backup.py",
    "tests/doors/test_fields.py", "tests/safety/test_denials.py",
)  # fmt: skip
CASES = 2  # of a test with many values, on the second database
JOURNEYS = ("tests/browser/test_story.py", "tests/browser/test_csp.py")
SHORT = 60  # seconds
MEMORY, ENOUGH = Path("/dev/shm"), 6 * 1024**3  # noqa: S108 - a folder of our own in it
OURS = ("TALENT_", "MAIL_", "SECRET_KEY", "DATA_KEYS", "INDEX_KEY", "DATABASE_URL", "PUBLIC_URL")


def found(*patterns: str) -> str | None:
    """The first program or file that is there."""
    for pattern in patterns:
        if "/" not in pattern:
            if path := shutil.which(pattern):
                return path
        elif paths := sorted(Path("/").glob(pattern.lstrip("/"))):
            return str(paths[-1])
    return None


def initdb() -> str | None:
    return found("/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "initdb")


def missing() -> list[str]:
    """The Debian packages that the suite needs and this machine has not."""
    there = {
        "postgresql": os.environ.get("TEST_DATABASE_URL") or initdb(),
        "chromium": found("chromium", "chromium-browser", "google-chrome"),
        "fonts-noto-cjk": found(
            "/usr/share/fonts/**/NotoSansCJK*", "/usr/share/fonts/**/NotoSansSC*"
        ),
        "poppler-utils": found("pdftotext"),
        "zbar-tools": found("zbarimg"),
        "vdirsyncer": found("vdirsyncer"),
        "khal": found("khal"),
        "nodejs": found("node"),
        "npm": found("npm"),
    }
    return [name for name, path in there.items() if not path]


def provide() -> None:
    """Install what is missing where we may; otherwise say it and fail, rather than skip."""
    if not (lacking := missing()):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *lacking]
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if lacking := missing():
        sys.exit(f"The tests need these packages: apt-get install {' '.join(lacking)}")


@contextmanager
def room() -> Iterator[None]:
    """A folder for all that the tests write: in memory where there is enough of it.

    A disk is waited for at each commit, which thousands of small databases are slow by.
    """
    large = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    with tempfile.TemporaryDirectory(prefix="talent-", dir=MEMORY if large else None) as folder:
        Path(folder).chmod(0o755)  # the database server is another user
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        yield


@contextmanager
def postgresql():
    """The address of a server: the one that is named, or one that lives as long as the tests."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs = Path(initdb() or "").parent
    root = os.geteuid() == 0  # the server refuses to run as root
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if root else {}
    folder = Path(tempfile.mkdtemp(prefix="talent-pg-"))
    if root:
        shutil.chown(folder, "postgres", "postgres")
    place = folder / "cluster"

    def call(program: str, *words: str) -> None:
        command = [str(programs / program), "-D", str(place), *words]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, **owner
        )
        if done.returncode:
            log = folder / "log"
            sys.exit(done.stdout + done.stderr + (log.read_text() if log.exists() else ""))

    options = {
        "listen_addresses": "''",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    settings = " ".join(f"-c {name}={value}" for name, value in options.items())
    try:
        call("initdb", "-U", "talent", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", settings, "start")
        yield f"postgresql+psycopg://talent@/postgres?host={folder}"
    finally:
        if (place / "postmaster.pid").exists():
            call("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def run(title: str, *words: str, database: str | None = None, cases: int = 0) -> bool:
    """One run of pytest; whether it went well."""
    print(f"\n== {title}", flush=True)
    given = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    for name in ("PORT", "TEST_DATABASE_URL", "PYTHONDONTWRITEBYTECODE"):
        given.pop(name, None)
    if database:
        given["TEST_DATABASE_URL"] = database
    if cases:
        given["CASES_OF_A_TEST"] = str(cases)
    began = time.monotonic()
    fine = subprocess.run([*PYTEST, *words], cwd=ROOT, env=given, check=False).returncode == 0
    print(
        f"== {title}: {'green' if fine else 'RED'} in {time.monotonic() - began:.0f} s", flush=True
    )
    return fine


def deployed() -> bool:
    """The release before beside this one; a clone without its code is told so."""
    sys.path.insert(0, str(ROOT / "tests"))
    from earnest import release  # noqa: PLC0415 - what it looks for, no other run needs

    if not release.known():
        print(f"\n== deploy: RED, nothing was run. {release.MISSING}", flush=True)
        return False
    with postgresql() as url:
        return run("deploy", "tests/long/test_rolling_deploy.py", database=url)


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--quick", action="store_true", help="SQLite alone, no browser")
    read.add_argument("--all", action="store_true", help="all on both databases, all pages")
    read.add_argument("--long", action="store_true", help="the machine and the races, for long")
    read.add_argument("--looks", action="store_true", help="every page, by every role")
    read.add_argument("--deploy", action="store_true", help="the release before beside this one")
    read.add_argument("paths", nargs="*")
    asked = read.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # the cluster is stopped on the way out
    with room():
        sys.exit(not well(asked))


def well(asked: argparse.Namespace) -> bool:
    """Whether all that was asked for went well."""
    workers = ["-n", str(max(2, min(4, os.cpu_count() or 2)))]
    apart = ("browser", "load", "long")
    suite = [*workers, *(f"--ignore=tests/{each}" for each in apart), *asked.paths]
    if asked.quick:
        return run("SQLite", *suite)
    provide()
    if asked.looks:
        seen, heard = "tests/browser/every_look.py", "tests/browser/spoken.py"
        return run("looks", *workers, "--dist=worksteal", seen, heard)
    if asked.deploy:
        return deployed()
    if asked.long:
        long = [*workers, "--dist=worksteal", "tests/long"]
        doors = ["--ignore=tests/long/test_policy_long.py"]  # they ask no database
        if float(os.environ.get("LONG_SECONDS", "420")) < SHORT:  # what the suite has had already
            seldom = (
                "test_races_long", "test_jepsen_sees", "test_jepsen",
                "test_takeovers", "test_rolling_deploy", "test_torn", "test_archive",
                "test_starved", "test_statements_long",
            )  # fmt: skip
            long += [*doors, *(f"--ignore=tests/long/{one}.py" for one in seldom)]
            return run("long, SQLite", *long)
        fine = run("long, SQLite", *long)
        with postgresql() as url:
            return run("long, PostgreSQL", *long, *doors, database=url) and fine
    whole = asked.all or bool(asked.paths)
    left = () if asked.paths else SEVERAL if asked.all else PROCESSES
    fine = run("SQLite", *suite, *(f"--ignore={path}" for path in left))
    with postgresql() as url:
        again = [*workers, *PROCESSES, *DIFFERENT]
        if whole:
            again = [*suite, *(f"--ignore={path}" for path in NO_DATABASE)]
        fine = run("PostgreSQL", *again, database=url, cases=CASES) and fine
    pages = ["tests/browser"] if whole else JOURNEYS
    return run("browser", *workers, *pages) and fine


if __name__ == "__main__":
    main()
