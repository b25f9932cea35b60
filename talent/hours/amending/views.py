"""The door to the words of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.hours.amending import service
from talent.hours.amending.forms import AmendForm
from talent.hours.review import service as review
from talent.i18n import gettext
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("amending", __name__, url_prefix="/hours")


@bp.route("/<int:record_id>/details", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS)
def edit(record_id: int) -> Answer:
    """Correct the words of a record; the old ones stay to be seen."""
    record = review.reviewable(actor(), record_id)
    form = AmendForm(data=service.details(record))
    if form.validate_on_submit():
        try:
            service.amend(
                record, form.details, reason=form.reason.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Corrected. The old words stay visible.")
            return done(url_for("hours.record", record_id=record.id), said)
    return form_page("hours/amend.html", form=form, record=record)
