"""The doors through which somebody cannot come, or is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.rules.certificates import masked_name
from talent.shifts.assignments import service as assignments
from talent.shifts.offers import service as offers
from talent.shifts.substitutes import service
from talent.shifts.substitutes.forms import StayAwayForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def stay_away(shift_id: int) -> Answer:
    shift = offers.visible_shift(actor(), shift_id)
    g.zone = shift.zone
    form = StayAwayForm()
    if form.validate_on_submit():
        try:
            service.stay_away(shift_id, reason=form.reason.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("You have given up your place. Thank you for saying so.")
            return done(url_for("shifts.show", shift_id=shift_id), said)
    return form_page("shifts/stay_away.html", form=form, shift=shift)


@allow(Permission.PLAN_SHIFTS, shows={Field.NOTES})
def substitutes(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    now = clock.now()
    rounds, known = service.rounds(shift, actor(), now)
    return render_template(
        "shifts/substitutes.html",
        shift=shift,
        rounds=rounds,
        known=known,
        late=service.late(shift.id),
        coming=now < shift.starts_at and shift.state.value == "published",
        masked=masked_name,
    )


@allow(Permission.PLAN_SHIFTS)
def search(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    need_id = request.values.get("need", 0, type=int)
    service.begin(shift.id, need_id, actor=actor(), now=clock.now())
    return done(
        url_for("shifts.substitutes", shift_id=shift_id), gettext("A substitute is looked for.")
    )


@allow(Permission.PLAN_SHIFTS)
def stop_search(search_id: int) -> Answer:
    found = service.visible_search(actor(), Permission.PLAN_SHIFTS, search_id)
    service.stop(found, actor=actor(), now=clock.now())
    said = gettext("Nobody else is asked.")
    return done(url_for("shifts.substitutes", shift_id=found.shift_id), said)
