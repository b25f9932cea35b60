"""The pages of staffing standards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.staffing.appointments.forms import EndForm
from talent.staffing.models import AppointmentKind
from talent.staffing.standards import service
from talent.staffing.standards.forms import FIELDS, WHOLE_COUNTRY, StandardForm
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """The standards that concern the actor's offices."""
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = service.listed(actor(), after=after)
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    return render_template(
        "staffing/standards.html",
        standards=rows,
        next_url=url_for(".standards", after=rows[-1].id) if more else "",
        today=clock.today(DEFAULT_ZONE),
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        edits_all=service.sets_for_all(actor()),
        word=AppointmentKind,
        last_day=service.last_day,
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """Set a standard."""
    mine = offices.offices_of(actor(), Permission.EDIT_STAFFING)
    everywhere = service.sets_for_all(actor())
    form = StandardForm(
        offices=mine, whole_country=everywhere, valid_from=clock.today(DEFAULT_ZONE)
    )
    if form.validate_on_submit():
        office = None
        if form.office.data != WHOLE_COUNTRY:
            office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        try:
            service.add_standard(office=office, **form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".standards"), _("The standard is set."))
    return form_page("staffing/standard.html", form=form)


@allow(Permission.EDIT_STAFFING)
def end(standard_id: int) -> Answer:
    """Say on which day a standard holds for the last time."""
    row = service.editable(actor(), standard_id)
    form = EndForm(last_day=service.last_day(row) or clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.end(row, last_day=form.last_day.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".standards"), _("The end of the standard is on record."))
    return form_page("staffing/standard_end.html", form=form, standard=row)
