"""The pages of sessions: the office's list, and a volunteer's sign-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.people import service as people
from talent.training.courses import service as courses
from talent.training.service import PAGE
from talent.training.sessions import service
from talent.training.sessions.forms import FIELD_OF, SeatForm, SessionForm
from talent.training.sessions.service import Plan
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from talent.training.models import Seat, Session
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


@allow(Permission.SEE_TRAINING)
def show(session_id: int) -> Answer:
    """One session with its attendance list."""
    session = service.visible_session(actor(), Permission.SEE_TRAINING, session_id)
    return _list(session, SeatForm(formdata=None))


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
    form = SessionForm(obj=session)
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
def add(session_id: int) -> Answer:
    """The office signs somebody up, until the session ends."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    form, chosen = SeatForm(), request.form.get("person_id", type=int)
    if chosen is None and not form.validate():
        return _list(session, form)
    if chosen is None:
        found = people.found(actor(), Permission.EDIT_TRAINING, form.person.data)
        if len(found) != 1:
            return _several(session, form, found)
        chosen = found[0].id
    person = people.visible_person(actor(), Permission.EDIT_TRAINING, chosen)
    try:
        service.take_seat(session, person, actor=actor(), now=clock.now(), at_the_door=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _list(session, form)
    said = gettext("%(name)s is signed up.", name=person.name)
    return done(url_for("training.session", session_id=session.id), said)


def _several(session: Session, form: SeatForm, found: object) -> Answer:
    form.person.errors = [
        gettext("Several people match. Please choose one.")
        if found
        else gettext("Nobody of your offices matches.")
    ]
    return _list(session, form, found)


@allow(Permission.EDIT_TRAINING)
def remove(session_id: int, person_id: int) -> Answer:
    """The office gives a place back."""
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    service.give_back(session, person_id, actor=actor(), now=clock.now())
    return done(url_for("training.session", session_id=session.id), gettext("Removed."))


@allow(Permission.EDIT_TRAINING)
def attended(session_id: int, seat_id: int) -> Answer:
    """One tap: this person came."""
    return _marked(session_id, seat_id, attended=True)


@allow(Permission.EDIT_TRAINING)
def missed(session_id: int, seat_id: int) -> Answer:
    """One tap: this person did not come."""
    return _marked(session_id, seat_id, attended=False)


def _marked(session_id: int, seat_id: int, *, attended: bool) -> Answer:
    session = service.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    seat = service.seat_in(session, seat_id)
    service.mark(seat, attended=attended, actor=actor(), now=clock.now())
    to = url_for("training.session", session_id=session.id)
    return respond(
        "training/_seat.html", to=to, seat=seat, session=session, not_yet=[], may_edit=True
    )


@allow(Permission.SIGNED_IN)
def take(session_id: int) -> Answer:
    """I take a place."""
    session = service.offered_session(_own_id(), session_id)
    if (me := people.own_person(actor())) is None:
        raise NotFound
    seat = service.take_seat(session, me, actor=actor(), now=clock.now())
    return _offer(session, gettext("You are signed up."), seat)


@allow(Permission.SIGNED_IN)
def give_back(session_id: int) -> Answer:
    """I give my place back."""
    session = service.offered_session(_own_id(), session_id)
    service.give_back(session, _own_id(), actor=actor(), now=clock.now())
    return _offer(session, gettext("Your place was given back."), None)


def _own_id() -> int:
    if (person_id := actor().person_id) is None:
        raise NotFound
    return person_id


def _offer(session: Session, said: str, seat: Seat | None) -> Answer:
    now = clock.now()
    return respond(
        "training/_offer.html",
        to=url_for("training.mine"),
        said=said,
        session=session,
        seat=seat,
        reasons=service.refusals_to_take(session, seat, now=now),
        now=now,
    )


def _list(session: Session, form: SeatForm, several: object = ()) -> Answer:
    g.zone = session.office.zone
    now = clock.now()
    return form_page(
        "training/session.html",
        form=form,
        session=session,
        seats=service.seats_of(session),
        several=several,
        now=now,
        not_yet=service.refusals_to_mark(session, now),
        may_edit=actor().may(Permission.EDIT_TRAINING, session.office.path),
    )


def _stated(form: SessionForm) -> Plan:
    return Plan(**{name: form.data[name] for name in Plan.__slots__})
