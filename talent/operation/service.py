"""Questions about the timed work: who does it, how it went, and whether something stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.db import db
from talent.messages.models import JobRun
from talent.operation.models import JobFailure, WorkerBeat
from talent.rules.reason import N_, Because, Minutes
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ALIVE = timedelta(minutes=2)  # who was seen since is alive: four beats
STARTS = timedelta(minutes=1)  # so long after its start a worker leads, if nobody else does
LATE = timedelta(minutes=10)  # a job may be so late, or three times its pause
FAILURES = 30


class Still(Word):
    """What stands still, in a sentence for whoever can put it right."""

    NOBODY = (
        "nobody",
        N_(
            "No worker has been seen for %(minutes)s: reminders and mails wait, and hours are not"
            " recorded.",
        ),
    )
    NEVER = (
        "never",
        N_("No worker has ever been seen: reminders and mails wait, and hours are not recorded."),
    )
    NO_LEADER = "no_leader", N_("Workers are there and none of them leads: nothing is done.")
    LATE = "late", N_("The job %(job)s has not run since %(since)s.")
    FAILING = "failing", N_("The job %(job)s failed the last time.")


@dataclass(frozen=True, slots=True)
class Job:
    """A timed job as its last run left it, and when the next one is due."""

    run: JobRun
    next_at: datetime | None
    late: bool

    @property
    def running(self) -> bool:
        """Begun and not ended: at work, or cut short."""
        return self.run.finished_at is None


def worker_seen() -> datetime | None:
    """When a worker last gave a sign of life; an older version leaves but its jobs."""
    beat = db.session.scalar(
        select(func.max(WorkerBeat.seen_at)).where(WorkerBeat.ended_at.is_(None))
    )
    job = db.session.scalar(select(func.max(JobRun.started_at)))
    return max((each for each in (beat, job) if each), default=None)


def workers(now: datetime) -> Sequence[tuple[WorkerBeat, bool]]:
    """The worker processes, who leads first, and whether each is alive."""
    query = select(WorkerBeat).order_by(WorkerBeat.seen_at.desc(), WorkerBeat.id)
    found = [(each, _alive(each, now)) for each in db.session.scalars(query)]
    return sorted(found, key=lambda pair: (not pair[1], not pair[0].leads))


def _alive(worker: WorkerBeat, now: datetime) -> bool:
    return worker.ended_at is None and worker.seen_at > now - ALIVE


def jobs(now: datetime) -> list[Job]:
    """Every timed job: what is late first, then what failed, then by name."""
    found = [_job(run, now) for run in db.session.scalars(select(JobRun).order_by(JobRun.name))]
    return sorted(found, key=lambda job: (not job.late, not job.run.failed, job.run.name))


def _job(run: JobRun, now: datetime) -> Job:
    every = timedelta(seconds=run.every_s)
    late = bool(run.every_s) and run.started_at + max(LATE, 3 * every) < now
    return Job(run, run.started_at + every if run.every_s else None, late)


def failures() -> Sequence[JobFailure]:
    """How jobs failed, the latest first."""
    query = select(JobFailure).order_by(JobFailure.id.desc()).limit(FAILURES)
    return db.session.scalars(query).all()


def resting(now: datetime) -> list[Because]:
    """Whether all timed work stands still, and for how long."""
    if (seen := worker_seen()) is None:
        return [Because(Still.NEVER)]
    if seen < now - ALIVE:
        return [Because(Still.NOBODY, {"minutes": Minutes((now - seen).total_seconds() // 60)})]
    return []


def standing(now: datetime) -> list[Because]:
    """What stands still. While nobody works, no job is named: they all stand still."""
    if found := resting(now):
        return found
    alive = [worker for worker, lives in workers(now) if lives]
    settled = any(worker.started_at < now - STARTS for worker in alive)
    if settled and not any(worker.leads for worker in alive):
        found += [Because(Still.NO_LEADER)]
    for job in jobs(now):
        if job.late:
            found += [Because(Still.LATE, {"job": job.run.name, "since": job.run.started_at})]
        elif job.run.failed:
            found += [Because(Still.FAILING, {"job": job.run.name})]
    return found
