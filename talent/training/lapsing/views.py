"""The list of what lapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.rules.credentials import NOTICE_DAYS
from talent.training.lapsing import service
from talent.training.lapsing.service import ZONE, Subject
from talent.training.service import PAGE
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """What lapses within 30, 60 or 90 days."""
    asked, days = request.args.get("what", ""), request.args.get("days", 0, int)
    subject = next((s for s in Subject if s == asked), Subject.CREDENTIALS)
    days = days if days in NOTICE_DAYS else NOTICE_DAYS[0]
    found = service.lapsing(
        actor(),
        subject,
        days=days,
        today=clock.today(ZONE),
        after=request.args.get("after", 0, int),
    )
    return render_template(
        "training/lapsing.html",
        lapses=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        subject=subject,
        subjects=Subject,
        days=days,
        notices=NOTICE_DAYS,
    )
