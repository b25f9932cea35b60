"""The pages of definitions: which indicators there are, and what is to be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.indicators.definitions import service
from talent.indicators.definitions.forms import FIELDS, IndicatorForm, TargetForm
from talent.indicators.forms import unit_of
from talent.indicators.models import Indicator, IndicatorTarget
from talent.staffing.levels.service import editable, keeps
from talent.staffing.levels.views import end_page, offered, office_of
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING, Scope.HOUSE)
def index() -> Answer:
    """Every indicator that concerns the reader's offices, with its levels."""
    found = service.indicators(actor(), closed=True)
    edits = actor().may(Permission.EDIT_STAFFING)
    return render_template(
        "indicators/definitions.html",
        indicators=found,
        edits=edits,
        own=keeps(actor(), found) if edits else (),
        own_targets=keeps(actor(), [t for each in found for t in each.targets]) if edits else (),
        examples_of=service.examples_of,
        unit_of=unit_of,
    )


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def new() -> Answer:
    """Begin an indicator of one's own."""
    form = IndicatorForm(**offered(), quantities=service.quantities(actor()))
    if form.validate_on_submit():
        try:
            service.define(office_of(form), form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".definitions"), _("The indicator is defined."))
    return form_page("indicators/definition.html", form=form)


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def turn(indicator_id: int) -> Answer:
    """Close an indicator, or open it again."""
    row = editable(Indicator, indicator_id, actor())
    open_ = request.form.get("open") == "1"
    service.turn(row, open_=open_, actor=actor(), now=clock.now())
    said = _("The indicator is open again.") if open_ else _("The indicator is closed.")
    return done(url_for(".definitions"), said)


@allow(Permission.EDIT_STAFFING)
def new_target(indicator_id: int) -> Answer:
    """Set a level for an office and all below it; an example fills the form."""
    row = service.indicator(actor(), indicator_id)
    example = service.example(request.args.get("example", ""))
    filled: dict[str, Any] = {}
    if example and example.indicator == row.code:
        filled = {"level": example.level, "source": example.source, "sure": example.sure.value}
    form = TargetForm(**offered(), valid_from=clock.today(DEFAULT_ZONE), **filled)
    if form.validate_on_submit():
        try:
            service.set_target(row, office_of(form), form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".definitions"), _("The target is set."))
    return form_page("indicators/target.html", form=form, indicator=row, unit_of=unit_of)


@allow(Permission.EDIT_STAFFING)
def end_target(target_id: int) -> Answer:
    """Say on which day a level holds for the last time."""
    row = editable(IndicatorTarget, target_id, actor())
    return end_page(
        row,
        lambda last: service.end_target(row, last_day=last, actor=actor(), now=clock.now()),
        template="indicators/target_end.html",
        back=url_for(".definitions"),
        said=_("The end of the target is on record."),
        target=row,
        unit_of=unit_of,
    )
