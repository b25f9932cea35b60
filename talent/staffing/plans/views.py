"""The pages of planned posts: listed, planned, filled, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.staffing.appointments.service import employers
from talent.staffing.plans import service
from talent.staffing.plans.forms import FIELDS, FillForm, GiveUpForm, PlannedPostForm
from talent.staffing.plans.models import PostState
from talent.web import actor, done, form_page, ids, next_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Planned posts, open ones unless another state is asked for, and the plans they are of."""
    state = PostState.of(request.args.get("state", PostState.OPEN.value))
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = service.posts_of(actor(), state=state, after=after)
    kept = {"state": state.value if state else "all"}
    return render_template(
        "staffing/plans.html",
        posts=found[: service.PAGE],
        plans=[] if after else service.plans_of(actor())[: service.PAGE],
        state=state,
        states=PostState,
        next_url=next_page(found, service.PAGE, ".plans", **kept),
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        today=clock.today(DEFAULT_ZONE),
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """Plan posts."""
    mine = employers(actor())
    asked = ids([request.args.get("office", "")])
    form = PlannedPostForm(
        offices=mine,
        office=asked[0] if asked else None,
        starts_on=clock.today(DEFAULT_ZONE),
    )
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        try:
            service.plan_post(office, form.wish, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".plans"), _("The post is planned."))
    return form_page("staffing/planned_post.html", form=form)


@allow(Permission.EDIT_STAFFING)
def fill(post_id: int) -> Answer:
    """Say which appointment filled one of the posts."""
    post = service.editable_post(actor(), post_id)
    today = clock.today(post.office.zone)
    form = FillForm(appointments=service.fitting(post, today))
    if form.validate_on_submit():
        try:
            service.fill(post, form.appointment.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".plans"), _("The post is filled."))
    return form_page("staffing/planned_post_fill.html", form=form, post=post)


@allow(Permission.EDIT_STAFFING)
def give_up(post_id: int) -> Answer:
    """Nobody is looked for any more."""
    post = service.editable_post(actor(), post_id)
    form = GiveUpForm()
    if form.validate_on_submit():
        try:
            service.give_up(post, form.reason.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".plans"), _("The post is given up."))
    return form_page("staffing/planned_post_end.html", form=form, post=post)


BOTH = ["GET", "POST"]
DOORS = (
    ("/plans", "plans", index, None),
    ("/plans/posts/new", "new_planned_post", new, BOTH),
    ("/plans/posts/<int:post_id>/filling", "fill_planned_post", fill, BOTH),
    ("/plans/posts/<int:post_id>/end", "give_up_planned_post", give_up, BOTH),
)
