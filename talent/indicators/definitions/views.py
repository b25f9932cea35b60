"""The pages of definitions: which indicators there are, and what is to be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.indicators.definitions import service
from talent.indicators.definitions.forms import (
    EVERYBODY,
    FIELDS,
    EndForm,
    IndicatorForm,
    TargetForm,
)
from talent.indicators.forms import unit_of
from talent.offices import service as offices
from talent.staffing.standards.service import sets_for_all
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.offices.models import Office
    from talent.web import Answer


@allow(Permission.SEE_STAFFING, Scope.HOUSE)
def index() -> Answer:
    """Every indicator that concerns the reader's offices, with its levels."""
    found = service.indicators(actor(), closed=True)
    edits = actor().may(Permission.EDIT_STAFFING)
    return render_template(
        "indicators/definitions.html",
        indicators=found,
        today=clock.today(DEFAULT_ZONE),
        edits=edits,
        own=service.keeps(actor(), found) if edits else (),
        own_targets=service.keeps(actor(), [t for each in found for t in each.targets])
        if edits
        else (),
        last_day=service.last_day,
        examples_of=service.examples_of,
        unit_of=unit_of,
    )


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def new() -> Answer:
    """Begin an indicator of one's own."""
    form = IndicatorForm(
        offices=offices.offices_of(actor(), Permission.EDIT_STAFFING),
        everybody=sets_for_all(actor()),
        quantities=service.quantities(actor()),
    )
    if form.validate_on_submit():
        office = _office(form.office.data)
        try:
            service.define(office, form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".definitions"), _("The indicator is defined."))
    return form_page("indicators/definition.html", form=form)


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def turn(indicator_id: int) -> Answer:
    """Close an indicator, or open it again."""
    row = service.own(actor(), indicator_id)
    open_ = request.form.get("open") == "1"
    service.turn(row, open_=open_, actor=actor(), now=clock.now())
    said = _("The indicator is open again.") if open_ else _("The indicator is closed.")
    return done(url_for(".definitions"), said)


@allow(Permission.EDIT_STAFFING)
def new_target(indicator_id: int) -> Answer:
    """Set a level for an office and all below it; an example fills the form."""
    row = service.indicator(actor(), indicator_id)
    example = service.example(request.args.get("example", ""))
    filled = {}
    if example and example.indicator == row.code:
        filled = {"level": example.level, "source": example.source, "sure": example.sure.value}
    form = TargetForm(
        offices=offices.offices_of(actor(), Permission.EDIT_STAFFING),
        everybody=sets_for_all(actor()),
        valid_from=clock.today(DEFAULT_ZONE),
        **filled,
    )
    if form.validate_on_submit():
        office = _office(form.office.data)
        try:
            service.set_target(row, office, form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".definitions"), _("The target is set."))
    return form_page("indicators/target.html", form=form, indicator=row, unit_of=unit_of)


@allow(Permission.EDIT_STAFFING)
def end_target(target_id: int) -> Answer:
    """Say on which day a level holds for the last time."""
    row = service.target(actor(), target_id)
    form = EndForm(last_day=service.last_day(row) or clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.end_target(row, last_day=form.last_day.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".definitions"), _("The end of the target is on record."))
    return form_page("indicators/target_end.html", form=form, target=row, unit_of=unit_of)


def _office(number: int) -> Office | None:
    if number == EVERYBODY:  # only offered to, and only taken from, who speaks for all
        return None
    return offices.visible_office(actor(), Permission.EDIT_STAFFING, number)
