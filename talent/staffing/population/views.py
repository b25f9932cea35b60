"""The pages of population figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.rules.staffing import PopulationKind
from talent.staffing.population import service
from talent.staffing.population.forms import FIELDS, FigureForm
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Every figure, the latest first."""
    asked = request.args
    seen = offices.offices_of(actor(), Permission.SEE_STAFFING)
    office = next((o for o in seen if [o.id] == ids([asked.get("office", "")])), None)
    kind = next((k for k in PopulationKind if k.value == asked.get("kind")), None)
    after = next(iter(ids([asked.get("after", "")])), None)
    found = service.listed(actor(), office=office, kind=kind, after=after)
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    chosen: dict[str, Any] = {"office": office and office.id, "kind": kind and kind.value}
    return render_template(
        "staffing/population.html",
        figures=rows,
        offices=seen,
        office=office,
        kind=kind,
        kinds=PopulationKind,
        next_url=url_for(".population", after=rows[-1].id, **chosen) if more else "",
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """Write down a figure."""
    form = FigureForm(offices=offices.offices_of(actor(), Permission.EDIT_STAFFING))
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        now = clock.now()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            service.add_figure(office, form.figure, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".population"), _("The figure is on record."))
    return form_page("staffing/figure.html", form=form, figure=None)


@allow(Permission.EDIT_STAFFING)
def edit(population_id: int) -> Answer:
    """Correct a figure."""
    row = service.editable(actor(), population_id)
    form = FigureForm(
        offices=[row.office],
        office=row.office_id,
        kind=row.kind.value,
        number=row.number,
        as_of=row.as_of,
        source=row.source,
    )
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            service.change_figure(row, form.figure, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".population"), _("Saved."))
    return form_page("staffing/figure.html", form=form, figure=row)
