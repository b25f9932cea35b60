"""A process that dies without a word at a chosen step, for tests of what is left behind.

As a program it works on the batches of a database again and again, each time dying one step
later, until one of its children comes to the end: `python dying.py <database> <home>`.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import event  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from talent.app import create_app  # noqa: E402
from talent.certificates.batches import service as batches  # noqa: E402
from talent.certificates.printing import jobs  # noqa: E402
from talent.db import db  # noqa: E402

PIECE = 2  # people


def at_step(last):
    """From now on, die before the step of this number: a statement, a commit, what follows it."""
    steps = itertools.count(1)

    def step(*_told, **_more):
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", step)
    event.listen(db.engine, "commit", step)
    event.listen(Session, "after_commit", step)


def child(last, act):
    """Do it in a child that dies at a step; whether it came to the end."""
    db.session.remove()
    db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        db.engine.dispose(close=False)
        at_step(last)
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return not os.WIFSIGNALED(status)


def main(database, home):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "MAIL"))}
    os.environ.clear()
    os.environ.update(kept, TALENT_ENV="local", TALENT_HOME=home, DATABASE_URL=database, DEMO="0")
    batches.PIECE = PIECE
    now = datetime.now(UTC)
    app = create_app()
    with app.app_context():
        for last in itertools.count(1):
            now += timedelta(minutes=3)  # the lease of the dead one is over
            if child(last, lambda now=now: jobs.work(now)):
                print(last)
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
