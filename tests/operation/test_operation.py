"""What keeps Talent running: health, the one command that starts all and stops all."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from ports import free_port

ROOT = Path(__file__).parent.parent.parent


def answers(number):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{number}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def until(true, seconds=180):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@pytest.fixture
def served(tmp_path):
    """Talent started by its one command, on a machine that has nothing yet."""
    number = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL", "DATABASE"))}
    given = kept | {
        "TALENT_ENV": "local",
        "TALENT_HOME": str(tmp_path / "home"),
        "PORT": str(number),
        "DEMO": "0",
    }
    said = tmp_path / "said"
    with said.open("w") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve"],
            cwd=ROOT,
            env=given,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: answers(number) or child.poll() is not None)
        until(lambda: "Talent is at" in said.read_text() or child.poll() is not None)
        assert child.poll() is None, said.read_text()
        yield child, number, said
    finally:
        child.terminate()
        child.wait(180)


def told(file):
    """What the system says of a process; nothing of one that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path("/proc", file).read_bytes()
    return b""


def family(child):
    """The processes that this one started, and theirs."""
    found, seen = [child.pid], []
    while found:
        pid = found.pop()
        children = [int(n) for n in told(f"{pid}/task/{pid}/children").split()]
        found += children
        seen += children
    return seen


def words(pid):
    return told(f"{pid}/cmdline").split(b"\0")


def alive(pid):
    return told(f"{pid}/stat").rpartition(b")")[2].split()[:1] not in ([], [b"Z"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_command_serves_pages_and_timed_work_and_stops_both(served, how):
    child, number, said = served
    assert f"Talent is at http://localhost:{number}" in said.read_text()
    until(lambda: len(family(child)) >= 4)  # gunicorn with two workers, and the timed work
    started = family(child)
    until(lambda: "this worker leads" in said.read_text())

    child.send_signal(how)

    assert child.wait(180) == 0
    assert not answers(number)
    assert not [pid for pid in started if alive(pid)]


def test_when_one_part_dies_all_ends_and_says_so(served):
    child, _, said = served
    [worker] = [pid for pid in family(child) if b"worker" in words(pid)]

    os.kill(worker, signal.SIGKILL)

    assert child.wait(180) == 1
    assert "timed work ended by itself" in said.read_text()


def test_when_it_is_killed_nothing_stays_behind(served):
    child, number, _ = served
    started = family(child)

    child.kill()
    child.wait()

    # The web server gives a process 20 seconds to end before it kills it.
    until(lambda: not [pid for pid in started if alive(pid)])
    assert not answers(number)


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        second = subprocess.run(
            [sys.executable, "-m", "flask", "serve"],
            cwd=ROOT,
            env=os.environ | {"TALENT_HOME": str(tmp_path), "PORT": str(number)},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert second.returncode == 1
    assert f"Port {number} is taken" in second.stderr


def test_no_file_of_operation_names_a_registry_or_a_default_secret():
    for name in ("Dockerfile", "compose.yaml", "deploy/talent-web.service", "Makefile"):
        text = (ROOT / name).read_text()
        assert not re.search(r"\b[\w-]+\.(io|org|com)/", text), name
        assert not re.search(r"(SECRET_KEY|DATA_KEYS|INDEX_KEY|PASSWORD)\s*[:=]\s*['\"]?\w", text)
