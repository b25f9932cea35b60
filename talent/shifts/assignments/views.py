"""The doors through which the office gives and takes places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.shifts.assignments import service
from talent.shifts.assignments.forms import RemovalForm
from talent.web import actor, done, form_page, own_path

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def assign(shift_id: int) -> Answer:
    shift = service.visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    one = service.assign(
        shift,
        request.values.get("need", 0, type=int),
        request.values.get("person", 0, type=int),
        actor=actor(),
        now=clock.now(),
        reason=request.form.get("reason", ""),
    )
    said = gettext("%(name)s has a place.", name=one.person.name)
    return done(url_for("shifts.roster", shift_id=shift_id), said)


@allow(Permission.PLAN_SHIFTS)
def remove(signup_id: int) -> Answer:
    one = service.visible_signup(actor(), Permission.PLAN_SHIFTS, signup_id)
    roster = url_for("shifts.roster", shift_id=one.shift_id)
    back = own_path(request.values.get("back"), roster)
    form = RemovalForm()
    if form.validate_on_submit():
        try:
            service.remove(one, actor=actor(), now=clock.now(), reason=form.reason.data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("%(name)s was removed and is told.", name=one.person.name)
            return done(back, said)
    return form_page("shifts/removal.html", form=form, signup=one, back=back, roster=roster)
