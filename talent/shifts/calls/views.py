"""The doors of who is asked to step in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.i18n import gettext
from talent.shifts.calls import service
from talent.shifts.openings import service as openings
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def calls() -> Answer:
    return render_template(
        "shifts/calls.html",
        calls=service.own_calls(actor()),
        offered=openings.offered_to(actor(), clock.now()),
    )


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def call(call_id: int) -> Answer:
    asked = service.own_call(call_id, actor())
    g.zone = asked.search.shift.zone
    now = clock.now()
    return render_template(
        "shifts/call.html",
        call=asked,
        shift=asked.search.shift,
        against=service.against(asked, now),
    )


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def accept_call(call_id: int) -> Answer:
    asked = service.own_call(call_id, actor())
    read = request.form.get("risks_read") == "1"
    service.accept(asked, actor=actor(), now=clock.now(), risks_read=read)
    said = gettext("Thank you. You have a place.")
    return done(url_for("shifts.show", shift_id=asked.search.shift_id), said)


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def decline_call(call_id: int) -> Answer:
    asked = service.own_call(call_id, actor())
    service.decline(asked, actor=actor(), now=clock.now())
    return done(
        url_for("shifts.call", call_id=call_id),
        gettext("Thank you for answering. Others are asked."),
    )
