"""The pages of projects and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.offices import service as offices
from talent.rules.attendance import SignMode
from talent.rules.volunteering import ActivityKind
from talent.shifts.models import Position, Project, ProjectState
from talent.shifts.projects import service
from talent.shifts.projects.forms import FIELD_OF, PositionForm, ProjectForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_SHIFTS)
def projects() -> Answer:
    chosen = request.args.get("state")
    state = next((s for s in ProjectState if s.value == chosen), None)
    rows = service.projects(actor(), state=state, after=request.args.get("after", type=int))
    return render_template(
        "shifts/projects.html",
        projects=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
        state=state,
        states=list(ProjectState),
    )


@allow(Permission.SEE_SHIFTS)
def project(project_id: int) -> Answer:
    found = service.visible_project(actor(), Permission.SEE_SHIFTS, project_id)
    shifts = service.shifts_of(found, after=request.args.get("after", type=int))
    return render_template(
        "shifts/project.html",
        project=found,
        shifts=shifts[: service.PAGE],
        now=clock.now(),
        more=shifts[service.PAGE - 1].id if len(shifts) > service.PAGE else None,
        conditions=service.conditions,
        lacking=[] if found.state is ProjectState.OPEN else service.lacking(found),
        may_plan=actor().may(Permission.PLAN_SHIFTS, found.office.path),
    )


@allow(Permission.PLAN_SHIFTS)
def new_project() -> Answer:
    form = _project_form(None)
    if form.validate_on_submit():
        try:
            made = service.add(actor=actor(), now=clock.now(), **_fields(form))
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The project is saved as a draft. Now add its positions.")
            return done(url_for("shifts.project", project_id=made.id), said)
    return form_page("shifts/project_form.html", form=form, project=None)


@allow(Permission.PLAN_SHIFTS)
def edit_project(project_id: int) -> Answer:
    found = service.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    form, stamp = _project_form(found), service.stamp_of(found)
    if form.validate_on_submit():
        try:
            service.change(found, actor=actor(), now=clock.now(), **_fields(form))
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
            form.seen.data = stamp
        else:
            return done(url_for("shifts.project", project_id=found.id), gettext("Saved."))
    return form_page("shifts/project_form.html", form=form, project=found)


@allow(Permission.PLAN_SHIFTS)
def open_project(project_id: int) -> Answer:
    found = service.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    service.open_(found, actor=actor(), now=clock.now())
    said = gettext("The project is open. Shifts can be published.")
    return done(url_for("shifts.project", project_id=found.id), said)


@allow(Permission.PLAN_SHIFTS)
def close_project(project_id: int) -> Answer:
    found = service.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    service.close(found, actor=actor(), now=clock.now())
    return done(url_for("shifts.project", project_id=found.id), gettext("The project is closed."))


@allow(Permission.PLAN_SHIFTS)
def add_position(project_id: int) -> Answer:
    found = service.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    form = _position_form(found, None)
    if form.validate_on_submit():
        try:
            service.add_position(found, actor=actor(), now=clock.now(), **_gates(form))
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("shifts.project", project_id=found.id), gettext("Saved."))
    return _position_page(form, found, None)


@allow(Permission.PLAN_SHIFTS)
def edit_position(position_id: int) -> Answer:
    position = service.visible_position(actor(), position_id)
    form = _position_form(position.project, position)
    if form.validate_on_submit():
        try:
            service.change_position(position, actor=actor(), now=clock.now(), **_gates(form))
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(
                url_for("shifts.project", project_id=position.project_id), gettext("Saved.")
            )
    return _position_page(form, position.project, position)


def _position_page(form: PositionForm, project: Project, position: Position | None) -> Answer:
    return form_page(
        "shifts/position_form.html", form=form, project=project, position=position,
        asked_of_all=service.conditions(project),
    )  # fmt: skip


@allow(Permission.PLAN_SHIFTS)
def remove_position(position_id: int) -> Answer:
    position = service.visible_position(actor(), position_id)
    back = url_for("shifts.project", project_id=position.project_id)
    service.remove_position(position, actor=actor(), now=clock.now())
    return done(back, gettext("Removed."))


def _project_form(project: Project | None) -> ProjectForm:
    form = ProjectForm(obj=project)
    planned = service.names(offices.offices_of(actor(), Permission.PLAN_SHIFTS))
    audience = list(planned)
    if project:
        form.office_id.choices = [(id_, name) for id_, name in planned if id_ == project.office_id]
        if project.audience_id not in {id_ for id_, _ in audience}:
            audience += service.names([project.audience])
    else:
        form.office_id.choices = planned
    form.audience_id.choices = audience
    known = service.names(offices.categories(all_=bool(project)))
    form.category_id.choices = known
    may = [project.office] if project else offices.offices_of(actor(), Permission.PLAN_SHIFTS)
    form.offer(may, project.requirements if project else [])
    if not form.is_submitted():
        form.seen.data = service.stamp_of(project) if project else ""
    return form


def _fields(form: ProjectForm) -> dict[str, Any]:
    fields = {name: value for name, value in form.data.items() if name != "csrf_token"}
    fields["seen"] = fields["seen"] or None
    return fields | {
        "mode": SignMode(form.mode.data),
        "kind": ActivityKind(form.kind.data),
        "travel_minutes": fields["travel_minutes"] or 0,
    }


def _position_form(project: Project, position: Position | None) -> PositionForm:
    form = PositionForm(obj=position)
    form.offer([project.office], position.requirements if position else [])
    return form


def _gates(form: PositionForm) -> dict[str, Any]:
    gates = {name: value for name, value in form.data.items() if name in service.GATES}
    numbers = {name: gates[name] or 0 for name in ("places", "least", "reserve")}
    return gates | numbers | form.asked
