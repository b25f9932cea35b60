"""The doors of the line: accepting or declining a place that is kept, and standing by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.i18n import gettext
from talent.rules.signup import SignupState
from talent.shifts.offers import service as offers
from talent.shifts.offers.views import card
from talent.shifts.waiting import service
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def accept_offer(shift_id: int) -> Answer:
    offers.visible_shift(actor(), shift_id)
    read = request.form.get("risks_read") == "1"
    service.accept(shift_id, actor=actor(), now=clock.now(), risks_read=read)
    return card(shift_id, gettext("You have a place."))


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def decline_offer(shift_id: int) -> Answer:
    offers.visible_shift(actor(), shift_id)
    service.decline(shift_id, actor=actor(), now=clock.now())
    return card(shift_id, gettext("You have declined. The place goes to the next in line."))


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def stand_by(shift_id: int) -> Answer:
    offers.visible_shift(actor(), shift_id)
    one = service.stand_by(
        shift_id,
        request.values.get("need", 0, type=int),
        actor=actor(),
        now=clock.now(),
        risks_read=request.form.get("risks_read") == "1",
    )
    seated = one.state is SignupState.CONFIRMED
    return card(
        shift_id,
        gettext("A place has just become free, and you have it.")
        if seated
        else gettext("You stand by. If a place becomes free, you have it and are told."),
    )
