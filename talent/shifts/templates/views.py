"""The pages of templates: kept from a project, listed, planned from, forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.shifts.batches import service as batches
from talent.shifts.batches.views import looked_over, planned
from talent.shifts.copying.service import Extent
from talent.shifts.projects import service as projects
from talent.shifts.templates import service
from talent.shifts.templates.forms import FIELD_OF, template_form, use_form
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.drafting.service import Proposal
    from talent.shifts.models import Project
    from talent.web import Answer

PLAN = Permission.PLAN_SHIFTS


@allow(PLAN)
def templates() -> Answer:
    rows = service.templates(actor(), after=request.args.get("after", type=int))
    return render_template(
        "shifts/templates.html",
        templates=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
    )


@allow(PLAN)
def new_template(project_id: int) -> Answer:
    project = projects.visible_project(actor(), PLAN, project_id)
    now = clock.now()
    form = template_form(day=clock.today(project.office.zone, now))
    if form.validate_on_submit():
        extent = Extent(form.extent.data)
        try:
            service.save(project, form.name.data, extent, form.day.data, actor=actor(), now=now)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("shifts.templates"), gettext("The template is saved."))
    return form_page("shifts/template_form.html", form=form, project=project)


@allow(PLAN)
def use_template(template_id: int) -> Answer:
    template = service.visible_template(actor(), template_id)
    now, zone = clock.now(), template.office.zone
    g.zone = zone
    form = use_form(service.targets(template, actor()), first=clock.today(zone, now))

    def project() -> Project:
        return projects.visible_project(actor(), PLAN, form.project.data)

    def propose() -> Proposal:
        batches.hold([project().id])
        return service.propose(template, project(), form.first.data, now=now)

    def do(agreed: Proposal) -> Answer:
        made = service.use(template, project(), agreed, actor=actor(), now=now)
        return planned(made, form.project.data)

    return looked_over(
        form,
        propose,
        do,
        heading=gettext("Plan from a template"),
        lead=template.name,
        back=url_for("shifts.templates"),
        does=gettext("Plan these shifts"),
    )


@allow(PLAN)
def remove_template(template_id: int) -> Answer:
    template = service.visible_template(actor(), template_id)
    service.remove(template, actor=actor(), now=clock.now())
    return done(url_for("shifts.templates"), gettext("Removed."))
