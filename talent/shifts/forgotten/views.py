"""The doors of a sign-out that was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.shifts.assignments import service as assignments
from talent.shifts.forgotten import service
from talent.shifts.forgotten.forms import FIELD_OF, left_form
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def confirm_out(signup_id: int) -> Answer:
    one = service.own_signup(actor(), signup_id)
    service.confirm(one, actor=actor(), now=clock.now())
    return done(url_for("shifts.mine"), gettext("Thank you. Your time is counted."))


@allow(Permission.SIGNED_IN)
def say_out(signup_id: int) -> Answer:
    one = service.own_signup(actor(), signup_id)
    g.zone, kept = one.shift.zone, one.attendance
    form = left_form(one.shift.zone, out_at=kept.proposed_out_at if kept else None)
    if form.validate_on_submit():
        try:
            service.say(one, form.out_at.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("Thank you. The shift leader looks at it.")
            return done(url_for("shifts.mine"), said)
    return form_page("shifts/left.html", form=form, signup=one)


@allow(Permission.LEAD_SHIFTS)
def accept_out(signup_id: int) -> Answer:
    one = assignments.visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    service.accept(one, actor=actor(), now=clock.now())
    said = gettext("%(name)s is signed out.", name=one.person.name)
    return done(url_for("shifts.roster", shift_id=one.shift_id), said)
