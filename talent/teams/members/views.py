"""The doors of memberships: the office's, the leader's and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.db import one
from talent.errors import NotFound, Refused
from talent.people import service as people
from talent.people.forms import ReasonForm
from talent.people.history.service import mask
from talent.rules.teams import LIVE, MemberState, TeamRole
from talent.teams import service as teams
from talent.teams.members import service
from talent.teams.members.forms import (
    LEADER_FIELDS,
    MEMBER_FIELDS,
    EndForm,
    MemberForm,
    ProposalForm,
    RoleForm,
)
from talent.teams.models import Team
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.teams.models import TeamMember
    from talent.web import Answer

EDIT = Permission.EDIT_PEOPLE


@allow(EDIT)
def new(team_id: int) -> Answer:
    """Write down a member: first looked for by name, then chosen."""
    team = teams.visible_team(actor(), EDIT, team_id)
    q = request.args.get("q", "").strip()
    found = teams.people_by_name(team, actor(), EDIT, q)
    form = MemberForm(found=found, since=clock.today(team.office.zone))
    if form.validate_on_submit():
        person = people.visible_person(actor(), EDIT, form.person.data)
        role, since = TeamRole(form.role.data), form.since.data
        try:
            service.add(team, person, role=role, since=since, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, MEMBER_FIELDS)
        else:
            return done(_home(team.id), _("The member is on record."))
    return form_page("teams/member_new.html", form=form, team=team, q=q, found=found)


@allow(EDIT, shows={Field.REASONS})
def member(member_id: int) -> Answer:
    """One membership: another role, or its end."""
    return _member_page(_visible(member_id))


def _member_page(row: TeamMember, **more: object) -> Answer:
    day = clock.today(row.team.office.zone)
    forms = {"role_form": RoleForm(role=row.role.value, formdata=None),
             "end_form": EndForm(until=day, formdata=None)}  # fmt: skip
    return form_page("teams/member.html", member=row, **{**forms, **more})


@allow(EDIT)
def accept(member_id: int) -> Answer:
    """Take on who asked."""
    row = _visible(member_id)
    service.accept(row, actor=actor(), now=clock.now())
    return done(_home(row.team_id), _("The member is on record."))


@allow(EDIT)
def turn_down(member_id: int) -> Answer:
    """Say no, with the reason."""
    row = _visible(member_id)
    why = (ReasonForm().reason.data or "")[:300]
    service.turn_down(row, why=why, actor=actor(), now=clock.now())
    return done(_home(row.team_id), _("Answered."))


@allow(EDIT)
def role(member_id: int) -> Answer:
    """Give another role from today on."""
    row, form = _visible(member_id), RoleForm()
    if not form.validate_on_submit():
        return _member_page(row, role_form=form)
    try:
        service.give_role(row, TeamRole(form.role.data), actor=actor(), now=clock.now())
    except Refused as refusal:
        form.refuse(refusal, MEMBER_FIELDS)
        return _member_page(row, role_form=form)
    return done(_home(row.team_id), _("Saved."))


@allow(EDIT)
def end(member_id: int) -> Answer:
    """End a membership with a day."""
    row, form = _visible(member_id), EndForm()
    if not form.validate_on_submit():
        return _member_page(row, end_form=form)
    day, why = form.until.data, form.why.data or ""
    try:
        service.end(row, until=day, why=why, actor=actor(), now=clock.now())
    except Refused as refusal:
        form.refuse(refusal)
        return _member_page(row, end_form=form)
    return done(_home(row.team_id), _("The membership has ended."))


@allow(Permission.SEE_PEOPLE)
def person(person_id: int) -> Answer:
    """The teams of a person, for the page of the person."""
    row = people.visible_person(actor(), Permission.SEE_PEOPLE, person_id)
    return render_template(
        "teams/person.html", person=row, memberships=service.memberships_of(row.id)
    )


@allow(Permission.SIGNED_IN, shows={Field.REASONS})
def mine() -> Answer:
    """One's own teams and one's children's, and those that one could join."""
    own = people.own_person(actor())
    persons = [own, *people.wards_of(own.id)] if own else []
    return render_template(
        "teams/mine.html",
        own=own,
        persons=[(each, service.memberships_of(each.id)) for each in persons],
        to_join=service.to_join(own.id) if own else [],
        live=LIVE,
    )


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def join(team_id: int) -> Answer:
    """Ask to become a member."""
    if (own := people.own_person(actor())) is None:
        raise NotFound
    service.ask(one(Team, team_id), own, actor=actor(), now=clock.now())
    return done(url_for("teams.mine"), _("The office will answer."))


@allow(Permission.SIGNED_IN)
def leave(member_id: int) -> Answer:
    """Leave a team today, or take back that one asked."""
    row, now = service.own_member(actor(), member_id), clock.now()
    if row.state is MemberState.ASKED:
        service.turn_down(row, why="", actor=actor(), now=now)
    else:
        day = clock.today(row.team.office.zone, now)
        service.end(row, until=day, actor=actor(), now=now)
    return done(url_for("teams.mine"), _("Done."))


@allow(Permission.SIGNED_IN)
def own(team_id: int) -> Answer:
    """A team of one's own; who leads it sees the members and may propose others."""
    team, leads = service.own_team(actor(), team_id)
    form = ProposalForm()
    if leads and form.validate_on_submit():
        try:
            given = {"name": form.name.data, "number": form.number.data}
            service.propose(team, **given, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, LEADER_FIELDS)
        else:
            return done(url_for("teams.own", team_id=team.id), _("The office will answer."))
    after = request.args.get("after", 0, type=int)
    rows, following = service.members_for_leader(team, after=after) if leads else ([], None)
    return form_page(
        "teams/own.html",
        team=team,
        leads=leads,
        members=rows,
        leaders=teams.leaders_of([team.id])[team.id],
        below=teams.below(team) if leads else [],
        form=form,
        mask=mask,
        next_url=url_for("teams.own", team_id=team.id, after=following) if following else "",
    )


def _visible(member_id: int) -> TeamMember:
    return service.visible_member(actor(), EDIT, member_id)


def _home(team_id: int) -> str:
    return url_for("teams.show", team_id=team_id)
