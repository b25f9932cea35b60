"""The doors of an office's queue: who applied, one application, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import audit, clock
from talent.access import Field, Permission, allow
from talent.errors import Refused
from talent.offices.service import offices_of
from talent.people import service as people
from talent.people.agreements import service as agreements
from talent.people.applications import service
from talent.people.applications.forms import (
    FIELDS,
    InterviewForm,
    ReferForm,
    ResultForm,
    ReturnForm,
)
from talent.people.claims.service import waiting as waiting_claims
from talent.people.models import RegistrationState
from talent.people.registrations import service as registering
from talent.people.steps import service as steps
from talent.rules.applications import InterviewState
from talent.rules.identity import masked
from talent.web import actor, done, form_page, ids, in_place, respond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.people.models import Registration
    from talent.web import Answer

EDIT = Permission.EDIT_PEOPLE


@allow(EDIT, shows={Field.AREA, Field.REASONS})
def applications() -> Answer:
    """Those who applied, and those who say that a person on record is they themselves."""
    asked = request.args
    whose, after = asked.get("whose", ""), asked.get("after", "")
    office_id = next(iter(ids([asked.get("office", "")])), None)
    rows, following = registering.waiting(
        actor(), EDIT, office_id=office_id, whose=whose, after=after
    )
    names = audit.called(row.taken_by for row in rows)
    kept = {name: value for name in ("office", "whose") if (value := asked.get(name))}
    first = not after and not kept
    return render_template(
        "people/applications.html",
        rows=[_waiting(row, names) for row in rows],
        interviews=steps.interviews_of([row.id for row in rows]),
        offices=offices_of(actor(), EDIT),
        whose=whose,
        office_id=office_id,
        next_url=url_for("people.applications", **kept, after=following) if following else "",
        claims=waiting_claims(actor(), EDIT) if first else [],
    )


def _waiting(registration: Registration, names: Mapping[int, str]) -> dict[str, Any]:
    """One application, with what keeps the office from accepting."""
    person, now = registration.person, clock.now()
    return {
        "registration": registration,
        "person": person,
        "age": people.age_on(person, clock.today(registration.office.zone, now)),
        "document": masked(person.document or ""),
        "reasons": registering.reasons_against(registration, person.consents, now=now),
        "taker": names.get(registration.taken_by or 0, ""),
        "mine": registration.taken_by is not None and registration.taken_by == actor().account_id,
    }


@allow(EDIT, shows={Field.AREA, Field.NOTES, Field.PHONE, Field.REASONS})
def application(registration_id: int) -> Answer:
    """One application: who it is, every step, interviews, and what can be done now."""
    return _page(registering.visible_registration(actor(), EDIT, registration_id))


def _page(row: Registration, returning: ReturnForm | None = None) -> Answer:
    taken = steps.steps_of([row.id])[row.id]
    names = audit.called([row.taken_by, *(step.account_id for step in taken)])
    return form_page(
        "people/application.html",
        returning=returning,
        **_waiting(row, names),
        steps=taken,
        names=names,
        interviews=steps.interviews_of([row.id])[row.id],
        to_sign=agreements.to_sign(row.person, now=clock.now()),
    )


@allow(EDIT)
def send_back(registration_id: int) -> Answer:
    """Return an application with the reason, which is asked for beside its field."""
    row = registering.visible_registration(actor(), EDIT, registration_id)
    form = ReturnForm(row.id)
    if not form.validate_on_submit():
        if in_place():
            return form_page("people/_registration.html", returning=form, **_waiting(row, {}))
        return _page(row, returning=form)
    registering.move(
        row, RegistrationState.RETURNED, reason=form.reason.data, actor=actor(), now=clock.now()
    )
    return respond(
        "people/_registration.html",
        to=url_for("people.show", person_id=row.person_id),
        said=_("Saved."),
        **_waiting(row, {}),
    )


@allow(EDIT)
def take(registration_id: int) -> Answer:
    """Look after an application oneself."""
    row = registering.visible_registration(actor(), EDIT, registration_id)
    service.take(row, actor=actor(), now=clock.now())
    return done(_home(row), _("You look after this application now."))


@allow(EDIT)
def put_back(registration_id: int) -> Answer:
    """Leave it to another clerk."""
    row = registering.visible_registration(actor(), EDIT, registration_id)
    service.put_back(row, actor=actor(), now=clock.now())
    return done(_home(row), _("The application is back in the queue."))


@allow(EDIT)
def refer(registration_id: int) -> Answer:
    """Send an application on to the office where the person wants to serve."""
    row = registering.visible_registration(actor(), EDIT, registration_id)
    others = [office for office in registering.offices_to_join() if office.id != row.office_id]
    form = ReferForm(offices=others)
    if form.validate_on_submit():
        try:
            to = registering.office_to_join(form.office.data)
            service.refer(row, to, why=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(
                url_for("people.applications"), _("The application is with the other office.")
            )
    return form_page("people/refer.html", form=form, registration=row, back=_home(row))


@allow(EDIT)
def invite(registration_id: int) -> Answer:
    """Invite to an interview."""
    row = registering.visible_registration(actor(), EDIT, registration_id)
    form = InterviewForm(zone=row.office.zone, place=row.office.address or "")
    if form.validate_on_submit():
        try:
            service.invite(row, **form.asked, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_home(row), _("The invitation is on its way."))
    return form_page("people/invite.html", form=form, registration=row, back=_home(row))


@allow(EDIT)
def interview(interview_id: int) -> Answer:
    """Note what became of an interview, or call it off."""
    row = service.visible_interview(actor(), EDIT, interview_id)
    form = ResultForm()
    if form.validate_on_submit():
        to, result = InterviewState(form.state.data), form.result.data or ""
        try:
            service.note(row, to, result=result, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_home(row.registration), _("Saved."))
    return form_page(
        "people/interview.html", form=form, interview=row, back=_home(row.registration)
    )


def _home(registration: Registration) -> str:
    return url_for("people.application", registration_id=registration.id)
