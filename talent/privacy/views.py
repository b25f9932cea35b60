"""The doors of privacy: what is kept and why, one's own data, requests, what was anonymised."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.accounts.proving import proved
from talent.errors import NotFound, Refused
from talent.i18n import zone
from talent.people import service as people
from talent.people.history.service import FIELDS
from talent.privacy import ending, requests, taking
from talent.privacy.forms import AnswerForm, AskForm, TakeForm
from talent.privacy.holdings import HOLDINGS, OTHERS, PARTICULARS
from talent.rules.privacy import Standing, Unasked, Wish
from talent.rules.reason import N_
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer

NAMES = FIELDS | {"volunteer_no": N_("Volunteer number"), "photo_id": N_("Photograph")}
bp = Blueprint("privacy", __name__, url_prefix="/privacy")
# An archive holds all that is known of a person.
WHOLE = {
    Field.AREA,
    Field.BIRTH,
    Field.EMERGENCY,
    Field.IDENTITY,
    Field.MAIL,
    Field.NOTES,
    Field.PHONE,
    Field.REASONS,
}


@bp.get("/kept")
@allow(Permission.PUBLIC)
def kept() -> Answer:
    """What is kept of people, why, and how it ends."""
    by_why = defaultdict(list)
    for holding in HOLDINGS.values():
        by_why[holding.why].append(holding)
    others = list(dict.fromkeys(OTHERS.values()))
    return render_template(
        "privacy/kept.html", by_why=by_why, own=PARTICULARS, others=others, names=NAMES
    )


@bp.get("/mine")
@allow(Permission.SIGNED_IN, shows={Field.NOTES})
def mine() -> Answer:
    """One's own data and one's children's: take it, ask about it."""
    own = _own()
    persons = [own, *people.wards_of(own.id)]
    asked = {person.id: requests.of_person(person.id) for person in persons}
    return render_template("privacy/mine.html", persons=persons, asked=asked)


@bp.post("/<int:person_id>/archive")
@allow(Permission.SIGNED_IN, shows=WHOLE)
@proved
def take(person_id: int) -> Answer:
    """One's own data, or a child's, as one archive."""
    person = people.own_or_ward(actor(), person_id)
    return _archive(person, None)


@bp.route("/<int:person_id>/requests/new", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def ask(person_id: int) -> Answer:
    """Ask the office something about one's data."""
    person = people.own_or_ward(actor(), person_id)
    form = AskForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            requests.ask(
                person, Wish(form.wish.data), form.text.data,
                actor=actor(), today=clock.today(zone(), now), now=now,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, {Unasked.NOTHING_SAID: "text"})
        else:
            return done(url_for("privacy.mine"), _("The office has your request."))
    return form_page("privacy/ask.html", form=form, person=person)


@bp.get("/requests")
@allow(Permission.EDIT_PEOPLE, shows={Field.NOTES})
def waiting() -> Answer:
    """What waits for the office's answer."""
    found = requests.waiting(actor(), after=request.args.get("after", type=int))
    more = len(found) > requests.PAGE
    return render_template(
        "privacy/waiting.html",
        found=found[: requests.PAGE],
        next_url=url_for(".waiting", after=found[requests.PAGE - 1].id) if more else "",
        today=clock.today(zone(), clock.now()),
    )


@bp.route("/requests/<int:request_id>", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE, shows={Field.NOTES})
def answer(request_id: int) -> Answer:
    """Answer a request."""
    found, form = requests.visible(actor(), request_id), AnswerForm()
    if form.validate_on_submit():
        try:
            requests.answer(
                found, Standing(form.standing.data), form.answer.data,
                actor=actor(), now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, {Unasked.NOTHING_SAID: "answer"})
        else:
            return done(url_for("privacy.waiting"), _("The person is told."))
    return form_page("privacy/answer.html", form=form, found=found)


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
@allow(Permission.SEE_IDENTITY, shows=WHOLE)
@proved
def take_out(person_id: int) -> Answer:
    """All data of a person, for an office that says why."""
    person = people.visible_person(actor(), Permission.SEE_IDENTITY, person_id)
    form = TakeForm()
    if form.validate_on_submit():
        return _archive(person, form.reason.data)
    return form_page("privacy/take_out.html", form=form, person=person)


@bp.get("/anonymised")
@allow(Permission.SEE_AUDIT)
def anonymised() -> Answer:
    """Whose data was anonymised, and how many rows."""
    found = ending.reports(actor(), Permission.SEE_AUDIT)
    return render_template("privacy/anonymised.html", found=found, holdings=HOLDINGS)


def _own() -> Person:
    if (own := people.own_person(actor())) is None:
        raise NotFound
    return own


def _archive(person: Person, reason: str | None) -> Answer:
    body = taking.take(person, reason=reason, actor=actor(), now=clock.now())
    return Response(
        body,
        mimetype="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{person.volunteer_no}.zip"',
            "Cache-Control": "no-store",
        },
    )
