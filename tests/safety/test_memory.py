"""A process that holds too much has a fresh one go on in its place, and nobody's answer is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from ports import free_port

from talent import memory, passwords

ROOT = Path(__file__).parents[2]
NUMBERS = """
import os

def app(_environ, start):
    told = str(os.getpid()).encode()
    start("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""
HOUSE = """
worker_class, workers, threads = "talent.patience.Patient", 2, 2

def post_fork(_server, worker):
    worker.weighs, worker.bound = 0.0, 1.0
"""


def test_who_holds_too_much_goes_and_every_question_is_answered(tmp_path):
    (tmp_path / "numbers_of_processes.py").write_text(NUMBERS)
    (tmp_path / "house.py").write_text(HOUSE)
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(tmp_path / "house.py"), "--log-level",
         "error", "-b", f"127.0.0.1:{port}", "--pythonpath", str(tmp_path),
         "numbers_of_processes:app"], cwd=ROOT,
    )  # fmt: skip
    try:
        began, seen = up(port, child), set()
        while len(seen) < 4:
            assert time.monotonic() < began + 90, "the same processes go on"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                seen.add(answer.read())
            time.sleep(0.01)
    finally:
        child.terminate()
        child.wait(60)


def up(port, child):
    """When it first answered."""
    end = time.monotonic() + 90
    while time.monotonic() < end and child.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).close()
        except OSError:
            time.sleep(0.05)
        else:
            return time.monotonic()
    pytest.fail("it is not served")


def test_what_is_free_between_what_is_kept_is_given_back():
    before = memory.held()
    blocks = [bytes(4_000) for _ in range(20_000)]
    kept = blocks[::20]  # what lies between is free, and none of it at the end
    del blocks
    full = memory.held()
    memory.give_back()
    assert full > before + 60 > memory.held() + 30
    assert len(kept) == 1_000


def test_who_is_large_from_the_beginning_is_not_replaced_again_and_again():
    assert memory.bound(90) == memory.MEGABYTES
    assert memory.bound(200) == 200 + memory.GROWN


def test_while_a_password_is_checked_nobody_looks(app):
    seen = threading.Event()

    def look():
        while not seen.is_set():
            if not memory.settled():
                seen.set()

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    end = time.monotonic() + 30
    while not seen.is_set() and time.monotonic() < end:
        passwords.fits(passwords.hashed("Osmanthus"), "Osmanthus")
    assert seen.is_set()
    assert memory.settled()
