"""The doors through which service gets on record."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, url_for

from talent import clock
from talent.access import Permission, allow
from talent.db import one
from talent.errors import Refused
from talent.hours.recording import service
from talent.hours.recording.forms import EntryForm
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people import service as people
from talent.rules.hours import Deed
from talent.rules.span import MINUTE, Span
from talent.rules.volunteering import ActivityKind, NotVolunteering
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.hours.models import ServiceRecord
    from talent.people.models import Person
    from talent.web import Answer

bp = Blueprint("recording", __name__, url_prefix="/hours")


@bp.route("/people/<int:person_id>/entry", methods=["GET", "POST"])
@allow(Permission.ENTER_HOURS)
def enter(person_id: int) -> Answer:
    """Enter hours by hand. A second person approves them."""
    person = people.visible_person(actor(), Permission.ENTER_HOURS, person_id)
    form = EntryForm()
    seen = offices.offices_of(actor(), Permission.ENTER_HOURS)
    form.office_id.choices = [(o.id, named(o)) for o in seen]
    form.category_id.choices = [(c.id, named(c)) for c in offices.categories()]
    if form.validate_on_submit():
        try:
            record = _enter(form, person)
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys(NotVolunteering, "kind"))
        else:
            said = gettext("Entered. Somebody else of the office has to approve it.")
            return done(url_for("hours.record", record_id=record.id), said)
    return form_page("hours/enter.html", form=form, person=person)


def _enter(form: EntryForm, person: Person) -> ServiceRecord:
    office = one(Office, form.office_id.data)
    if form.ends_at.data <= form.starts_at.data:
        raise Refused([service.Unenterable.BACKWARDS])
    span = Span(form.starts_at.data, form.ends_at.data)
    deed = Deed(
        activity=form.activity.data,
        day=span.start.astimezone(ZoneInfo(office.zone)).date(),
        place=form.place.data,
        content=form.content.data,
        minutes=span.length // MINUTE,
        organiser=office.name_zh,
        person_in_charge=form.person_in_charge.data,
        by_hand=True,
        evidence=form.evidence.data,
    )
    return service.enter(
        person=person,
        office=office,
        deed=deed,
        category_id=form.category_id.data,
        span=span,
        actor=actor(),
        now=clock.now(),
        kind=ActivityKind(form.kind.data),
    )


@bp.post("/shifts/<int:shift_id>/closing")
@allow(Permission.LEAD_SHIFTS)
def close(shift_id: int) -> Answer:
    """The leader's list is complete: record what it says."""
    shift = service.led_shift(actor(), shift_id)
    service.close_shift(shift, actor=actor(), now=clock.now())
    said = gettext("The list is closed, and the hours are recorded.")
    return done(url_for("shifts.roster", shift_id=shift.id), said)
