"""The pages on which a session is evaluated, and on which the office reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.people import service as people
from talent.training.evaluations import service
from talent.training.evaluations.forms import EvaluationForm
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def evaluate(session_id: int) -> Answer:
    """I say how it was. Nobody learns that it was I."""
    if (me := people.own_person(actor())) is None:
        raise NotFound
    session, now = sessions.offered_session(me.id, session_id), clock.now()
    g.zone = session.office.zone
    if (seat := seats.seat_of(session, me.id)) is None:
        raise NotFound
    form = EvaluationForm()
    if form.validate_on_submit():
        try:
            service.evaluate(
                session, me.id, steps=int(form.steps.data), said=form.words.data, now=now
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Thank you. Your answer was kept without your name.")
            return done(url_for("training.attending", session_id=session.id), said)
    return form_page(
        "training/evaluate.html",
        form=form,
        session=session,
        reasons=service.refusals(session, seat, now),
        least=service.least(session, now),
    )


@allow(Permission.SEE_TRAINING)
def show(session_id: int) -> Answer:
    """What participants say, once enough of them did."""
    session = sessions.visible_session(actor(), Permission.SEE_TRAINING, session_id)
    g.zone = session.office.zone
    said = service.said_of(session, clock.now())
    return render_template("training/evaluations.html", session=session, said=said)
