"""The page on which a span of time is divided into shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext, named
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import BatchKind
from talent.shifts.batches.views import looked_over, planned
from talent.shifts.projects import service as projects
from talent.shifts.splitting import service
from talent.shifts.splitting.forms import FIELD_OF, SplitForm, split_form
from talent.web import actor

if TYPE_CHECKING:
    from datetime import datetime

    from talent.shifts.drafting.service import Proposal
    from talent.shifts.models import Project
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def split(project_id: int) -> Answer:
    project = projects.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    g.zone, now = project.office.zone, clock.now()
    form = split_form(project)

    def propose() -> Proposal:
        (held,) = batches.hold([project_id])
        return _proposed(held, form, now)

    def do(agreed: Proposal) -> Answer:
        made = batches.make(agreed.lines, BatchKind.SPLIT, actor=actor(), now=now)
        return planned(made, project_id)

    return looked_over(
        form,
        propose,
        do,
        fields=FIELD_OF,
        heading=gettext("Divide a span into shifts"),
        lead=named(project),
        back=url_for("shifts.project", project_id=project_id),
        does=gettext("Plan these shifts"),
    )


def _proposed(project: Project, form: SplitForm, now: datetime) -> Proposal:
    if form.way.data == "times":
        first = form.first.data
        return service.propose_changes(
            project, form.cut, first=first, last=form.last.data or first, times=form.times.data,
            now=now,
        )  # fmt: skip
    return service.propose_pieces(
        project,
        form.cut,
        start=form["starts_at"].data,
        end=form["ends_at"].data,
        minutes=form.minutes.data,
        changeover=form.changeover.data or 0,
        even=form.even.data,
        now=now,
    )
