"""The pages of star schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext
from talent.offices import service as offices
from talent.recognition.schemes import service
from talent.recognition.schemes.forms import FIELD_OF, EndForm, SchemeForm
from talent.recognition.schemes.service import TEMPLATES, Template
from talent.recognition.service import PAGE
from talent.web import actor, done, form_page, next_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_RECOGNITION)
def index() -> Answer:
    """The schemes that concern the reader's offices."""
    found = service.listed(actor(), after=request.args.get("after", type=int))
    return render_template(
        "recognition/schemes.html",
        schemes=found[:PAGE],
        today=clock.today(DEFAULT_ZONE),
        edits={office.id for office in offices.offices_of(actor(), Permission.EDIT_RULES)},
        templates=Template,
        next_url=next_page(found, PAGE, ".schemes"),
    )


@allow(Permission.EDIT_RULES)
def new() -> Answer:
    """Set a scheme, from a template or from nothing."""
    template = Template.of(request.args.get("template"))
    outline = TEMPLATES[template] if template else service.blank()
    form = SchemeForm.of(
        outline,
        offices=offices.offices_of(actor(), Permission.EDIT_RULES),
        first_day=clock.today(DEFAULT_ZONE),
    )
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_RULES, form.office.data)
        try:
            service.add(
                office,
                form.outline,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for(".schemes"), gettext("The scheme is set."))
    return form_page("recognition/scheme_form.html", form=form, outline=outline)


@allow(Permission.EDIT_RULES)
def end(scheme_id: int) -> Answer:
    """Say on which day a scheme holds for the last time."""
    scheme = service.editable(actor(), scheme_id)
    form = EndForm(last_day=scheme.last_day or clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.end(scheme, last_day=form.last_day.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for(".schemes"), gettext("The end of the scheme is on record."))
    return form_page("recognition/scheme_end.html", form=form, scheme=scheme)
