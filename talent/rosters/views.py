"""The pages on which a coordinator asks for a roster, looks at it, and takes all, some or none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, ngettext, sentence
from talent.offices import service as offices
from talent.rosters import service, solver
from talent.rosters.forms import FIELD_OF, AskForm
from talent.rosters.models import ProposalState
from talent.rules.rosters import Unproposable
from talent.shifts.projects import service as projects
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("rosters", __name__, url_prefix="/rosters")
LOOK_AGAIN = 3  # seconds, while it is computed


@bp.get("/")
@allow(Permission.PLAN_SHIFTS)
def index() -> Answer:
    rows = service.recent(actor(), after=request.args.get("after", type=int))
    return render_template(
        "rosters/index.html",
        proposals=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.PLAN_SHIFTS)
def new() -> Answer:
    form = _form()
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.PLAN_SHIFTS, form.office_id.data)
        chosen = form.project_id.data
        if chosen:
            projects.visible_project(actor(), Permission.PLAN_SHIFTS, chosen)
        try:
            made = service.ask(
                office,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                seconds=form.seconds.data,
                project_id=chosen,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("rosters.show", proposal_id=made.id))
    return form_page("rosters/new.html", form=form, optimises=solver.available())


def _form() -> AskForm:
    planned = offices.offices_of(actor(), Permission.PLAN_SHIFTS)
    form = AskForm()
    form.office_id.choices = projects.names(planned)
    every = ("", gettext("All projects"))
    form.project_id.choices = [every, *projects.names(projects.plannable(actor()))]
    if not form.is_submitted() and planned:
        today = clock.today(planned[0].zone)
        form.first_day.data = today + timedelta(days=7 - today.weekday())
        form.last_day.data = form.first_day.data + timedelta(days=6)
    return form


@bp.get("/<int:proposal_id>")
@allow(Permission.PLAN_SHIFTS)
def show(proposal_id: int) -> Answer:
    proposal = service.visible(actor(), proposal_id)
    g.zone = proposal.office.zone
    computing = proposal.state in {ProposalState.WAITING, ProposalState.RUNNING}
    shifts = [] if computing else service.shifts_of(
        proposal, after=request.args.get("after", type=int)
    )  # fmt: skip
    page = shifts[: service.PAGE]
    needs = [need.id for shift in page for need in shift.needs]
    answer = make_response(
        render_template(
            "rosters/show.html",
            proposal=proposal,
            computing=computing,
            shifts=page,
            more=page[-1].id if len(shifts) > service.PAGE else None,
            proposed=service.proposed(proposal, needs),
            unfilled={each["need"]: each for each in proposal.unfilled},
            seated=service.seated(needs),
            number=service.number(proposal),
            look_again=LOOK_AGAIN,
        )
    )
    if computing and not request.htmx:
        answer.headers["Refresh"] = str(LOOK_AGAIN)  # for those without JavaScript as well
    return answer


@bp.post("/<int:proposal_id>/stop")
@allow(Permission.PLAN_SHIFTS)
def stop(proposal_id: int) -> Answer:
    service.stop(service.visible(actor(), proposal_id))
    return done(url_for("rosters.show", proposal_id=proposal_id))


@bp.post("/<int:proposal_id>/taking")
@allow(Permission.PLAN_SHIFTS)
def take(proposal_id: int) -> Answer:
    proposal = service.visible(actor(), proposal_id)
    chosen = None
    if request.form.get("which") != "all":
        chosen = request.form.getlist("place", type=int)
        if not chosen:  # a slip: the list stays in sight
            flash(sentence(Unproposable.NOBODY), "warn")
            return done(url_for("rosters.show", proposal_id=proposal_id))
    asked, not_asked = service.take(proposal, chosen, actor=actor(), now=clock.now())
    said = ngettext("%(num)d person is asked.", "%(num)d people are asked.", asked)
    if not_asked:
        rest = gettext(
            "Not possible any more: %(number)s. The reasons stand beside them.", number=not_asked
        )
        said = f"{said} {rest}"
    return done(url_for("rosters.show", proposal_id=proposal_id), said)


@bp.post("/<int:proposal_id>/dropping")
@allow(Permission.PLAN_SHIFTS)
def drop(proposal_id: int) -> Answer:
    service.drop(service.visible(actor(), proposal_id))
    return done(url_for("rosters.index"), gettext("The proposal is put aside."))
