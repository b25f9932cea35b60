"""The doors of people: finding, showing and entering persons; the table of all doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_babel import gettext as _

from talent import clock, files
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.forms import chosen_file
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Setting
from talent.offices.service import offices_of, visible_office
from talent.people import service
from talent.people.agreements import service as agreements
from talent.people.agreements import views as agreeing
from talent.people.applications import views as queue
from talent.people.claims import service as claiming
from talent.people.claims import views as claims
from talent.people.consents import service as consenting
from talent.people.forms import FIELDS, EditPersonForm, NewPersonForm, ReasonForm
from talent.people.free_times import service as free_times
from talent.people.free_times import views as free_time_pages
from talent.people.history import views as history
from talent.people.history.service import mask as hide
from talent.people.households import service as households
from talent.people.particulars import service as particulars
from talent.people.photographs import views as photographs
from talent.people.profile import service as profiles
from talent.people.profile import views as profile
from talent.people.registrations import service as registering
from talent.people.registrations import views as registrations
from talent.people.skills import views as skills
from talent.rules.identity import masked
from talent.rules.reason import N_
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from datetime import datetime

    from talent.people.forms import PaperForm
    from talent.people.models import Person
    from talent.web import Answer

bp = Blueprint("people", __name__, url_prefix="/people")
# What higher features show of a person, each at a door of its own.
PANELS = (
    ("shifts.person", N_("Shifts")),
    ("hours.person", N_("Hours")),
    ("certificates.person", N_("Certificates")),
    ("recognition.person", N_("Stars and awards")),
    ("training.person", N_("Training and credentials")),
    ("staffing.person", N_("Appointments")),
    ("teams.person", N_("Teams")),
    ("merging.person", N_("Files of the same person")),
)


@bp.get("/<int:person_id>")
@allow(
    Permission.SEE_PEOPLE,
    shows={Field.AREA, Field.BIRTH, Field.EMERGENCY, Field.MAIL, Field.PHONE, Field.REASONS},
)
def show(person_id: int) -> Answer:
    """All that this office may see of a person; what higher features know comes by their doors."""
    try:
        person = service.visible_person(actor(), Permission.SEE_PEOPLE, person_id)
    except NotFound:
        return _moved(person_id)
    now = clock.now()
    given = service.consents_of(person.id)
    edits = {o.id: o for o in offices_of(actor(), Permission.EDIT_PEOPLE)}
    registrations = service.registrations_of(person.id)
    mine = [r for r in registrations if r.office_id in edits]
    offices = service.offices_of_each([person.id])
    return render_template(
        "people/show.html",
        person=person,
        document=masked(person.document or ""),
        registrations=registrations,
        reasons={r.id: registering.reasons_against(r, given, now=now) for r in mine},
        consents=given,
        claims=claiming.open_claims(person),
        household=households.of(person.id),
        free_times=free_times.times_of(person.id),
        signatures=agreements.signatures_of(person.id),
        to_sign=[row for _, row in agreements.all_to_sign([person], now=now, offices=offices)]
        if mine
        else [],
        emergency=profiles.emergency_of(person, clock.today(DEFAULT_ZONE, now)),
        hidden=hide,
        pictured=profiles.asked(person, Setting.PHOTOGRAPHS, now, offices=offices[person.id]),
        panels=_panels(person),
    )


def _moved(person_id: int) -> Answer:
    """An old address leads to the file into which that one was emptied."""
    into = service.merged_into(person_id)
    if into is None:
        raise NotFound
    person = service.visible_person(actor(), Permission.SEE_PEOPLE, into)
    return redirect(url_for("people.show", person_id=person.id), 302)


def _panels(person: Person) -> list[tuple[str, str]]:
    return [
        (_(name), url_for(endpoint, person_id=person.id))
        for endpoint, name in PANELS
        if (view := current_app.view_functions.get(endpoint))
        and actor().may(getattr(view, "permission", Permission.SEE_AUDIT))
    ]


@bp.post("/<int:person_id>/identity")
@allow(Permission.SEE_IDENTITY, shows={Field.IDENTITY})
def identity(person_id: int) -> Answer:
    """Show the whole number of the document, once, to one who says why."""
    person = service.visible_person(actor(), Permission.SEE_IDENTITY, person_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return form_page("people/identity.html", person=person, form=form, document=None)
    number = service.show_identity(person, reason=form.reason.data, actor=actor(), now=clock.now())
    return render_template("people/identity.html", person=person, form=form, document=number)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE)
def new() -> Answer:
    """Write down a volunteer whose signed consent the office holds."""
    form = NewPersonForm(offices=offices_of(actor(), Permission.EDIT_PEOPLE))
    if form.validate_on_submit():
        office = visible_office(actor(), Permission.EDIT_PEOPLE, form.office.data)
        now = clock.now()
        try:
            person = registering.write_down(
                form.stated,
                office,
                consents=form.consents,
                actor=actor(),
                now=now,
                evidence_id=_evidence(form, now),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("people.show", person_id=person.id), _("The person is on record."))
    return form_page("people/new.html", form=form)


@bp.route("/<int:person_id>/edit", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE, shows={Field.AREA, Field.BIRTH, Field.MAIL, Field.PHONE})
def edit(person_id: int) -> Answer:
    """Change what is on record; a consent that was signed since may be added."""
    person = service.visible_person(actor(), Permission.EDIT_PEOPLE, person_id)
    form = EditPersonForm.of(person)
    if form.validate_on_submit():
        now = clock.now()
        stated = form.stated_of(person)
        try:
            today = clock.today(DEFAULT_ZONE, now)
            particulars.change(person, stated, actor=actor(), now=now, today=today)
            consenting.give_on_paper(
                person, form.consents, actor=actor(), now=now, evidence_id=_evidence(form, now)
            )
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("people.show", person_id=person.id), _("Saved."))
    return form_page("people/edit.html", form=form, person=person)


def _evidence(form: PaperForm, now: datetime) -> int | None:
    """The signed sheet, when one was handed in."""
    if not (sheet := chosen_file(form.evidence)):
        return None
    return files.keep_evidence(*sheet, actor=actor(), now=now).id


BOTH = ["GET", "POST"]
POST = ["POST"]
for rule, name, view, methods in (
    ("/register", "register", registrations.register, BOTH),
    ("/notices", "notices", registrations.notices, None),
    ("/me", "me", registrations.me, None),
    ("/me/change", "change", registrations.change, BOTH),
    ("/me/times", "free_times", free_time_pages.free_times, BOTH),
    ("/skills", "skills", skills.skills, None),
    ("/skills/new", "new_skill", skills.new_skill, BOTH),
    ("/skills/<int:skill_id>", "skill", skills.skill, BOTH),
    ("/<int:person_id>/consents", "consents", registrations.consents, None),
    ("/<int:person_id>/consents/<kind>/giving", "give", registrations.give, POST),
    ("/<int:person_id>/consents/<kind>/withdrawal", "withdraw", registrations.withdraw, POST),
    ("/<int:person_id>/history", "history", history.history, None),
    ("/<int:person_id>/profile", "profile", profile.profile, BOTH),
    ("/<int:person_id>/photograph", "photograph", photographs.photograph, BOTH),
    ("/<int:person_id>/picture", "picture", photographs.picture, None),
    ("/<int:person_id>/photograph/removal", "remove_photograph", photographs.remove, POST),
    ("/agreements/<int:agreement_id>", "agreement", agreeing.agreement, None),
    ("/agreements/<int:agreement_id>/signature", "sign", agreeing.sign, POST),
    (
        "/<int:person_id>/agreements/<int:agreement_id>/paper",
        "sign_on_paper",
        agreeing.sign_on_paper,
        POST,
    ),
    ("/offices/<int:office_id>/agreements", "agreements", agreeing.agreements, None),
    ("/offices/<int:office_id>/agreements/new", "new_agreement", agreeing.new_agreement, BOTH),
    ("/applications", "applications", queue.applications, None),
    ("/registrations/<int:registration_id>", "application", queue.application, None),
    ("/registrations/<int:registration_id>/taking", "take", queue.take, POST),
    ("/registrations/<int:registration_id>/release", "put_back", queue.put_back, POST),
    ("/registrations/<int:registration_id>/referral", "refer", queue.refer, BOTH),
    ("/registrations/<int:registration_id>/interviews/new", "invite", queue.invite, BOTH),
    ("/interviews/<int:interview_id>", "interview", queue.interview, BOTH),
    ("/registrations/<int:registration_id>/application", "reapply", registrations.reapply, POST),
    ("/registrations/<int:registration_id>/departure", "leave", registrations.leave, POST),
    ("/registrations/<int:registration_id>/approval", "approve", registrations.approve, POST),
    ("/registrations/<int:registration_id>/return", "send_back", queue.send_back, POST),
    ("/registrations/<int:registration_id>/pause", "pause", registrations.pause, POST),
    ("/registrations/<int:registration_id>/resumption", "resume", registrations.resume, POST),
    ("/registrations/<int:registration_id>/leaving", "end", registrations.end, POST),
    ("/claims", "claim", claims.ask, POST),
    ("/claims/<int:claim_id>/letters/<code>", "claim_letter", claims.letter, None),
    ("/claims/<int:claim_id>/taking", "claim_take", claims.take, POST),
    ("/claims/<int:claim_id>/approval", "claim_confirm", claims.confirm, POST),
    ("/claims/<int:claim_id>/refusal", "claim_refuse", claims.refuse, POST),
):
    bp.add_url_rule(rule, name, view, methods=methods)
