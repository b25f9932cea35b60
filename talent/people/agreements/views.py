"""The doors of agreements: read, signed by a tap or on paper, a new version published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Permission, Scope, allow
from talent.db import one
from talent.errors import NotFound, Refused
from talent.offices.models import Setting
from talent.offices.service import setting, visible_office
from talent.people import service as people
from talent.people.agreements import service
from talent.people.agreements.forms import FIELDS, SignForm, VersionForm
from talent.people.agreements.models import Agreement
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def agreement(agreement_id: int) -> Answer:
    """The words of one version, who of one's own signed it, and the tap under it."""
    row = service.readable(actor(), Permission.SEE_PEOPLE, agreement_id)
    return _page(row, SignForm())


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def sign(agreement_id: int) -> Answer:
    """Sign for oneself or for a child of one's own."""
    row = service.readable(actor(), Permission.SEE_PEOPLE, agreement_id)
    form = SignForm()
    number = form.person_id.data or ""
    person = people.own_or_ward(actor(), int(number) if number.isdecimal() else 0)
    try:
        service.sign(row, person, actor=actor(), now=clock.now(), read=form.read.data)
    except Refused as refusal:
        form.refuse(refusal, FIELDS)
        return _page(row, form)
    return done(url_for("people.agreement", agreement_id=row.id), _("Signed. Thank you."))


def _page(row: Agreement, form: SignForm) -> Answer:
    mine = _own()
    signed = {
        person.id: signature
        for person in mine
        for signature in service.signatures_of(person.id)
        if signature.agreement_id == row.id
    }
    present = service.present([row.office])[row.office_id]
    return form_page(
        "people/agreement.html",
        agreement=row,
        form=form,
        signed=[(person, signed[person.id]) for person in mine if person.id in signed],
        to_sign=[person for person in mine if person.id not in signed] if row is present else [],
        present=present,
    )


def _own() -> Sequence[Person]:
    """Oneself and one's children."""
    own = people.own_person(actor())
    return [own, *people.wards_of(own.id)] if own else []


@allow(Permission.EDIT_PEOPLE)
def sign_on_paper(person_id: int, agreement_id: int) -> Answer:
    """The office keeps the sheet that a person or the guardian signed."""
    person = people.visible_person(actor(), Permission.EDIT_PEOPLE, person_id)
    row = one(Agreement, agreement_id)
    if row.id not in {each.id for each in service.to_sign(person, now=clock.now())}:
        raise NotFound
    service.sign(row, person, actor=actor(), now=clock.now(), on_paper=True)
    return done(url_for("people.show", person_id=person.id), _("The signature is on record."))


@allow(Permission.SEE_PEOPLE)
def agreements(office_id: int) -> Answer:
    """Every version of an office's agreement and how many signed it."""
    office = visible_office(actor(), Permission.SEE_PEOPLE, office_id)
    versions = service.versions_of(office)
    return render_template(
        "people/agreements.html",
        office=office,
        versions=versions,
        counts=service.counts_of(versions),
        present=service.present([office]).get(office.id),
        asked=setting(office, Setting.AGREEMENT, on=clock.today(office.zone)) == "on",
    )


@allow(Permission.EDIT_RULES)
def new_agreement(office_id: int) -> Answer:
    """Publish a version; the present one, or a proposal, stands in the form."""
    office = visible_office(actor(), Permission.EDIT_RULES, office_id)
    before = service.present([office]).get(office.id)
    form = VersionForm(
        text_zh=before.text_zh if before else service.PROPOSED_ZH,
        text_en=before.text_en if before else service.PROPOSED_EN,
    )
    if form.validate_on_submit():
        texts = {"text_zh": form.text_zh.data, "text_en": form.text_en.data}
        try:
            service.publish(office, **texts, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            said = _("The new version is published. Volunteers are asked to sign it.")
            return done(url_for("people.agreements", office_id=office.id), said)
    return form_page("people/agreement_new.html", form=form, office=office)
