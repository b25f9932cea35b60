"""Figures for whoever watches: those of the processes, and those that the database knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import func, select

from talent import metrics
from talent.accounts.sessions.models import AccountSession
from talent.auditing import service as auditing
from talent.backup import copies as backups
from talent.db import db
from talent.messages.models import JobRun, Message, MessageState
from talent.metrics import head, line
from talent.operation import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

PRESENT = timedelta(minutes=30)
LIVE = (MessageState.WAITING, MessageState.CLAIMED, MessageState.HANDED, MessageState.DEAD)


def lines(now: datetime) -> Iterator[str]:
    """All figures as text. No label comes from outside, and none names a person or an office."""
    yield from _figure("talent_info", "gauge", "What runs here.", [({"version": _version()}, 1)])
    yield from metrics.lines()
    yield from _jobs()
    yield from _messages(now)
    yield from _sessions(now)
    yield from _workers(now)
    yield from _trail(now)
    yield from _backup(now)


def _version() -> str:
    return str(current_app.config["VERSION"])


def _figure(
    name: str, kind: str, said: str, values: Iterable[tuple[dict[str, str], Any]]
) -> Iterator[str]:
    yield from head(name, kind, said)
    for told, value in values:
        yield line(name, value, told)


def _jobs() -> Iterator[str]:
    runs = db.session.scalars(select(JobRun).order_by(JobRun.name)).all()
    shown = [({"job": run.name}, run) for run in runs]
    for name, kind, said, value in (
        ("last_start_seconds", "gauge", "When the job last began.", _began),
        ("seconds", "gauge", "How long its last run took.", lambda run: (run.took_ms or 0) / 1000),
        ("every_seconds", "gauge", "How often it is to run.", lambda run: run.every_s),
        ("failed", "gauge", "Whether its last run failed.", lambda run: int(run.failed)),
        ("failures_total", "counter", "How often it failed.", lambda run: run.failures),
    ):
        values = [(told, value(run)) for told, run in shown]
        yield from _figure(f"talent_job_{name}", kind, said, values)


def _began(run: JobRun) -> float:
    return run.started_at.timestamp()


def _messages(now: datetime) -> Iterator[str]:
    query = select(Message.state, func.count()).where(Message.state.in_(LIVE))
    counts = dict(db.session.execute(query.group_by(Message.state)).all())
    values = [({"state": state.value}, counts.get(state, 0)) for state in LIVE]
    yield from _figure("talent_messages", "gauge", "Messages that are not done with.", values)
    waiting = Message.state.in_((MessageState.WAITING, MessageState.CLAIMED))
    oldest = db.session.scalar(select(func.min(Message.due_at)).where(waiting))
    late = max(0.0, (now - oldest).total_seconds()) if oldest else 0
    said = "How long the oldest message that is due has waited."
    yield from _figure("talent_message_oldest_due_seconds", "gauge", said, [({}, late)])


def _sessions(now: datetime) -> Iterator[str]:
    here = AccountSession.seen_at > now - PRESENT, AccountSession.ended_at.is_(None)
    number = db.session.scalar(select(func.count()).select_from(AccountSession).where(*here))
    said = "Sessions that were used within the last half hour."
    yield from _figure("talent_sessions", "gauge", said, [({}, number)])


def _workers(now: datetime) -> Iterator[str]:
    alive = sum(lives for _worker, lives in service.workers(now))
    yield from _figure("talent_workers", "gauge", "Workers that are alive.", [({}, alive)])
    if seen := service.worker_seen():
        said, age = "How long ago a worker was seen.", (now - seen).total_seconds()
        yield from _figure("talent_worker_seen_seconds", "gauge", said, [({}, age)])


def _trail(now: datetime) -> Iterator[str]:
    said = "Acts of the audit trail that are linked."
    length = auditing.head().length
    yield from _figure("talent_audit_linked_total", "counter", said, [({}, length)])
    since = auditing.waits_since()
    age = max(0.0, (now - since).total_seconds()) if since else 0
    said = "How long the oldest act has not been linked."
    yield from _figure("talent_audit_unlinked_seconds", "gauge", said, [({}, age)])
    proof = auditing.last_proof()
    faults = len(proof.faults) if proof else 0
    said = "Faults that the last check of the audit trail found."
    yield from _figure("talent_audit_faults", "gauge", said, [({}, faults)])


def _backup(now: datetime) -> Iterator[str]:
    last = backups.newest(current_app.config["BACKUP_FOLDER"])
    if last is not None:
        said, age = "How old the last good backup is.", (now - last).total_seconds()
        yield from _figure("talent_backup_age_seconds", "gauge", said, [({}, age)])
