"""The door of how attendance on a shift is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.rules.attendance import SignMode
from talent.shifts.assignments import service as assignments
from talent.shifts.modes import service
from talent.shifts.modes.forms import ModeForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def signing(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    form = ModeForm.of(shift)
    if form.validate_on_submit():
        try:
            service.change(
                shift,
                mode=SignMode.of(form.mode.data),
                early_minutes=form.early_minutes.data,
                late_minutes=form.late_minutes.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for("shifts.show", shift_id=shift_id), gettext("Saved."))
    return form_page("shifts/signing.html", form=form, shift=shift)
