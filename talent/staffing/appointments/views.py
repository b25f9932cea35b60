"""The pages of appointments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.people import service as people
from talent.staffing.appointments import service
from talent.staffing.appointments.forms import FIELDS, AppointmentForm
from talent.staffing.levels.forms import EndForm
from talent.staffing.models import AppointmentKind
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.staffing.models import Appointment
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Who is appointed where, on a day or ever."""
    asked = request.args
    today = clock.today(DEFAULT_ZONE)
    on = asked.get("on", today, date.fromisoformat) if asked.get("on", "-") else None
    seen = offices.offices_of(actor(), Permission.SEE_STAFFING)
    office = next((o for o in seen if [o.id] == ids([asked.get("office", "")])), None)
    kind = next((k for k in AppointmentKind if k.value == asked.get("kind")), None)
    found = service.listed(actor(), office=office, kind=kind, on=on, after=asked.get("after", ""))
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    chosen: dict[str, Any] = {
        "on": on or "",
        "office": office and office.id,
        "kind": kind and kind.value,
    }
    return render_template(
        "staffing/appointments.html",
        appointments=rows,
        offices=seen,
        office=office,
        kind=kind,
        kinds=AppointmentKind,
        on=on,
        next_url=url_for(".appointments", after=service.key(rows[-1]), **chosen) if more else "",
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        last_day=lambda row: service.terms_of(row).last_day,
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """First who, then what."""
    chosen = ids([request.args.get("person", "")])
    if not chosen:
        q = request.args.get("q", "")
        found = people.found(actor(), Permission.SEE_PEOPLE, q)
        return render_template("staffing/appointment_person.html", q=q, people=found)
    person = people.visible_person(actor(), Permission.SEE_PEOPLE, chosen[0])
    form = AppointmentForm(offices=service.employers(actor()), starts_on=clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        try:
            service.appoint(person, office, form.terms, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".person", person_id=person.id), _("The appointment is on record."))
    return form_page("staffing/appointment.html", form=form, person=person)


@allow(Permission.EDIT_STAFFING)
def edit(appointment_id: int) -> Answer:
    """Change the terms of an appointment; who and where stay."""
    row = service.editable(actor(), appointment_id)
    terms = service.terms_of(row)
    form = AppointmentForm(
        offices=[row.office],
        office=row.office_id,
        kind=terms.kind.value,
        post=terms.post,
        share=terms.share.normalize(),
        starts_on=terms.starts_on,
        last_day=terms.last_day,
        on_leave=terms.on_leave,
        probation_until=terms.probation_until,
        leave_from=terms.leave_from,
        leave_until=terms.leave_until,
    )
    if form.validate_on_submit():
        try:
            service.change(row, form.terms, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return _seen(row, _("Saved."))
    return form_page("staffing/appointment.html", form=form, person=row.person)


@allow(Permission.EDIT_STAFFING)
def end(appointment_id: int) -> Answer:
    """Say on which day it holds for the last time."""
    row = service.editable(actor(), appointment_id)
    form = EndForm(last_day=clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.end(row, last_day=form.last_day.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return _seen(row, _("The end of the appointment is on record."))
    return form_page("staffing/appointment_end.html", form=form, appointment=row)


def _seen(row: Appointment, said: str) -> Answer:
    return done(url_for(".person", person_id=row.person_id), said)
