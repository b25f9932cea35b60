"""The pages on which a series is planned and grown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext, named
from talent.shifts.batches import service as batches
from talent.shifts.batches.views import looked_over, planned
from talent.shifts.projects import service as projects
from talent.shifts.series import service
from talent.shifts.series.forms import FIELD_OF, ExtensionForm, series_form
from talent.web import actor

if TYPE_CHECKING:
    from datetime import date

    from talent.shifts.drafting.service import Proposal
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def new_series(project_id: int) -> Answer:
    project = projects.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    g.zone, now = project.office.zone, clock.now()
    form = series_form(project)

    def propose() -> Proposal:
        (held,) = batches.hold([project_id])
        return service.propose(held, form.outline, now=now)

    def do(agreed: Proposal) -> Answer:
        made = service.start(project, form.outline, agreed, actor=actor(), now=now)
        return planned(made, project_id)

    return looked_over(
        form,
        propose,
        do,
        fields=FIELD_OF,
        heading=gettext("New series"),
        lead=named(project),
        back=url_for("shifts.project", project_id=project_id),
        does=gettext("Plan these shifts"),
    )


@allow(Permission.PLAN_SHIFTS)
def extend_series(series_id: int) -> Answer:
    series = service.visible_series(actor(), Permission.PLAN_SHIFTS, series_id)
    project_id, now = series.project_id, clock.now()
    g.zone = series.zone
    form = ExtensionForm(until=service.pattern_of(series).until)

    def propose() -> Proposal:
        batches.hold([project_id])
        return service.propose_more(service.hold(series_id), _until(form), now=now)

    def do(agreed: Proposal) -> Answer:
        made = service.grow(series, _until(form), agreed, actor=actor(), now=now)
        return planned(made, project_id)

    return looked_over(
        form,
        propose,
        do,
        fields=FIELD_OF,
        heading=gettext("Lengthen the series"),
        lead=named(series.project),
        back=url_for("shifts.project", project_id=project_id),
        does=gettext("Plan these shifts"),
    )


def _until(form: ExtensionForm) -> date:
    last: date = form.until.data
    return last
