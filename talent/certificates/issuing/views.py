"""The pages on which certificates are issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.certificates import service as certificates
from talent.certificates.issuing import service
from talent.certificates.issuing.forms import FIELD_OF, WishForm
from talent.certificates.issuing.service import Circumstances
from talent.errors import Refused
from talent.i18n import gettext, zone
from talent.people import service as people
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


def circumstances() -> Circumstances:
    """Who issues, when, and where a reader verifies."""
    now = clock.now()
    verify_at = current_app.config["PUBLIC_URL"] + url_for("certificates.verify")
    return Circumstances(actor(), now, clock.today(zone(), now), verify_at)


@allow(Permission.SIGNED_IN)
def index() -> Answer:
    """My certificates, and the form that makes another one at once."""
    if (person_id := actor().person_id) is None:
        return render_template("certificates/nobody.html")
    form = WishForm(service.units_of(person_id))
    if form.validate_on_submit():
        try:
            certificate = service.issue_own(form.wish, circumstances(), form.once.data)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("Your certificate is issued.")
            return done(url_for("certificates.show", certificate_id=certificate.id), said)
    found = certificates.own(actor(), after=request.args.get("after", type=int))
    shown = found[: certificates.PAGE]
    return form_page(
        "certificates/index.html",
        form=form,
        certificates=shown,
        standings=certificates.standings(shown),
        next_url=url_for("certificates.index", after=shown[-1].id)
        if len(found) > certificates.PAGE
        else "",
    )


@allow(Permission.SIGNED_IN)
def issue_child(person_id: int) -> Answer:
    """A guardian exports the certificate of a child."""
    person = people.own_or_ward(actor(), person_id)
    form = WishForm(service.units_of(person.id))
    if form.validate_on_submit():
        try:
            certificate = service.issue_for_child(
                person, form.wish, circumstances(), form.once.data
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The certificate is issued.")
            return done(url_for("certificates.show", certificate_id=certificate.id), said)
    found = certificates.of_child(person)[: certificates.PAGE]
    return form_page(
        "certificates/child.html",
        form=form,
        person=person,
        certificates=found,
        standings=certificates.standings(found),
    )


@allow(Permission.ISSUE_CERTIFICATES)
def issue(person_id: int) -> Answer:
    """An office issues for one person."""
    person = service.issuable_person(actor(), person_id)
    form = WishForm(service.units_of(person.id, actor()))
    if form.validate_on_submit():
        try:
            certificate = service.issue_for(person, form.wish, circumstances(), form.once.data)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The certificate is issued.")
            return done(url_for("certificates.show", certificate_id=certificate.id), said)
    return form_page("certificates/issue.html", form=form, person=person)
