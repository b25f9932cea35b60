"""The doors of a guardian, and the office's for what came on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.guardians import service
from talent.guardians.forms import BESIDE, PaperForm, PermitForm
from talent.i18n import zone
from talent.people import service as people
from talent.people.permits import service as permits
from talent.rules.age import guardian_needed
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer

bp = Blueprint("guardians", __name__)


@bp.get("/children")
@allow(Permission.SIGNED_IN)
def index() -> Answer:
    """One's children, each with what waits and what comes."""
    if (own := people.own_person(actor())) is None:
        raise NotFound
    now = clock.now()
    found = service.children(own.id, today=clock.today(zone(), now), now=now)
    return render_template("guardians/index.html", children=found)


@bp.get("/children/<int:person_id>")
@allow(Permission.SIGNED_IN)
def show(person_id: int) -> Answer:
    """One child."""
    person, now = _child(person_id), clock.now()
    child = service.look(person, today=clock.today(zone(), now), now=now)
    return render_template("guardians/show.html", child=child, told=service.told(person))


@bp.route("/children/<int:person_id>/activities", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def permit(person_id: int) -> Answer:
    """Name what a child may do."""
    person, today = _child(person_id), clock.today(zone(), clock.now())
    form = PermitForm(permits.kinds(), today)
    back = url_for("guardians.show", person_id=person.id)
    if form.validate_on_submit():
        try:
            permits.give(
                person,
                form.permits,
                by=getattr(people.own_person(actor()), "name", ""),
                actor=actor(),
                today=today,
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, BESIDE)
        else:
            return done(back, _("Saved."))
    return form_page("guardians/permit.html", form=form, person=person, back=back)


@bp.post("/children/<int:person_id>/activities/<int:consent_id>/withdrawal")
@allow(Permission.SIGNED_IN)
def withdraw(person_id: int, consent_id: int) -> Answer:
    """Take back what was agreed to."""
    permits.withdraw(_child(person_id), consent_id, actor=actor(), now=clock.now())
    return done(url_for("guardians.show", person_id=person_id), _("The consent is withdrawn."))


@bp.get("/people/<int:person_id>/activities")
@allow(Permission.SEE_PEOPLE)
def of_person(person_id: int) -> Answer:
    """What a minor may do, for the office."""
    person = people.visible_person(actor(), Permission.SEE_PEOPLE, person_id)
    now = clock.now()
    child = service.look(person, today=clock.today(zone(), now), now=now)
    return render_template("guardians/of_person.html", child=child)


@bp.route("/people/<int:person_id>/activities/paper", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE, shows={Field.GUARDIAN})
def on_paper(person_id: int) -> Answer:
    """Type in what a guardian agreed to on paper."""
    person = _minor(person_id)
    today = clock.today(zone(), clock.now())
    form = PaperForm(permits.kinds(), today, by=person.guardian_name)
    back = url_for("guardians.of_person", person_id=person.id)
    if form.validate_on_submit():
        try:
            permits.give(
                person,
                form.permits,
                by=form.by.data,
                on_paper=True,
                actor=actor(),
                today=today,
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, BESIDE)
        else:
            return done(back, _("Saved."))
    return form_page("guardians/permit.html", form=form, person=person, back=back)


@bp.post("/people/<int:person_id>/activities/<int:consent_id>/withdrawal")
@allow(Permission.EDIT_PEOPLE)
def withdraw_paper(person_id: int, consent_id: int) -> Answer:
    """A guardian takes back at the office what was agreed to."""
    person = people.visible_person(actor(), Permission.EDIT_PEOPLE, person_id)
    permits.withdraw(person, consent_id, actor=actor(), now=clock.now())
    said = _("The consent is withdrawn.")
    return done(url_for("guardians.of_person", person_id=person_id), said)


def _child(person_id: int) -> Person:
    """A child for whom one speaks, or `NotFound`."""
    person = people.own_or_ward(actor(), person_id)
    if person.id == actor().person_id:
        raise NotFound
    return person


def _minor(person_id: int) -> Person:
    """Somebody for whom a guardian speaks today, or `NotFound`."""
    person = people.visible_person(actor(), Permission.EDIT_PEOPLE, person_id)
    today = clock.today(zone(), clock.now())
    if person.birth_date is None or not guardian_needed(person.birth_date, today):
        raise NotFound
    return person
