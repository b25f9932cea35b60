"""The pages of training requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext, named
from talent.offices import service as offices
from talent.people import service as people
from talent.renewals.requirements import service, standings
from talent.renewals.requirements.forms import (
    FIELD_OF,
    ONE_DAY,
    EndForm,
    RequirementForm,
    shown,
)
from talent.renewals.requirements.standings import Shown
from talent.rules.sources import Sure
from talent.training.courses import service as courses
from talent.training.service import PAGE, bookable
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.renewals.requirements.models import TrainingRequirement
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """What is asked of whom, who has done it and who has not."""
    after = request.args.get("after", 0, int)
    found = standings.summaries(actor(), day=clock.today(DEFAULT_ZONE), after=after)
    return render_template(
        "renewals/requirements.html",
        summaries=found[:PAGE],
        more=found[PAGE - 1].requirement.id if len(found) > PAGE else None,
        may_edit=actor().may(Permission.EDIT_TRAINING),
    )


@allow(Permission.SEE_TRAINING)
def show(requirement_id: int) -> Answer:
    """The people of one requirement, and what would close what is open."""
    requirement = service.visible(actor(), requirement_id)
    chosen = Shown.of(request.args.get("shown")) or Shown.OPEN
    found = standings.concerned(
        requirement,
        actor(),
        now=clock.now(),
        shown=chosen,
        after=request.args.get("after", 0, int),
    )
    return render_template(
        "renewals/requirement.html",
        requirement=requirement,
        standings=found[:PAGE],
        more=found[PAGE - 1].person.id if len(found) > PAGE else None,
        chosen=chosen,
        choices=Shown,
        begun=service.begun(requirement, clock.today(DEFAULT_ZONE)),
        bookable=bookable(actor()),
        may_change=actor().may(Permission.EDIT_TRAINING, requirement.office.path),
    )


@allow(Permission.EDIT_TRAINING)
def new() -> Answer:
    """Ask something more."""
    return _form(None)


@allow(Permission.EDIT_TRAINING)
def edit(requirement_id: int) -> Answer:
    """Change what has not begun yet."""
    return _form(service.editable(actor(), requirement_id))


@allow(Permission.EDIT_TRAINING)
def end(requirement_id: int) -> Answer:
    """Say until when it is asked."""
    requirement = service.editable(actor(), requirement_id)
    last = requirement.valid_to - ONE_DAY if requirement.valid_to else None
    form = EndForm(last_day=last)
    back = url_for("renewals.requirement", requirement_id=requirement.id)
    if form.validate_on_submit():
        try:
            service.end(requirement, form.last_day.data + ONE_DAY, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(back, gettext("Saved."))
    return form_page("renewals/requirement_end.html", form=form, requirement=requirement, back=back)


@allow(Permission.SIGNED_IN)
def mine() -> Answer:
    """What is asked of me."""
    if (me := people.own_person(actor())) is None:
        return render_template("training/nobody.html")
    return render_template(
        "renewals/person.html",
        person=me,
        own=True,
        standings=standings.of_person(me, now=clock.now()),
    )


@allow(Permission.SEE_TRAINING)
def person(person_id: int) -> Answer:
    """What is asked of a person whom the office knows."""
    found = people.visible_person(actor(), Permission.SEE_TRAINING, person_id)
    return render_template(
        "renewals/person.html",
        person=found,
        own=False,
        bookable=bookable(actor()),
        standings=standings.of_person(found, now=clock.now()),
    )


def _form(row: TrainingRequirement | None) -> Answer:
    first = {"valid_from": clock.today(DEFAULT_ZONE), "sure": Sure.OWN}
    form = RequirementForm(data=shown(row) if row else first)
    form.offer(
        offices.offices_of(actor(), Permission.EDIT_TRAINING),
        courses.usable(actor(), Permission.EDIT_TRAINING),
        service.positions(actor()),
    )
    if row is not None:
        del form.office_id
    if form.validate_on_submit():
        try:
            if row is None:
                office = offices.visible_office(
                    actor(), Permission.EDIT_TRAINING, form.office_id.data
                )
                row = service.add(office, form.stated, actor=actor(), now=clock.now())
            else:
                service.change(row, form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            back = url_for("renewals.requirement", requirement_id=row.id)
            return done(back, gettext("Saved."))
    title = named(row) if row else None
    return form_page("renewals/requirement_form.html", form=form, requirement=row, title=title)
