"""The list of the coming shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.i18n import zone
from talent.shifts.browsing import service
from talent.shifts.browsing.forms import wanted
from talent.web import actor, in_place

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def index() -> Answer:
    """Whatever is planned for the reader, a line for each shift; for the filter the lines alone."""
    now, sought = clock.now(), wanted(request.args)
    lines, after = service.coming(actor(), sought, zone=zone(), now=now)
    kept = {name: text for name, text in request.args.items() if text and name != "after"}
    shown = {
        "count": len(lines),
        "days": service.by_day(lines),
        "wanted": sought,
        "more": url_for("shifts.index", after=after, **kept) if after else "",
    }
    if in_place():
        return render_template("shifts/_lines.html", **shown)
    whole = lines and not sought and sought.after is None
    return render_template(
        "shifts/index.html",
        **shown,
        categories=service.categories(),
        offices=service.offering_offices(actor(), now, since=lines[0].starts if whole else None),
    )
