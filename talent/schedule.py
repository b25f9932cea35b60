"""The one table of timed jobs, and the worker that runs it.

Each job finds in the database what is due and does it once, however often it is run: so a job may
run at any start, after any pause. One worker leads; the others wait for it to die.
"""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from filelock import FileLock, Timeout
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from talent import clock, once
from talent.auditing import jobs as auditing
from talent.backup import jobs as backup
from talent.certificates.printing import jobs as certificates
from talent.db import db, writing
from talent.directory.acts import jobs as directory
from talent.guardians import jobs as guardians
from talent.hours.doubts import jobs as doubts
from talent.hours.proofs import jobs as proofs
from talent.hours.proving import jobs as proving
from talent.hours.recording import jobs as recording
from talent.hours.reminding import jobs as reminding
from talent.hours.review import jobs as review
from talent.intake import jobs as intake
from talent.lab import jobs as lab
from talent.merging import jobs as merging
from talent.messages import jobs as messages
from talent.messages.models import JobRun
from talent.national.batches import jobs as national
from talent.operation import beats
from talent.privacy import jobs as privacy
from talent.ratings import jobs as ratings
from talent.recognition.granting import jobs as recognition
from talent.renewals import jobs as renewals
from talent.rosters import jobs as rosters
from talent.shifts import jobs as shifts
from talent.timebank import jobs as timebank
from talent.training import jobs as training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from flask import Flask

LEADER = 0x7A1E27  # the number of the lock that only the leading worker holds
PATIENCE = 5.0  # seconds between two looks at who leads
GRACE = 3600  # seconds that a run may be late and is still made up for
log = logging.getLogger("talent.schedule")


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table. `own_doors`: it commits by itself, else the runner does."""

    name: str
    run: Callable[[datetime], object]
    every: timedelta
    own_doors: bool = False


_MINUTE = timedelta(minutes=1)
SCHEDULE = (
    Job("shifts.release", shifts.release, _MINUTE),
    Job("shifts.pass_on_offers", shifts.pass_on_offers, _MINUTE),
    Job("shifts.fill_places", shifts.fill_places, _MINUTE),
    Job("shifts.settle_newcomers", shifts.settle_newcomers, _MINUTE),
    Job("shifts.settle_handovers", shifts.settle_handovers, _MINUTE, own_doors=True),
    Job("shifts.call_substitutes", shifts.call_substitutes, _MINUTE, own_doors=True),
    Job("shifts.settle_attendance", shifts.settle_attendance, 5 * _MINUTE),
    Job("hours.record_attendance", recording.record_attendance, _MINUTE, own_doors=True),
    Job("hours.remind_overdue", review.remind_overdue, 60 * _MINUTE),
    Job("hours.watch", doubts.watch, 5 * _MINUTE, own_doors=True),
    Job("hours.forget_devices", doubts.forget_devices, 24 * 60 * _MINUTE, own_doors=True),
    Job("hours.remind_requests", reminding.remind_requests, 60 * _MINUTE),
    Job("hours.remind_lists", reminding.remind_lists, 60 * _MINUTE),
    Job("hours.tell_lying", reminding.tell_lying, 60 * _MINUTE),
    Job("hours.prove", proving.prove, 60 * _MINUTE, own_doors=True),
    Job("hours.tell_faults", proofs.tell_faults, 60 * _MINUTE),
    Job("recognition.give_stars", recognition.give_stars, 60 * _MINUTE, own_doors=True),
    Job("shifts.remind", shifts.remind, _MINUTE),
    Job("timebank.credit", timebank.credit, _MINUTE, own_doors=True),
    Job("ratings.ask", ratings.ask, 15 * _MINUTE),
    Job("ratings.remind_overdue", ratings.remind_overdue, 60 * _MINUTE),
    Job("renewals.remind", renewals.remind, 60 * _MINUTE),
    Job("renewals.digest", renewals.digest, 60 * _MINUTE),
    Job("training.remind", training.remind, 5 * _MINUTE),
    Job("training.settle", training.settle, _MINUTE),
    Job("training.forget_lists", training.forget_lists, 60 * _MINUTE),
    Job("rosters.compute", rosters.compute, timedelta(seconds=5), own_doors=True),
    Job("certificates.work", certificates.work, timedelta(seconds=5), own_doors=True),
    Job("certificates.forget", certificates.forget, 60 * _MINUTE),
    Job("directory.work", directory.work, timedelta(seconds=5), own_doors=True),
    Job("lab.compute", lab.compute, timedelta(seconds=5), own_doors=True),
    Job("merging.compare", merging.compare, _MINUTE, own_doors=True),
    Job("merging.follow_late", merging.follow_late, _MINUTE, own_doors=True),
    Job("intake.work", intake.work, timedelta(seconds=5), own_doors=True),
    Job("intake.forget", intake.forget, 60 * _MINUTE),
    Job("privacy.restrict", privacy.restrict, 60 * _MINUTE),
    Job("privacy.anonymise", privacy.anonymise, 24 * 60 * _MINUTE, own_doors=True),
    Job("guardians.release_grown", guardians.release_grown, 10 * _MINUTE),
    Job("national.forget_files", national.forget_files, 60 * _MINUTE),
    Job("shifts.forget_lists", shifts.forget_lists, 60 * _MINUTE),
    Job("backup.nightly", backup.nightly, 60 * _MINUTE, own_doors=True),
    Job("auditing.link", auditing.link, _MINUTE, own_doors=True),
    Job("auditing.prove", auditing.prove, 60 * _MINUTE, own_doors=True),
    Job("operation.forget", beats.forget, 60 * _MINUTE),
    Job("forms.forget_old", once.forget_old, 60 * _MINUTE),
    Job("messages.news_of_people", messages.news_of_people, timedelta(seconds=20)),
    Job("messages.deliver", messages.deliver, timedelta(seconds=10), own_doors=True),
)


def run(job: Job, now: datetime) -> bool:
    """Run one job and leave its heartbeat; whether it went well."""
    with writing():
        beats.begun(job.name, job.every, clock.now())
    result, failure = "", None
    try:
        if job.own_doors:
            result = str(job.run(now) or "")
        else:
            with writing():
                result = str(job.run(now) or "")
    except Exception as error:
        log.exception("job %s failed", job.name)
        failure = error
    with writing():
        beats.ended(job.name, clock.now(), said=result, error=failure)
    return failure is None


def work(app: Flask, stop: threading.Event) -> None:
    """Lead whenever nobody else does, until told to stop; all the while say that it lives."""
    leads = threading.Event()
    heart = threading.Thread(target=beats.keep_beating, args=(app, stop, leads.is_set))
    heart.start()
    try:
        while not stop.is_set():
            with leading(app) as still:
                if still:
                    log.info("this worker leads")
                    leads.set()
                    _lead(app, stop, still)
                    leads.clear()
            stop.wait(PATIENCE)
    finally:
        stop.set()  # a worker that breaks down must not go on saying that it lives
        heart.join()


def _lead(app: Flask, stop: threading.Event, still: Callable[[], bool]) -> None:
    """Run the table until told to stop or the lead is lost."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"misfire_grace_time": GRACE, "coalesce": True, "max_instances": 1},
    )
    for job in SCHEDULE:
        scheduler.add_job(
            _in_context,
            "interval",
            (app, job),
            id=job.name,
            seconds=job.every.total_seconds(),
            next_run_time=clock.now(),
        )
    scheduler.start()
    try:
        while not stop.wait(PATIENCE) and still():
            pass
    finally:
        scheduler.shutdown(wait=True)  # a job that runs is let finish


def _in_context(app: Flask, job: Job) -> None:
    with app.app_context():
        run(job, clock.now())


@contextmanager
def leading(app: Flask) -> Iterator[Callable[[], bool] | None]:
    """Hold the lead, if it is free: gives a question whether it is still held, or None.

    The lock ends with the process, however it ends.
    """
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    hold = _file if url.startswith("sqlite") else _advisory
    with hold(app) as still:
        yield still


@contextmanager
def _file(app: Flask) -> Iterator[Callable[[], bool] | None]:
    lock = FileLock(app.config["TALENT_HOME"] / "worker.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield None
        return
    try:
        yield lambda: True
    finally:
        lock.release()


@contextmanager
def _advisory(app: Flask) -> Iterator[Callable[[], bool] | None]:
    """On a connection of its own: one from a pool would give the lock back, or lose it."""
    engine = create_engine(
        app.config["SQLALCHEMY_DATABASE_URI"],
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
    )
    try:
        connection = engine.connect()
        mine = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER})
    except SQLAlchemyError:
        log.warning("the database cannot be reached")
        yield None
        return

    def still() -> bool:
        try:
            return bool(connection.scalar(text("SELECT 1")))
        except SQLAlchemyError:
            log.warning("the lead was lost with the connection to the database")
            return False

    try:
        yield still if mine else None
    finally:
        with suppress(SQLAlchemyError):
            connection.close()


def init_app(app: Flask) -> None:
    """Add the worker's commands."""
    for command in (worker, job_command, run_jobs):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def worker() -> None:
    """Do the timed work until told to stop."""
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    work(current_app._get_current_object(), stop)  # type: ignore[attr-defined]  # noqa: SLF001


@click.command("job")
@click.argument("name", type=click.Choice([job.name for job in SCHEDULE]))
@click.option("--at", type=datetime.fromisoformat, help="As if it were this moment (ISO, zone).")
@with_appcontext
def job_command(name: str, at: datetime | None) -> None:
    """Run one timed job now."""
    _once([job for job in SCHEDULE if job.name == name], at)


@click.command()
@click.option("--at", type=datetime.fromisoformat, help="As if it were this moment (ISO, zone).")
@with_appcontext
def run_jobs(at: datetime | None) -> None:
    """Run every timed job once, in the order of the table."""
    _once(list(SCHEDULE), at)


def _once(jobs: list[Job], at: datetime | None) -> None:
    now = (at or clock.now()).astimezone(UTC)
    well = [run(job, now) for job in jobs]
    for beat in db.session.query(JobRun).filter(JobRun.name.in_([job.name for job in jobs])):
        click.echo(f"{beat.name}: {beat.result or 'done'}")
    if not all(well):
        raise SystemExit(1)
