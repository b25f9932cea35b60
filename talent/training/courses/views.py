"""The pages of courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.training.courses import service
from talent.training.courses.forms import CourseForm
from talent.training.courses.service import Syllabus
from talent.training.service import PAGE
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Courses of the actor's offices and of those above them."""
    closed, after = "closed" in request.args, request.args.get("after", 0, int)
    found = service.courses(actor(), now=clock.now(), closed=closed, after=after)
    return render_template(
        "training/index.html",
        courses=found[:PAGE],
        more=found[PAGE - 1][0].id if len(found) > PAGE else None,
        closed=closed,
    )


@allow(Permission.EDIT_TRAINING)
def new() -> Answer:
    """A new course."""
    form = CourseForm()
    form.office_id.choices = [
        (office.id, named(office))
        for office in offices.offices_of(actor(), Permission.EDIT_TRAINING)
    ]
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_TRAINING, form.office_id.data)
        course = service.add(office, _stated(form), actor=actor(), now=clock.now())
        return done(url_for("training.show", course_id=course.id), gettext("Saved."))
    return form_page("training/course_form.html", form=form, course=None)


@allow(Permission.EDIT_TRAINING)
def edit(course_id: int) -> Answer:
    """Change a course."""
    course = service.editable_course(actor(), course_id)
    form = CourseForm(obj=course)
    del form.office_id
    if form.validate_on_submit():
        service.change(course, _stated(form), actor=actor(), now=clock.now())
        return done(url_for("training.show", course_id=course.id), gettext("Saved."))
    return form_page("training/course_form.html", form=form, course=course)


def _stated(form: CourseForm) -> Syllabus:
    return Syllabus(**{name: form.data[name] for name in Syllabus.__slots__})
