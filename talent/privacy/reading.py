"""The archive's page to read: columns in words, times as a clock shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.db import db
from talent.i18n import date_of, gettext, hours, label, moment, named
from talent.offices.models import Office
from talent.people.history.service import FIELDS
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

HEADS = FIELDS | {
    "volunteer_no": N_("Volunteer number"),
    "office_id": N_("Office"),
    "made_at": N_("Entered on"),
    "changed_at": N_("Changed on"),
    "at": N_("Time"),
    "day": N_("Day"),
    "kind": N_("Kind"),
    "state": N_("State"),
    "standing": N_("State"),
    "number": N_("Number"),
    "year": N_("Year"),
    "place": N_("Place"),
    "minutes": N_("Duration"),
    "total_minutes": N_("Duration"),
    "claimed_minutes": N_("Duration"),
    "recognised_minutes": N_("Duration that counts"),
    "activity": N_("Activity"),
    "organiser": N_("Organiser"),
    "person_in_charge": N_("Person in charge"),
    "version": N_("Version"),
    "issued_on": N_("Issued on"),
    "issued_at": N_("Issued on"),
    "valid_until": N_("Valid until"),
    "verified_at": N_("Verified on"),
    "signed_at": N_("Signed on"),
    "signed_by": N_("Signed by"),
    "given_at": N_("Given on"),
    "given_by": N_("Given by"),
    "on_paper": N_("on paper"),
    "by_guardian": N_("By the guardian"),
    "applied_at": N_("Asked on"),
    "decided_at": N_("Decided on"),
    "answered_at": N_("Answered on"),
    "sent_at": N_("Sent on"),
    "due_at": N_("Due on"),
    "due_on": N_("Due on"),
    "starts_at": N_("Begins"),
    "ends_at": N_("Ends"),
    "in_at": N_("Signed in"),
    "out_at": N_("Signed out"),
    "came_at": N_("Came at"),
    "left_at": N_("Went at"),
    "period_from": N_("From"),
    "period_to": N_("To"),
    "awarded_on": N_("Given on"),
    "granted_on": N_("Given on"),
    "held_on": N_("Day"),
    "evaluated_on": N_("Day"),
    "balance": N_("Balance"),
    "remark": N_("Remark"),
    "role": N_("Role"),
    "since": N_("Since"),
    "source": N_("Source"),
    "text": N_("Text"),
    "tongue": N_("Languages"),
    "address": N_("Address"),
    "reason": N_("Reason"),
    "override_reason": N_("Reason"),
    "why": N_("Why"),
    "ended_why": N_("Why"),
    "revoked_why": N_("Why"),
    "withdrawn_why": N_("Why"),
    "answer": N_("Answer"),
    "asked_at": N_("Asked on"),
    "ended_at": N_("Ended on"),
    "revoked_at": N_("Revoked on"),
    "withdrawn_at": N_("Withdrawn on"),
    "closed_at": N_("Closed on"),
    "added_at": N_("Added on"),
    "granted_at": N_("Given on"),
    "queued_at": N_("Waiting since"),
    "seen_at": N_("Last seen"),
    "opened_at": N_("Since"),
    "began_at": N_("Begun"),
    "begun_at": N_("Begun"),
    "starts": N_("Begins"),
    "ends": N_("Ends"),
    "starts_on": N_("Begins"),
    "ends_on": N_("Ends"),
    "first_day": N_("First day"),
    "last_day": N_("Last day"),
    "leave_starts_on": N_("Leave from"),
    "on_leave": N_("On leave"),
    "probation_until": N_("Probation until"),
    "recheck_on": N_("Recheck on"),
    "until": N_("Until"),
    "month": N_("Month"),
    "period": N_("Period"),
    "weekday": N_("Weekday"),
    "weekdays": N_("Weekday"),
    "device": N_("Device"),
    "evidence": N_("Evidence"),
    "issuer": N_("Issuer"),
    "grade": N_("Grade"),
    "classes": N_("Classes"),
    "result": N_("Result"),
    "passed": N_("Passed"),
    "points": N_("Points"),
    "note": N_("Note"),
    "post": N_("Post"),
    "relation": N_("Relation"),
    "head": N_("Head of the household"),
    "way": N_("Way"),
    "what": N_("What"),
    "field": N_("Field"),
    "was": N_("Before"),
    "became": N_("After"),
    "old": N_("Old"),
    "new": N_("New"),
    "late": N_("Late"),
    "walk_in": N_("Walk-in"),
    "invited": N_("Invited"),
    "step": N_("Step"),
    "unit": N_("Unit"),
    "booked_minutes": N_("Booked"),
    "reserved": N_("Reserved"),
    "origin": N_("Origin"),
    "verdict": N_("Verdict"),
    "wrong": N_("What is wrong"),
    "wish": N_("Wish"),
    "wished": N_("Wish"),
    "wished_minutes": N_("Wish"),
    "said": N_("Said"),
    "code": N_("Code"),
}


def heads(rows: Sequence[Row]) -> list[str]:
    """The columns that have a word and something in them; all the others stand in data.json."""
    return [
        name
        for name in rows[0]
        if name in HEADS and any(row[name] not in (None, "") for row in rows)
    ]


def titles(names: Sequence[str]) -> list[str]:
    """The columns in words."""
    return [gettext(HEADS[name]) for name in names]


def offices() -> dict[int, str]:
    """The names of the offices."""
    return {office.id: named(office) for office in db.session.scalars(select(Office))}


def said(name: str, value: Any, known: Mapping[int, str]) -> Any:
    """One cell as one would write it by hand."""
    if isinstance(value, bool):
        shown = gettext("yes") if value else gettext("no")
    elif isinstance(value, Word):
        shown = label(value)
    elif isinstance(value, datetime):
        shown = moment(value)
    elif isinstance(value, date):
        shown = date_of(value)
    elif isinstance(value, int) and name.endswith("minutes"):
        shown = hours(value)
    elif name == "office_id":
        shown = known.get(value, "")
    else:
        shown = "" if value is None else value
    return shown
