"""The pages on which mappings are read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext
from talent.national.mappings import service
from talent.national.mappings.forms import MappingForm
from talent.national.mappings.service import Unmapped
from talent.offices.service import offices_of, visible_office
from talent.rules.national import Source
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_HOURS)
def index() -> Answer:
    """Every version, and the example that holds where there is none."""
    found = service.versions(actor())
    return render_template("national/mappings.html", versions=found)


@allow(Permission.SEE_HOURS)
def show(mapping_id: int) -> Answer:
    """One version as a table."""
    held = service.visible_version(actor(), mapping_id) if mapping_id else service.example()
    return render_template("national/mapping.html", held=held)


@allow(Permission.EDIT_RULES)
def new() -> Answer:
    """Write a new version, beginning with the one that holds."""
    now, today = clock.now(), clock.today(DEFAULT_ZONE)
    form = MappingForm(offices=offices_of(actor(), Permission.EDIT_RULES))
    if form.validate_on_submit():
        office = visible_office(actor(), Permission.EDIT_RULES, form.office.data)
        try:
            version = service.add(
                office,
                form.written(),
                valid_from=form.valid_from.data,
                actor=actor(),
                now=now,
                today=today,
            )
        except Refused as refusal:
            fields = dict.fromkeys([r.why for r in refusal.reasons], "text")
            form.refuse(refusal, fields | {Unmapped.BACKDATED: "valid_from"})
        else:
            there = url_for(".mapping", mapping_id=version.id)
            return done(there, gettext("The mapping is kept."))
    elif not form.is_submitted():
        based = request.args.get("on", 0, int)
        held = service.visible_version(actor(), based) if based else service.example()
        form.text.data, form.valid_from.data = held.text, today
    return form_page("national/mapping_new.html", form=form, sources=list(Source))
