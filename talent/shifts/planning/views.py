"""The pages on which an office plans shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, ngettext
from talent.shifts.assignments.service import visible_shift
from talent.shifts.models import ShiftState
from talent.shifts.planning import service
from talent.shifts.planning.forms import FIELD_OF, CallOffForm, shift_form
from talent.shifts.projects import service as projects
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.models import Project, Shift
    from talent.shifts.planning.forms import ShiftForm
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def new() -> Answer:
    chosen = request.args.get("project", type=int)
    if chosen is None:
        rows = projects.plannable(actor())
        if len(rows) != 1:
            return render_template("shifts/choose_project.html", projects=rows)
        chosen = rows[0].id
    project = projects.visible_project(actor(), Permission.PLAN_SHIFTS, chosen)
    g.zone = project.office.zone
    form = shift_form(project.positions, project.office.zone, place=project.place)
    if form.validate_on_submit():
        try:
            made = service.add(
                project,
                actor=actor(),
                now=clock.now(),
                starts_at=form.starts_at.data,
                ends_at=form.ends_at.data,
                place=form.place.data,
                note=form.note.data,
                wanted=form.wanted,
            )
            if at_once := request.form.get("publish") == "1":
                service.publish(made, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            draft = gettext("The shift is planned as a draft. Publish it when it is ready.")
            said = gettext("The shift is published.") if at_once else draft
            return done(url_for("shifts.show", shift_id=made.id), said)
    return _shift_page(form, project, None)


@allow(Permission.PLAN_SHIFTS)
def edit(shift_id: int) -> Answer:
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    form = shift_form(shift.project.positions, shift.zone, shift)
    if not form.is_submitted():
        form.seen.data = service.stamp_of(shift)
    if form.validate_on_submit():
        try:
            service.change(
                shift,
                actor=actor(),
                now=clock.now(),
                starts_at=form.starts_at.data,
                ends_at=form.ends_at.data,
                place=form.place.data,
                note=form.note.data,
                wanted=form.wanted,
                seen=form.seen.data,
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
            form.seen.data = service.stamp_of(shift)
        else:
            return done(url_for("shifts.show", shift_id=shift_id), gettext("Saved."))
    return _shift_page(form, shift.project, shift)


def _shift_page(form: ShiftForm, project: Project, shift: Shift | None) -> Answer:
    return form_page(
        "shifts/shift_form.html", form=form, project=project, shift=shift,
        conditions=projects.conditions,
    )  # fmt: skip


@allow(Permission.PLAN_SHIFTS)
def publish(shift_id: int) -> Answer:
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    service.publish(shift, actor=actor(), now=clock.now())
    said = gettext("The shift is published.")
    return done(url_for("shifts.show", shift_id=shift_id), said)


@allow(Permission.PLAN_SHIFTS)
def publish_all(project_id: int) -> Answer:
    project = projects.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    if unready := service.unready(project, clock.now()):
        return render_template("shifts/unready.html", project=project, unready=unready), 409
    made = service.publish_drafts(project, actor=actor(), now=clock.now())
    said = ngettext("%(num)d shift is published.", "%(num)d shifts are published.", made)
    return done(url_for("shifts.project", project_id=project_id), said)


@allow(Permission.PLAN_SHIFTS)
def call_off(shift_id: int) -> Answer:
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    form = CallOffForm()
    if form.validate_on_submit():
        project_id = shift.project_id
        try:
            kept = service.call_off(shift, actor=actor(), now=clock.now(), reason=form.reason.data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if kept:
                said = gettext("The shift is cancelled. Everybody on it is told.")
                return done(url_for("shifts.show", shift_id=shift_id), said)
            said = gettext("The draft is removed.")
            return done(url_for("shifts.project", project_id=project_id), said)
    draft = shift.state is ShiftState.DRAFT
    return form_page("shifts/call_off.html", form=form, shift=shift, draft=draft)
