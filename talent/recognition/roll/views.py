"""The public page of the honour roll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.recognition.roll import service

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.PUBLIC)
def show(office_id: int) -> Answer:
    """Who agreed to be named, half hidden; nothing where the office has not turned it on."""
    now = clock.now()
    office = service.shown_office(office_id, now=now)
    after = request.args.get("after", type=int)
    lines, key = service.lines(office, now=now, after=after)
    next_url = url_for(".roll", office_id=office.id, after=key) if key else ""
    return render_template("recognition/roll.html", office=office, lines=lines, next_url=next_url)
