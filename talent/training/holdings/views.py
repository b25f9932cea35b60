"""What one person has learned and holds: for oneself, and for the offices that know the person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import g, render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE
from talent.offices import service as offices
from talent.people import service as people
from talent.training.attendance import service as attendance
from talent.training.courses import service as courses
from talent.training.credentials import service as credentials
from talent.training.evaluations import service as evaluations
from talent.training.quizzes import service as quizzes
from talent.training.records import service as records
from talent.training.seats import service as seats
from talent.training.service import PAGE
from talent.training.sessions import service as sessions
from talent.training.social_work import service as social_work
from talent.web import actor

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer

SEATS_SHOWN = timedelta(days=60)


@allow(Permission.SIGNED_IN)
def mine() -> Answer:
    """My training, my credentials, my places, and the sessions I can join."""
    if (me := people.own_person(actor())) is None:
        return render_template("training/nobody.html")
    now = clock.now()
    offers = sessions.offered(me.id, now, request.args.get("from", 0, int))
    held = seats.own_seats(me.id, since=now - SEATS_SHOWN)
    lacking = seats.unprepared(offers, [me.id])
    return render_template(
        "training/mine.html",
        seats=held,
        offers=offers[:PAGE],
        more_offers=offers[PAGE - 1].id if len(offers) > PAGE else None,
        reasons_of=lambda session: seats.refusals_to_take(
            session, None, now=now, lacking=lacking.get((session.id, me.id), ())
        ),
        not_wait_of=lambda session: seats.refusals_to_wait(
            session, None, now=now, lacking=lacking.get((session.id, me.id), ())
        ),
        lines=seats.lines_of(held),
        now=now,
        **_holdings(me),
    )


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def attending(session_id: int) -> Answer:
    """A session, for who may join it: dates, materials, the quiz, how it was."""
    if (me := people.own_person(actor())) is None:
        raise NotFound
    session, now = sessions.offered_session(me.id, session_id), clock.now()
    g.zone = session.office.zone
    seat = seats.seat_of(session, me.id)
    held = seat if seat and seat.state in seats.LIVE else None
    lacking = seats.unprepared([session], [me.id]).get((session.id, me.id), [])
    there = courses.attends(me.id, session.course_id)
    dates = sessions.parts_of(session)
    had = attendance.presences_of([held]) if held else {}
    return render_template(
        "training/attending.html",
        session=session,
        seat=held,
        dates=dates,
        reasons=seats.refusals_to_take(session, held, now=now, lacking=lacking),
        not_wait=seats.refusals_to_wait(session, held, now=now, lacking=lacking),
        lines=seats.lines_of([held]) if held else {},
        outcome=attendance.outcome(held, session, dates, had) if held else None,
        had=had,
        materials=courses.materials(session.course_id) if there else [],
        quiz=quizzes.quiz_of(session.course_id) if there else None,
        not_evaluated=evaluations.refusals(session, held, now),
        now=now,
    )


@allow(Permission.SEE_TRAINING)
def person(person_id: int) -> Answer:
    """A person's training and credentials, for an office that knows the person."""
    shown = people.visible_person(actor(), Permission.SEE_TRAINING, person_id)
    registrations = social_work.registrations_of(shown.id)
    return render_template(
        "training/person.html",
        may_edit=actor().may(Permission.EDIT_TRAINING),
        editable={o.id for o in offices.offices_of(actor(), Permission.EDIT_TRAINING)},
        refusals=lambda credential: credentials.refusals_to_verify(credential, actor()),
        registrations=registrations,
        waiting=[row for row in registrations if not row.verified_at and not row.ended_at],
        refused=[row for row in registrations if row.ended_at],
        refusals_of=lambda row: social_work.refusals_to_verify(row, actor()),
        **_holdings(shown),
    )


def _holdings(person: Person) -> dict[str, Any]:
    today = clock.today(DEFAULT_ZONE)
    found = records.records_of(person.id, after=request.args.get("after", 0, int))
    (standing,) = social_work.standings([person], today=today)
    return {
        "person": person,
        "records": found[:PAGE],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "learned": records.learning_minutes(person.id),
        "credentials": credentials.credentials_of(person.id),
        "standing_of": lambda credential: credentials.standing(credential, today),
        "social_worker": standing,
        "today": today,
    }
