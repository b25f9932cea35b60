"""The pages of stated figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, ngettext
from talent.i18n import gettext as _
from talent.indicators import service as tree_of
from talent.indicators.definitions import service as definitions
from talent.indicators.forms import unit_of
from talent.indicators.stated import service
from talent.indicators.stated.forms import FIELDS, FigureForm, name, sheet_form, sheet_of
from talent.offices import service as offices
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Every stated figure, the latest first."""
    asked = request.args
    seen = tree_of.tree(actor()).offices
    office = next((o for o in seen if [o.id] == ids([asked.get("office", "")])), None)
    quantities = definitions.quantities(actor(), stated=True)
    quantity = next((q for q in quantities if [q.id] == ids([asked.get("quantity", "")])), None)
    after = next(iter(ids([asked.get("after", "")])), None)
    chosen: dict[str, Any] = {"office": office and office.id, "quantity": quantity and quantity.id}
    found = service.listed(actor(), office=office, quantity_id=chosen["quantity"], after=after)
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    return render_template(
        "indicators/figures.html",
        figures=rows,
        offices=seen,
        office=office,
        quantities=quantities,
        quantity=quantity,
        next_url=url_for(".figures", after=rows[-1].id, **chosen) if more else "",
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        unit_of=unit_of,
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """State the figures of one office, all on one sheet."""
    mine = tree_of.tree(actor(), Permission.EDIT_STAFFING)
    if not mine.offices:
        raise NotFound
    office = mine.of(request.args.get("office", type=int))
    now = clock.now()
    today = clock.today(DEFAULT_ZONE, now)
    quantities = service.asked_of(actor(), office)
    latest = service.latest(office, on=today)
    form = sheet_form(office, quantities, latest, as_of=today)
    if form.validate_on_submit():
        sheet = sheet_of(form, quantities)
        try:
            changed = service.state(office, sheet, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            said = ngettext(
                "%(num)d figure is on record.", "%(num)d figures are on record.", changed
            )
            return done(url_for(".figures", office=office.id), said)
    return form_page(
        "indicators/sheet.html",
        form=form,
        office=office,
        offices=mine.offices,
        fields=[name(each) for each in quantities],
    )


@allow(Permission.EDIT_STAFFING)
def edit(figure_id: int) -> Answer:
    """Correct one figure."""
    row = service.editable(actor(), figure_id)
    form = FigureForm(number=row.number, as_of=row.as_of, source=row.source)
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            service.correct(row, form.stated, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".figures", office=row.office_id), _("Saved."))
    return form_page("indicators/figure.html", form=form, figure=row, unit_of=unit_of)
