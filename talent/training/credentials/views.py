"""The pages of credentials."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotAllowed, NotFound, Refused
from talent.i18n import gettext, named
from talent.people import service as people
from talent.training.credentials import service
from talent.training.credentials.forms import FIELD_OF, CredentialForm
from talent.training.credentials.service import ZONE, Standing, Stated
from talent.training.records.forms import ReasonForm
from talent.training.service import PAGE, kinds
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Credentials of the people whom the office knows."""
    asked = request.args.get("standing", "")
    chosen = next((standing for standing in Standing if standing == asked), None)
    kind_id, today = request.args.get("kind", type=int), clock.today(ZONE)
    found = service.credentials(
        actor(),
        today=today,
        standing=chosen,
        kind_id=kind_id,
        after=request.args.get("after", 0, int),
    )
    return render_template(
        "training/credentials.html",
        credentials=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        standings=Standing,
        chosen=chosen,
        kinds=kinds(),
        kind_id=kind_id,
        standing_of=lambda credential: service.standing(credential, today),
    )


@allow(Permission.SIGNED_IN)
def show(credential_id: int) -> Answer:
    """One credential: what it says, who entered and who verified it."""
    credential = service.visible_credential(actor(), credential_id)
    return render_template(
        "training/credential.html",
        credential=credential,
        standing=service.standing(credential, clock.today(ZONE)),
        own=credential.person_id == actor().person_id,
        may_verify=actor().may(Permission.EDIT_TRAINING),
        may_withdraw=service.may_withdraw(credential, actor()),
        reasons=service.refusals_to_verify(credential, actor()),
    )


@allow(Permission.SIGNED_IN)
def paper(credential_id: int) -> Answer:
    """The evidence, as a file."""
    file = service.paper_of(actor(), credential_id)
    answer = send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@allow(Permission.EDIT_TRAINING)
def new(person_id: int) -> Answer:
    """The office takes a credential down."""
    person = people.visible_person(actor(), Permission.EDIT_TRAINING, person_id)
    return _form(person, url_for("training.person", person_id=person.id), own=False)


@allow(Permission.SIGNED_IN)
def new_own() -> Answer:
    """I hand in a credential of mine."""
    if (person := people.own_person(actor())) is None:
        raise NotFound
    return _form(person, url_for("training.mine"), own=True)


def _form(person: Person, back: str, *, own: bool) -> Answer:
    form = CredentialForm()
    known = {kind.id: kind for kind in kinds()}
    form.kind_id.choices = [(kind.id, named(kind)) for kind in known.values()]
    if form.validate_on_submit():
        stated = Stated(
            kind=known[form.kind_id.data],
            number=form.number.data,
            issuer=form.issuer.data,
            issued_on=form.issued_on.data,
            valid_until=form.valid_until.data,
            paper=form.given(),
        )
        try:
            service.add(person, stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(back, gettext("Saved. It counts once a second person has verified it."))
    return form_page("training/credential_form.html", form=form, person=person, back=back, own=own)


@allow(Permission.EDIT_TRAINING)
def verify(credential_id: int) -> Answer:
    """A second person has seen it."""
    credential = service.editable_credential(actor(), credential_id)
    service.verify(credential, actor=actor(), now=clock.now())
    return respond(
        "training/_credential.html",
        to=url_for("training.credential", credential_id=credential.id),
        said=gettext("Verified. It counts from now on."),
        credential=credential,
        standing=service.standing(credential, clock.today(ZONE)),
        reasons=[],
        may_verify=True,
    )


@allow(Permission.SIGNED_IN)
def withdraw(credential_id: int) -> Answer:
    """It counts no more, and says why."""
    credential = service.visible_credential(actor(), credential_id)
    if not service.may_withdraw(credential, actor()):
        raise NotAllowed
    form = ReasonForm()
    back = url_for("training.credential", credential_id=credential.id)
    if form.validate_on_submit():
        service.withdraw(credential, why=form.why.data, actor=actor(), now=clock.now())
        return done(back, gettext("Withdrawn."))
    return form_page(
        "training/withdraw.html",
        form=form,
        title=named(credential.kind),
        person=credential.person,
        back=back,
    )
