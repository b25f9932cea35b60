"""The pages of social workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, label
from talent.people import service as people
from talent.rules.social_workers import Grade
from talent.training.credentials.service import ZONE
from talent.training.social_work import service
from talent.training.social_work.forms import FIELD_OF, RegistrationForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Social workers, their registrations, and what they still have to learn."""
    after = request.args.get("after", 0, int)
    found, more = service.social_workers(actor(), today=clock.today(ZONE), after=after)
    waiting = [] if after else service.waiting(actor())
    return render_template(
        "training/social_workers.html",
        social_workers=found,
        more=more,
        waiting=waiting,
        refusals_of=lambda registration: service.refusals_to_verify(registration, actor()),
        may_edit=actor().may(Permission.EDIT_TRAINING),
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
