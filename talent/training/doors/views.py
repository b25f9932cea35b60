"""The pages at the door: the code on the trainer's screen, and what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.codes import keep
from talent.errors import NotFound
from talent.i18n import gettext
from talent.people import service as people
from talent.qr import code_of
from talent.training.attendance import service as attendance
from talent.training.doors import service
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.training.models import Session
    from talent.web import Answer

SCAN = "training-scan"  # the cookie that the page behind the code looks for


@allow(Permission.EDIT_TRAINING)
def code(session_id: int) -> Answer:
    """The code of the session, large, as it is now."""
    now = clock.now()
    session = sessions.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    g.zone = session.office.zone
    path = url_for("training.scan", session_id=session.id, code=service.shown(session, now))
    known = seats.seats_of(session)
    there = attendance.presences_of(known).values()
    return render_template(
        "training/code.html",
        session=session,
        code=code_of(current_app.config["PUBLIC_URL"] + path),
        now=now,
        places=len(known),
        present=len({each.seat_id for each in there if each.left_at is None}),
        left=len({each.seat_id for each in there if each.left_at}),
    )


@allow(Permission.PUBLIC, Scope.TOKEN)
def scan(session_id: int, code: str) -> Answer:
    """Keep that the code was read now, and go on without it: it must not stand in histories."""
    session = service.signing_session(session_id)
    there = url_for("training.door", session_id=session.id)
    answer = done(there)
    keep(answer, SCAN, service.scanned(session, code, actor().person_id, clock.now()), there)
    return answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def door(session_id: int) -> Answer:
    """Behind the code: sign in or out."""
    session, me = service.signing_session(session_id), _me()
    g.zone = session.office.zone
    found = service.at_the_door(session, me.id, _proof(), clock.now())
    if found.seat is None and session.id not in _offered(me, session):
        raise NotFound
    answer = make_response(render_template("training/door.html", session=session, found=found))
    if proof := service.bound(session, _proof(), me.id):
        keep(answer, SCAN, proof, request.path)
    return answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def come(session_id: int) -> Answer:
    """I am here."""
    session, me = _met(session_id)
    service.come(session, me.id, _proof(), actor=actor(), now=clock.now())
    return done(url_for("training.door", session_id=session.id), gettext("You are signed in."))


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def leave(session_id: int) -> Answer:
    """I go."""
    session, me = _met(session_id)
    service.leave(session, me.id, _proof(), actor=actor(), now=clock.now())
    return done(url_for("training.door", session_id=session.id), gettext("You are signed out."))


def _met(session_id: int) -> tuple[Session, Person]:
    """The session and oneself; to whom it is neither given nor offered, it is not there."""
    session, me = service.signing_session(session_id), _me()
    if seats.seat_of(session, me.id) is None and session.id not in _offered(me, session):
        raise NotFound
    return session, me


def _me() -> Person:
    if (me := people.own_person(actor())) is None:
        raise NotFound
    return me


def _offered(me: Person, session: Session) -> set[int]:
    """Whoever may join a session is told that he has not; to others it is not there."""
    try:
        return {sessions.offered_session(me.id, session.id).id}
    except NotFound:
        return set()


def _proof() -> str:
    return request.cookies.get(SCAN, "")
