"""The page of every bulk act: what it will do is shown first, and done as it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent.db import db
from talent.errors import Refused
from talent.i18n import ngettext
from talent.shifts.batches.forms import shown_fields
from talent.web import done, form_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from talent.forms import Form
    from talent.shifts.batches.models import Batch
    from talent.shifts.drafting.service import Proposal
    from talent.web import Answer

FIELDS: Mapping[Any, str] = {}


def looked_over(
    form: Form,
    propose: Callable[[], Proposal],
    do: Callable[[Proposal], Answer],
    *,
    fields: Mapping[Any, str] = FIELDS,
    **page: Any,
) -> Answer:
    """A form whose act is worked out and shown; sent once more with its mark, it is done.

    Something has changed meanwhile: 409, and what it would do now.
    """
    page |= {"form": form, "shown": shown_fields(form), "proposal": None}
    if not form.validate_on_submit():
        return form_page("shifts/bulk.html", **page)
    proposal, seen, status = propose(), request.form.get("agreed", ""), 200
    if proposal.against:
        form.refuse(Refused(proposal.against), fields)
        status = 422
    elif seen:
        try:
            return do(proposal.agreed(seen))
        except Refused as refusal:
            db.session.rollback()
            form.refuse(refusal, fields)
            proposal, status = propose(), 409
    return render_template("shifts/bulk.html", **page | {"proposal": proposal}), status


def planned(made: Batch, project_id: int) -> Answer:
    """Back to the project, with how many were planned."""
    said = ngettext(
        "%(num)d shift is planned as a draft. Publish it when it is ready.",
        "%(num)d shifts are planned as drafts. Publish them when they are ready.",
        made.facts["count"],
    )
    return done(url_for("shifts.project", project_id=project_id), said)
