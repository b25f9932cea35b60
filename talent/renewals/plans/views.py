"""The pages of training plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext, label, named
from talent.offices import service as offices
from talent.renewals.plans import service
from talent.renewals.plans.forms import FIELD_OF, MONTHS, LineForm, PlanForm
from talent.renewals.plans.service import Ground, Lesson
from talent.sheets.writing import XLSX_TYPE, write_xlsx
from talent.training.courses import service as courses
from talent.training.service import PAGE
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from talent.renewals.plans.service import Outlook, Wanted
    from talent.sheets.writing import Value
    from talent.web import Answer

HOUR = 60  # minutes


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """The plans of the actor's offices."""
    found = service.plans(actor(), after=request.args.get("after", 0, int))
    return render_template(
        "renewals/plans.html",
        plans=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        may_edit=actor().may(Permission.EDIT_TRAINING),
    )


@allow(Permission.EDIT_TRAINING)
def new() -> Answer:
    """Begin a plan."""
    form = PlanForm(year=clock.today(DEFAULT_ZONE).year)
    mine = offices.offices_of(actor(), Permission.EDIT_TRAINING)
    form.office_id.choices = [(office.id, named(office)) for office in mine]
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_TRAINING, form.office_id.data)
        try:
            plan = service.begin(
                office, form.year.data, note=form.note.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("renewals.plan", plan_id=plan.id), gettext("Saved."))
    return form_page("renewals/plan_form.html", form=form)


@allow(Permission.SEE_TRAINING)
def show(plan_id: int) -> Answer:
    """What will be needed, what is planned for it, and what stays open."""
    plan = service.visible(actor(), plan_id, Permission.SEE_TRAINING)
    return render_template(
        "renewals/plan.html",
        outlook=service.outlook(plan),
        plan=plan,
        may_edit=actor().may(Permission.EDIT_TRAINING, plan.office.path),
    )


@allow(Permission.EDIT_TRAINING)
def new_line(plan_id: int) -> Answer:
    """Plan sessions of a course."""
    plan = service.visible(actor(), plan_id, Permission.EDIT_TRAINING)
    known = {c.id: c for c in courses.courses_for(plan.office)}
    form = LineForm(course_id=request.args.get("course", type=int))
    form.course_id.choices = [(id_, named(course)) for id_, course in known.items()]
    form.month.choices = [(month, gettext("Month %(number)s", number=month)) for month in MONTHS]
    if form.validate_on_submit():
        stated = Lesson(
            month=form.month.data,
            sessions=form.sessions.data,
            places=form.places.data,
            minutes=form.hours.data * HOUR,
            note=form.note.data,
        )
        try:
            service.add_line(
                plan, known[form.course_id.data], stated, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("renewals.plan", plan_id=plan.id), gettext("Saved."))
    return form_page("renewals/plan_line_form.html", form=form, plan=plan)


@allow(Permission.EDIT_TRAINING)
def drop_line(plan_id: int, line_id: int) -> Answer:
    """Take sessions out of the plan."""
    plan = service.visible(actor(), plan_id, Permission.EDIT_TRAINING)
    service.drop_line(plan, line_id, actor=actor(), now=clock.now())
    return done(url_for("renewals.plan", plan_id=plan.id), gettext("Taken out of the plan."))


@allow(Permission.SEE_TRAINING)
def export(plan_id: int, part: str) -> Answer:
    """The same digits as a spreadsheet: what is needed, or what is planned."""
    plan = service.visible(actor(), plan_id, Permission.SEE_TRAINING)
    outlook = service.outlook(plan)
    title = gettext("Training plan %(year)s", year=plan.year)
    if part == "demand":
        body = write_xlsx(title, _demand_columns(), _demand(outlook))
    else:
        body = write_xlsx(title, _session_columns(), _sessions(outlook))
    name = f"training-plan-{plan.year}-{part}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(body, mimetype=XLSX_TYPE, headers=headers)


def _demand_columns() -> list[str]:
    return [
        gettext("Reason"), gettext("What"), gettext("People"), gettext("Unit"),
        gettext("Needed"), gettext("Covered"), gettext("Still open"), gettext("Courses"),
    ]  # fmt: skip


def _demand(outlook: Outlook) -> Iterator[list[Value]]:
    for wanted in outlook.wanted:
        unit = gettext("minutes of learning") if wanted.in_minutes else gettext("places")
        taught = "；".join(named(course) for course in wanted.courses)
        yield [
            label(wanted.ground), _subject(wanted), wanted.people, unit,
            wanted.cover.needed, wanted.cover.covered, wanted.cover.open, taught,
        ]  # fmt: skip


def _subject(wanted: Wanted) -> str:
    if wanted.ground is Ground.REGISTRATION:
        return gettext("Continuing education")
    return named(wanted.what)


def _session_columns() -> list[str]:
    return [
        gettext("Month"), gettext("Course"), gettext("Sessions"), gettext("Places in each"),
        gettext("Places"), gettext("Hours set aside"), gettext("In the calendar"), gettext("Note"),
    ]  # fmt: skip


def _sessions(outlook: Outlook) -> Iterator[list[Value]]:
    for one in outlook.planned:
        line = one.line
        yield [
            line.month, named(line.course), line.sessions, line.places, one.places,
            line.minutes // HOUR, one.scheduled, line.note,
        ]  # fmt: skip
