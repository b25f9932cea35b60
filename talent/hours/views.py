"""A volunteer's own hours, and what the office sees of one person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.hours import ledger, service
from talent.hours.counting import service as counting
from talent.hours.review import service as review
from talent.i18n import DEFAULT_ZONE
from talent.offices import service as offices
from talent.people import service as people
from talent.rules.corrections import OPEN
from talent.shifts.sheets.service import sheets_of
from talent.web import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from talent.hours.models import ServiceRecord
    from talent.web import Answer

bp = Blueprint("hours", __name__, url_prefix="/hours")


@bp.get("/")
@allow(Permission.SIGNED_IN)
def index() -> Answer:
    """My hours: totals, every record with its state and reason."""
    if (person_id := actor().person_id) is None:
        return render_template("hours/nobody.html")
    now = clock.now()
    year, category_id = request.args.get("year", type=int), request.args.get("category", type=int)
    found = service.records_of(
        person_id,
        year=year,
        category_id=category_id,
        after=request.args.get("after", type=int),
    )
    standing = service.standing(person_id)
    return render_template(
        "hours/index.html",
        records=found[: service.PAGE],
        next_url=_next(found, year=year, category=category_id),
        standing=standing,
        categories=service.categories(),
        coming=service.not_recorded_yet(person_id, now=now),
        year=year,
        category_id=category_id,
        awarded=counting.awarded(standing.by_office, on=clock.today(DEFAULT_ZONE, now)),
    )


@bp.get("/<int:record_id>")
@allow(Permission.SIGNED_IN, Scope.EITHER, shows={Field.NOTES})
def record(record_id: int) -> Answer:
    """One record with its seven fields, its entries, and what was said of it."""
    shown = service.visible_record(actor(), record_id)
    g.zone = shown.office.zone
    asked = [c for c in shown.corrections if c.state in OPEN]
    accounts = {shown.entered_by, shown.decided_by, *(e.account_id for e in shown.entries)}
    accounts |= {change.account_id for change in shown.changes}
    accounts |= {flag.settled_by for flag in shown.flags}
    return render_template(
        "hours/record.html",
        record=shown,
        asked=asked[0] if asked else None,
        names=service.names_of(accounts),
        own=shown.person_id == actor().person_id,
        ward=shown.person.guardian_id == (actor().person_id or 0),
        reviews=(reviews := actor().may(Permission.REVIEW_HOURS, shown.office.path)),
        against=review.refusals_to_approve(actor(), shown)
        if reviews and shown.state in service.PENDING
        else [],
        sheets=sheets_of(shown.shift_id) if _sees_sheets(shown) else [],
    )


def _sees_sheets(shown: ServiceRecord) -> bool:
    """A sheet names everybody who was there: it is for those who see the shifts of the office."""
    return actor().may(Permission.SEE_SHIFTS, shown.office.path)


@bp.get("/children/<int:person_id>")
@allow(Permission.SIGNED_IN)
def child(person_id: int) -> Answer:
    """The records of a child of one's own, whoever recorded them."""
    shown = people.own_or_ward(actor(), person_id)
    found = service.records_of(shown.id, after=request.args.get("after", type=int))
    return render_template(
        "hours/child.html",
        person=shown,
        records=found[: service.PAGE],
        total=ledger.whole(person_id=shown.id),
        next_url=url_for(".child", person_id=shown.id, after=found[service.PAGE - 1].id)
        if len(found) > service.PAGE
        else "",
    )


@bp.get("/people/<int:person_id>")
@allow(Permission.SEE_HOURS)
def person(person_id: int) -> Answer:
    """What the offices that the reader may see recorded of one person."""
    shown = people.visible_person(actor(), Permission.SEE_HOURS, person_id)
    seen = offices.seen(actor(), Permission.SEE_HOURS)
    found = service.records_of(
        shown.id, after=request.args.get("after", type=int), offices_seen=seen
    )
    return render_template(
        "hours/person.html",
        person=shown,
        records=found[: service.PAGE],
        total=ledger.whole(person_id=shown.id, offices=seen),
        next_url=url_for(".person", person_id=shown.id, after=found[service.PAGE - 1].id)
        if len(found) > service.PAGE
        else "",
    )


def _next(found: Sequence[Row[*tuple[Any, ...]]], **filters: Any) -> str:
    if len(found) <= service.PAGE:
        return ""
    return url_for(".index", after=found[service.PAGE - 1].id, **filters)
