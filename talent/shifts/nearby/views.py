"""The door for signing in by location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for
from htmx_flask import request
from werkzeug.exceptions import BadRequest

from talent import clock
from talent.access import Permission, Scope, allow
from talent.i18n import gettext
from talent.rules.location import Point
from talent.shifts.nearby import service
from talent.shifts.offers import service as offers
from talent.web import actor, device, done

if TYPE_CHECKING:
    from talent.web import Answer

LARGEST_M = 40_000_000  # once around the earth


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def sign_here(shift_id: int) -> Answer:
    shift = offers.visible_shift(actor(), shift_id)
    g.zone, out = shift.zone, request.form.get("act") == "out"
    here = Point(_number("latitude", 90), _number("longitude", 180))
    accuracy = round(_number("accuracy", LARGEST_M))
    service.sign(shift, here, accuracy, out=out, actor=actor(), now=clock.now(), device=device())
    said = gettext("You are signed out. Thank you!") if out else gettext("You are signed in.")
    return done(url_for("shifts.show", shift_id=shift_id), said)


def _number(name: str, most: int) -> float:
    number = request.form.get(name, type=float)
    if number is None or not -most <= number <= most:
        raise BadRequest
    return number
