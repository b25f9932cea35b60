"""The pages of the ledger's proof: what the last check found, and the ones before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, url_for
from htmx_flask import request

from talent.access import Permission, allow
from talent.hours.proofs import service
from talent.offices.service import visible_office
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("proofs", __name__, url_prefix="/hours/ledger")


@bp.get("/")
@allow(Permission.SEE_HOURS)
def index() -> Answer:
    """The last check of each office's ledger."""
    found = service.checked(actor(), after=request.args.get("after", 0, int))
    shown = found[: service.PAGE]
    more = len(found) > service.PAGE
    return render_template(
        "hours/proofs.html",
        found=shown,
        next_url=url_for(".index", after=shown[-1][0].id) if more else "",
    )


@bp.get("/<int:office_id>")
@allow(Permission.SEE_HOURS)
def show(office_id: int) -> Answer:
    """The checks of one office's ledger, the latest first."""
    office = visible_office(actor(), Permission.SEE_HOURS, office_id)
    g.zone = office.zone
    found = service.proofs_of(office.id, before=request.args.get("before", type=int))
    shown = found[: service.PAGE]
    more = len(found) > service.PAGE
    return render_template(
        "hours/proof.html",
        office=office,
        found=shown,
        next_url=url_for(".show", office_id=office.id, before=shown[-1].id) if more else "",
    )
