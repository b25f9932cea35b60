"""The pages of stars and medals: one's own, a child's, and those of an office."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.certificates.pdf import MissingGlyph
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, gettext
from talent.people import service as people
from talent.people.models import VERSIONS
from talent.recognition import printing
from talent.recognition import service as recognition
from talent.recognition.awards import service as awards
from talent.recognition.models import ApplicationState
from talent.recognition.printing import PaperLanguage
from talent.recognition.roll import service as roll
from talent.recognition.service import PAGE
from talent.recognition.stars import service
from talent.recognition.stars.forms import WhyForm
from talent.rules.consent import ConsentKind
from talent.web import actor, done, form_page, next_page

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.recognition.models import StarGrant
    from talent.web import Answer

log = logging.getLogger("talent")


@allow(Permission.SIGNED_IN, shows={Field.REASONS})
def index() -> Answer:
    """My stars and awards: where I stand, what is missing, what I applied for and was given."""
    if (person := people.own_person(actor())) is None:
        return render_template("recognition/nobody.html")
    return _mine(person, own=True)


@allow(Permission.SIGNED_IN)
def child(person_id: int) -> Answer:
    """The same of a child of one's own."""
    return _mine(people.own_or_ward(actor(), person_id), own=False)


def _mine(person: Person, *, own: bool) -> Answer:
    now = clock.now()
    said = recognition.evaluations_of(person.id, after=request.args.get("after", type=int))
    shown = said[:PAGE]
    back: dict[str, Any] = {"person_id": person.id} if not own else {}
    here = ".index" if own else ".child"
    stands = recognition.standing_of(person)
    return render_template(
        "recognition/mine.html",
        person=person,
        own=own,
        courses=recognition.courses(person, today=clock.today(DEFAULT_ZONE, now), standing=stands),
        grants=stands.grants,
        applications=stands.applications,
        awards=recognition.awards_of(person.id),
        evaluations=shown,
        next_url=url_for(here, after=shown[-1].id, **back) if len(said) > PAGE else "",
        rolls=roll.turned_on(stands.offices, now=now),
        named=roll.may_be_named(person, now=now, zone=DEFAULT_ZONE),
        consented=_consented(person),
    )


def _consented(person: Person) -> bool:
    kind = ConsentKind.HONOUR_ROLL
    return any(
        each.kind is kind and each.version == VERSIONS[kind] and each.withdrawn_at is None
        for each in person.consents
    )


@allow(Permission.SIGNED_IN)
def apply(person_id: int, level_id: int, period_code: str) -> Answer:
    """Apply for a level that is reached."""
    person, now = people.own_or_ward(actor(), person_id), clock.now()
    today = clock.today(DEFAULT_ZONE, now)
    service.apply(person, level_id, period_code, actor=actor(), now=now, today=today)
    said = gettext("Sent. The office will answer, and you will be told.")
    return done(_home(person), said)


@allow(Permission.SIGNED_IN)
def take_back(application_id: int) -> Answer:
    """The volunteer does not want it any more."""
    application = service.own_application(application_id, people.spoken_for(actor()))
    service.take_back(application, actor=actor(), now=clock.now())
    return done(_home(application.person), gettext("The application is taken back."))


def _home(person: Person) -> str:
    if person.id == actor().person_id:
        return url_for("recognition.index")
    return url_for("recognition.child", person_id=person.id)


@allow(Permission.SEE_RECOGNITION, shows={Field.REASONS})
def person(person_id: int) -> Answer:
    """Stars and awards of one person, for the page of that person."""
    shown = people.visible_person(actor(), Permission.SEE_RECOGNITION, person_id)
    return render_template(
        "recognition/person.html",
        person=shown,
        courses=recognition.courses(shown, today=clock.today(DEFAULT_ZONE)),
        grants=recognition.grants_of(shown.id),
        awards=awards.of_person(actor(), shown.id),
    )


@allow(Permission.SEE_RECOGNITION)
def applications() -> Answer:
    """Applications: those that wait, or those that were decided."""
    state = ApplicationState.of(request.args.get("state")) or ApplicationState.APPLIED
    after = request.args.get("after", type=int)
    found = service.applications(actor(), state=state, after=after)
    return render_template(
        "recognition/applications.html",
        applications=found[:PAGE],
        state=state,
        states=ApplicationState,
        next_url=next_page(found, PAGE, ".applications", state=state),
    )


@allow(Permission.SEE_RECOGNITION, shows={Field.REASONS})
def application(application_id: int) -> Answer:
    """One application: what it rests on now, and the decision."""
    shown = service.visible_application(actor(), application_id)
    return render_template(
        "recognition/application.html",
        application=shown,
        merit=service.merit_of(shown),
        reasons=service.refusals_to_take(shown, actor=actor()),
        not_mine=service.refusals_to_decide(shown, actor=actor()),
    )


@allow(Permission.DECIDE_STARS)
def take(application_id: int) -> Answer:
    """Grant it."""
    shown = service.visible_application(actor(), application_id)
    grant = service.take(shown, actor=actor(), now=clock.now())
    said = gettext("Granted. The volunteer is told.")
    return done(url_for(".grant", grant_id=grant.id), said)


@allow(Permission.DECIDE_STARS)
def refuse(application_id: int) -> Answer:
    """Say no, and why."""
    shown = service.visible_application(actor(), application_id)
    form = WhyForm()
    if form.validate_on_submit():
        try:
            service.refuse(shown, why=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Refused. The volunteer sees the reason.")
            return done(url_for(".applications"), said)
    return form_page("recognition/refuse.html", form=form, application=shown)


@allow(Permission.SEE_RECOGNITION)
def granted() -> Answer:
    """The levels that were given, or those of them that are doubtful now."""
    doubtful = request.args.get("doubtful") == "1"
    after = request.args.get("after", type=int)
    found = service.granted(actor(), doubtful=doubtful, after=after)
    return render_template(
        "recognition/granted.html",
        grants=found[:PAGE],
        doubtful=doubtful,
        next_url=next_page(found, PAGE, ".granted", doubtful=int(doubtful) or None),
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def grant(grant_id: int) -> Answer:
    """One star or medal: what it rests on, the paper, and what became of it."""
    return _grant(service.visible_grant(actor(), grant_id, people.spoken_for(actor())))


def _grant(shown: StarGrant, *, broken: bool = False) -> str:
    return render_template(
        "recognition/grant.html",
        grant=shown,
        merit=service.merit_of(shown),
        own=shown.person_id == actor().person_id,
        ward=shown.person.guardian_id == (actor().person_id or 0),
        settles=actor().may(Permission.DECIDE_STARS),
        reasons=service.refusals_to_settle(shown, actor=actor()),
        languages=PaperLanguage,
        broken=broken,
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def pdf(grant_id: int) -> Answer:
    """The paper of a star that stands, in a language."""
    shown = service.visible_grant(actor(), grant_id, people.spoken_for(actor()))
    if shown.withdrawn_at is not None:
        raise NotFound
    language = PaperLanguage.of(request.args.get("language")) or PaperLanguage.ZH
    try:
        printed = printing.render(printing.content(shown, language))
    except (MissingGlyph, RuntimeError):
        log.exception("star %s cannot be printed", shown.id)
        return _grant(shown, broken=True), 500
    name = {"Content-Disposition": f'inline; filename="{shown.number}.pdf"'}
    return Response(printed, mimetype="application/pdf", headers=name)


@allow(Permission.DECIDE_STARS)
def withdraw(grant_id: int) -> Answer:
    """Take a star away, with the reason; it stays on record as withdrawn."""
    return _settle(grant_id, keeps=False)


@allow(Permission.DECIDE_STARS)
def keep(grant_id: int) -> Answer:
    """Let a doubtful star stand, with the reason."""
    return _settle(grant_id, keeps=True)


def _settle(grant_id: int, *, keeps: bool) -> Answer:
    shown = service.visible_grant(actor(), grant_id, people.spoken_for(actor()))
    form, act = WhyForm(), service.keep if keeps else service.withdraw
    if form.validate_on_submit():
        try:
            act(shown, why=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("It stands.") if keeps else gettext("Withdrawn. The volunteer is told.")
            return done(url_for(".grant", grant_id=shown.id), said)
    return form_page("recognition/settle.html", form=form, grant=shown, keeps=keeps)
