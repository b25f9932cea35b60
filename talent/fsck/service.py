"""All checks, in one snapshot of the database that nobody's writing disturbs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.db import db
from talent.fsck import hours, orphans, papers, schema, shifts, staffing
from talent.fsck.finding import Moment, Soon
from talent.messages.models import JobRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from talent.fsck.finding import Check

SHOWN = 5  # findings that are named: of more, the first say enough
PROMOTER, EVERY = "shifts.fill_places", timedelta(minutes=1)
CHECKS: tuple[Check, ...] = (
    *shifts.CHECKS,
    *hours.CHECKS,
    *papers.CHECKS,
    *staffing.CHECKS,
    *schema.CHECKS,
    *orphans.CHECKS,
)


@dataclass(slots=True)
class Result:
    """What one check found: how many faults, the first of them, and what a job is about to do."""

    check: Check
    faults: int = 0
    waiting: int = 0
    first: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(now: datetime, *, promoted: datetime | None = None) -> Iterator[Result]:
    """Every check, one after the other. Ends any transaction before, and its own at the end.

    `promoted` is when free places were last filled; without it, when the job last did.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        only = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = db.session.connection(execution_options=only)
        # All that is found is read, piece by piece: not a plan that is quick for the first of it.
        connection.exec_driver_sql("SET LOCAL cursor_tuple_fraction = 1")
    try:
        moment = Moment(now, promoted or _promoted())
        for check in CHECKS:
            yield _asked(check, moment)
    finally:
        db.session.rollback()


def _asked(check: Check, moment: Moment) -> Result:
    began, result = time.perf_counter(), Result(check)
    for said in _found(check, moment):
        soon = isinstance(said, Soon)
        result.waiting += soon
        result.faults += not soon
        if len(result.first) < SHOWN:
            result.first.append(str(said))
    result.seconds = time.perf_counter() - began
    db.session.expunge_all()
    return result


def _found(check: Check, moment: Moment) -> Iterator[str]:
    """What it finds. A row that cannot even be read is a fault, and no reason to end."""
    try:
        yield from check.find(moment)
    except (LookupError, TypeError, ValueError) as unreadable:
        yield f"what is there cannot be read: {unreadable}"


def _promoted() -> datetime | None:
    """When the job began that filled free places last and came to its end."""
    beat = db.session.get(JobRun, PROMOTER)
    if beat is None:
        return None
    return beat.started_at if beat.finished_at else beat.started_at - EVERY
