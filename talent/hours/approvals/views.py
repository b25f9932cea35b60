"""The doors of the bulk approval: look at it first, then do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.hours.approvals import service
from talent.hours.worklist import service as worklist
from talent.hours.worklist.service import Part
from talent.i18n import DEFAULT_ZONE, ngettext
from talent.web import actor, done, ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.web import Answer

bp = Blueprint("approvals", __name__, url_prefix="/hours")


@bp.get("/review/approvals")
@allow(Permission.REVIEW_HOURS)
def index() -> Answer:
    """What would be approved: the records that were ticked, or all that the list shows."""
    given = request.args
    wanted: Sequence[int]
    if given.get("all"):
        within = worklist.narrowed(
            actor(),
            office_id=given.get("office", type=int),
            project_id=given.get("project", type=int),
            person=given.get("person", ""),
            kind=given.get("kind"),
        )
        wanted = worklist.matching(
            actor(),
            Part.of(given.get("part")) or Part.WAITING,
            within,
            today=clock.today(DEFAULT_ZONE, clock.now()),
            most=service.MOST,
        )
    else:
        wanted = ids(given.getlist("record"))
    proposal = service.propose(wanted[: service.MOST], actor=actor())
    return render_template(
        "hours/approvals.html",
        proposal=proposal,
        most=service.MOST if len(wanted) > service.MOST else 0,
        done=False,
    )


@bp.post("/review/approvals")
@allow(Permission.REVIEW_HOURS)
def approve() -> Answer:
    """Approve what was shown, and say what was left out."""
    seen = service.marked(request.form.get("seen", ""))
    proposal = service.approve(seen, actor=actor(), now=clock.now())
    if proposal.left or not proposal.records:
        return render_template("hours/approvals.html", proposal=proposal, most=0, done=True)
    said = ngettext(
        "%(num)d record is approved.", "%(num)d records are approved.", len(proposal.records)
    )
    return done(url_for("review.index"), said)
