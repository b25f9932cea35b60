"""The page on which a day, a holiday or the rest of a series is cancelled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import g, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext
from talent.offices import service as offices
from talent.shifts.batches import service as batches
from talent.shifts.batches.views import looked_over
from talent.shifts.closures import service
from talent.shifts.closures.forms import FIELD_OF, ClosureForm, closure_form
from talent.shifts.drafting.service import Proposal
from talent.shifts.projects import service as projects
from talent.shifts.series import service as series
from talent.web import actor, done, ids

if TYPE_CHECKING:
    from datetime import datetime

    from talent.offices.models import Office
    from talent.web import Answer

PLAN = Permission.PLAN_SHIFTS
AHEAD = timedelta(days=366)


@allow(PLAN)
def close_days() -> Answer:
    now, mine = clock.now(), offices.offices_of(actor(), PLAN)
    args, today = request.args, clock.today(mine[0].zone, now)
    form = closure_form(
        mine,
        projects.plannable(actor()),
        office=args.get("office", mine[0].id, type=int),
        project=args.get("project", type=int),
        series=args.get("series", ""),
        first=args.get("first", today, type=date.fromisoformat),
        last=args.get("last", None, type=date.fromisoformat),
    )

    def do(agreed: Proposal) -> Answer:
        office = _office(form)
        made = service.cancel(
            agreed, office=office, reason=form.reason.data, actor=actor(), now=now
        )
        said = gettext(
            "Cancelled: %(count)s. Everybody on them is told.", count=made.facts["count"]
        )
        return done(url_for("shifts.acts"), said)

    return looked_over(
        form,
        lambda: _proposed(form, now),
        do,
        fields=FIELD_OF,
        heading=gettext("Cancel all shifts of some days"),
        lead="",
        back=url_for("shifts.acts"),
        does=gettext("Cancel these shifts and tell everybody"),
        danger=True,
        holidays=service.holidays(today, today + AHEAD),
    )


def _office(form: ClosureForm) -> Office:
    return offices.visible_office(actor(), PLAN, form.office.data)


def _proposed(form: ClosureForm, now: datetime) -> Proposal:
    office, first = _office(form), form.first.data
    last, g.zone = form.last.data or first, office.zone
    if against := service.refusals(first, last):
        return Proposal(against=tuple(against))
    asked = ids([form.series.data or ""])
    found = service.ids_of(
        office,
        first,
        last,
        project=projects.visible_project(actor(), PLAN, form.project.data)
        if form.project.data
        else None,
        series_id=series.visible_series(actor(), PLAN, asked[0]).id if asked else None,
        actor=actor(),
        now=now,
    )
    return service.propose(batches.hold_shifts(found), now=now)
