"""Registering, one's own page, one's consents, and the office's queue of those who applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, language
from talent.offices.models import Setting
from talent.people import service as people
from talent.people.agreements import service as agreements
from talent.people.claims.service import own_claims
from talent.people.consents import service as consenting
from talent.people.forms import ContactForm, contact_of
from talent.people.free_times.service import times_of
from talent.people.models import VERSIONS, RegistrationState
from talent.people.particulars import service as particulars
from talent.people.profile import service as profile
from talent.people.registrations import service
from talent.people.registrations.forms import FIELDS, OfficeForm, RegisterForm
from talent.people.steps import service as steps
from talent.rules.consent import ConsentKind
from talent.rules.identity import masked
from talent.seal import seal
from talent.web import actor, become, done, form_page, own_path, respond

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def register() -> Answer:
    """Register oneself, or as a guardian one's child. One on record only chooses an office."""
    offices = service.offices_to_join()
    own = people.own_person(actor())
    if own and request.args.get("for") != "child":
        return _another_office(own)
    prefilled = {} if own else {"name": current_user.name, "email": current_user.email}
    form = RegisterForm(offices=offices, **prefilled, **_asked_office())
    if form.validate_on_submit():
        stated = form.stated
        known = particulars.by_document(stated.document_kind, stated.document)
        if known:
            return _may_be_you(known)
        try:
            person = service.register(
                stated,
                service.office_to_join(form.office.data),
                consents=form.consents,
                actor=actor(),
                now=clock.now(),
                ward_of=own.id if own else None,
                language=language(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            if not own:
                become(person.id)
            said = _("Thank you. The office will look at the registration.")
            return done(_back(), said)
    return form_page("people/register.html", form=form, own=own, offices=offices)


def _another_office(own: Person) -> Answer:
    form = OfficeForm(offices=service.offices_to_join(), **_asked_office())
    if form.validate_on_submit():
        try:
            office = service.office_to_join(form.office.data)
            service.apply(own, office, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_back(), _("The office will look at the registration."))
    return form_page("people/another.html", form=form)


def _asked_office() -> dict[str, int]:
    """The office that the way here proposes."""
    number = request.args.get("office", type=int)
    return {"office": number} if number else {}


def _back() -> str:
    """Where the way to the registration began."""
    return own_path(request.args.get("next"), url_for("people.me"))


def _may_be_you(known: Person) -> Answer:
    """Say that somebody is on record, and nothing about whom."""
    who = seal(f"claim {actor().account_id} {known.id}")
    return render_template("people/claim.html", who=who), 409


@allow(Permission.PUBLIC)
def notices() -> Answer:
    """The notices to which one consents, each in its present version."""
    return render_template("people/notices.html", versions=VERSIONS, kinds=ConsentKind)


@allow(
    Permission.SIGNED_IN,
    shows={Field.AREA, Field.BIRTH, Field.EMERGENCY, Field.MAIL, Field.PHONE, Field.REASONS},
)
def me() -> Answer:
    """What is on record of oneself and of one's children."""
    own, now = people.own_person(actor()), clock.now()
    wards = people.wards_of(own.id) if own else []
    mine = [own, *wards] if own else []
    offices = people.offices_of_each([each.id for each in mine])
    return render_template(
        "people/me.html",
        person=own,
        to_sign=agreements.all_to_sign(mine, now=now, offices=offices),
        interviews=steps.own_interviews([each.id for each in mine], now=now),
        signatures=agreements.signatures_of(own.id) if own else [],
        emergency=profile.emergency_of(own, clock.today(DEFAULT_ZONE, now)) if own else None,
        pictured=own is not None
        and profile.asked(own, Setting.PHOTOGRAPHS, now, offices=offices[own.id]),
        registrations=people.registrations_of(own.id) if own else [],
        wards=wards,
        claims=own_claims(actor()),
        document=masked(own.document or "") if own else "",
        free_times=times_of(own.id) if own else [],
    )


@allow(Permission.SIGNED_IN, shows={Field.AREA, Field.MAIL, Field.PHONE})
def change() -> Answer:
    """Keep contact, area, skills and kinds of service up to date."""
    if (own := people.own_person(actor())) is None:
        raise NotFound
    form = ContactForm(**contact_of(own))
    if form.validate_on_submit():
        try:
            particulars.change_own(own, **form.contact, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("people.me"), _("Saved."))
    return form_page("people/change.html", form=form)


@allow(Permission.SIGNED_IN)
def consents(person_id: int) -> Answer:
    """One's own consents, or those of a child: to what, since when, and the way back."""
    person = people.own_or_ward(actor(), person_id)
    given = people.consents_of(person.id)
    day = clock.today(DEFAULT_ZONE)
    return render_template(
        "people/consents.html",
        person=person,
        asked=consenting.asked_of(person, day),
        standing=consenting.standing(given),
        given=given,
    )


@allow(Permission.SIGNED_IN)
def give(person_id: int, kind: str) -> Answer:
    """Consent to a notice in its present version."""
    person, word = people.own_or_ward(actor(), person_id), _kind(kind)
    if word not in consenting.standing(people.consents_of(person.id)):
        consenting.give(person, [word], actor=actor(), now=clock.now())
    return done(url_for("people.consents", person_id=person.id), _("The consent is on record."))


@allow(Permission.SIGNED_IN)
def withdraw(person_id: int, kind: str) -> Answer:
    """Take a consent back."""
    person = people.own_or_ward(actor(), person_id)
    service.withdraw(person, _kind(kind), actor=actor(), now=clock.now())
    return done(url_for("people.consents", person_id=person.id), _("The consent is withdrawn."))


def _kind(code: str) -> ConsentKind:
    if (kind := ConsentKind.of(code)) is None:
        raise NotFound
    return kind


@allow(Permission.SIGNED_IN)
def reapply(registration_id: int) -> Answer:
    """Apply again, after a return or after having left."""
    return _own_step(registration_id, RegistrationState.APPLIED)


@allow(Permission.SIGNED_IN)
def leave(registration_id: int) -> Answer:
    """End one's own registration."""
    return _own_step(registration_id, RegistrationState.LEFT)


def _own_step(registration_id: int, to: RegistrationState) -> Answer:
    registration = service.own_registration(actor(), registration_id)
    service.move(registration, to, actor=actor(), now=clock.now())
    return done(url_for("people.me"), _("Done."))


@allow(Permission.EDIT_PEOPLE)
def approve(registration_id: int) -> Answer:
    """Accept an application."""
    return _step(registration_id, RegistrationState.ACTIVE)


@allow(Permission.EDIT_PEOPLE)
def pause(registration_id: int) -> Answer:
    """Let an active registration rest."""
    return _step(registration_id, RegistrationState.PAUSED)


@allow(Permission.EDIT_PEOPLE)
def resume(registration_id: int) -> Answer:
    """Go on with a paused registration."""
    return _step(registration_id, RegistrationState.ACTIVE)


@allow(Permission.EDIT_PEOPLE)
def end(registration_id: int) -> Answer:
    """End a registration for the person."""
    return _step(registration_id, RegistrationState.LEFT)


def _step(registration_id: int, to: RegistrationState) -> Answer:
    registration = service.visible_registration(actor(), Permission.EDIT_PEOPLE, registration_id)
    service.move(registration, to, actor=actor(), now=clock.now())
    return respond(
        "people/_registration.html",
        to=url_for("people.show", person_id=registration.person_id),
        said=_("Saved."),
        registration=registration,
        person=registration.person,
        reasons=[],
    )
