"""The pages of attendance: the code, the list, the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.rules.training import Source
from talent.training.attendance import service
from talent.training.attendance.forms import FIELD_OF, ListForm, TimesForm
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from talent.training.models import Session
    from talent.training.sessions.models import SessionPart
    from talent.web import Answer


def _session(session_id: int) -> Session:
    session = sessions.visible_session(actor(), Permission.EDIT_TRAINING, session_id)
    g.zone = session.office.zone
    return session


@allow(Permission.EDIT_TRAINING)
def attended(session_id: int, seat_id: int) -> Answer:
    """One tap: this person came."""
    return _marked(session_id, seat_id, attended=True)


@allow(Permission.EDIT_TRAINING)
def missed(session_id: int, seat_id: int) -> Answer:
    """One tap: this person did not come."""
    return _marked(session_id, seat_id, attended=False)


def _marked(session_id: int, seat_id: int, *, attended: bool) -> Answer:
    session = _session(session_id)
    seat = seats.seat_in(session, seat_id)
    service.mark(seat, attended=attended, actor=actor(), now=clock.now())
    to = url_for("training.session", session_id=session.id)
    return respond(
        "training/_seat.html", to=to, seat=seat, session=session, not_yet=[], may_edit=True
    )


@allow(Permission.EDIT_TRAINING)
def keep_list(session_id: int) -> Answer:
    """The whole list with its dates: ticked on the spot, or keyed in from paper."""
    session, now = _session(session_id), clock.now()
    known, dates = seats.seats_of(session), sessions.begun(session, now)
    had = service.presences_of(known)
    form, said = ListForm(), request.form
    if form.validate_on_submit():
        there, shown = (
            {(s.id, part.id) for s in known for part in dates if f"{name}-{s.id}-{part.id}" in said}
            for name in ("there", "shown")
        )
        try:
            number = service.keep_list(
                session,
                there,
                shown=shown,
                source=Source[form.source.data.upper()],
                actor=actor(),
                now=now,
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            saved = gettext("Saved. Changed: %(number)s", number=number)
            return done(url_for("training.session", session_id=session.id), saved)
    return form_page(
        "training/list.html",
        form=form,
        session=session,
        dates=dates,
        seats=known,
        had=had,
        not_yet=sessions.refusals_to_mark(session, now),
    )


@allow(Permission.EDIT_TRAINING)
def seat(session_id: int, seat_id: int) -> Answer:
    """One person's attendance: what counts, why not, and times that are put right."""
    session = _session(session_id)
    shown = seats.seat_in(session, seat_id)
    dates, had = sessions.parts_of(session), service.presences_of([shown])
    form = TimesForm(dates, {p.id: had.get((shown.id, p.id)) for p in dates}, session.office.zone)
    if form.validate_on_submit():
        try:
            service.set_times(
                shown, form.part, form.times, source=form.chosen, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            to = url_for("training.seat", session_id=session.id, seat_id=shown.id)
            return done(to, gettext("Saved."))
    return form_page("training/seat.html", form=form, **_seat(session, shown, dates, had))


def _seat(session: Session, seat: Any, dates: Any, had: Any) -> dict[str, Any]:
    return {
        "session": session,
        "seat": seat,
        "dates": dates,
        "had": had,
        "outcome": service.outcome(seat, session, dates, had),
    }


@allow(Permission.SEE_TRAINING)
def paper(session_id: int) -> Answer:
    """The list to be signed, on A4."""
    session = sessions.visible_session(actor(), Permission.SEE_TRAINING, session_id)
    g.zone = session.office.zone
    dates: list[SessionPart] = list(sessions.parts_of(session))
    known = seats.seats_of(session)
    return render_template("training/paper.html", session=session, dates=dates, seats=known)
