"""The page of queues and jobs: an office sees what waits for it, administrators who does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from talent import clock
from talent.access import Permission, allow
from talent.operation import queues, service
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("operation", __name__, url_prefix="/operation")


@bp.get("/")
@allow(Permission.SEE_MESSAGES)
def index() -> Answer:
    """What waits for the timed work; for administrators also workers, jobs and failures."""
    who, now = actor(), clock.now()
    whole = who.may(Permission.WATCH_WORK)
    return render_template(
        "operation/index.html",
        standing=service.standing(now) if whole else service.resting(now),
        queues=queues.of(who, now),
        doors=queues.DOORS,
        workers=service.workers(now) if whole else (),
        jobs=service.jobs(now) if whole else (),
        failures=service.failures() if whole else (),
        whole=whole,
    )
