"""The heartbeat of a worker, and the traces that its jobs leave."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from talent import clock, logs
from talent.db import db, upserting, writing
from talent.messages.models import JobRun
from talent.operation.models import JobFailure, WorkerBeat

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask

EVERY = 30  # seconds between two beats
KEPT = timedelta(days=1)  # of a worker that is no more
FAILURES_KEPT = timedelta(days=30)
log = logging.getLogger("talent.schedule")


def name_of_this() -> str:
    """A name that no other worker process has."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(3)}"


def beat(worker: str, *, version: str, leads: bool, now: datetime, ended: bool = False) -> None:
    """Say that a worker lives, or that it ends."""
    row = upserting(WorkerBeat).values(
        id=worker,
        machine=worker.partition(":")[0],
        version=version[:40],
        started_at=now,
        seen_at=now,
        leads=leads,
        ended_at=now if ended else None,
    )
    said = {name: row.excluded[name] for name in ("seen_at", "leads", "ended_at")}
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=said))


def keep_beating(app: Flask, worker: str, stop: threading.Event, leads: Callable[[], bool]) -> None:
    """The thread of a worker that says every half minute that it lives, until told to stop.

    That it leads now, or does no more, it says at once.
    """
    version = app.config["VERSION"]
    told = False
    while not told:
        told, leading = stop.is_set(), leads()
        with app.app_context():
            try:
                with writing():
                    beat(worker, version=version, leads=leading, now=clock.now(), ended=told)
            except SQLAlchemyError:
                log.warning("the heartbeat could not be written")
        for _ in range(EVERY):
            if stop.wait(1) or leads() is not leading:
                break


def begun(name: str, every: timedelta, now: datetime) -> None:
    """A job begins."""
    run = db.session.get(JobRun, name) or JobRun(name=name, failures=0, failed=False)
    run.started_at, run.finished_at = now, None
    run.every_s = int(every.total_seconds())
    db.session.add(run)


def ended(name: str, now: datetime, *, said: str = "", error: Exception | None = None) -> None:
    """It has ended, well or not; of an error the words that name nobody are kept."""
    run = db.session.get_one(JobRun, name)
    run.finished_at = now
    run.took_ms = max(0, round((now - run.started_at).total_seconds() * 1000))
    run.failed, run.result = error is not None, said[:500]
    if error is not None:
        run.result = logs.plain_error(error)
        run.failures += 1
        db.session.add(JobFailure(name=name, at=now, said=run.result))


def forget(now: datetime) -> str:
    """Workers that are gone and failures of long ago."""
    gone = db.session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < now - KEPT))
    old = db.session.execute(delete(JobFailure).where(JobFailure.at < now - FAILURES_KEPT))
    return f"{gone.rowcount} workers, {old.rowcount} failures forgotten"  # type: ignore[attr-defined]
