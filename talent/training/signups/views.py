"""The list of a session; taking a place, waiting for one, giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.people import service as people
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.training.signups.forms import SeatForm
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.training.models import Seat, Session
    from talent.web import Answer


@allow(Permission.SEE_TRAINING)
def show(session_id: int) -> Answer:
    """One session with its attendance list."""
    session = sessions.visible_session(actor(), Permission.SEE_TRAINING, session_id)
    return _list(session, SeatForm(formdata=None))


@allow(Permission.EDIT_TRAINING)
def add(session_id: int) -> Answer:
    """The office signs somebody up, until the session ends."""
    session = sessions.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
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
        seats.take_seat(session, person, actor=actor(), now=clock.now(), at_the_door=True)
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
    session = sessions.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    seats.give_back(session, person_id, actor=actor(), now=clock.now())
    return done(url_for("training.session", session_id=session.id), gettext("Removed."))


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def take(session_id: int) -> Answer:
    """I take a place."""
    me = _me()
    session = sessions.offered_session(me.id, session_id)
    seat = seats.take_seat(session, me, actor=actor(), now=clock.now())
    return _offer(session, gettext("You are signed up."), seat)


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def wait(session_id: int) -> Answer:
    """I wait for a place."""
    me = _me()
    session = sessions.offered_session(me.id, session_id)
    seat = seats.wait(session, me, actor=actor(), now=clock.now())
    said = gettext("You are on the waiting list. You are told when a place is free.")
    return _offer(session, said, seat)


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def give_back(session_id: int) -> Answer:
    """I give my place back, or wait no longer."""
    me = _me()
    session = sessions.offered_session(me.id, session_id)
    seats.give_back(session, me.id, actor=actor(), now=clock.now())
    return _offer(session, gettext("Your place was given back."), None)


def _me() -> Person:
    if (me := people.own_person(actor())) is None:
        raise NotFound
    return me


def _offer(session: Session, said: str, seat: Seat | None) -> Answer:
    now = clock.now()
    return respond(
        "training/_offer.html",
        to=url_for("training.mine"),
        said=said,
        session=session,
        seat=seat,
        reasons=seats.refusals_to_take(session, seat, now=now),
        not_wait=seats.refusals_to_wait(session, seat, now=now),
        lines=seats.lines_of([seat]) if seat else {},
        now=now,
    )


def _list(session: Session, form: SeatForm, several: object = ()) -> Answer:
    """The page of a session, with whoever could be meant by what was typed."""
    g.zone = session.office.zone
    now = clock.now()
    return form_page(
        "training/session.html",
        form=form,
        session=session,
        dates=sessions.parts_of(session),
        seats=seats.seats_of(session),
        waiting=seats.waiting_for(session),
        several=several,
        now=now,
        not_yet=sessions.refusals_to_mark(session, now),
        may_edit=actor().may(Permission.EDIT_TRAINING, session.office.path),
    )
