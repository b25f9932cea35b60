"""What one person has learned and holds: for oneself, and for the offices that know the person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.offices import service as offices
from talent.people import service as people
from talent.training.credentials import service as credentials
from talent.training.credentials.service import ZONE
from talent.training.records import service as records
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
    return render_template(
        "training/mine.html",
        seats=sessions.own_seats(me.id, since=now - SEATS_SHOWN),
        offers=offers[:PAGE],
        more_offers=offers[PAGE - 1].id if len(offers) > PAGE else None,
        reasons_of=lambda session: sessions.refusals_to_take(session, None, now=now),
        now=now,
        **_holdings(me),
    )


@allow(Permission.SEE_TRAINING)
def person(person_id: int) -> Answer:
    """A person's training and credentials, for an office that knows the person."""
    shown = people.visible_person(actor(), Permission.SEE_TRAINING, person_id)
    return render_template(
        "training/person.html",
        may_edit=actor().may(Permission.EDIT_TRAINING),
        editable={o.id for o in offices.offices_of(actor(), Permission.EDIT_TRAINING)},
        refusals=lambda credential: credentials.refusals_to_verify(credential, actor()),
        registrations=social_work.registrations_of(shown.id),
        **_holdings(shown),
    )


def _holdings(person: Person) -> dict[str, Any]:
    today = clock.today(ZONE)
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
