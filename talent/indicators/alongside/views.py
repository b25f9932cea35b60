"""The pages of volunteers beside staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.indicators import service as tree_of
from talent.indicators.alongside import service
from talent.indicators.alongside.forms import FIELDS, ServedForm
from talent.rules.indicators import shown
from talent.sheets.writing import written
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Of each office: volunteers, their hours, and how many communities have service."""
    tree = tree_of.tree(actor())
    if not tree.offices:
        return render_template("indicators/alongside.html", lines=())
    office = tree.of(request.args.get("office", type=int))
    today = clock.today(office.zone)
    return render_template(
        "indicators/alongside.html",
        lines=service.lines(actor(), tree.under(office), office, on=today),
        office=office,
        offices=tree.offices,
        today=today,
        written=written,
    )


@allow(Permission.SEE_STAFFING)
def services() -> Answer:
    """The services of an office and all below it: both sides on their shifts."""
    tree = tree_of.tree(actor())
    if not tree.offices:
        return render_template("indicators/services.html", services=())
    office = tree.of(request.args.get("office", type=int))
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = service.services(actor(), office, now=clock.now(), after=after)
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    return render_template(
        "indicators/services.html",
        services=rows,
        office=office,
        offices=tree.offices,
        next_url=url_for(".services", after=rows[-1].project.id, office=office.id) if more else "",
        written=written,
    )


@allow(Permission.SEE_STAFFING)
def show(project_id: int) -> Answer:
    """One service: each shift around today, with what it lacks."""
    found = service.service(actor(), project_id, now=clock.now())
    return render_template(
        "indicators/service.html",
        service=found,
        stated=service.stated_of(found.project),
        shown=shown,
        written=written,
        edits=actor().may(Permission.EDIT_STAFFING, found.project.office.path),
    )


@allow(Permission.EDIT_STAFFING)
def state(project_id: int) -> Answer:
    """Say how many people one shift of a service serves."""
    project = service.project(actor(), Permission.EDIT_STAFFING, project_id)
    form = ServedForm(valid_from=clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.state(project, form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            there = url_for(".service", project_id=project.id)
            return done(there, _("The figure is on record."))
    return form_page("indicators/served.html", form=form, project=project)
