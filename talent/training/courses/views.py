"""The pages of courses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, redirect, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.files import LARGEST_BYTES
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.training.courses import service
from talent.training.courses.forms import (
    MATERIAL_FIELDS,
    PREREQUISITE_FIELDS,
    CourseForm,
    MaterialForm,
    PrerequisiteForm,
)
from talent.training.courses.service import Syllabus
from talent.training.service import PAGE, kinds
from talent.web import actor, done, form_page, takes_at_most

if TYPE_CHECKING:
    from talent.web import Answer

ENVELOPE = 64 * 1024  # bytes of a form around its file


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


@allow(Permission.EDIT_TRAINING)
def prerequisites(course_id: int) -> Answer:
    """What must be held before one signs up."""
    course = service.editable_course(actor(), course_id)
    known = {each.id: each for each in service.usable(actor(), Permission.SEE_TRAINING)}
    held = {each.id: each for each in kinds(open_only=True)}
    form = PrerequisiteForm()
    nothing = ("", gettext("None"))
    form.course_id.choices = [nothing, *((key, named(one)) for key, one in known.items())]
    form.kind_id.choices = [nothing, *((key, named(one)) for key, one in held.items())]
    if form.validate_on_submit():
        chosen = known.get(form.course_id.data) or held[form.kind_id.data]
        try:
            service.ask_for(course, chosen, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, PREREQUISITE_FIELDS)
        else:
            return done(url_for("training.prerequisites", course_id=course.id), gettext("Saved."))
    asked = service.prerequisites(course)
    return form_page("training/prerequisites.html", form=form, course=course, asked=asked)


@allow(Permission.EDIT_TRAINING)
def end_prerequisite(course_id: int, prerequisite_id: int) -> Answer:
    """It is not asked for any more."""
    course = service.editable_course(actor(), course_id)
    service.ask_no_more(course, prerequisite_id, actor=actor(), now=clock.now())
    return done(url_for("training.prerequisites", course_id=course.id), gettext("Removed."))


@allow(Permission.EDIT_TRAINING)
@takes_at_most(LARGEST_BYTES + ENVELOPE)
def materials(course_id: int) -> Answer:
    """Files and links for those who are signed up."""
    course = service.editable_course(actor(), course_id)
    form = MaterialForm()
    if form.validate_on_submit():
        try:
            service.add_material(
                course, form.title.data, link=form.link.data, file=form.handed_in,
                actor=actor(), now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, MATERIAL_FIELDS)
        else:
            return done(url_for("training.materials", course_id=course.id), gettext("Saved."))
    found = service.materials(course.id)
    return form_page("training/materials.html", form=form, course=course, materials=found)


@allow(Permission.EDIT_TRAINING)
def end_material(course_id: int, material_id: int) -> Answer:
    """It is not shown any more."""
    course = service.editable_course(actor(), course_id)
    service.end_material(course, material_id, actor=actor(), now=clock.now())
    return done(url_for("training.materials", course_id=course.id), gettext("Removed."))


@allow(Permission.SIGNED_IN, Scope.EITHER)
def material(course_id: int, material_id: int) -> Answer:
    """A file or a link, for who is signed up and for offices that see the course."""
    own = actor().person_id
    if own is None or not service.attends(own, course_id):
        if not actor().may(Permission.SEE_TRAINING):
            raise NotFound
        service.visible_course(actor(), course_id)
    found = service.material_of(course_id, material_id)
    if found.file is None:
        return redirect(found.link or "", 303)
    return Response(
        found.file.content,
        mimetype=found.file.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file.name)}"},
    )


def _stated(form: CourseForm) -> Syllabus:
    return Syllabus(**{name: form.data[name] for name in Syllabus.__slots__})
