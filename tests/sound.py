"""After a test of a race, a crash or a story: whether the database holds what is promised."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from talent import clock
from talent.db import db
from talent.fsck import service

TESTS = Path(__file__).parent
WHOLE = {"crash"}  # in the long part each test knows by itself when it is to be looked


def is_concerned(item):
    """Races, crashes, the long part and the story in a browser, on a database."""
    place = item.path.relative_to(TESTS)
    raced = "race" in place.stem or place.parts[0] in WHOLE
    return (raced or place.stem == "test_story") and "app" in item.fixturenames


def faults(now=None):
    """What `flask fsck` finds. Each act fills free places by itself, so none waits for a job."""
    now = now or clock.now()
    found = list(service.run(now, promoted=now + timedelta(seconds=1)))
    db.session.remove()
    return [
        f"{one.check.code} {one.check.holds}: {one.faults}, {one.first}"
        for one in found
        if one.faults
    ]
