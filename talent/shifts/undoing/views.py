"""The page of recent bulk acts, with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext
from talent.shifts.undoing import service
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def acts() -> Answer:
    rows = service.acts(actor(), now=clock.now(), after=request.args.get("after", type=int))
    return render_template(
        "shifts/acts.html",
        acts=rows[: service.PAGE],
        more=rows[service.PAGE - 1].batch.id if len(rows) > service.PAGE else None,
    )


@allow(Permission.PLAN_SHIFTS)
def undo(batch_id: int) -> Answer:
    batch = service.visible_batch(actor(), batch_id)
    service.undo(batch, actor=actor(), now=clock.now())
    return done(url_for("shifts.acts"), gettext("Undone."))
