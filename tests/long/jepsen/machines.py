"""The service as it runs: machines with pages, workers, and a database that they alone share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from ports import free_port
from run import initdb

ROOT = Path(__file__).parents[3]
DISK = "320m"


class Disk:
    """A small disk of its own, where we may mount one; it can be filled and emptied."""

    def __init__(self, place):
        self.place = place
        place.mkdir(parents=True)
        self.small = os.geteuid() == 0 and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=777", "tmpfs", str(place)],
            capture_output=True, check=False,
        ).returncode  # fmt: skip

    def fill(self):
        with contextlib.suppress(OSError), (self.place / "ballast").open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def free(self):
        (self.place / "ballast").unlink(missing_ok=True)

    def close(self):
        if self.small:
            subprocess.run(["umount", "-l", str(self.place)], check=False)


class Cluster:
    """A PostgreSQL server of its own, as durable as in an office."""

    def __init__(self, disk):
        self.disk, self.place, self.port = disk.place, disk.place / "cluster", free_port()
        self.programs = Path(initdb()).parent
        self.owner = {}
        if os.geteuid() == 0:
            self.owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(disk.place, "postgres", "postgres")
        given = ["-U", "talent", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self.call("initdb", *given, "--data-checksums")
        self.start()
        self.url = f"postgresql+psycopg://talent@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = {
            "listen_addresses": "127.0.0.1", "port": self.port, "max_connections": 120,
            "unix_socket_directories": self.disk, "max_wal_size": "64MB", "min_wal_size": "32MB",
        }  # fmt: skip
        told = " ".join(f"-c {name}={value}" for name, value in options.items())
        self.call("pg_ctl", "-w", "-l", str(self.disk / "log"), "-o", told, "start")

    def stop(self, mode="immediate"):
        self.call("pg_ctl", "-m", mode, "stop", well=False)

    def alive(self):
        return not self.call("pg_ctl", "status", well=False)

    def backends(self):
        """The processes that serve a connection each."""
        head = int((self.place / "postmaster.pid").read_text().split()[0])
        return [pid for pid in children(head) if b" talent postgres " in told(pid)]

    def call(self, program, *words, place=None, well=True):
        """A program of the server's, on its own folder or another one; its exit code."""
        command = [str(self.programs / program), "-D", str(place or self.place), *words]
        done = subprocess.run(
            command, cwd=self.disk, capture_output=True, text=True, check=False, **self.owner
        )
        assert not (well and done.returncode), (command, done.stdout, done.stderr)
        return done.returncode


class Process:
    """One that is started again whenever it has ended, as systemd does."""

    def __init__(self, words, env, said):
        self.words, self.env, self.said = words, env, said
        self.ended = threading.Event()
        self._start()
        threading.Thread(target=self._keep, daemon=True).start()

    def _start(self):
        with self.said.open("a") as out:
            self.running = subprocess.Popen(
                [sys.executable, "-m", *self.words], cwd=ROOT, env=self.env,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def _keep(self):
        while True:
            self.running.wait()
            if self.ended.wait(0.1):
                return
            self._start()

    def pids(self):
        """Itself and what it started."""
        return [self.running.pid, *children(self.running.pid)]

    def close(self):
        self.ended.set()
        for pid in self.pids():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGCONT)
        with contextlib.suppress(OSError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


def told(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    return b""


def children(pid):
    with contextlib.suppress(OSError):
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


class Machine:
    """Pages and timed work with a home of their own."""

    def __init__(self, home, url, said, broken=""):
        self.port = free_port()
        place = str(Path(__file__).parent) if broken else str(ROOT)
        serves = ["broken:app"] if broken else ["wsgi:app"]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL"))}
        env = kept | {
            "TALENT_ENV": "local", "TALENT_HOME": str(home), "DATABASE_URL": url, "DEMO": "0",
            "PUBLIC_URL": "http://localhost", "BROKEN": broken, "PYTHONPATH": place,
        }  # fmt: skip
        self.env, self.said = env, said
        self.web = Process(["gunicorn", "-b", f"127.0.0.1:{self.port}", *serves], env, said)
        self.worker = Process(["flask", "--app", "wsgi", "worker"], env, said)

    def answers(self, path="/readyz", cookie="", timeout=2):
        """Whether a page comes that needs the database."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": f"talent={cookie}"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=timeout) as answer:
                return answer.status == 200
        except OSError:
            return False

    def until_up(self, seconds=180):
        end = time.monotonic() + seconds
        while not self.answers():
            assert time.monotonic() < end, self.said.read_text()[-3000:]
            time.sleep(0.1)

    def close(self):
        self.web.close()
        self.worker.close()
