"""The lists of records by where they stand with the designated system, and one record's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound
from talent.hours.service import visible_record
from talent.i18n import DEFAULT_ZONE
from talent.national import service
from talent.national.service import Listed
from talent.offices.service import offices_of, visible_office
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

MOST_DAYS = 999


@allow(Permission.SEE_HOURS)
def index(kind: str = Listed.OPEN.value) -> Answer:
    """One list of records: what is open stands first, the oldest day on top."""
    if (which := Listed.of(kind)) is None:
        raise NotFound
    now, number = clock.now(), request.args.get("office", 0, int)
    office = visible_office(actor(), Permission.SEE_HOURS, number) if number else None
    days = min(max(request.args.get("days", service.PATIENCE_DAYS, int), 0), MOST_DAYS)
    after = request.args.get("after", "")
    found = service.listed(actor(), which, now=now, days=days, office=office, after=after)
    kept = {"office": number or None, "days": request.args.get("days")}
    more = len(found) > service.PAGE
    last = service.key_of(found[service.PAGE - 1]) if more else ""
    return render_template(
        "national/index.html",
        which=which,
        lines=found[: service.PAGE],
        counts=service.counts(actor(), now=now, days=days, office=office),
        offices=offices_of(actor(), Permission.SEE_HOURS),
        office=office,
        days=days,
        kept=kept,
        Listed=Listed,
        today=clock.today(DEFAULT_ZONE, now),
        next_url=url_for(".records", kind=kind, after=last, **kept) if more else "",
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def show(record_id: int) -> Answer:
    """One record's way to the designated system, for the volunteer and for the office."""
    record = visible_record(actor(), record_id)
    g.zone = record.office.zone
    return render_template(
        "national/record.html",
        line=service.line_of(record),
        history=service.history(record.id),
        staff=actor().may(Permission.SEE_HOURS, record.office.path),
        reviews=actor().may(Permission.REVIEW_HOURS, record.office.path),
    )
