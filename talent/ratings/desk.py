"""The office's side: the list of ratings, the answers, the link of a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext
from talent.qr import code_of
from talent.ratings import answers, service
from talent.ratings import rating as ratings
from talent.ratings.forms import AnswerForm
from talent.ratings.service import Part
from talent.shifts.assignments import service as assignments
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_RATINGS, shows={Field.NOTES})
def index() -> Answer:
    """Ratings of the reader's offices: all, bad ones without an answer, overdue, answered."""
    today = clock.today(DEFAULT_ZONE)
    asked = request.args.get("part", "")
    part = Part(asked) if asked in set(Part) else Part.ALL
    project_id = request.args.get("project", type=int)
    found = service.listed(
        actor(), today, part=part, project_id=project_id,
        before=request.args.get("before", type=int),
    )  # fmt: skip
    next_url = ""
    if len(found) > service.PAGE:
        last = found[service.PAGE - 1].id
        next_url = url_for(".index", part=part, project=project_id, before=last)
    return render_template(
        "ratings/index.html",
        found=found[: service.PAGE],
        part=part,
        counts=service.counts(actor(), today),
        projects=service.projects_rated(actor()),
        project_id=project_id,
        today=today,
        next_url=next_url,
    )


@allow(Permission.SEE_RATINGS)
def projects() -> Answer:
    """The average of each project, of both sides and of each."""
    found = service.by_project(actor(), after=request.args.get("after", 0, type=int))
    more = len(found) > service.PAGE
    return render_template(
        "ratings/projects.html",
        found=found[: service.PAGE],
        counts=service.counts(actor(), clock.today(DEFAULT_ZONE)),
        next_url=url_for(".projects", after=found[service.PAGE - 1].project.id) if more else "",
    )


@allow(Permission.ANSWER_RATINGS)
def answer(rating_id: int) -> Answer:
    """Say what was done."""
    found = service.visible_rating(actor(), Permission.ANSWER_RATINGS, rating_id)
    g.zone = found.shift.zone
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            answers.answer(found, form.done.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for(".index"), gettext("Answered."))
    against = answers.refusals(found, actor())
    return form_page("ratings/answer.html", form=form, rating=found, against=against)


@allow(Permission.SEE_SHIFTS)
def link(shift_id: int) -> Answer:
    """The link for those who are served: on the leader's phone, or on paper."""
    shift = assignments.visible_shift(actor(), Permission.SEE_SHIFTS, shift_id)
    g.zone = shift.zone
    address = current_app.config["PUBLIC_URL"]
    address += url_for(".guest", token=ratings.link_of(shift))
    return render_template(
        "ratings/link.html",
        shift=shift,
        address=address,
        code=code_of(address),
        against=ratings.refusals_of_link(shift, clock.now()),
    )
