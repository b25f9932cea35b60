"""The page of what offices leave lying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.hours.reminding import service
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("reminding", __name__, url_prefix="/hours")


@bp.get("/review/lying")
@allow(Permission.SEE_HOURS)
def index() -> Answer:
    """What lies with each office although it was reminded."""
    after = request.args.get("after", type=int)
    found = service.seen_lying(actor(), now=clock.now(), after=after)
    shown = found[: service.PAGE]
    more = len(found) > service.PAGE
    return render_template(
        "hours/lying.html",
        found=shown,
        next_url=url_for(".index", after=shown[-1].office.id) if more else "",
    )
