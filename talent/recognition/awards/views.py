"""The pages of awards."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.hours.service import names_of
from talent.i18n import gettext
from talent.offices import service as offices
from talent.people import service as people
from talent.recognition.awards import service
from talent.recognition.awards.forms import FIELD_OF, AwardForm, WithdrawalForm
from talent.recognition.service import PAGE
from talent.rules.stars import Rank
from talent.web import actor, done, form_page, next_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_RECOGNITION)
def index() -> Answer:
    """The awards that the reader's offices keep, or those of them to be verified."""
    unverified = request.args.get("unverified") == "1"
    after = request.args.get("after", type=int)
    found = service.listed(actor(), unverified=unverified, after=after)
    return render_template(
        "recognition/awards.html",
        awards=found[:PAGE],
        unverified=unverified,
        next_url=next_page(found, PAGE, ".awards", unverified=int(unverified) or None),
    )


@allow(Permission.KEEP_AWARDS)
def new(person_id: int) -> Answer:
    """Put an award of a person on record."""
    person = people.visible_person(actor(), Permission.KEEP_AWARDS, person_id)
    form = AwardForm(offices=offices.offices_of(actor(), Permission.KEEP_AWARDS))
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.KEEP_AWARDS, form.office.data)
        now = clock.now()
        try:
            award = service.add(
                person,
                office,
                name=form.name.data,
                awarded_on=form.awarded_on.data,
                unit=form.unit.data,
                rank=Rank(form.rank.data),
                evidence=form.evidence(),
                actor=actor(),
                now=now,
                today=clock.today(office.zone, now),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The award is on record.")
            return done(url_for(".award", award_id=award.id), said)
    return form_page("recognition/award_form.html", form=form, person=person)


@allow(Permission.SEE_RECOGNITION)
def show(award_id: int) -> Answer:
    """One award, who recorded and who verified it."""
    award = service.kept(actor(), award_id, Permission.SEE_RECOGNITION)
    return render_template(
        "recognition/award.html",
        award=award,
        names=names_of({award.account_id, award.verified_by}),
        keeps=actor().may(Permission.KEEP_AWARDS, award.office.path),
        reasons=service.refusals_to_verify(award, actor=actor()),
    )


@allow(Permission.SEE_RECOGNITION)
def paper(award_id: int) -> Answer:
    """The evidence, as a file."""
    file = service.evidence_of(service.kept(actor(), award_id, Permission.SEE_RECOGNITION))
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
    )


@allow(Permission.KEEP_AWARDS)
def verify(award_id: int) -> Answer:
    """A second person has looked at it."""
    award = service.kept(actor(), award_id, Permission.KEEP_AWARDS)
    service.verify(award, actor=actor(), now=clock.now())
    said = gettext("Verified. It counts from now on.")
    return done(url_for(".award", award_id=award.id), said)


@allow(Permission.KEEP_AWARDS)
def withdraw(award_id: int) -> Answer:
    """It counts no more, and says why."""
    award = service.kept(actor(), award_id, Permission.KEEP_AWARDS)
    form = WithdrawalForm()
    if form.validate_on_submit():
        try:
            service.withdraw(award, why=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for(".award", award_id=award.id), gettext("The award is withdrawn."))
    return form_page("recognition/award_withdraw.html", form=form, award=award)
