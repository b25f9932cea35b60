"""The page on which a day, a week or a project is copied to other days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext
from talent.offices import service as offices
from talent.rules.bulk import Unbulked
from talent.rules.reason import Because
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.batches.views import looked_over
from talent.shifts.copying import service
from talent.shifts.copying.forms import CopyForm, copy_form
from talent.shifts.copying.service import Extent
from talent.shifts.drafting.service import Proposal
from talent.shifts.projects import service as projects
from talent.web import actor, done

if TYPE_CHECKING:
    from datetime import datetime

    from talent.web import Answer

PLAN = Permission.PLAN_SHIFTS
FIELD_OF = {
    Unbulked.NOTHING: "day",
    Unbulked.TOO_MANY: "targets",
    service.Uncopied.WHICH: "project",
}


@allow(PLAN)
def copy() -> Answer:
    now = clock.now()
    chosen = request.args.get("project", type=int)
    project = projects.visible_project(actor(), PLAN, chosen) if chosen else None
    mine = offices.offices_of(actor(), PLAN)
    form = copy_form(
        mine,
        projects.plannable(actor()),
        office=project.office_id if project else mine[0].id,
        project=chosen,
        day=clock.today(mine[0].zone, now),
    )

    def do(agreed: Proposal) -> Answer:
        made = batches.make(agreed.lines, BatchKind.COPY, actor=actor(), now=now)
        said = gettext("Planned as drafts: %(count)s.", count=made.facts["count"])
        return done(url_for("shifts.acts"), said)

    return looked_over(
        form,
        lambda: _proposed(form, now),
        do,
        fields=FIELD_OF,
        heading=gettext("Copy shifts to other days"),
        lead="",
        back=url_for("shifts.acts"),
        does=gettext("Plan these shifts"),
    )


def _proposed(form: CopyForm, now: datetime) -> Proposal:
    office = offices.visible_office(actor(), PLAN, form.office.data)
    project = None
    if form.project.data:
        project = projects.visible_project(actor(), PLAN, form.project.data)
    g.zone = office.zone
    extent = Extent(form.extent.data)
    if extent is Extent.PROJECT and project is None:
        return Proposal(against=(Because(service.Uncopied.WHICH),))
    shifts = service.source(extent, form.day.data, office=office, project=project, actor=actor())
    batches.hold(shift.project_id for shift in shifts)
    return service.propose(extent, form.day.data, form.targets.days, shifts, now=now)
