"""The pages of sessions: the office's list, and a volunteer's sign-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.training.courses import service as courses
from talent.training.quizzes import service as quizzes
from talent.training.service import PAGE
from talent.training.sessions import service
from talent.training.sessions.forms import FIELD_OF, PartForm, SessionForm
from talent.training.sessions.service import Plan
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def course(course_id: int) -> Answer:
    """One course, and when it is held."""
    shown = courses.visible_course(actor(), course_id)
    after = request.args.get("after", 0, int)
    found = service.sessions(actor(), course_id=shown.id, after=after)
    return render_template(
        "training/show.html",
        course=shown,
        prerequisites=courses.prerequisites(shown),
        materials=courses.materials(shown.id),
        quiz=quizzes.quiz_of(shown.id),
        sessions=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        now=clock.now(),
        may_edit=actor().may(Permission.EDIT_TRAINING, shown.office.path),
        may_hold=shown.open and actor().may(Permission.EDIT_TRAINING),
    )


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """Sessions to come, or all of them."""
    past, now, after = "all" in request.args, clock.now(), request.args.get("after", 0, int)
    found = service.sessions(actor(), coming_at=None if past else now, after=after)
    return render_template(
        "training/sessions.html",
        sessions=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        past=past,
        now=now,
    )


@allow(Permission.EDIT_TRAINING)
def new(course_id: int) -> Answer:
    """Hold a course."""
    held = courses.visible_course(actor(), course_id)
    form = SessionForm()
    form.office_id.choices = [
        (office.id, named(office))
        for office in offices.offices_of(actor(), Permission.EDIT_TRAINING)
        if held.office_id in office.ancestor_ids
    ]
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_TRAINING, form.office_id.data)
        try:
            session = service.plan(held, office, _stated(form), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.session", session_id=session.id), gettext("Saved."))
    return form_page("training/session_form.html", form=form, course=held, session=None)


@allow(Permission.EDIT_TRAINING)
def edit(session_id: int) -> Answer:
    """Change a session; those who are signed up stay."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    form = SessionForm(obj=service.plan_of(session))
    del form.office_id
    if form.validate_on_submit():
        try:
            service.change(session, _stated(form), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.session", session_id=session.id), gettext("Saved."))
    return form_page(
        "training/session_form.html", form=form, course=session.course, session=session
    )


@allow(Permission.EDIT_TRAINING)
def cancel(session_id: int) -> Answer:
    """Call a session off."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    service.cancel(session, actor=actor(), now=clock.now())
    said = gettext("The session was cancelled. Those who were signed up are told.")
    return done(url_for("training.session", session_id=session.id), said)


@allow(Permission.EDIT_TRAINING)
def parts(session_id: int) -> Answer:
    """The dates of a session: a morning and an afternoon, or several evenings."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    g.zone = session.office.zone
    form = PartForm()
    if form.validate_on_submit():
        try:
            service.add_part(
                session, form.starts_at.data, form.ends_at.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.parts", session_id=session.id), gettext("Saved."))
    held = service.parts_of(session)
    return form_page("training/parts_form.html", form=form, session=session, dates=held)


@allow(Permission.EDIT_TRAINING)
def remove_part(session_id: int, part_id: int) -> Answer:
    """The session is not held on this date."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    service.take_off_part(session, part_id, actor=actor(), now=clock.now())
    return done(url_for("training.parts", session_id=session.id), gettext("Removed."))


def _stated(form: SessionForm) -> Plan:
    return Plan(**{name: form.data[name] for name in Plan.__slots__})
