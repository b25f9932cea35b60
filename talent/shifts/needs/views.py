"""The page on which one shift asks for something else than its project does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.shifts.needs import service
from talent.shifts.needs.forms import NeedForm
from talent.shifts.projects.service import conditions
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def need(need_id: int) -> Answer:
    found = service.visible_need(actor(), need_id)
    project = found.shift.project
    g.zone = found.shift.zone
    form = NeedForm(obj=found)
    form.offer([project.office], found.required)
    if form.validate_on_submit():
        try:
            service.ask(
                found,
                minimum_age=form.minimum_age.data,
                own=form.own,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for("shifts.show", shift_id=found.shift_id), gettext("Saved."))
    return form_page("shifts/need_form.html", form=form, need=found, conditions=conditions)
