"""The pages of credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotAllowed, NotFound, Refused
from talent.i18n import DEFAULT_ZONE, gettext, label, named
from talent.people import service as people
from talent.rules.credentials import CheckResult
from talent.training.credentials import service
from talent.training.credentials.forms import FIELD_OF, CredentialForm
from talent.training.credentials.service import Standing, Stated
from talent.training.records.forms import ReasonForm
from talent.training.records.views import as_file
from talent.training.service import PAGE, kinds
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.training.models import Credential
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Credentials of the people whom the office knows."""
    asked = request.args.get("standing", "")
    chosen = next((standing for standing in Standing if standing == asked), None)
    kind_id, today = request.args.get("kind", type=int), clock.today(DEFAULT_ZONE)
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


@allow(Permission.SIGNED_IN, Scope.EITHER)
def show(credential_id: int) -> Answer:
    """One credential: what it says beside its paper, who entered and who verified it."""
    return _page(service.visible_credential(actor(), credential_id), ReasonForm(formdata=None))


def _page(credential: Credential, form: ReasonForm) -> Answer:
    g.frames = credential.file is not None
    return form_page(
        "training/credential.html",
        credential=credential,
        form=form,
        standing=service.standing(credential, clock.today(DEFAULT_ZONE)),
        own=credential.person_id == actor().person_id,
        may_verify=actor().may(Permission.EDIT_TRAINING),
        may_withdraw=service.may_withdraw(credential, actor()),
        reasons=service.refusals_to_verify(credential, actor()),
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def paper(credential_id: int) -> Answer:
    """The evidence, as a file."""
    return as_file(service.paper_of(actor(), credential_id))


@allow(Permission.SIGNED_IN, Scope.EITHER)
def shown_paper(credential_id: int) -> Answer:
    """The evidence, to be shown beside the form."""
    return as_file(service.paper_of(actor(), credential_id), shown=True)


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
    known = {kind.id: kind for kind in kinds(open_only=True)}
    chosen = known.get(request.values.get("kind_id", 0, int))
    form = CredentialForm(kind_id=chosen.id if chosen else None)
    form.kind_id.choices = [(kind.id, named(kind)) for kind in known.values()]
    form.classes.choices = [(each, each) for each in chosen.classes] if chosen else []
    form.result.choices = [(result.value, label(result)) for result in CheckResult]
    if form.validate_on_submit():
        stated = Stated(
            kind=known[form.kind_id.data],
            number=form.number.data,
            issuer=form.issuer.data,
            issued_on=form.issued_on.data,
            valid_until=form.valid_until.data,
            paper=form.given(),
            result=CheckResult.of(form.result.data),
            classes=form.classes.data,
        )
        try:
            service.add(person, stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(back, gettext("Saved. It counts once a second person has verified it."))
    return form_page(
        "training/credential_form.html", form=form, person=person, back=back, own=own, kind=chosen
    )


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
        standing=service.standing(credential, clock.today(DEFAULT_ZONE)),
        reasons=[],
        may_verify=True,
    )


@allow(Permission.EDIT_TRAINING)
def refuse(credential_id: int) -> Answer:
    """The second person does not verify it, and says why."""
    credential = service.editable_credential(actor(), credential_id)
    form = ReasonForm()
    if form.validate_on_submit():
        service.refuse(credential, why=form.why.data, actor=actor(), now=clock.now())
        return done(url_for("training.queue"), gettext("Not verified. The person is told why."))
    return _page(credential, form)


@allow(Permission.SIGNED_IN, Scope.EITHER)
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
