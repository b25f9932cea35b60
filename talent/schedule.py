"""The one table of timed jobs, and the worker that runs it.

Each job finds in the database what is due and does it once, however often it is run: so a job may
run at any start, after any pause. One worker leads; the others wait for it to die.
"""

from __future__ import annotations

import logging
import signal
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import current_app
from flask.cli import with_appcontext

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
from talent.operation.leading import LeadLost, leading, sign_connections
from talent.privacy import jobs as privacy
from talent.ratings import jobs as ratings
from talent.recognition.granting import jobs as recognition
from talent.renewals import jobs as renewals
from talent.rosters import jobs as rosters
from talent.shifts import jobs as shifts
from talent.timebank import jobs as timebank
from talent.training import jobs as training

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from flask import Flask

    from talent.operation.leading import Held

LOOKS = 4  # at who leads, within one lease
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
    leads, name = threading.Event(), beats.name_of_this()
    sign_connections(app, name)
    heart = threading.Thread(target=beats.keep_beating, args=(app, name, stop, leads.is_set))
    heart.start()
    try:
        while not stop.is_set():
            with leading(app, name) as held:
                if held:
                    log.info("this worker leads")
                    leads.set()
                    _lead(app, stop, held)
                    leads.clear()
            stop.wait(_pause(app))
    finally:
        stop.set()  # a worker that breaks down must not go on saying that it lives
        heart.join()


def _pause(app: Flask) -> float:
    lease: float = app.config["WORKER_LEASE"]
    return lease / LOOKS


def _lead(app: Flask, stop: threading.Event, held: Held) -> None:
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
            (app, job, held),
            id=job.name,
            seconds=job.every.total_seconds(),
            next_run_time=clock.now(),
        )
    scheduler.start()
    try:
        while not stop.wait(_pause(app)) and held.still():
            pass
    finally:
        _let_finish(scheduler, held, _pause(app))


def _let_finish(scheduler: BackgroundScheduler, held: Held, pause: float) -> None:
    """A job that runs is let finish, and nobody takes the lead as long as it does."""
    ending = threading.Thread(target=scheduler.shutdown)
    ending.start()
    while ending.is_alive() and held.still():
        ending.join(pause)
    ending.join()


def _in_context(app: Flask, job: Job, held: Held) -> None:
    with app.app_context(), held.fenced():
        try:
            run(job, clock.now())
        except LeadLost:
            log.warning("job %s: somebody else leads, nothing of it was written", job.name)


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
