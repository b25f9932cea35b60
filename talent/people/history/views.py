"""The door of a person's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent.access import Permission, Scope, allow
from talent.i18n import gettext, label, listed
from talent.people import service as people
from talent.people.history import service
from talent.rules.free_times import Weekday
from talent.rules.languages import Fluency, Tongue
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.EITHER)
def history(person_id: int) -> Answer:
    """What was done with what is on record: for the person, and for who may see the person."""
    person = people.reachable(actor(), Permission.SEE_PEOPLE, person_id)
    before = request.args.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else None  # noqa: PLR2004
    events, following = service.of(person, before=number)
    own = people.speaks_for(actor(), person)
    return render_template(
        "people/history.html",
        person=person,
        events=events,
        own=own,
        fields=service.FIELDS,
        said=_said,
        next_url=url_for("people.history", person_id=person.id, before=following)
        if following
        else "",
    )


def _said(field: str, kept: str | None) -> str:
    """What stood in a field, in the reader's language where it was one of our words."""
    if not kept:
        return "—"
    if field == "spoken":
        return listed(_language(each) for each in kept.split("、"))
    if field == "free_times":
        return listed(_window(each) for each in kept.split("、"))
    return gettext(kept) if field in service.OF_WORDS else kept


def _window(kept: str) -> str:
    number, _, times = kept.partition(" ")
    day = Weekday.of(number)
    return f"{label(day)} {times}" if day else kept


def _language(kept: str) -> str:
    tongue, fluency = [*kept.split(), "", ""][:2]
    known = (Tongue.of(tongue), Fluency.of(fluency))
    return " ".join(label(each) for each in known if each) or kept
