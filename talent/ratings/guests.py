"""Whoever was served, without an account: rates through the link of a shift, reads the answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, g, make_response, render_template, url_for
from htmx_flask import request

from talent import clock, seal
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.ratings import rating as ratings
from talent.ratings import service
from talent.ratings.forms import GuestForm
from talent.rules.ratings import Unrated
from talent.web import done

if TYPE_CHECKING:
    from talent.ratings.models import Rating
    from talent.shifts.models import Shift
    from talent.web import Answer

COOKIE = "rater"
LASTS = 90 * 24 * 60 * 60  # seconds
PUBLIC = Permission.PUBLIC


@allow(PUBLIC, Scope.TOKEN)
def guest(token: str) -> Answer:
    """Five steps and a text. The page gives the device a name that says nothing of anybody."""
    shift = ratings.shift_of(token)
    g.zone = shift.zone
    now, device = clock.now(), _device()
    form = GuestForm()
    if form.validate_on_submit():
        if form.website.data:  # a machine: it is thanked, and nothing is kept
            return done(url_for(".thanks"))
        try:
            said = ratings.rate_as_guest(
                shift, int(form.steps.data), form.text.data,
                device=device, address=request.remote_addr or "", now=now,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, form.fields)
            if any(reason.why is Unrated.MANY for reason in refusal.reasons):
                return _page(form, shift, None, 429)
        else:
            return done(url_for(".guest_answer", token=ratings.answer_link(said)))
    answer = make_response(_page(form, shift, ratings.of_device(shift, device)))
    if device is None:
        answer.set_cookie(
            COOKIE,
            seal.sign(ratings.DEVICE, secrets.token_urlsafe(16)),
            max_age=LASTS,
            path=url_for(".index"),
            httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
        )
    return answer


@allow(PUBLIC, Scope.TOKEN)
def guest_answer(token: str) -> Answer:
    """What was said, and what the office answers: for whoever has the address."""
    said = ratings.by_answer_link(token)
    g.zone = said.shift.zone
    return render_template("ratings/guest_answer.html", rating=said)


@allow(PUBLIC)
def thanks() -> Answer:
    return render_template("ratings/thanks.html")


@allow(PUBLIC)
def project(project_id: int) -> Answer:
    """The average of a project, when there are enough answers. Never who, never a text."""
    found = service.public_project(project_id)
    figure = service.figure(found, clock.today(found.office.zone))
    return render_template("ratings/project.html", project=found, figure=figure)


def _page(form: GuestForm, shift: Shift, said: Rating | None, status: int = 0) -> Answer:
    body = render_template(
        "ratings/guest.html",
        form=form,
        shift=shift,
        said=said,
        answer_url=url_for(".guest_answer", token=ratings.answer_link(said)) if said else "",
        against=ratings.refusals_of_link(shift, clock.now()),
    )
    return body, status or (422 if form.failed else 200)


def _device() -> str | None:
    """The name that the page gave to this device; one that was made up is none."""
    value: str | None = seal.signed(ratings.DEVICE, request.cookies.get(COOKIE, ""))
    return value
