"""The pages of social workers, and what waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext, label
from talent.people import service as people
from talent.rules.social_workers import Grade
from talent.training.credentials import service as credentials
from talent.training.records import service as records
from talent.training.records.forms import ReasonForm
from talent.training.service import PAGE
from talent.training.social_work import service
from talent.training.social_work.forms import FIELD_OF, RegistrationForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

QUEUES = {"trainings": records, "registrations": service}  # beside the credentials


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Social workers, their registrations, and what they still have to learn."""
    after = request.args.get("after", 0, int)
    found, more = service.social_workers(actor(), today=clock.today(DEFAULT_ZONE), after=after)
    waiting = [] if after else service.waiting(actor())
    return render_template(
        "training/social_workers.html",
        social_workers=found,
        more=more,
        waiting=waiting,
        refusals_of=lambda registration: service.refusals_to_verify(registration, actor()),
        may_edit=actor().may(Permission.EDIT_TRAINING),
    )


@allow(Permission.SEE_TRAINING)
def queue() -> Answer:
    """What waits for a second person: credentials, training that others held, registrations."""
    what = request.args.get("what", "")
    room: Any = QUEUES.get(what, credentials)
    found = room.waiting(actor(), after=request.args.get("after", 0, int))
    return render_template(
        "training/queue.html",
        found=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        what=what if what in QUEUES else None,
        may_edit=actor().may(Permission.EDIT_TRAINING),
        refusals_of=lambda one: room.refusals_to_verify(one, actor()),
    )


@allow(Permission.EDIT_TRAINING)
def new(person_id: int) -> Answer:
    """Write a registration down."""
    person = people.visible_person(actor(), Permission.EDIT_TRAINING, person_id)
    form = RegistrationForm()
    form.grade.choices = [(grade.value, label(grade)) for grade in Grade]
    if form.validate_on_submit():
        try:
            service.register(
                person,
                grade=form.grade.data,
                number=form.number.data,
                starts_on=form.starts_on.data,
                degree_on=form.degree_on.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.person", person_id=person.id), gettext("Saved."))
    return form_page("training/registration_form.html", form=form, person=person)


@allow(Permission.EDIT_TRAINING)
def verify(registration_id: int) -> Answer:
    """A second person has seen the registration."""
    registration = service.editable_registration(actor(), registration_id)
    service.verify(registration, actor=actor(), now=clock.now())
    said = gettext("Verified. It counts from now on.")
    return done(url_for("training.person", person_id=registration.person_id), said)


@allow(Permission.EDIT_TRAINING)
def refuse(registration_id: int) -> Answer:
    """The second person does not verify the registration, and says why."""
    registration = service.editable_registration(actor(), registration_id)
    form, back = ReasonForm(), url_for("training.queue", what="registrations")
    if form.validate_on_submit():
        service.refuse(registration, why=form.why.data, actor=actor(), now=clock.now())
        return done(back, gettext("Not verified. The person is told why."))
    return form_page(
        "training/registration_refusal.html", form=form, registration=registration, back=back
    )
