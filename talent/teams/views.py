"""The doors of teams: the list, one team, writing one; the table of all doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.offices.service import offices_of
from talent.rules.teams import TeamKind
from talent.teams import service
from talent.teams.forms import FIELDS, EditTeamForm, TeamForm
from talent.teams.members import service as membership
from talent.teams.members import views as members
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("teams", __name__, url_prefix="/teams")
SEE, EDIT = Permission.SEE_PEOPLE, Permission.EDIT_PEOPLE


@bp.get("/")
@allow(SEE)
def index() -> Answer:
    """The teams of the actor's offices, by name."""
    asked = request.args
    office_id = next(iter(ids([asked.get("office", "")])), None)
    kind, ended = TeamKind.of(asked.get("kind")), asked.get("ended") == "1"
    rows, following = service.listed(
        actor(), SEE, office_id=office_id, kind=kind, ended=ended, after=asked.get("after", "")
    )
    numbers = [row.id for row in rows]
    kept = {name: value for name in ("office", "kind", "ended") if (value := asked.get(name))}
    return render_template(
        "teams/index.html",
        rows=rows,
        sizes=service.sizes_of(numbers),
        leaders=service.leaders_of(numbers),
        waiting=membership.waiting(actor(), EDIT) if actor().may(EDIT) and not kept else [],
        offices=offices_of(actor(), SEE),
        kinds=TeamKind,
        asked={"office": office_id, "kind": kind, "ended": ended},
        next_url=url_for("teams.index", **kept, after=following) if following else "",
    )


@bp.get("/<int:team_id>")
@allow(SEE, shows={Field.REASONS})
def show(team_id: int) -> Answer:
    """One team: what it is, what stands below it, who belongs to it."""
    team = service.visible_team(actor(), SEE, team_id)
    past = request.args.get("past") == "1"
    after = request.args.get("after", 0, type=int)
    rows, following, others = membership.visible(team, actor(), SEE, past=past, after=after)
    return render_template(
        "teams/show.html",
        team=team,
        below=service.below(team),
        leaders=service.leaders_of([team.id])[team.id],
        members=rows,
        others=others,
        past=past,
        next_url=url_for("teams.show", team_id=team.id, past="1" if past else None, after=following)
        if following
        else "",
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(EDIT)
def new() -> Answer:
    """One more team."""
    form = TeamForm(
        offices=offices_of(actor(), EDIT),
        above=service.above_to_choose(actor(), EDIT, None),
        parent=request.args.get("below", 0, type=int),
    )
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            team = service.add(form.stated, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("teams.show", team_id=team.id), _("The team is on record."))
    return form_page("teams/edit.html", form=form, team=None)


@bp.route("/<int:team_id>/edit", methods=["GET", "POST"])
@allow(EDIT)
def edit(team_id: int) -> Answer:
    """Change what is on record of a team, or let it end."""
    team = service.visible_team(actor(), EDIT, team_id)
    form = EditTeamForm.of(
        team,
        offices=offices_of(actor(), EDIT),
        above=service.above_to_choose(actor(), EDIT, team),
    )
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(team.office.zone, now)
        try:
            service.change(team, form.stated, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("teams.show", team_id=team.id), _("Saved."))
    return form_page("teams/edit.html", form=form, team=team)


BOTH = ["GET", "POST"]
POST = ["POST"]
for rule, name, view, methods in (
    ("/mine", "mine", members.mine, None),
    ("/mine/<int:team_id>", "own", members.own, BOTH),
    ("/<int:team_id>/request", "join", members.join, POST),
    ("/<int:team_id>/members/new", "new_member", members.new, BOTH),
    ("/members/<int:member_id>", "member", members.member, None),
    ("/members/<int:member_id>/approval", "accept", members.accept, POST),
    ("/members/<int:member_id>/refusal", "turn_down", members.turn_down, POST),
    ("/members/<int:member_id>/role", "role", members.role, POST),
    ("/members/<int:member_id>/end", "end", members.end, POST),
    ("/members/<int:member_id>/departure", "leave", members.leave, POST),
    ("/people/<int:person_id>", "person", members.person, None),
):
    bp.add_url_rule(rule, name, view, methods=methods)
